//! Who may see what of a dataset, as scopes. One place decides; making or ending a share, publishing a version and
//! releasing a dataset move rows by it.
//!
//! A dataset and its published versions have the scope that access and shares give them. Figures do so only as far as a
//! share shows them (from FULL on): those that are protected, or exempt. Exact figures and drafts stay in the authority.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, Condition, Set};
use uuid::Uuid;
use verbund_entities::{
    ContentKind, DatasetAccess, DatasetVersionState, ProtectionMethod, ScopeArea, ShareLevel, dataset, dataset_content,
    dataset_indicator, dataset_version, share,
};

use crate::error::ApiResult;
use crate::store::Writer;
use crate::store::scopes::{Audience, Way, ensure};

/// The scopes of one dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// The authority alone.
    pub private: Uuid,
    /// The dataset and its versions.
    pub outline: Uuid,
    /// Figures that may leave the authority.
    pub figures: Uuid,
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
fn audience(dataset: &dataset::Model, shares: &[share::Model], least: ShareLevel) -> Audience {
    let (tenant, field) = (dataset.tenant_id, dataset.field_of_work_id);
    let private = Audience::private(tenant, ScopeArea::Datasets, field);
    match dataset.access {
        DatasetAccess::Internal => private,
        DatasetAccess::Public => Audience::Public,
        DatasetAccess::Shared => {
            let reaching = shares.iter().filter(|it| it.level >= least && selects(it, dataset));
            let ways: BTreeSet<Way> = reaching.map(Way::from).collect();
            Audience::Owned { tenant, area: ScopeArea::Datasets, field, ways }
        }
    }
}

/// The scopes that access and `shares` of the owner give a dataset; made where they are not there yet.
///
/// # Errors
/// The database fails.
pub async fn scopes_of(writer: &Writer<'_>, dataset: &dataset::Model, shares: &[share::Model]) -> ApiResult<Scopes> {
    let private = Audience::private(dataset.tenant_id, ScopeArea::Datasets, dataset.field_of_work_id);
    Ok(Scopes {
        private: ensure(writer, &private).await?,
        outline: ensure(writer, &audience(dataset, shares, ShareLevel::Summary)).await?,
        figures: ensure(writer, &audience(dataset, shares, ShareLevel::Full)).await?,
    })
}

/// Moves a dataset with all that belongs to it to its scopes. The number of statements does not depend on how much it is.
///
/// # Errors
/// The database fails.
pub async fn rescope(writer: &Writer<'_>, dataset: &dataset::Model, scopes: Scopes) -> ApiResult<()> {
    let of = |column: dataset_version::Column| Condition::all().add(column.eq(dataset.id));
    let row = dataset::ActiveModel { scope_id: Set(scopes.outline), ..Default::default() };
    writer.change::<dataset::Entity, _>(dataset::Column::Id.eq(dataset.id), row).await?;
    let row = dataset_indicator::ActiveModel { scope_id: Set(scopes.outline), ..Default::default() };
    writer.change::<dataset_indicator::Entity, _>(dataset_indicator::Column::DatasetId.eq(dataset.id), row).await?;
    let open =
        of(dataset_version::Column::DatasetId).add(dataset_version::Column::State.ne(DatasetVersionState::Draft));
    let row = dataset_version::ActiveModel { scope_id: Set(scopes.outline), ..Default::default() };
    writer.change::<dataset_version::Entity, _>(open, row).await?;
    use sea_orm::sea_query::{ExprTrait as _, Query};
    let published = Query::select()
        .column(dataset_version::Column::Id)
        .from(dataset_version::Entity)
        .and_where(dataset_version::Column::DatasetId.eq(dataset.id))
        .and_where(dataset_version::Column::State.eq(DatasetVersionState::Published))
        .to_owned();
    let leaving = if dataset.protection_method == ProtectionMethod::Exempt {
        ContentKind::ALL
    } else {
        &[ContentKind::Protected]
    };
    let here = || Condition::all().add(dataset_content::Column::DatasetId.eq(dataset.id));
    let leaves = dataset_content::Column::Kind
        .is_in(leaving.iter().copied())
        .and(dataset_content::Column::VersionId.in_subquery(published));
    for (condition, scope) in [(leaves.clone(), scopes.figures), (leaves.not(), scopes.private)] {
        let row = dataset_content::ActiveModel { scope_id: Set(scope), ..Default::default() };
        writer.change::<dataset_content::Entity, _>(here().add(condition), row).await?;
    }
    Ok(())
}
