//! Mutations of agreements.

use async_graphql::{Context, ID, InputObject, Object};
use domain::agreements::service;
use domain::agreements::service::Draft;
use kernel::error::{ApiError, ApiResult, Problems};
use kernel::global_id::{NodeType, at_most_100};

use crate::agreements::types::{Agreement, agreement_by_id};
use crate::context::ContextExt;
use crate::enums::Area;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// An agreement to draft.
#[derive(InputObject)]
pub struct AgreementDraftInput {
    /// The drafting authority, for which one acts.
    tenant: ID,
    /// The other parties.
    parties: Vec<ID>,
    /// Title of the document.
    title: String,
    /// SHA-256 of the document, lower-case hex.
    document_hash: Option<String>,
    /// Areas of cooperation.
    areas: Vec<Area>,
    /// Only these fields of work; left out = all.
    fields_of_work: Option<Vec<ID>>,
    /// First day.
    valid_from: Date,
    /// Last day; left out = until ended.
    valid_until: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// An agreement to propose.
#[derive(InputObject)]
pub struct AgreementProposeInput {
    /// The agreement.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

/// An agreement to sign.
#[derive(InputObject)]
pub struct AgreementSignInput {
    /// The agreement.
    id: ID,
    /// The party for which one signs.
    tenant: ID,
    /// The version that the client saw.
    version: i32,
}

/// An agreement to end.
#[derive(InputObject)]
pub struct AgreementEndInput {
    /// The agreement.
    id: ID,
    /// The party for which one acts.
    tenant: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    reason: String,
}

payload! {
    /// Outcome of every mutation of an agreement.
    AgreementPayload {
        /// The agreement.
        agreement: Agreement
    } by agreement_by_id
}

/// See the module.
#[derive(Default)]
pub struct AgreementMutation;

#[Object]
impl AgreementMutation {
    /// Drafts an agreement. Takes `AGREEMENTS_MANAGE`.
    async fn agreement_draft(&self, ctx: &Context<'_>, input: AgreementDraftInput) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let key = idempotency("agreementDraft", input.idempotency_key.clone(), &input);
        let done = match draft(input) {
            Ok(draft) => service::draft(op, draft, key).await,
            Err(error) => Err(error),
        };
        AgreementPayload::made(op, done).await
    }

    /// Shows a draft to its parties, for them to sign. Takes `AGREEMENTS_MANAGE` in the drafting authority.
    async fn agreement_propose(&self, ctx: &Context<'_>, input: AgreementProposeInput) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Agreement.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return AgreementPayload::refused(op, error),
        };
        let done = service::propose(op, id, input.version).await;
        AgreementPayload::changed(op, id, done).await
    }

    /// Signs for one party; the last signature makes the agreement active. Takes `AGREEMENTS_SIGN` there.
    async fn agreement_sign(&self, ctx: &Context<'_>, input: AgreementSignInput) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let (id, party) = match both(&input.id, &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return AgreementPayload::refused(op, error),
        };
        let done = service::sign(op, id, party, input.version).await;
        AgreementPayload::changed(op, id, done).await
    }

    /// Ends an agreement for all parties; its shares open nothing from the next request on. Takes
    /// `AGREEMENTS_MANAGE` in one of the parties.
    async fn agreement_end(&self, ctx: &Context<'_>, input: AgreementEndInput) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let (id, party) = match both(&input.id, &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return AgreementPayload::refused(op, error),
        };
        let done = service::end(op, id, party, input.version, input.reason).await;
        AgreementPayload::changed(op, id, done).await
    }
}

fn both(agreement: &ID, tenant: &ID) -> ApiResult<(uuid::Uuid, uuid::Uuid)> {
    Ok((NodeType::Agreement.parse(agreement, "id")?, NodeType::Tenant.parse(tenant, "tenant")?))
}

fn draft(input: AgreementDraftInput) -> ApiResult<Draft> {
    let mut problems = Problems::default();
    problems.take(at_most_100(&input.areas, "areas"))?;
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?;
    let parties = problems.take(NodeType::Tenant.parse_all(&input.parties, "parties"))?;
    let fields = match input.fields_of_work {
        Some(ids) => problems.take(NodeType::FieldOfWork.parse_all(&ids, "fieldsOfWork"))?.map(Some),
        None => Some(None),
    };
    problems.done()?;
    let (Some(tenant), Some(parties), Some(fields)) = (tenant, parties, fields) else {
        return Err(ApiError::fault("an input without problems lacks a value"));
    };
    Ok(Draft {
        tenant,
        parties,
        title: input.title,
        document_hash: input.document_hash,
        areas: input.areas.into_iter().map(Into::into).collect(),
        fields,
        valid_from: input.valid_from.0,
        valid_until: input.valid_until.map(|it| it.0),
    })
}
