//! Mutations of agreements.

use async_graphql::{Context, ID, InputObject, Object};
use domain::agreements::service;
use domain::agreements::service::NewAgreement;
use kernel::error::{ApiResult, all};
use kernel::global_id::{NodeType, at_most_100};

use crate::agreements::types::{Agreement, agreement_by_id};
use crate::context::ContextExt;
use crate::enums::Area;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// Values of a new cooperation agreement. Its state is `DRAFT`.
#[derive(InputObject)]
pub struct AgreementDraftInput {
    /// Drafting authority, on whose behalf the viewer acts.
    tenant: ID,
    /// Other parties, 1 to 49 active authorities.
    parties: Vec<ID>,
    /// Title of the document, at most 300 characters.
    title: String,
    /// SHA-256 checksum of the document, 64 lower-case hex digits.
    document_hash: Option<String>,
    /// Areas of cooperation, at least one.
    areas: Vec<Area>,
    /// Fields of work covered by the agreement, at most 100; none = all.
    fields_of_work: Option<Vec<ID>>,
    /// First day of validity.
    valid_from: Date,
    /// Last day of validity, not before the first; none = until ended.
    valid_until: Option<Date>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Proposal of a drafted agreement to its parties.
#[derive(InputObject)]
pub struct AgreementProposeInput {
    /// Agreement to propose.
    id: ID,
    /// Version of the agreement that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

/// Signature of an agreement.
#[derive(InputObject)]
pub struct AgreementSignInput {
    /// Agreement to sign.
    id: ID,
    /// Signing party, on whose behalf the viewer acts.
    tenant: ID,
    /// Version of the agreement that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

/// End of an agreement.
#[derive(InputObject)]
pub struct AgreementEndInput {
    /// Agreement to end.
    id: ID,
    /// Party on whose behalf the viewer acts.
    tenant: ID,
    /// Version of the agreement that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason, a single line of at most 1,000 characters.
    reason: String,
}

payload! {
    /// Payload of `agreementDraft`, `agreementPropose`, `agreementSign` and `agreementEnd`.
    AgreementPayload {
        /// Agreement in its current state; null after a refusal other than `STALE_VERSION`.
        agreement: Agreement
    } by agreement_by_id
}

/// See the module.
#[derive(Default)]
pub struct AgreementMutation;

#[Object]
impl AgreementMutation {
    /// Drafts a cooperation agreement, visible to the drafting authority only. Requires `AGREEMENTS_MANAGE` in that
    /// authority.
    async fn agreement_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new agreement.")] input: AgreementDraftInput,
    ) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let key = idempotency("agreementDraft", input.idempotency_key.clone(), &input);
        let work = async { service::draft(op, draft(input)?, key).await };
        AgreementPayload::created(op, work).await
    }

    /// Proposes a drafted agreement: makes it visible to its parties, for signature. Requires `AGREEMENTS_MANAGE` in
    /// the drafting authority.
    async fn agreement_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Agreement to propose.")] input: AgreementProposeInput,
    ) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let work = |id| service::propose(op, id, input.version);
        AgreementPayload::changed(op, NodeType::Agreement.parse(&input.id, "id"), work).await
    }

    /// Signs an agreement for one party. The last signature makes the agreement active. `CONFLICT` if the party has
    /// signed already. Requires `AGREEMENTS_SIGN` in that party.
    async fn agreement_sign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Agreement and signing party.")] input: AgreementSignInput,
    ) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let party = NodeType::Tenant.parse(&input.tenant, "tenant");
        let work = |id| async move { service::sign(op, id, party?, input.version).await };
        AgreementPayload::changed(op, NodeType::Agreement.parse(&input.id, "id"), work).await
    }

    /// Ends an agreement for all parties. Its shares have no effect from the next request on. The acting party keeps
    /// archive copies of the projects of other lead authorities in which it is a partner. Requires `AGREEMENTS_MANAGE`
    /// in one of the parties.
    async fn agreement_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Agreement to end, acting party and reason.")] input: AgreementEndInput,
    ) -> ApiResult<AgreementPayload> {
        let op = ctx.op()?;
        let party = NodeType::Tenant.parse(&input.tenant, "tenant");
        let work = |id| async move { service::end(op, id, party?, input.version, input.reason).await };
        AgreementPayload::changed(op, NodeType::Agreement.parse(&input.id, "id"), work).await
    }
}

fn draft(input: AgreementDraftInput) -> ApiResult<NewAgreement> {
    let ((), tenant, parties, fields) = all((
        at_most_100(&input.areas, "areas"),
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        NodeType::Tenant.parse_all(&input.parties, "parties"),
        input.fields_of_work.map(|it| NodeType::FieldOfWork.parse_all(&it, "fieldsOfWork")).transpose(),
    ))?;
    Ok(NewAgreement {
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
