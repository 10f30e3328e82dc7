//! What the operator does with the owner's rights on the database: authorities, first admins, tokens.

use chrono::Duration;
use sea_orm::{ColumnTrait, QueryFilter};
use secrecy::ExposeSecret as _;
use verbund_entities::{RoleKey, tenant};

use super::{MemberArgs, TenantArgs};
use crate::app::local_issuer;
use crate::auth::{Actor, TokenRequest};
use crate::config::Config;
use crate::context::{Clock, Mutation, Op, new_id};
use crate::error::ApiError;
use crate::i18n::Locale;
use crate::members::{RoleWish, WishedMember, give_role};
use crate::policy::Grant;
use crate::seed;
use crate::store::{DatabaseSettings, Store};

/// The operator's operation on the configured database.
pub(crate) async fn operation(config: &Config, clock: &Clock) -> Result<Op, String> {
    let url = config.database.owner_url()?.expose_secret().to_owned();
    let store = Store::connect(&DatabaseSettings { url, max_connections: 1 }).await.map_err(|error| say(&error))?;
    Ok(Op::new(store, clock.clone(), Actor::Operator, format!("cli-{}", new_id()), Locale::En))
}

/// An error in words, for the terminal.
pub(crate) fn say(error: &ApiError) -> String {
    match error {
        ApiError::Fault(fault) => fault.message.clone(),
        ApiError::Problems(problems) => {
            let lines: Vec<_> = problems
                .iter()
                .map(|it| format!("{}: {}", it.field.as_deref().unwrap_or("input"), it.text.say(Locale::En)))
                .collect();
            lines.join("; ")
        }
    }
}

pub(super) async fn create_tenant(config: &Config, args: TenantArgs) -> Result<(), String> {
    let op = operation(config, &Clock::System).await?;
    let wish = seed::TenantWish {
        slug: args.slug,
        legal_name: args.name,
        kind: args.kind,
        ags: args.ags,
        zone: args.time_zone,
        assumption_day: args.assumption_day,
        website: None,
    };
    seed::create_tenant(&op, wish).await.map_err(|error| say(&error))?;
    op.store.close().await;
    Ok(())
}

pub(super) async fn grant(config: &Config, args: MemberArgs) -> Result<(), String> {
    let op = operation(config, &Clock::System).await?;
    let account =
        WishedMember::Account { issuer: args.issuer, subject: args.subject, name: args.name, email: args.email };
    give(&op, &args.tenant, args.role, account).await?;
    op.store.close().await;
    Ok(())
}

/// Signs a token for the account `<role>@<tenant>` of the local issuer, and gives it the role if it lacks it.
pub(super) async fn token(config: &Config, tenant: &str, role: RoleKey, hours: i64) -> Result<String, String> {
    let issuer = local_issuer(config)?;
    let subject = format!("{}@{tenant}", role.as_str().to_ascii_lowercase().replace('_', "-"));
    let op = operation(config, &Clock::System).await?;
    let actor = Actor::Person { issuer: issuer.issuer().to_owned(), subject: subject.clone() };
    let session =
        op.store.read(&actor, op.clock.now(), op.stats.clone()).await.map_err(|error| say(&error))?;
    let held = session.access().roles().iter().any(|it| it.role == role);
    drop(session);
    if !held {
        let account = WishedMember::Account {
            issuer: issuer.issuer().to_owned(),
            subject: subject.clone(),
            name: subject.clone(),
            email: None,
        };
        give(&op, tenant, role, account).await?;
    }
    op.store.close().await;
    issuer.token(&TokenRequest { subject, lifetime: Duration::hours(hours) }, op.clock.now())
}

async fn give(op: &Op, slug: &str, role: RoleKey, to: WishedMember) -> Result<(), String> {
    let given = async {
        let mutation = Mutation::begin(op, "member grant").await?;
        let session = mutation.session();
        let here = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
        let Some(tenant) = session.one(here).await? else {
            return Err(crate::error::Problem::not_found("tenant").into());
        };
        let grant = Grant::operator(tenant.id);
        let writer = session.writer(&grant).await?;
        let wish = RoleWish {
            tenant: tenant.id,
            to,
            role,
            fields: None,
            valid_from: None,
            valid_until: None,
            reason: Some("given by the operator".to_owned()),
        };
        let (_, change) = give_role(&writer, None, &wish, new_id()).await?;
        let recorded = mutation.record(&writer, change).await?;
        mutation.commit(recorded).await
    };
    given.await.map_err(|error: ApiError| say(&error))
}
