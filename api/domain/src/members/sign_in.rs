//! People who arrive with the word of an identity provider.
//!
//! Somebody unknown becomes a member of the authorities that the provider is bound to, without any right, so that the
//! admins there see who came. Roles follow claims only where the operator wrote a rule, and go when the claim goes. Of
//! several tokens the one that was issued last counts: an older one never brings back what a newer one took.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entities::{RoleKey, ScopeArea, member, role_grant, tenant};
use kernel::error::ApiResult;
use kernel::ids::new_id;
use moka::sync::Cache;
use policy::Grant;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::scopes::{Audience, ensure};
use store::{Writer, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork};
use crate::members::binding::Arrival;
use crate::members::service::account;

/// How long somebody who was seen is not looked up again.
const REMEMBERED: Duration = Duration::from_secs(600);
/// The most people who are remembered.
const MAX: u64 = 100_000;

/// Welcomes people; remembers whom it has seen, so that a request usually costs nothing.
pub struct SignIn {
    /// Issuer and subject → the newest token that they were seen with.
    seen: Cache<(String, String), SeenToken>,
}

/// A token that somebody was seen with.
#[derive(Clone)]
struct SeenToken {
    issued_at: DateTime<Utc>,
    /// Name and roles by rule; none where only its time is known.
    said: Option<(String, BTreeSet<(String, RoleKey)>)>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self { seen: Cache::builder().max_capacity(MAX).time_to_live(REMEMBERED).build() }
    }
}

impl SignIn {
    /// Makes sure that the arrival is known where the issuer is bound to, with the roles of its rules.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn welcome(&self, op: &Op, arrival: &Arrival) -> ApiResult<()> {
        let who = (arrival.binding.issuer.clone(), arrival.subject.clone());
        let said = Some((arrival.name.clone(), arrival.roles.clone()));
        if self.seen.get(&who).is_some_and(|it| arrival.issued_at < it.issued_at || it.said == said) {
            return Ok(());
        }
        let mut newest = arrival.issued_at;
        for slug in &arrival.binding.tenants {
            newest = welcome_in(op, arrival, slug).await?.map_or(newest, |it| newest.max(it));
        }
        let said = said.filter(|_| newest == arrival.issued_at);
        self.seen.insert(who, SeenToken { issued_at: newest, said });
        Ok(())
    }
}

/// Makes the arrival known in one authority; tells when the newest token was issued that has changed roles there.
async fn welcome_in(op: &Op, arrival: &Arrival, slug: &str) -> ApiResult<Option<DateTime<Utc>>> {
    let mutation = UnitOfWork::begin(op, "signIn").await?;
    let session = mutation.session();
    let select = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let Some(tenant) = session.one(select).await? else {
        tracing::warn!(issuer = arrival.binding.issuer, tenant = slug, "an issuer is bound to an unknown authority");
        return Ok(None);
    };
    #[expect(clippy::disallowed_methods, reason = "the one place that writes on the word of an identity provider")]
    let grant = Grant::sign_in(tenant.id);
    let writer = session.writer(&grant).await?;
    // Two first requests at once must make one account.
    writer.lock_named(name_of(arrival)).await?;
    let scope = ensure(&writer, &Audience::private(tenant.id, ScopeArea::Members, None)).await?;
    let person = account(&writer, &arrival.binding.issuer, &arrival.subject, &arrival.name).await?;
    let (member, is_new) = match writer.member(person).await? {
        Some(member) if member.claims_at.is_some_and(|it| arrival.issued_at < it) => return Ok(member.claims_at),
        Some(member) => (member.id, false),
        None => {
            let row = member::Model {
                id: new_id(),
                tenant_id: tenant.id,
                scope_id: scope,
                person_id: person,
                name: arrival.name.clone(),
                email: arrival.email.clone(),
                claims_at: Some(arrival.issued_at),
                version: 1,
                created_at: writer.now(),
                updated_at: writer.now(),
            };
            let id = row.id;
            writer.insert(full(row)).await?;
            (id, true)
        }
    };
    let held = writer.claimed_roles(member).await?;
    let due: BTreeSet<RoleKey> =
        arrival.roles.iter().filter(|(tenant, _)| tenant == slug).map(|(_, role)| *role).collect();
    let gained = gain(&writer, scope, member, &held, &due, arrival).await?;
    let lost = lose(&writer, &held, &due).await?;
    let changed = !gained.is_empty() || !lost.is_empty();
    // An authority may have made the account known before; its person names it.
    let is_named = arrival.name != arrival.subject;
    let named = is_named && writer.name_account(person, &arrival.name).await?;
    if !is_new && !changed && !named {
        return Ok(None);
    }
    if !is_new && changed {
        let values = member::ActiveModel { claims_at: Set(Some(arrival.issued_at)), ..Default::default() };
        writer.change::<member::Entity, _>(member::Column::Id.eq(member), values).await?;
    }
    let roles = |roles: &[RoleKey]| roles.iter().map(|it| it.as_str()).collect::<Vec<_>>();
    let change = ChangeRecord {
        object_type: "Member",
        object_id: member,
        version: 1,
        scope,
        topic: match (is_new, changed) {
            (true, _) => "member.arrived",
            (false, true) => "member.roles_followed",
            (false, false) => "member.account_named",
        },
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(json!({
            "issuer": arrival.binding.issuer, "rolesGained": roles(&gained), "rolesLost": roles(&lost),
        })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(None)
}

/// The name of the lock for one account.
fn name_of(arrival: &Arrival) -> Uuid {
    let digest = Sha256::new().chain_update(&arrival.binding.issuer).chain_update([0]).chain_update(&arrival.subject);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    Uuid::from_bytes(bytes)
}

async fn gain(
    writer: &Writer<'_>,
    scope: Uuid,
    member: Uuid,
    held: &[role_grant::Model],
    due: &BTreeSet<RoleKey>,
    arrival: &Arrival,
) -> ApiResult<Vec<RoleKey>> {
    let missing: Vec<_> = due.iter().copied().filter(|role| held.iter().all(|it| it.role != *role)).collect();
    for role in &missing {
        writer
            .insert(full::<_, role_grant::ActiveModel>(role_grant::Model {
                id: new_id(),
                tenant_id: writer.tenant(),
                scope_id: scope,
                member_id: member,
                role: *role,
                all_fields: true,
                by_claim: true,
                valid_from: None,
                valid_until: None,
                reason: Some(format!("by a rule for the claims of {}", arrival.binding.issuer)),
                granted_by: None,
                confirm_until: None,
                confirmed_by: None,
                revoked_at: None,
                version: 1,
                created_at: writer.now(),
                updated_at: writer.now(),
            }))
            .await?;
    }
    Ok(missing)
}

async fn lose(writer: &Writer<'_>, held: &[role_grant::Model], due: &BTreeSet<RoleKey>) -> ApiResult<Vec<RoleKey>> {
    let over: Vec<_> = held.iter().filter(|it| !due.contains(&it.role)).collect();
    for grant in &over {
        let values = role_grant::ActiveModel {
            revoked_at: Set(Some(writer.now())),
            version: Set(grant.version.saturating_add(1)),
            updated_at: Set(writer.now()),
            ..Default::default()
        };
        writer.change::<role_grant::Entity, _>(role_grant::Column::Id.eq(grant.id), values).await?;
    }
    Ok(over.into_iter().map(|it| it.role).collect())
}
