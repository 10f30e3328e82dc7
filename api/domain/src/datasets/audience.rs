//! Who may see what of a dataset, as scopes. One place decides; making or ending a share, publishing a version and
//! releasing a dataset move rows by it.
//!
//! A dataset and its published versions have the scope that access and shares give them. Figures do so only as far as a
//! share shows them (from FULL on): those that are protected, or exempt. Exact figures and drafts stay in the authority.

use std::collections::{BTreeMap, BTreeSet};

use entities::{
    ContentKind, DatasetAccess, DatasetVersionState, ProtectionMethod, ScopeArea, ShareLevel, dataset, dataset_content,
    dataset_indicator, dataset_version, share,
};
use kernel::error::ApiResult;
use sea_orm::sea_query::{ExprTrait as _, Query};
use sea_orm::{ColumnTrait, Condition, Set};
use store::Writer;
use store::scopes::{Audience, ScopeShare, ensure};
use uuid::Uuid;

/// The scopes of one dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DatasetScopes {
    /// The authority alone.
    pub private: Uuid,
    /// The dataset itself. One that was public stays so, to say that it was taken back.
    pub dataset_scope: Uuid,
    /// Its published versions.
    pub metadata_scope: Uuid,
    /// Figures that may leave the authority.
    pub data_scope: Uuid,
}

/// Whether a share of the owner's means this dataset.
pub fn selects(share: &share::Model, dataset: &dataset::Model) -> bool {
    match (share.dataset_id, share.field_of_work_id) {
        (Some(id), _) => id == dataset.id,
        (None, Some(field)) => dataset.field_of_work_id == Some(field),
        (None, None) => true,
    }
}

/// The audience of what a level from `least` on shows.
fn audience(dataset: &dataset::Model, shares: &[share::Model], min: ShareLevel) -> Audience {
    match dataset.access {
        DatasetAccess::Internal => private(dataset),
        DatasetAccess::Public => Audience::Public,
        DatasetAccess::Shared => {
            let reaching = shares.iter().filter(|it| it.level >= min && selects(it, dataset));
            let scope_shares: BTreeSet<ScopeShare> = reaching.map(ScopeShare::from).collect();
            let (tenant, field) = (dataset.tenant_id, dataset.field_of_work_id);
            Audience::Owned { tenant, area: ScopeArea::Datasets, field, scope_shares }
        }
    }
}

const fn private(dataset: &dataset::Model) -> Audience {
    Audience::private(dataset.tenant_id, ScopeArea::Datasets, dataset.field_of_work_id)
}

/// The scopes that access and `shares` of the owner give a dataset; made where they are not there yet.
///
/// # Errors
/// The database fails.
pub async fn scopes_of(
    writer: &Writer<'_>,
    dataset: &dataset::Model,
    shares: &[share::Model],
) -> ApiResult<DatasetScopes> {
    let min = |level| match dataset.withdrawn_at {
        None => audience(dataset, shares, level),
        Some(_) => private(dataset),
    };
    Ok(DatasetScopes {
        private: ensure(writer, &private(dataset)).await?,
        dataset_scope: ensure(writer, &audience(dataset, shares, ShareLevel::Summary)).await?,
        metadata_scope: ensure(writer, &min(ShareLevel::Summary)).await?,
        data_scope: ensure(writer, &min(ShareLevel::Full)).await?,
    })
}

/// Moves datasets to the scopes that `shares` of the owner give them. Those with the same scopes move together, so the
/// statements grow with the audiences, not with the datasets. Returns the scopes in which datasets are now.
///
/// # Errors
/// The database fails.
pub async fn rescope_all(
    writer: &Writer<'_>,
    datasets: &[dataset::Model],
    shares: &[share::Model],
) -> ApiResult<BTreeSet<Uuid>> {
    let mut audiences: BTreeMap<([Uuid; 3], bool), Vec<&dataset::Model>> = BTreeMap::new();
    for dataset in datasets {
        let of = |level| audience(dataset, shares, level).id();
        let scopes = [private(dataset).id(), of(ShareLevel::Summary), of(ShareLevel::Full)];
        // Of what was withdrawn, only the dataset itself stays where it was.
        let key = (scopes, dataset.withdrawn_at.is_some());
        audiences.entry(key).or_default().push(dataset);
    }
    let mut dataset_scopes = BTreeSet::new();
    for datasets in audiences.into_values() {
        let scopes = scopes_of(writer, datasets[0], shares).await?;
        dataset_scopes.insert(scopes.dataset_scope);
        rescope(writer, &datasets, scopes).await?;
    }
    Ok(dataset_scopes)
}

/// Moves datasets with all that belongs to them to their scopes. The number of statements does not depend on how much
/// it is.
///
/// # Errors
/// The database fails.
pub async fn rescope(writer: &Writer<'_>, datasets: &[&dataset::Model], scopes: DatasetScopes) -> ApiResult<()> {
    let ids = || datasets.iter().map(|it| it.id);
    let row = dataset::ActiveModel { scope_id: Set(scopes.dataset_scope), ..Default::default() };
    let here = Condition::all().add(dataset::Column::Id.is_in(ids()));
    writer.change::<dataset::Entity, _>(here, row).await?;
    let row = dataset_indicator::ActiveModel { scope_id: Set(scopes.metadata_scope), ..Default::default() };
    let here = Condition::all().add(dataset_indicator::Column::DatasetId.is_in(ids()));
    writer.change::<dataset_indicator::Entity, _>(here, row).await?;
    let open = Condition::all()
        .add(dataset_version::Column::DatasetId.is_in(ids()))
        .add(dataset_version::Column::State.ne(DatasetVersionState::Draft));
    let row = dataset_version::ActiveModel { scope_id: Set(scopes.metadata_scope), ..Default::default() };
    writer.change::<dataset_version::Entity, _>(open, row).await?;
    let published = Query::select()
        .column(dataset_version::Column::Id)
        .from(dataset_version::Entity)
        .and_where(dataset_version::Column::DatasetId.is_in(ids()))
        .and_where(dataset_version::Column::State.eq(DatasetVersionState::Published))
        .to_owned();
    let exempt = datasets.iter().filter(|it| it.protection_method == ProtectionMethod::Exempt).map(|it| it.id);
    let here = || Condition::all().add(dataset_content::Column::DatasetId.is_in(ids()));
    let leaves = dataset_content::Column::Kind
        .eq(ContentKind::Protected)
        .or(dataset_content::Column::DatasetId.is_in(exempt))
        .and(dataset_content::Column::VersionId.in_subquery(published));
    for (condition, scope) in [(leaves.clone(), scopes.data_scope), (leaves.not(), scopes.private)] {
        let row = dataset_content::ActiveModel { scope_id: Set(scope), ..Default::default() };
        writer.change::<dataset_content::Entity, _>(here().add(condition), row).await?;
    }
    Ok(())
}
