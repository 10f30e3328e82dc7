//! Commands of the operator: tokens, reference data, holidays, calendars; and the frame of all others.

use std::path::Path;

use chrono::Duration;
use domain::calendars::import::import_as_operator;
use domain::context::op::Op;
use domain::holidays::import::import;
use domain::members::service::RoleHolder;
use domain::operator::{grant_role, render, render_in};
use entities::RoleKey;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use policy::Actor;

use crate::app::local_issuer;
use crate::auth::TokenRequest;
use crate::cli::failure::{Failure, OptionOf};
use crate::config::{Config, operator_locale};
use crate::operator::operation;
use crate::seed;

/// Does something as the operator. Problems with fields are told as problems with the options.
pub(super) async fn as_operator<T>(
    config: &Config,
    options: &[OptionOf<'_>],
    work: impl AsyncFnOnce(&Op) -> ApiResult<T>,
) -> Result<T, Failure> {
    let op = operation(config, &Clock::System).await?;
    let mut done = work(&op).await;
    // A session that stays open would keep the store from closing.
    if let Err(error) = op.finish().await {
        done = done.and(Err(error));
    }
    op.store.close().await;
    done.map_err(|error| Failure::of(&error, op.locale, options))
}

pub(super) async fn reference(config: &Config) -> Result<u64, String> {
    let op = operation(config, &Clock::System).await?;
    let done = seed::reference(&op).await.map_err(|error| render_in(&error, op.locale));
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
            let lines: Vec<_> = problems.iter().map(|it| render_in(&it.clone().into(), op.locale)).collect();
            format!("{}: nothing was stored\n{}", file.display(), lines.join("\n"))
        }
    })
}

/// Imports a calendar file; what came of it, and every problem in a line of its own.
pub(super) async fn calendar(config: &Config, file: &Path, calendar: &str, dry_run: bool) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let id = NodeType::Calendar.parse(calendar, "calendar");
    let id = id.map_err(|error| render_in(&error, operator_locale()))?;
    let op = operation(config, &Clock::System).await?;
    let done = import_as_operator(&op, id, &bytes, dry_run).await;
    op.store.close().await;
    done.map(|it| it.render(op.locale)).map_err(|error| render_in(&error, op.locale))
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
        grant_role(&op, tenant, role, account).await.map_err(|error| render_in(&error, op.locale))?;
    }
    op.store.close().await;
    issuer.token(&TokenRequest { subject, lifetime: Duration::hours(hours) }, op.clock.now())
}
