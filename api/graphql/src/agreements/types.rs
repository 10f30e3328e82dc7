//! API types of agreements.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::rights::nodes;
use entities::{agreement, agreement_field, agreement_party, agreement_signature, field_of_work, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::{QueryFilter, QueryOrder};
use store::Session;
use uuid::Uuid;

use crate::access::abilities::AgreementAbilities;
use crate::enums::{AgreementState, Area};
use crate::node_row::NodeRow;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Cooperation agreement.
#[derive(Clone)]
pub struct Agreement {
    pub(super) row: Arc<agreement::Model>,
    parties: Vec<Uuid>,
    signatures: Vec<agreement_signature::Model>,
    fields: Vec<Uuid>,
}

/// Party of an agreement, with its signature.
#[derive(SimpleObject)]
pub struct AgreementParty {
    /// Authority.
    tenant: Tenant,
    /// Signature of the party; null = not signed yet.
    signature: Option<Signature>,
}

/// Signature of a party.
#[derive(SimpleObject)]
pub struct Signature {
    /// Name of the person who signed, as used by the party.
    signed_by: String,
    /// Instant of the signature.
    signed_at: DateTime<Utc>,
}

/// Cooperation agreement between authorities. Every access of one authority to non-public objects of another rests on
/// an agreement in force.
#[Object]
impl Agreement {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Agreement.id(self.row.id).into()
    }

    /// Authority that drafted the agreement.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Title of the document.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// SHA-256 checksum of the document, lower-case hex.
    async fn document_hash(&self) -> Option<&str> {
        self.row.document_hash.as_deref()
    }

    /// Areas of cooperation covered by the agreement.
    async fn areas(&self) -> Vec<Area> {
        areas_of(&self.row)
    }

    /// True if the agreement covers all fields of work, including objects without one.
    async fn all_fields(&self) -> bool {
        self.row.all_fields
    }

    /// Fields of work covered by the agreement; empty if `allFields` is true.
    async fn fields_of_work(&self, ctx: &Context<'_>) -> ApiResult<Vec<FieldOfWork>> {
        let mut fields = Vec::new();
        for id in &self.fields {
            fields.extend(field_by_id(ctx, Some(*id)).await?);
        }
        Ok(fields)
    }

    /// Parties, each with its signature.
    async fn parties(&self, ctx: &Context<'_>) -> ApiResult<Vec<AgreementParty>> {
        let mut parties = Vec::new();
        for party in &self.parties {
            let signature = self.signatures.iter().find(|it| it.tenant_id == *party);
            parties.push(AgreementParty {
                tenant: tenant_of(ctx, *party).await?,
                signature: signature.map(|it| Signature { signed_by: it.signed_by.clone(), signed_at: it.signed_at }),
            });
        }
        Ok(parties)
    }

    /// First day of validity.
    async fn valid_from(&self) -> Date {
        Date(self.row.valid_from)
    }

    /// Last day of validity, until midnight in each owner's time zone; null = until ended.
    async fn valid_until(&self) -> Option<Date> {
        self.row.valid_until.map(Date)
    }

    /// State of the agreement.
    async fn state(&self) -> AgreementState {
        self.row.state.into()
    }

    /// Reason for the end; null = not ended.
    async fn end_reason(&self) -> Option<&str> {
        self.row.end_reason.as_deref()
    }

    /// Instant of the end; null = not ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }

    /// Actions open to the viewer on the agreement now.
    async fn viewer_can(&self) -> AgreementAbilities {
        AgreementAbilities(self.row.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Instant of creation of the draft.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

/// The areas an agreement covers.
pub fn areas_of(row: &agreement::Model) -> Vec<Area> {
    let areas = [
        (Area::Calendars, row.covers_calendars),
        (Area::Projects, row.covers_projects),
        (Area::Datasets, row.covers_datasets),
    ];
    areas.into_iter().filter_map(|(area, covered)| covered.then_some(area)).collect()
}

/// Agreements with parties, signatures and fields: five more statements, however many agreements.
pub(super) async fn complete(session: &Session, rows: Vec<Arc<agreement::Model>>) -> ApiResult<Vec<Agreement>> {
    let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
    let parties = session
        .select::<agreement_party::Entity>()
        .filter(session.is_one_of(agreement_party::Column::AgreementId, &ids))
        .order_by_asc(agreement_party::Column::TenantId);
    let signatures = session
        .select::<agreement_signature::Entity>()
        .filter(session.is_one_of(agreement_signature::Column::AgreementId, &ids));
    let fields = session
        .select::<agreement_field::Entity>()
        .filter(session.is_one_of(agreement_field::Column::AgreementId, &ids))
        .order_by_asc(agreement_field::Column::FieldOfWorkId);
    let parties = group(session.all(parties).await?, |it| (it.agreement_id, it.tenant_id));
    let mut signatures_of: BTreeMap<Uuid, Vec<_>> = BTreeMap::new();
    for signature in session.all(signatures).await? {
        signatures_of.entry(signature.agreement_id).or_default().push(signature);
    }
    let fields = group(session.all(fields).await?, |it| (it.agreement_id, it.field_of_work_id));
    let tenants = parties.values().flatten().copied().chain(rows.iter().map(|it| it.tenant_id));
    session.load::<tenant::Entity>(tenants).await?;
    session.load::<field_of_work::Entity>(fields.values().flatten().copied()).await?;
    Ok(rows
        .into_iter()
        .map(|row| Agreement {
            parties: parties.get(&row.id).cloned().unwrap_or_default(),
            signatures: signatures_of.remove(&row.id).unwrap_or_default(),
            fields: fields.get(&row.id).cloned().unwrap_or_default(),
            row,
        })
        .collect())
}

/// Agreements by their rows, as far as the viewer may see them: a constant number of statements.
///
/// # Errors
/// The database fails.
pub async fn agreements_by_id(
    session: &Session,
    ids: impl IntoIterator<Item = Uuid>,
) -> ApiResult<BTreeMap<Uuid, Agreement>> {
    let ids: BTreeSet<Uuid> = ids.into_iter().collect();
    session.load::<agreement::Entity>(ids.iter().copied()).await?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(session.get::<agreement::Entity>(id).await?);
    }
    Ok(complete(session, rows).await?.into_iter().map(|it| (it.row.id, it)).collect())
}

fn group<R>(rows: Vec<R>, key_and_value: impl Fn(&R) -> (Uuid, Uuid)) -> BTreeMap<Uuid, Vec<Uuid>> {
    let mut groups: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        let (key, value) = key_and_value(&row);
        groups.entry(key).or_default().push(value);
    }
    groups
}

/// An agreement by its row, if the viewer may see it.
pub async fn agreement_by_id(session: &Session, id: Uuid) -> ApiResult<Option<Agreement>> {
    let Some(row) = session.get::<agreement::Entity>(id).await? else { return Ok(None) };
    Ok(complete(session, vec![row]).await?.pop())
}

impl NodeRow for nodes::Agreement {
    type Object = Agreement;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Agreement>> {
        agreement_by_id(session, id).await
    }
}
