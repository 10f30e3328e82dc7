//! API types of datasets.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::resource::object_of;
use domain::datasets::service::words;
use entities::{DatasetVersionState, ShareLevel as Level, dataset, dataset_version};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::Action;
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::datasets::enums::{DataClass, DatasetAccess, Frequency, ProtectionMethod};
use crate::datasets::version_types::DatasetVersion;
use crate::enums::ShareLevel;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// A dataset of an authority: what it is about, whom it may reach, and how it is protected on the way. Its figures are in
/// its versions.
pub struct Dataset(pub Arc<dataset::Model>);

impl Dataset {
    /// A dataset by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<dataset::Entity>(id).await?.map(Self))
    }
}

/// Whom to ask about a dataset.
#[derive(SimpleObject)]
pub struct DatasetContact {
    /// Name of an office, or of a person.
    name: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Page.
    url: Option<String>,
}

/// Where the figures of a dataset come from.
#[derive(SimpleObject)]
pub struct Provenance {
    /// Who collected them.
    collector: Option<String>,
    /// The system or publication that they are from.
    source: Option<String>,
    /// Its address.
    source_url: Option<String>,
    /// How they were collected.
    method: Option<String>,
    /// What they were worked out from.
    derived_from: Option<String>,
}

/// The time that a dataset covers.
#[derive(SimpleObject)]
pub struct Coverage {
    /// First day.
    from: Option<Date>,
    /// Last day.
    until: Option<Date>,
}

/// How figures are protected when they leave the authority. The owner sees them as they are.
#[derive(SimpleObject)]
pub struct DatasetProtection {
    /// What is done to them.
    method: ProtectionMethod,
    /// The least count, or the base of rounding.
    parameter: Option<i32>,
    /// Names of the dimensions that may leave the authority.
    dimensions: Vec<String>,
    /// Since when it cannot be changed any more, because figures protected like this have been shared.
    fixed_at: Option<DateTime<Utc>>,
    /// Where figures that are exempt are public already.
    exempt_source: Option<String>,
}

/// What the viewer may do with a dataset.
#[derive(SimpleObject)]
pub struct DatasetAbilities {
    /// Change it, import and publish versions.
    update: bool,
    /// Share it with partners.
    share: bool,
}

/// A dataset of an authority. Its figures are in its versions.
#[Object]
impl Dataset {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Dataset.id(self.0.id).into()
    }

    /// The owner.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it is about.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Field of work; null = general.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.0.field_of_work_id).await.transpose()
    }

    /// Whom it may reach.
    async fn access(&self) -> DatasetAccess {
        self.0.access.into()
    }

    /// What kind of data it holds.
    async fn data_class(&self) -> DataClass {
        self.0.data_class.into()
    }

    /// Words to find it by.
    async fn keywords(&self) -> Vec<String> {
        words(&self.0.keywords)
    }

    /// Whom to ask.
    async fn contact(&self) -> DatasetContact {
        let row = &self.0;
        DatasetContact {
            name: row.contact_name.clone(),
            email: row.contact_email.clone(),
            url: row.contact_url.clone(),
        }
    }

    /// Code of the licence, as DCAT-AP.de lists them, such as `dl-by-de/2.0`.
    async fn licence(&self) -> Option<&str> {
        self.0.licence.as_deref()
    }

    /// How the source is to be named.
    async fn attribution(&self) -> Option<&str> {
        self.0.attribution.as_deref()
    }

    /// Where the figures come from.
    async fn provenance(&self) -> Provenance {
        let row = &self.0;
        Provenance {
            collector: row.collector.clone(),
            source: row.source.clone(),
            source_url: row.source_url.clone(),
            method: row.method.clone(),
            derived_from: row.derived_from.clone(),
        }
    }

    /// Official key of the region that it covers.
    async fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// The time that it covers.
    async fn covers(&self) -> Coverage {
        Coverage { from: self.0.covers_from.map(Date), until: self.0.covers_until.map(Date) }
    }

    /// How often there is a new version.
    async fn frequency(&self) -> Option<Frequency> {
        self.0.frequency.map(Into::into)
    }

    /// Its page elsewhere.
    async fn landing_page(&self) -> Option<&str> {
        self.0.landing_page.as_deref()
    }

    /// Language of titles and texts, `de` or `en`.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// What it is for.
    async fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }

    /// By what law.
    async fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }

    /// Until when it is kept.
    async fn retention_until(&self) -> Option<Date> {
        self.0.retention_until.map(Date)
    }

    /// How figures are protected when they leave the authority.
    async fn protection(&self) -> DatasetProtection {
        let row = &self.0;
        DatasetProtection {
            method: row.protection_method.into(),
            parameter: row.protection_parameter,
            dimensions: words(&row.protection_dimensions),
            fixed_at: row.protection_fixed_at,
            exempt_source: row.exempt_source.clone(),
        }
    }

    /// The newest published version. `datasetVersions` lists all.
    #[graphql(complexity = "child_complexity + 5")]
    async fn current_version(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetVersion>> {
        current_version(ctx, self.0.id).await.transpose()
    }

    /// How the viewer sees it. SUMMARY shows what it is about and its columns, FULL the figures, too.
    async fn viewer_level(&self, ctx: &Context<'_>) -> ApiResult<ShareLevel> {
        let session = ctx.session().await?;
        Ok(session.access().sight(self.0.scope_id).map_or(Level::Summary, |it| it.level).into())
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<DatasetAbilities> {
        let session = ctx.session().await?;
        let can = |action| session.access().can(action, &object_of(&self.0));
        Ok(DatasetAbilities { update: can(Action::Write), share: can(Action::Share) })
    }

    /// When it was released to the public.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// When that was taken back.
    async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.withdrawn_at
    }

    /// Why.
    async fn withdrawn_reason(&self) -> Option<&str> {
        self.0.withdrawn_reason.as_deref()
    }

    /// Grows by one with every change; updates must name it. Not the number of a version of its figures.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

async fn current_version(ctx: &Context<'_>, dataset: Uuid) -> ApiResult<Option<DatasetVersion>> {
    let versions = ctx.session().await?.group::<dataset_version::Entity>(dataset).await?;
    let published = versions.iter().filter(|it| it.state == DatasetVersionState::Published);
    Ok(published.max_by_key(|it| (it.major, it.minor)).map(|it| DatasetVersion(Arc::new(it.clone()))))
}
