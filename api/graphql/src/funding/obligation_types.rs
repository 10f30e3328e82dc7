//! API types of what parties owe their funders.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::tenants::service::today_of;
use entities::{
    ObligationKind as Kind, ObligationState as State, document_version, funding, obligation, project, project_document,
    tenant,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;

use crate::access::abilities::ObligationAbilities;
use crate::context::ContextExt;
use crate::funding::types::Funding;
use crate::money::Money;
use crate::node_row::node_object;
use crate::projects::document_types::ProjectDocument;
use crate::projects::enums::{ObligationKind, ObligationState};

use crate::projects::types::Project;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// Obligation of a party to its funder.
pub struct Obligation(pub Arc<obligation::Model>);

node_object!(Obligation, |row| Self(row), project_id);

/// Obligation of a party to its funder, with a due date. Remains visible to the party when the project no longer is.
#[Object]
impl Obligation {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Obligation.id(self.0.id).into()
    }

    /// Party that owes the obligation.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the funding; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Funding from which the obligation arises; null if not visible to the viewer.
    async fn funding(&self, ctx: &Context<'_>) -> Option<ApiResult<Funding>> {
        match ctx.session().await {
            Ok(session) => Funding::by_id(&session, self.0.funding_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Kind of the obligation.
    async fn kind(&self) -> ObligationKind {
        self.0.kind.into()
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Due date: last day for fulfilment, or last day of a retention.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// State of the obligation.
    async fn state(&self) -> ObligationState {
        self.0.state.into()
    }

    /// True if the obligation is open after its due date or was fulfilled after it. An open retention is never late.
    async fn late(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let day = match (self.0.state, self.0.fulfilled_on) {
            (State::Fulfilled, Some(day)) => day,
            (State::Open, _) if self.0.kind != Kind::Retention => {
                today_of(&*ctx.session().await?, self.0.tenant_id).await?
            }
            _ => return Ok(false),
        };
        Ok(day > self.0.due_on)
    }

    /// Day of fulfilment; null = not fulfilled.
    async fn fulfilled_on(&self) -> Option<Date> {
        self.0.fulfilled_on.map(Date)
    }

    /// Amount of a fulfilled call for funds; null for any other kind.
    async fn amount(&self) -> Option<Money> {
        self.0.amount.map(Money::of)
    }

    /// Document that proves the fulfilment; null if there is none, or none visible to the viewer.
    async fn document(&self, ctx: &Context<'_>) -> Option<ApiResult<ProjectDocument>> {
        let id = self.0.document_id?;
        match ctx.session().await {
            Ok(session) => ProjectDocument::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// True if the obligation follows from the rules of the programme.
    async fn made_by_rule(&self) -> bool {
        self.0.made_by_rule
    }

    /// Day of the next reminder (30 and 7 days before the due date, on that day, and weekly after it, four times); null
    /// = no further reminder.
    async fn remind_on(&self) -> Option<Date> {
        self.0.remind_on.map(Date)
    }

    /// Actions open to the viewer on the obligation.
    async fn viewer_can(&self) -> ObligationAbilities {
        ObligationAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Reads ahead what was selected of obligations: a statement each, however many. `below` tells what was selected of
/// their fundings and projects.
pub(super) async fn read_ahead_obligations(
    session: &Session,
    rows: &[Arc<obligation::Model>],
    selected: impl Fn(&str) -> bool,
    below: impl Fn(&str) -> bool,
) -> ApiResult<()> {
    let projects = || rows.iter().map(|it| it.project_id);
    if selected("tenant") || selected("late") {
        session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    }
    if selected("project") {
        session.load::<project::Entity>(projects()).await?;
        let mut found = Vec::new();
        for row in rows {
            found.extend(session.get::<project::Entity>(row.project_id).await?);
        }
        crate::projects::types::preload(session, &found, &below, |_, _| true).await?;
    }
    if selected("funding") {
        session.load::<funding::Entity>(rows.iter().map(|it| it.funding_id)).await?;
        let mut found = Vec::new();
        for row in rows {
            found.extend(session.get::<funding::Entity>(row.funding_id).await?.map(|it| (*it).clone()));
        }
        crate::funding::types::preload(session, &found, &below).await?;
    }
    if selected("document") {
        session.load::<project_document::Entity>(rows.iter().filter_map(|it| it.document_id)).await?;
        session.load_groups::<document_version::Entity>(rows.iter().filter_map(|it| it.document_id)).await?;
    }
    Ok(())
}
