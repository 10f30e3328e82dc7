//! API types of learning places.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::places::externals::IdsOfPlace;
use domain::places::merges::canonical::MergedPlaces;
use domain::rights::nodes;
use entities::{learning_place, learning_place_origin, region};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::LearningPlaceAbilities;
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::node_row::NodeRow;
use crate::places::enums::{LearningPlaceKind, Visibility};
use crate::places::external_types::{ExternalId, shown};
use crate::places::organisations::types::Organisation;
use crate::scalars::Date;
use crate::tenants::types::{Region, Tenant, tenant_of};

/// Learning place.
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

impl NodeRow for nodes::LearningPlace {
    type Object = LearningPlace;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<LearningPlace>> {
        LearningPlace::by_id(session, id).await
    }

    async fn preload(
        session: &Session,
        rows: &[Arc<learning_place::Model>],
        selected: &Selected<'_, '_>,
    ) -> ApiResult<()> {
        let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
        crate::places::query::preload(session, &ids, &|it| selected.node_path(it)).await
    }
}

/// Source record from which a learning place was compiled.
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

/// Learning place: school, day-care centre, library, club, company or other place of formal, non-formal or informal
/// learning.
#[Object]
impl LearningPlace {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::LearningPlace.id(self.0.id).into()
    }

    /// Authority that keeps the record.
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

    /// Kind of the learning place.
    async fn kind(&self) -> LearningPlaceKind {
        self.0.kind.into()
    }

    /// Visibility.
    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    /// Municipality or district; null = not known.
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

    /// WGS 84 latitude in degrees; null = position not known.
    async fn latitude(&self) -> Option<f64> {
        self.0.latitude
    }

    /// WGS 84 longitude in degrees; null = position not known.
    async fn longitude(&self) -> Option<f64> {
        self.0.longitude
    }

    /// Web address.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Opening hours in free text.
    async fn opening_hours(&self) -> Option<&str> {
        self.0.opening_hours.as_deref()
    }

    /// Minimum age of learners in years; null = no limit stated.
    async fn age_from(&self) -> Option<i32> {
        self.0.age_from
    }

    /// Maximum age of learners in years; null = no limit stated.
    async fn age_to(&self) -> Option<i32> {
        self.0.age_to
    }

    /// First day of existence; null = not stated.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// Last day of existence; null = not stated.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// Organisation that runs the place; null if there is none, or none visible to the viewer.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.0.organisation_id?;
        match ctx.session().await {
            Ok(session) => Organisation::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Ids in external registers.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    pub async fn external_ids(&self, ctx: &Context<'_>) -> ApiResult<Vec<ExternalId>> {
        Ok(shown(&ctx.session().await?.group::<IdsOfPlace>(self.0.id).await?))
    }

    /// Record of the same place into which this one was merged; null if not merged, or if that record is not visible to
    /// the viewer. References to a merged record remain valid.
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<ApiResult<Self>> {
        let id = self.0.merged_into_id?;
        match ctx.session().await {
            Ok(session) => Self::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Instant of the merge; null where `mergedInto` is.
    pub async fn merged_at(&self, ctx: &Context<'_>) -> Option<ApiResult<DateTime<Utc>>> {
        let (id, at) = (self.0.merged_into_id?, self.0.merged_at?);
        let into = match ctx.session().await {
            Ok(session) => session.get::<learning_place::Entity>(id).await,
            Err(error) => Err(error),
        };
        into.map(|it| it.map(|_| at)).transpose()
    }

    /// Records of the same place that were merged into this one, as far as visible to the viewer.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn merged_from(&self, ctx: &Context<'_>) -> ApiResult<Vec<Self>> {
        let rows = ctx.session().await?.group::<MergedPlaces>(self.0.id).await?;
        Ok(rows.iter().map(|it| Self(Arc::new(it.clone()))).collect())
    }

    /// Instant of archiving; null = in use.
    pub async fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Editorial note on the record.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Actions open to the viewer on the learning place.
    async fn viewer_can(&self) -> LearningPlaceAbilities {
        LearningPlaceAbilities(self.0.clone())
    }

    /// Source records from which this record was compiled.
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

    /// Version number, raised by one with every change; updates must state it.
    pub async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
