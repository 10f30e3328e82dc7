//! API types of what parties owe their funders.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::funding::obligations::object_of as obligation_object;
use domain::tenants::service::today_of;
use entities::{
    ObligationKind as Kind, ObligationState as State, document_version, funding, obligation, project, project_document,
    tenant,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::Action;
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::funding::types::{Funding, read_ahead as read_ahead_fundings};
use crate::money::Money;
use crate::projects::document_types::ProjectDocument;
use crate::projects::enums::{ObligationKind, ObligationState};
use crate::projects::part_types::PartAbilities;
use crate::projects::types::Project;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// What a party owes its funder.
pub struct Obligation(pub Arc<obligation::Model>);

impl Obligation {
    /// An obligation by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<obligation::Entity>(id).await?.map(Self))
    }
}

/// What a party owes its funder, and until when. It stays with the party when the project is out of its sight.
#[Object]
impl Obligation {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Obligation.id(self.0.id).into()
    }

    /// The party that owes it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The project; null where it is out of the viewer's sight.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// The funding.
    async fn funding(&self, ctx: &Context<'_>) -> Option<ApiResult<Funding>> {
        match ctx.session().await {
            Ok(session) => Funding::by_id(&session, self.0.funding_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// What it is.
    async fn kind(&self) -> ObligationKind {
        self.0.kind.into()
    }

    /// In words.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Last day.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Whether it is met.
    async fn state(&self) -> ObligationState {
        self.0.state.into()
    }

    /// Open after its last day, or met after it.
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

    /// When it was met.
    async fn fulfilled_on(&self) -> Option<Date> {
        self.0.fulfilled_on.map(Date)
    }

    /// What was called for; of calls for funds only.
    async fn amount(&self) -> Option<Money> {
        self.0.amount.map(Money::of)
    }

    /// The document that proves it; null where there is none, or none in sight.
    async fn document(&self, ctx: &Context<'_>) -> Option<ApiResult<ProjectDocument>> {
        let id = self.0.document_id?;
        match ctx.session().await {
            Ok(session) => ProjectDocument::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// What was said about it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// It comes of the rules of the programme.
    async fn made_by_rule(&self) -> bool {
        self.0.made_by_rule
    }

    /// When the next reminder goes out; null = no more.
    async fn remind_on(&self) -> Option<Date> {
        self.0.remind_on.map(Date)
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<PartAbilities> {
        Ok(PartAbilities { update: ctx.session().await?.access().can(Action::Write, &obligation_object(&self.0)) })
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
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
        crate::projects::types::read_ahead(session, &found, &below, |_, _| true).await?;
    }
    if selected("funding") {
        session.load::<funding::Entity>(rows.iter().map(|it| it.funding_id)).await?;
        let mut found = Vec::new();
        for row in rows {
            found.extend(session.get::<funding::Entity>(row.funding_id).await?.map(|it| (*it).clone()));
        }
        read_ahead_fundings(session, &found, &below).await?;
    }
    if selected("document") {
        session.load::<project_document::Entity>(rows.iter().filter_map(|it| it.document_id)).await?;
        session.load_groups::<document_version::Entity>(rows.iter().filter_map(|it| it.document_id)).await?;
    }
    Ok(())
}
