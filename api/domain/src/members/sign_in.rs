//! People who arrive with the word of an identity provider.
//!
//! Somebody unknown becomes a member of the authorities that the provider is bound to, without any right, so that the
//! admins there see who came. Roles follow claims only where the operator wrote a rule, and go when the claim goes.

use std::collections::BTreeSet;
use std::time::Duration;

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
    /// Issuer and subject → the roles by rule that they were seen with.
    seen: Cache<(String, String), BTreeSet<(String, RoleKey)>>,
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
        if self.seen.get(&who).is_some_and(|roles| roles == arrival.roles) {
            return Ok(());
        }
        for slug in &arrival.binding.tenants {
            welcome_in(op, arrival, slug).await?;
        }
        self.seen.insert(who, arrival.roles.clone());
        Ok(())
    }
}

async fn welcome_in(op: &Op, arrival: &Arrival, slug: &str) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "signIn").await?;
    let session = mutation.session();
    let select = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let Some(tenant) = session.one(select).await? else {
        tracing::warn!(issuer = arrival.binding.issuer, tenant = slug, "an issuer is bound to an unknown authority");
        return Ok(());
    };
    #[expect(clippy::disallowed_methods, reason = "the one place that writes on the word of an identity provider")]
    let grant = Grant::sign_in(tenant.id);
    let writer = session.writer(&grant).await?;
    // Two first requests at once must make one account.
    writer.lock_named(name_of(arrival)).await?;
    let scope = ensure(&writer, &Audience::private(tenant.id, ScopeArea::Members, None)).await?;
    let person = account(&writer, &arrival.binding.issuer, &arrival.subject, &arrival.name).await?;
    let (member, is_new) = match writer.member_id(person).await? {
        Some(member) => (member, false),
        None => {
            let row = member::Model {
                id: new_id(),
                tenant_id: tenant.id,
                scope_id: scope,
                person_id: person,
                name: arrival.name.clone(),
                email: arrival.email.clone(),
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
    if !is_new && gained.is_empty() && lost.is_empty() {
        return Ok(());
    }
    let roles = |roles: &[RoleKey]| roles.iter().map(|it| it.as_str()).collect::<Vec<_>>();
    let change = ChangeRecord {
        object_type: "Member",
        object_id: member,
        version: 1,
        scope,
        topic: if is_new { "member.arrived" } else { "member.roles_followed" },
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(json!({
            "issuer": arrival.binding.issuer, "rolesGained": roles(&gained), "rolesLost": roles(&lost),
        })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
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
