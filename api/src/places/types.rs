//! API types of learning places.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use verbund_entities::{ScopeArea, learning_place, learning_place_origin, region};

use crate::error::ApiResult;
use crate::graphql::ContextExt;
use crate::graphql::enums::LearningPlaceKind;
use crate::graphql::id::NodeType;
use crate::policy::{Action, Object as PolicyObject};
use crate::tenants::{Region, Tenant, tenant_of};

/// A place of learning.
pub struct LearningPlace(pub Arc<learning_place::Model>);

/// A source record that was merged into a learning place.
#[derive(SimpleObject)]
pub struct LearningPlaceOrigin {
    /// Name in the source.
    name: String,
    /// Type in the source.
    kind: String,
    /// WGS 84 latitude in degrees.
    latitude: f64,
    /// WGS 84 longitude in degrees.
    longitude: f64,
    /// Attribution and licence.
    source: String,
}

/// What the viewer may do with a learning place.
#[derive(SimpleObject)]
pub struct LearningPlaceAbilities {
    /// Change the record.
    update: bool,
}

/// A place of learning.
#[Object]
impl LearningPlace {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::LearningPlace.id(self.0.id)
    }

    /// The authority that keeps the record.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Stable key within the authority.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind of place.
    async fn kind(&self) -> LearningPlaceKind {
        self.0.kind.into()
    }

    /// Municipality.
    async fn region(&self, ctx: &Context<'_>) -> Option<ApiResult<Region>> {
        let ags = self.0.region_ags.clone()?;
        match ctx.session().await {
            Ok(session) => match session.get::<region::Entity>(ags).await {
                Ok(row) => row.map(|it| Ok(Region(it))),
                Err(error) => Some(Err(error)),
            },
            Err(error) => Some(Err(error)),
        }
    }

    /// Postal code, as text.
    async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// Town or village.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// WGS 84 latitude in degrees.
    async fn latitude(&self) -> Option<f64> {
        self.0.latitude
    }

    /// WGS 84 longitude in degrees.
    async fn longitude(&self) -> Option<f64> {
        self.0.longitude
    }

    /// What the editors say about the record.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<LearningPlaceAbilities> {
        let session = ctx.session().await?;
        let object = PolicyObject::row(ScopeArea::Places, self.0.tenant_id, self.0.scope_id, None);
        Ok(LearningPlaceAbilities { update: session.access().can(Action::Write, &object) })
    }

    /// Source records that were merged into this place.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn origins(&self, ctx: &Context<'_>) -> ApiResult<Vec<LearningPlaceOrigin>> {
        let rows = ctx.session().await?.group::<learning_place_origin::Entity>(self.0.id).await?;
        Ok(rows
            .iter()
            .map(|it| LearningPlaceOrigin {
                name: it.name.clone(),
                kind: it.kind.clone(),
                latitude: it.latitude,
                longitude: it.longitude,
                source: it.source.clone(),
            })
            .collect())
    }

    /// Grows by one with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
