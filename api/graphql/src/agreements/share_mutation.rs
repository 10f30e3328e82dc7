//! Mutations of shares.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use domain::agreements::shares;
use domain::agreements::shares::NewShare;
use kernel::error::{ApiError, ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::agreements::share_types::{Share, share_by_id};
use crate::context::ContextExt;
use crate::enums::{Area, RoleKey, ShareLevel};
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// Objects to share. Exactly one field.
#[derive(OneofObject)]
pub enum ShareObjectInput {
    /// Id of a calendar; not one with confidentiality `INTERNAL`, nor a calendar of a project.
    Calendar(ID),
    /// Id of a dataset; not one with access `INTERNAL`.
    Dataset(ID),
    /// Id of a project; not one with confidentiality `INTERNAL`. Below level `FULL`, parties that are not partners of
    /// the project see it without its parts.
    Project(ID),
    /// Id of a field of work: all present and future objects of the area in that field.
    FieldOfWork(ID),
    /// All present and future objects of the area. Must be `true`.
    Everything(bool),
}

/// Values of a new share.
#[derive(InputObject)]
pub struct ShareCreateInput {
    /// Owner, on whose behalf the viewer acts.
    tenant: ID,
    /// Agreement on which the share rests; must be active and cover area and field of work.
    agreement: ID,
    /// Area of cooperation.
    area: Area,
    /// Objects to share.
    object: ShareObjectInput,
    /// Party that receives the share; none = all parties.
    grantee: Option<ID>,
    /// Role that members of the receiving parties need; none = any role with permission to read.
    grantee_role: Option<RoleKey>,
    /// Level at which the objects are visible. `BUSY` only in the area `CALENDARS`.
    level: ShareLevel,
    /// First day of validity; default immediately.
    valid_from: Option<Date>,
    /// Last day of validity, not before the first; none = as long as the agreement is in force.
    valid_until: Option<Date>,
    /// Reason, visible to both sides, at most 1,000 characters.
    reason: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// End of a share.
#[derive(InputObject)]
pub struct ShareEndInput {
    /// Share to end.
    id: ID,
    /// Version of the share that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason, kept in the audit trail only, at most 1,000 characters.
    reason: Option<String>,
}

payload! {
    /// Payload of `shareCreate` and `shareEnd`.
    SharePayload {
        /// Share in its current state; null after a refusal other than `STALE_VERSION`.
        share: Share
    } by share_by_id
}

/// See the module.
#[derive(Default)]
pub struct ShareMutation;

#[Object]
impl ShareMutation {
    /// Shares objects with partner authorities, with immediate effect unless a later first day is given. Requires
    /// `SHARES_MANAGE` in the owner.
    async fn share_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new share.")] input: ShareCreateInput,
    ) -> ApiResult<SharePayload> {
        let op = ctx.op()?;
        let key = idempotency("shareCreate", input.idempotency_key.clone(), &input);
        let done = match new_share(input) {
            Ok(wish) => shares::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        SharePayload::made(op, done).await
    }

    /// Ends a share with immediate effect. Requires `SHARES_MANAGE` in the owner.
    async fn share_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Share to end.")] input: ShareEndInput,
    ) -> ApiResult<SharePayload> {
        let op = ctx.op()?;
        let id = match NodeType::Share.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return SharePayload::refused(op, error),
        };
        let done = shares::end(op, id, input.version, input.reason).await;
        SharePayload::after_change(op, id, done).await
    }
}

fn new_share(input: ShareCreateInput) -> ApiResult<NewShare> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?;
    let agreement = problems.take(NodeType::Agreement.parse(&input.agreement, "agreement"))?;
    let (mut calendar, mut dataset, mut project, mut field) = (None, None, None, None);
    match &input.object {
        ShareObjectInput::Calendar(id) => {
            calendar = problems.take(NodeType::Calendar.parse(id, "object.calendar"))?;
        }
        ShareObjectInput::Dataset(id) => {
            dataset = problems.take(NodeType::Dataset.parse(id, "object.dataset"))?;
        }
        ShareObjectInput::Project(id) => {
            project = problems.take(NodeType::Project.parse(id, "object.project"))?;
        }
        ShareObjectInput::FieldOfWork(id) => {
            field = problems.take(NodeType::FieldOfWork.parse(id, "object.fieldOfWork"))?;
        }
        ShareObjectInput::Everything(true) => {}
        ShareObjectInput::Everything(false) => {
            let text = kernel::i18n::Text::new("only-true");
            problems.add(kernel::error::Problem::at(kernel::error::UserErrorCode::Invalid, "object.everything", text));
        }
    }
    let grantee = match &input.grantee {
        Some(id) => problems.take(NodeType::Tenant.parse(id, "grantee"))?,
        None => None,
    };
    problems.done()?;
    let (Some(tenant), Some(agreement)) = (tenant, agreement) else {
        return Err(ApiError::fault("an input without problems lacks a value"));
    };
    Ok(NewShare {
        tenant,
        agreement,
        area: input.area.into(),
        calendar,
        dataset,
        project,
        field,
        grantee,
        grantee_role: input.grantee_role.map(Into::into),
        level: input.level.into(),
        valid_from: input.valid_from.map(|it| it.0),
        valid_until: input.valid_until.map(|it| it.0),
        reason: input.reason,
    })
}
