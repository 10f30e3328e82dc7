//! Mutations of shares.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use domain::agreements::shares;
use domain::agreements::shares::NewShare;
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::global_id::NodeType;
use kernel::i18n::Text;

use crate::agreements::share_types::{Share, share_by_id};
use crate::context::ContextExt;
use crate::enums::{Area, RoleKey, ShareLevel};
use crate::patch::optional_id;
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
        let work = async { shares::create(op, new_share(input)?, key).await };
        SharePayload::created(op, work).await
    }

    /// Ends a share with immediate effect. Requires `SHARES_MANAGE` in the owner.
    async fn share_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Share to end.")] input: ShareEndInput,
    ) -> ApiResult<SharePayload> {
        let op = ctx.op()?;
        let work = |id| shares::end(op, id, input.version, input.reason);
        SharePayload::changed(op, NodeType::Share.parse(&input.id, "id"), work).await
    }
}

fn new_share(input: ShareCreateInput) -> ApiResult<NewShare> {
    let (mut calendar, mut dataset, mut project, mut field) = (None, None, None, None);
    let object = match &input.object {
        ShareObjectInput::Calendar(id) => NodeType::Calendar.parse(id, "object.calendar").map(|it| calendar = Some(it)),
        ShareObjectInput::Dataset(id) => NodeType::Dataset.parse(id, "object.dataset").map(|it| dataset = Some(it)),
        ShareObjectInput::Project(id) => NodeType::Project.parse(id, "object.project").map(|it| project = Some(it)),
        ShareObjectInput::FieldOfWork(id) => {
            NodeType::FieldOfWork.parse(id, "object.fieldOfWork").map(|it| field = Some(it))
        }
        ShareObjectInput::Everything(true) => Ok(()),
        ShareObjectInput::Everything(false) => {
            Err(Problem::at(UserErrorCode::Invalid, "object.everything", Text::new("only-true")).into())
        }
    };
    let (tenant, agreement, (), grantee) = all((
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        NodeType::Agreement.parse(&input.agreement, "agreement"),
        object,
        optional_id(input.grantee.as_ref(), NodeType::Tenant, "grantee"),
    ))?;
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
