//! API types of datasets.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::service::string_list;
use entities::{DatasetVersionState, ShareLevel as Level, dataset, dataset_version};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::access::abilities::DatasetAbilities;
use crate::context::ContextExt;
use crate::datasets::enums::{DataClass, DatasetAccess, Frequency, ProtectionMethod};
use crate::datasets::version_types::DatasetVersion;
use crate::enums::ShareLevel;
use crate::node_row::node_object;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Dataset of an authority: metadata, access and disclosure control. The data are in its versions.
pub struct Dataset(pub Arc<dataset::Model>);

node_object!(Dataset, |row| Self(row));

/// Contact point for questions about a dataset.
#[derive(SimpleObject)]
pub struct DatasetContact {
    /// Name of an office or a person; null = not stated.
    name: Option<String>,
    /// E-mail address; null = not stated.
    email: Option<String>,
    /// Address of a web page; null = not stated.
    url: Option<String>,
}

/// Provenance of the data of a dataset.
#[derive(SimpleObject)]
pub struct Provenance {
    /// Body that collected the data; null = not stated.
    collector: Option<String>,
    /// System or publication that the data come from; null = not stated.
    source: Option<String>,
    /// Web address of the source; null = not stated.
    source_url: Option<String>,
    /// Method of collection; null = not stated.
    method: Option<String>,
    /// Data from which these data were derived; null = not stated.
    derived_from: Option<String>,
}

/// Period of time covered by a dataset.
#[derive(SimpleObject)]
pub struct Coverage {
    /// First day covered; null = not stated.
    first_day: Option<Date>,
    /// Last day covered; null = not stated.
    last_day: Option<Date>,
}

/// Statistical disclosure control applied to data that leave the owning authority. The owning authority reads the exact
/// data.
#[derive(SimpleObject)]
pub struct DatasetProtection {
    /// Method of disclosure control.
    method: ProtectionMethod,
    /// Minimum frequency (`MINIMUM_COUNT`, `SUPPRESSION`) or rounding base (`ROUNDING`); null for `EXEMPT`.
    parameter: Option<i32>,
    /// Names of the dimensions that may leave the owning authority; the data are summed over all others.
    dimensions: Vec<String>,
    /// Instant since which the disclosure control is fixed: the dataset first became `SHARED` or `PUBLIC` under a
    /// method other than `EXEMPT`. Null = not fixed.
    fixed_at: Option<DateTime<Utc>>,
    /// Publication in which the data are already public; stated for `EXEMPT`.
    exempt_source: Option<String>,
}

/// Dataset of an authority: metadata, access and disclosure control. The data are in its versions.
#[Object]
impl Dataset {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Dataset.id(self.0.id).into()
    }

    /// Owning authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Description of the content; null = not stated.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Field of work; null = general.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.0.field_of_work_id).await.transpose()
    }

    /// Widest audience of the dataset.
    async fn access(&self) -> DatasetAccess {
        self.0.access.into()
    }

    /// Class of the data under data protection.
    async fn data_class(&self) -> DataClass {
        self.0.data_class.into()
    }

    /// Keywords for the search.
    async fn keywords(&self) -> Vec<String> {
        string_list(&self.0.keywords)
    }

    /// Contact point.
    async fn contact(&self) -> DatasetContact {
        let row = &self.0;
        DatasetContact {
            name: row.contact_name.clone(),
            email: row.contact_email.clone(),
            url: row.contact_url.clone(),
        }
    }

    /// Code of the licence in the list of DCAT-AP.de, such as `dl-by-de/2.0`; null = none.
    async fn licence(&self) -> Option<&str> {
        self.0.licence.as_deref()
    }

    /// Text with which users must name the source; null = none.
    async fn attribution(&self) -> Option<&str> {
        self.0.attribution.as_deref()
    }

    /// Provenance of the data.
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

    /// Official key (AGS) of the region covered, or `DG` for Germany; null = not stated.
    async fn region(&self) -> Option<&str> {
        self.0.region.as_deref()
    }

    /// Period of time covered.
    async fn covers(&self) -> Coverage {
        Coverage { first_day: self.0.covers_from.map(Date), last_day: self.0.covers_until.map(Date) }
    }

    /// Frequency of new versions; null = not stated.
    async fn frequency(&self) -> Option<Frequency> {
        self.0.frequency.map(Into::into)
    }

    /// Address of a web page about the dataset outside this service; null = none.
    async fn landing_page(&self) -> Option<&str> {
        self.0.landing_page.as_deref()
    }

    /// Language of title and texts: `de` or `en`.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// Purpose for which the data are processed; null = not stated.
    async fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }

    /// Legal basis of the processing; null = not stated.
    async fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }

    /// Last day of the retention period; null = not stated.
    async fn retention_until(&self) -> Option<Date> {
        self.0.retention_until.map(Date)
    }

    /// Disclosure control applied to data that leave the owning authority.
    async fn protection(&self) -> DatasetProtection {
        let row = &self.0;
        DatasetProtection {
            method: row.protection_method.into(),
            parameter: row.protection_parameter,
            dimensions: string_list(&row.protection_dimensions),
            fixed_at: row.protection_fixed_at,
            exempt_source: row.exempt_source.clone(),
        }
    }

    /// Published version with the highest number; null = none visible to the viewer. `datasetVersions` lists all
    /// versions.
    #[graphql(complexity = "child_complexity + 5")]
    async fn current_version(&self, ctx: &Context<'_>) -> Option<ApiResult<DatasetVersion>> {
        current_version(ctx, self.0.id).await.transpose()
    }

    /// Share level at which the viewer sees the dataset: `SUMMARY` shows metadata and columns, `FULL` also the data.
    async fn viewer_level(&self, ctx: &Context<'_>) -> ApiResult<ShareLevel> {
        let session = ctx.session().await?;
        Ok(session.access().visibility(self.0.scope_id).map_or(Level::Summary, |it| it.level).into())
    }

    /// Actions on the dataset that the viewer is permitted.
    async fn viewer_can(&self) -> DatasetAbilities {
        DatasetAbilities(self.0.clone())
    }

    /// Instant of the latest release to the public; null = never released.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// Instant of the withdrawal from the public; null = not withdrawn.
    async fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        self.0.withdrawn_at
    }

    /// Reason for the withdrawal; null = not withdrawn.
    async fn withdraw_reason(&self) -> Option<&str> {
        self.0.withdrawn_reason.as_deref()
    }

    /// Version number of the record for optimistic locking; increases by one with every change. Unrelated to the
    /// numbers of `DatasetVersion`.
    async fn version(&self) -> i32 {
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

async fn current_version(ctx: &Context<'_>, dataset: Uuid) -> ApiResult<Option<DatasetVersion>> {
    let versions = ctx.session().await?.group::<dataset_version::Entity>(dataset).await?;
    let published = versions.iter().filter(|it| it.state == DatasetVersionState::Published);
    Ok(published.max_by_key(|it| (it.major, it.minor)).map(|it| DatasetVersion(Arc::new(it.clone()))))
}
