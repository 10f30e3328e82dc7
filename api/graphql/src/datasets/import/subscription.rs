//! How far an import is, as it goes on.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, Subscription};
use domain::context::op::Op;
use entities::dataset_import;
use futures_util::stream;
use futures_util::stream::Stream;
use kernel::error::{ApiError, ApiResult, Problem};
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::datasets::import::types::DatasetImport;

/// How often is looked how far it is; more often it is not told.
const LOOKS: Duration = Duration::from_millis(500);

/// See the module.
#[derive(Default)]
pub struct DatasetSubscription;

#[Subscription]
impl DatasetSubscription {
    /// Reports the progress of an import: at once, after every change, and at its end, which ends the subscription.
    /// Checks twice a second. Ends with an error if the import is not visible to the viewer any more.
    async fn dataset_import_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Import to follow.")] id: ID,
    ) -> Result<impl Stream<Item = ApiResult<DatasetImport>>, ApiError> {
        let op = ctx.op_shared()?;
        let id = NodeType::DatasetImport.parse(&id, "id")?;
        if op.session().await?.get::<dataset_import::Entity>(id).await?.is_none() {
            return Err(Problem::not_found("id").into());
        }
        Ok(stream::unfold(Looking { op, id, seen: None, over: false }, Looking::step))
    }
}

struct Looking {
    op: Arc<Op>,
    id: Uuid,
    seen: Option<Arc<dataset_import::Model>>,
    over: bool,
}

impl Looking {
    async fn step(mut self) -> Option<(ApiResult<DatasetImport>, Self)> {
        if self.over {
            return None;
        }
        loop {
            if self.seen.is_some() {
                tokio::time::sleep(LOOKS).await;
            }
            match self.look().await {
                Ok(row) if self.seen.as_deref() == Some(&*row) => {}
                Ok(row) => {
                    self.over = row.finished_at.is_some();
                    self.seen = Some(row.clone());
                    return Some((Ok(DatasetImport(row)), self));
                }
                Err(error) => {
                    self.over = true;
                    return Some((Err(error), self));
                }
            }
        }
    }

    /// The import as it is now, with facts of this moment.
    async fn look(&self) -> ApiResult<Arc<dataset_import::Model>> {
        self.op.finish().await?;
        let session = self.op.session().await?;
        let row = session.get::<dataset_import::Entity>(self.id).await?;
        row.ok_or_else(|| Problem::not_found("id").into())
    }
}
