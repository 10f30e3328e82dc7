//! Files for a dataset on their way in: who may send one, and what does not come in at all.

use entities::{DataClass, dataset};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use serde_json::json;
use store::Session;
use uuid::Uuid;

use crate::context::audited::Audited as _;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Idempotency, UnitOfWork};
use crate::files;
use crate::files::settings::FileSettings;
use crate::files::tickets::{Drafted, NewTicket};
use crate::rights::{self, Operation};

/// Makes a ticket to send a file for a dataset.
///
/// # Errors
/// The dataset may not be changed, or takes no files.
pub async fn make_ticket(
    op: &Op,
    dataset: Uuid,
    file_name: &str,
    settings: &FileSettings,
    idempotency: Option<Idempotency>,
) -> ApiResult<NewTicket> {
    let file_name = text::file_name(file_name, "fileName", 200)?;
    let mutation = UnitOfWork::begin(op, "datasetUploadTicket").await?;
    let session = mutation.session();
    let (grant, dataset) = rights::find_for::<dataset::Entity>(session, dataset, Operation::Import, "dataset").await?;
    let writer = session.writer(&grant).await?;
    let mut draft = match files::tickets::upload(&mutation, &writer, file_name, settings, idempotency).await? {
        Drafted::New(draft) => draft,
        Drafted::Done(made) => return Ok(made),
    };
    draft.row.dataset_id = Some(dataset.id);
    let after = Some(json!({ "fileName": draft.row.file_name, "expiresAt": draft.row.expires_at }));
    let change = ChangeRecord { after, ..dataset.change_record("dataset.upload_opened", None) };
    let made = draft.keep(&writer).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(made)
}

/// Whether the actor may send a file for a dataset now.
///
/// # Errors
/// The database fails.
pub async fn may_send(session: &Session, dataset: Uuid) -> ApiResult<bool> {
    let Some(row) = session.get::<dataset::Entity>(dataset).await? else { return Ok(false) };
    rights::may::<dataset::Entity>(session, &row, Operation::Update).await
}

/// Refuses what must not come in at all.
///
/// # Errors
/// The dataset holds unit records of official statistics.
pub fn refuse_unit_data(dataset: &dataset::Model, field: &'static str) -> ApiResult<()> {
    if dataset.data_class == DataClass::OfficialUnitData {
        return Err(Problem::at(UserErrorCode::Disclosure, field, Text::new("unit-data-is-not-imported")).into());
    }
    Ok(())
}
