//! API types of rounds.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::planning::rounds::changed_since_publication;
use entities::{agreement, agreement_party, annual_plan, coordination_round, round_plan, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::CoordinationRoundAbilities;
use crate::context::ContextExt;
use crate::enums::RoundState;
use crate::node_row::node_object;
use crate::planning::plan_types;
use crate::planning::plan_types::AnnualPlan;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// Coordination round: the parties of an agreement coordinate their annual plans of one year.
pub struct CoordinationRound(pub Arc<coordination_round::Model>);

node_object!(CoordinationRound, |row| Self(row));

/// Annual plan of one party in a coordination round.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct RoundPlan {
    /// Name of the person who submitted the plan, as used by the party; null if the agreement is not visible to the
    /// viewer.
    submitted_by: Option<String>,
    /// Instant of the submission.
    submitted_at: DateTime<Utc>,
    /// Name of the person who signed off the outcome, as used by the party; null if `signedAt` is null, and if the
    /// agreement is not visible to the viewer.
    signed_by: Option<String>,
    /// Instant of the sign-off; null if the party has not signed off, or if an entry of the plans has changed between the
    /// sign-off and the publication. Changes to `INTERNAL` entries do not count.
    signed_at: Option<DateTime<Utc>>,
    /// Instant of the last change of an entry of the plan after the publication of the round: the plan may differ from
    /// what was signed and published, which is the snapshot of step `PUBLISHED`. Null without such a change. Changes to
    /// `INTERNAL` entries do not count; if the agreement is not visible to the viewer, only those to public entries do.
    changed_since_publication_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    tenant: Uuid,
    #[graphql(skip)]
    plan: Uuid,
}

#[ComplexObject]
impl RoundPlan {
    /// Party that submitted the plan.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.tenant).await
    }

    /// Annual plan; null if not visible to the viewer.
    async fn plan(&self, ctx: &Context<'_>) -> Option<ApiResult<AnnualPlan>> {
        match ctx.session().await {
            Ok(session) => AnnualPlan::by_id(&session, self.plan).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Coordination round: the parties of an agreement coordinate their annual plans of one year.
#[Object]
impl CoordinationRound {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::CoordinationRound.id(self.0.id).into()
    }

    /// Party that opened the round.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Global id of the agreement; null if the agreement is not visible to the viewer.
    async fn agreement_id(&self, ctx: &Context<'_>) -> Option<ApiResult<ID>> {
        let id = self.0.agreement_id;
        match ctx.session().await {
            Ok(session) => {
                let row = session.get::<agreement::Entity>(id).await.transpose()?;
                Some(row.map(|_| NodeType::Agreement.id(id).into()))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Calendar year.
    async fn year(&self) -> i32 {
        self.0.year
    }

    /// State of the round.
    async fn state(&self) -> RoundState {
        self.0.state.into()
    }

    /// Last day for submitting plans.
    async fn submit_until(&self) -> Date {
        Date(self.0.submit_until)
    }

    /// Minimum number of full days between occurrences of two authorities for the same audience in the same field of
    /// work. Closer occurrences are a conflict.
    async fn days_apart(&self) -> i32 {
        self.0.days_apart
    }

    /// Submitted annual plans, in the order of submission.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn plans(&self, ctx: &Context<'_>) -> ApiResult<Vec<RoundPlan>> {
        let session = ctx.session().await?;
        let rows = session.group::<round_plan::Entity>(self.0.id).await?;
        session.load::<annual_plan::Entity>(rows.iter().map(|it| it.plan_id)).await?;
        // What is published is published without the names of people.
        let bound = session.get::<agreement::Entity>(self.0.agreement_id).await?.is_some();
        let shown = |it: &round_plan::Model| RoundPlan {
            submitted_by: bound.then(|| it.submitted_by.clone()),
            submitted_at: it.submitted_at,
            signed_by: it.signed_by.clone().filter(|_| bound),
            signed_at: it.signed_at,
            changed_since_publication_at: changed_since_publication(it, bound),
            tenant: it.tenant_id,
            plan: it.plan_id,
        };
        let mut plans: Vec<_> = rows.iter().map(shown).collect();
        plans.sort_by_key(|it| (it.submitted_at, it.tenant));
        Ok(plans)
    }

    /// Reason for closing the round without an outcome; null if not closed.
    async fn close_reason(&self) -> Option<&str> {
        self.0.close_reason.as_deref()
    }

    /// Instant of publication; null if not published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// Instant of the last change of an entry of the plans after the publication; null without such a change. See
    /// `RoundPlan.changedSincePublicationAt`.
    #[graphql(complexity = "5")]
    async fn changed_since_publication_at(&self, ctx: &Context<'_>) -> ApiResult<Option<DateTime<Utc>>> {
        let session = ctx.session().await?;
        let rows = session.group::<round_plan::Entity>(self.0.id).await?;
        let bound = session.get::<agreement::Entity>(self.0.agreement_id).await?.is_some();
        Ok(rows.iter().filter_map(|it| changed_since_publication(it, bound)).max())
    }

    /// Actions open to the viewer on the coordination round at present.
    #[graphql(complexity = "3 + child_complexity")]
    async fn viewer_can(&self) -> CoordinationRoundAbilities {
        CoordinationRoundAbilities(self.0.clone())
    }

    /// Version number, raised by one with every step; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant at which the round was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Reads ahead what was selected of rounds: a statement each, however many rounds.
pub(super) async fn preload(
    session: &Session,
    rounds: &[Arc<coordination_round::Model>],
    selected: impl Fn(&str) -> bool,
    of_plans: impl Fn(&str) -> bool,
) -> ApiResult<()> {
    let plans = load(session, rounds, selected).await?;
    plan_types::preload(session, &plans, of_plans, |_| false).await
}

/// The same without what was selected of the plans in them; tells these.
pub(super) async fn load(
    session: &Session,
    rounds: &[Arc<coordination_round::Model>],
    selected: impl Fn(&str) -> bool,
) -> ApiResult<Vec<Arc<annual_plan::Model>>> {
    let agreements = || rounds.iter().map(|it| it.agreement_id);
    let mut tenants = Vec::new();
    let mut plans = Vec::new();
    if selected("tenant") {
        tenants.extend(rounds.iter().map(|it| it.tenant_id));
    }
    if selected("agreementId") || selected("plans") || selected("changedSincePublicationAt") {
        session.load::<agreement::Entity>(agreements()).await?;
    }
    if selected("viewerCan") {
        session.load_groups::<agreement_party::Entity>(agreements()).await?;
    }
    if selected("plans") || selected("changedSincePublicationAt") {
        session.load_groups::<round_plan::Entity>(rounds.iter().map(|it| it.id)).await?;
    }
    if selected("plans") {
        let mut taking = Vec::new();
        for round in rounds {
            taking.extend(session.group::<round_plan::Entity>(round.id).await?.iter().cloned());
        }
        tenants.extend(taking.iter().map(|it| it.tenant_id));
        session.load::<annual_plan::Entity>(taking.iter().map(|it| it.plan_id)).await?;
        for it in taking {
            plans.extend(session.get::<annual_plan::Entity>(it.plan_id).await?);
        }
    }
    session.load::<tenant::Entity>(tenants).await?;
    Ok(plans)
}
