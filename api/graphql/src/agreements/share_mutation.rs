//! Mutations of shares.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use domain::agreements::shares;
use domain::agreements::shares::ShareWish;
use kernel::error::{ApiError, ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::agreements::share_types::{Share, share_by_id};
use crate::context::ContextExt;
use crate::enums::{Area, RoleKey, ShareLevel};
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// What to share.
#[derive(OneofObject)]
pub enum ShareObjectInput {
    /// One calendar.
    Calendar(ID),
    /// One dataset, which must be open to partners.
    Dataset(ID),
    /// One project, which must be open to partners: those who do not take part see its outline, or from `FULL` on all of it.
    Project(ID),
    /// Everything of the area in one field of work, also what is still to come.
    FieldOfWork(ID),
    /// Everything of the area, also what is still to come; only `true` means something.
    Everything(bool),
}

/// A share to make.
#[derive(InputObject)]
pub struct ShareCreateInput {
    /// The owner, for which one acts.
    tenant: ID,
    /// The agreement it lives by.
    agreement: ID,
    /// The area of cooperation.
    area: Area,
    /// What to share.
    object: ShareObjectInput,
    /// One party only; left out = all parties.
    grantee: Option<ID>,
    /// Only members with this role there; left out = all who may read.
    grantee_role: Option<RoleKey>,
    /// How much is seen.
    level: ShareLevel,
    /// First day; left out = now.
    valid_from: Option<Date>,
    /// Last day; left out = as long as the agreement.
    valid_until: Option<Date>,
    /// Why, for both sides to read.
    reason: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// A share to take back.
#[derive(InputObject)]
pub struct ShareEndInput {
    /// The share.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why, for the audit trail.
    reason: Option<String>,
}

payload! {
    /// Outcome of every mutation of a share.
    SharePayload {
        /// The share.
        share: Share
    } by share_by_id
}

/// See the module.
#[derive(Default)]
pub struct ShareMutation;

#[Object]
impl ShareMutation {
    /// Shows something to partners, at once. Takes `SHARES_MANAGE` in the owner.
    async fn share_create(&self, ctx: &Context<'_>, input: ShareCreateInput) -> ApiResult<SharePayload> {
        let op = ctx.op()?;
        let key = idempotency("shareCreate", input.idempotency_key.clone(), &input);
        let done = match wish(input) {
            Ok(wish) => shares::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        SharePayload::made(op, done).await
    }

    /// Takes a share back, at once. Takes `SHARES_MANAGE` in the owner.
    async fn share_end(&self, ctx: &Context<'_>, input: ShareEndInput) -> ApiResult<SharePayload> {
        let op = ctx.op()?;
        let id = match NodeType::Share.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return SharePayload::refused(op, error),
        };
        let done = shares::end(op, id, input.version, input.reason).await;
        SharePayload::changed(op, id, done).await
    }
}

fn wish(input: ShareCreateInput) -> ApiResult<ShareWish> {
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
    Ok(ShareWish {
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
