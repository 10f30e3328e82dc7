//! Commands of the operator: authorities, first admins, tokens, reference data.

use std::path::Path;

use chrono::Duration;
use domain::calendars::import::import_as_operator;
use domain::holidays::import::import;
use domain::members::service::RoleHolder;
use domain::operator::tenants::{NewTenant, create_tenant, set_second_admin};
use domain::operator::{grant_role, render};
use entities::RoleKey;
use kernel::clock::Clock;
use kernel::error::ApiError;
use kernel::global_id::NodeType;
use policy::Actor;

use crate::app::local_issuer;
use crate::auth::TokenRequest;
use crate::cli::{MemberArgs, TenantArgs};
use crate::config::Config;
use crate::operator::operation;
use crate::seed;

pub(super) async fn tenant(config: &Config, args: TenantArgs) -> Result<(), String> {
    let op = operation(config, &Clock::System).await?;
    let wish = NewTenant {
        slug: args.slug,
        legal_name: args.name,
        kind: args.kind,
        ags: args.ags,
        zone: args.time_zone,
        assumption_day: args.assumption_day,
        website: args.website,
    };
    let done = create_tenant(&op, wish).await.map_err(|error| render(&error));
    op.store.close().await;
    done.map(|_| ())
}

pub(super) async fn second_admin(config: &Config, tenant: &str, required: bool) -> Result<(), String> {
    let op = operation(config, &Clock::System).await?;
    let done = set_second_admin(&op, tenant, required).await.map_err(|error| render(&error));
    op.store.close().await;
    done
}

pub(super) async fn member(config: &Config, args: MemberArgs) -> Result<(), String> {
    let op = operation(config, &Clock::System).await?;
    let account =
        RoleHolder::Account { issuer: args.issuer, subject: args.subject, name: args.name, email: args.email };
    let done = grant_role(&op, &args.tenant, args.role, account).await.map_err(|error| render(&error));
    op.store.close().await;
    done
}

pub(super) async fn reference(config: &Config) -> Result<u64, String> {
    let op = operation(config, &Clock::System).await?;
    let done = seed::reference(&op).await.map_err(|error| render(&error));
    op.store.close().await;
    done
}

/// Imports a file of school holidays; what came of it in one line, or every problem in a line of its own.
pub(super) async fn holidays(config: &Config, file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let op = operation(config, &Clock::System).await?;
    let done = import(&op, &text).await;
    op.store.close().await;
    done.map(|it| it.render()).map_err(|error| match &error {
        ApiError::Fault(_) => render(&error),
        ApiError::Problems(problems) => {
            let lines: Vec<_> = problems.iter().map(|it| render(&it.clone().into())).collect();
            format!("{}: nothing was stored\n{}", file.display(), lines.join("\n"))
        }
    })
}

/// Imports a calendar file; what came of it, and every problem in a line of its own.
pub(super) async fn calendar(config: &Config, file: &Path, calendar: &str, dry_run: bool) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let id = NodeType::Calendar.parse(calendar, "calendar").map_err(|error| render(&error))?;
    let op = operation(config, &Clock::System).await?;
    let done = import_as_operator(&op, id, &bytes, dry_run).await;
    op.store.close().await;
    done.map(|it| it.render(op.locale)).map_err(|error| render(&error))
}

/// Signs a token for the account `<role>@<tenant>` of the local issuer, and gives it the role if it lacks it.
pub(super) async fn token(config: &Config, tenant: &str, role: RoleKey, hours: i64) -> Result<String, String> {
    let issuer = local_issuer(config)?;
    let subject = format!("{}@{tenant}", role.as_str().to_ascii_lowercase().replace('_', "-"));
    let op = operation(config, &Clock::System).await?;
    let actor = Actor::Person { issuer: issuer.issuer().to_owned(), subject: subject.clone() };
    let session = op.store.read(&actor, op.clock.now(), op.stats.clone()).await.map_err(|error| render(&error))?;
    let held = session.access().roles().iter().any(|it| it.role == role);
    drop(session);
    if !held {
        let account = RoleHolder::Account {
            issuer: issuer.issuer().to_owned(),
            subject: subject.clone(),
            name: subject.clone(),
            email: None,
        };
        grant_role(&op, tenant, role, account).await.map_err(|error| render(&error))?;
    }
    op.store.close().await;
    issuer.token(&TokenRequest { subject, lifetime: Duration::hours(hours) }, op.clock.now())
}
