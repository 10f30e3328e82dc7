//! Charges an operation for its complexity, once it is known and before anything is executed.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::{ServerError, ValidationResult};

/// Who pays for an operation. Lies in the data of the request.
pub trait Charge: Send + Sync {
    /// Takes `complexity` points; false when there are not enough.
    fn charge(&self, complexity: usize) -> bool;
}

/// The data of a request under which its [`Charge`] lies.
pub type Payer = Arc<dyn Charge>;

/// The extension of the schema.
pub(super) struct Meter;

impl ExtensionFactory for Meter {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Meter {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        match ctx.data_opt::<Payer>() {
            Some(payer) if !payer.charge(result.complexity) => {
                Err(vec![ServerError::new("Too many points in too short a time; wait a little.", None)])
            }
            _ => Ok(result),
        }
    }
}
