//! API types of learning places.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::places::externals::IdsOfPlace;
use domain::places::merges::standing::MergedPlaces;
use entities::{ScopeArea, learning_place, learning_place_origin, region};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::{Action, Object as PolicyObject};
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::enums::LearningPlaceKind;
use crate::places::enums::Visibility;
use crate::places::external_types::{ExternalId, shown};
use crate::places::organisations::types::Organisation;
use crate::scalars::Date;
use crate::tenants::types::{Region, Tenant, tenant_of};

/// A place of learning.
pub struct LearningPlace(pub Arc<learning_place::Model>);

impl LearningPlace {
    /// A place by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<learning_place::Entity>(id).await?.map(Self))
    }
}

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
        NodeType::LearningPlace.id(self.0.id).into()
    }

    /// The authority that keeps the record.
    pub async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Stable key within the authority.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name.
    pub async fn name(&self) -> &str {
        &self.0.name
    }

    /// What kind of place.
    async fn kind(&self) -> LearningPlaceKind {
        self.0.kind.into()
    }

    /// Whether everybody sees it.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
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

    /// Street and number.
    pub async fn street(&self) -> Option<&str> {
        self.0.street.as_deref()
    }

    /// Postal code, as text.
    pub async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// Town or village.
    pub async fn city(&self) -> Option<&str> {
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

    /// Web page.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Youngest age of those who learn there, in years.
    async fn age_from(&self) -> Option<i32> {
        self.0.age_from
    }

    /// Oldest age, in years.
    async fn age_to(&self) -> Option<i32> {
        self.0.age_to
    }

    /// First day on which there is the place.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day, inclusive.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// Who runs it, where that is in sight.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.0.organisation_id?;
        match ctx.session().await {
            Ok(session) => Organisation::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Ids in other registers.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    pub async fn external_ids(&self, ctx: &Context<'_>) -> ApiResult<Vec<ExternalId>> {
        Ok(shown(&ctx.session().await?.group::<IdsOfPlace>(self.0.id).await?))
    }

    /// The record that took the place of this one: another one of the same place, where it is in sight. This one stays as
    /// it was, and what names it still finds it.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<ApiResult<Self>> {
        let id = self.0.merged_into_id?;
        match ctx.session().await {
            Ok(session) => Self::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// When that was; null while it stands for itself.
    pub async fn merged_at(&self) -> Option<DateTime<Utc>> {
        self.0.merged_at
    }

    /// Other records of the same place in sight, which this one took the place of.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn merged_from(&self, ctx: &Context<'_>) -> ApiResult<Vec<Self>> {
        let rows = ctx.session().await?.group::<MergedPlaces>(self.0.id).await?;
        Ok(rows.iter().map(|it| Self(Arc::new(it.clone()))).collect())
    }

    /// When it was put away; null while it is in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
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
    pub async fn version(&self) -> i32 {
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
