//! Imports at the command line, by whoever holds the database anyway.

use std::path::PathBuf;
use std::sync::Arc;

use entities::{dataset, tenant};
use kernel::error::{ApiError, ApiResult, Problem};
use kernel::global_id::NodeType;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter};
use tabular::read::{Profile, ReadReport};

use crate::context::op::Op;
use crate::datasets::import::load::{Ended, FileOrigin, LoadJob, load};
use crate::datasets::import::reading::{ReadProgress, read};
use crate::datasets::import::service::check_profile;
use crate::datasets::import::uploads::refuse_unit_data;
use crate::files::folder::Folder;

/// A file to import at the command line.
pub struct OperatorImport {
    /// Short name of the authority.
    pub tenant: String,
    /// Id or title of the dataset.
    pub dataset: String,
    /// Path of the file.
    pub path: PathBuf,
    /// Origin of the file.
    pub origin: FileOrigin,
    /// Import profile.
    pub profile: Profile,
    /// True to check the file only.
    pub dry_run: bool,
    /// Folder of files.
    pub folder: PathBuf,
}

/// Imports a file for the owner of a dataset: what was found, and the number of the version where one came of it.
///
/// # Errors
/// There is no such dataset; the profile is wrong; the database fails.
pub async fn import_as_operator(
    op: &Op,
    new: OperatorImport,
    watched: &Arc<ReadProgress>,
) -> ApiResult<(ReadReport, Option<String>)> {
    let session = op.session().await?;
    let here = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(&new.tenant));
    let tenant = session.one(here).await?.ok_or_else(|| ApiError::from(Problem::not_found("tenant")))?;
    drop(session);
    op.finish().await?;
    let actor = Actor::Service { tenant: tenant.id };
    let op = Op::new(op.store.clone(), op.clock.clone(), actor, op.request_id.clone(), op.locale);
    let session = op.session().await?;
    let select = session.select::<dataset::Entity>().filter(dataset::Column::TenantId.eq(tenant.id));
    let select = match NodeType::Dataset.parse(&new.dataset, "dataset") {
        Ok(id) => select.filter(dataset::Column::Id.eq(id)),
        Err(_) => select.filter(dataset::Column::Title.eq(&new.dataset)),
    };
    let dataset = session.one(select).await?.ok_or_else(|| ApiError::from(Problem::not_found("dataset")))?;
    drop(session);
    op.finish().await?;
    refuse_unit_data(&dataset, "dataset")?;
    check_profile(&new.profile, "profile")?;
    let job = Arc::new(LoadJob {
        dataset: dataset.id,
        import: None,
        dry_run: new.dry_run,
        note: None,
        requested_by: "operator".to_owned(),
        origin: new.origin,
        path: new.path,
        profile: new.profile,
        folder: Folder(new.folder),
    });
    let (its_job, its_watch) = (job.clone(), watched.clone());
    let check = tokio::task::spawn_blocking(move || read(&its_job.path, &its_job.profile, &its_watch, None));
    let checked = check.await.map_err(|error| ApiError::fault(format!("reader: {error}")))?;
    if !checked.report.is_fine() {
        return Ok((checked.report, None));
    }
    Ok(match load(&op, &job, watched).await? {
        Ended::Kept(number, report) => (report, Some(number)),
        Ended::Nothing(report) => (report, None),
        Ended::Stopped => (checked.report, None),
    })
}
