//! Data requests in the schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::datasets::requests;
use domain::datasets::requests::{Gift, Wish};
use entities::{data_request, dataset, share, tenant};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::agreements::share_types::{Share, share_by_id};
use crate::agreements::types::{Agreement, agreement_by_id, agreements_by_id};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::enums::DataRequestState;
use crate::datasets::types::Dataset;
use crate::enums::ShareLevel;
use crate::lookahead::Selected;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// What one authority asks of another's data.
pub struct DataRequest {
    row: Arc<data_request::Model>,
    /// Its agreement, where a list has read it ahead.
    agreement: Option<Agreement>,
}

impl DataRequest {
    /// A request by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<data_request::Entity>(id).await?.map(|row| Self { row, agreement: None }))
    }
}

/// What one authority asks of another's data, and the answer. Only these two see it.
#[Object]
impl DataRequest {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DataRequest.id(self.row.id).into()
    }

    /// The authority that asks.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// The authority that is asked.
    async fn to(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.to_tenant_id).await
    }

    /// The agreement that it lives by.
    #[graphql(complexity = "child_complexity + 5")]
    async fn agreement(&self, ctx: &Context<'_>) -> Option<ApiResult<Agreement>> {
        if let Some(agreement) = &self.agreement {
            return Some(Ok(agreement.clone()));
        }
        match ctx.session().await {
            Ok(session) => agreement_by_id(&session, self.row.agreement_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// The dataset, where it is named and in sight.
    async fn dataset(&self, ctx: &Context<'_>) -> Option<ApiResult<Dataset>> {
        let id = self.row.dataset_id?;
        match ctx.session().await {
            Ok(session) => Dataset::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// What is asked for.
    async fn about(&self) -> &str {
        &self.row.about
    }

    /// What it is for.
    async fn purpose(&self) -> &str {
        &self.row.purpose
    }

    /// By what law.
    async fn legal_basis(&self) -> &str {
        &self.row.legal_basis
    }

    /// How much is wanted.
    async fn level(&self) -> ShareLevel {
        self.row.level.into()
    }

    /// Until when.
    async fn until(&self) -> Option<Date> {
        self.row.until.map(Date)
    }

    /// How far it is.
    async fn state(&self) -> DataRequestState {
        self.row.state.into()
    }

    /// Who asked.
    async fn asked_by(&self) -> &str {
        &self.row.asked_by
    }

    /// What was answered.
    async fn answer(&self) -> Option<&str> {
        self.row.answer.as_deref()
    }

    /// By whom.
    async fn answered_by(&self) -> Option<&str> {
        self.row.answered_by.as_deref()
    }

    /// When.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at
    }

    /// The share that came of it.
    #[graphql(complexity = "child_complexity + 5")]
    async fn share(&self, ctx: &Context<'_>) -> Option<ApiResult<Share>> {
        let id = self.row.share_id?;
        match ctx.session().await {
            Ok(session) => {
                // It lives by the same agreement.
                let share = share_by_id(&session, id).await.transpose()?;
                Some(share.map(|it| it.under(self.agreement.clone())))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// What to ask for.
#[derive(InputObject)]
pub struct DataRequestCreateInput {
    /// The authority that asks, for which one acts.
    tenant: ID,
    /// The authority that is asked.
    to: ID,
    /// The agreement that binds both for data.
    agreement: ID,
    /// The dataset, where one is known.
    dataset: Option<ID>,
    /// What is asked for.
    about: String,
    /// What it is for.
    purpose: String,
    /// By what law.
    legal_basis: String,
    /// How much is wanted, from SUMMARY on.
    level: ShareLevel,
    /// Until when.
    until: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// A request to grant.
#[derive(InputObject)]
pub struct DataRequestGrantInput {
    /// The request.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// The dataset, where the request names none, or another one.
    dataset: Option<ID>,
    /// How much is shown; left out = what was asked for.
    level: Option<ShareLevel>,
    /// Last day; left out = what was asked for.
    until: Option<Date>,
    /// What is said about it.
    answer: Option<String>,
}

/// A request to refuse.
#[derive(InputObject)]
pub struct DataRequestRefuseInput {
    /// The request.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    reason: String,
}

/// A request to take back.
#[derive(InputObject)]
pub struct DataRequestWithdrawInput {
    /// The request.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

payload! {
    /// Outcome of every mutation of a data request.
    DataRequestPayload {
        /// The request.
        data_request: DataRequest
    } by DataRequest::by_id
}

impl DataRequestCreateInput {
    fn wish(self) -> ApiResult<Wish> {
        let mut problems = Problems::default();
        let tenant = problems.take(NodeType::Tenant.parse(&self.tenant, "tenant"))?;
        let to = problems.take(NodeType::Tenant.parse(&self.to, "to"))?;
        let agreement = problems.take(NodeType::Agreement.parse(&self.agreement, "agreement"))?;
        let dataset = self.dataset.map(|it| NodeType::Dataset.parse(&it, "dataset")).transpose();
        let dataset = problems.take(dataset)?.flatten();
        problems.done()?;
        Ok(Wish {
            tenant: tenant.unwrap_or_default(),
            to: to.unwrap_or_default(),
            agreement: agreement.unwrap_or_default(),
            dataset,
            about: self.about,
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            level: self.level.into(),
            until: self.until.map(|it| it.0),
        })
    }
}

impl DataRequestGrantInput {
    fn gift(self) -> ApiResult<(Uuid, Gift)> {
        let mut problems = Problems::default();
        let id = problems.take(NodeType::DataRequest.parse(&self.id, "id"))?.unwrap_or_default();
        let dataset = self.dataset.map(|it| NodeType::Dataset.parse(&it, "dataset")).transpose();
        let dataset = problems.take(dataset)?.flatten();
        problems.done()?;
        let (level, until) = (self.level.map(Into::into), self.until.map(|it| it.0));
        Ok((id, Gift { dataset, level, until, answer: self.answer }))
    }
}

/// See the module.
#[derive(Default)]
pub struct RequestQuery;

#[Object]
impl RequestQuery {
    /// Data requests of the viewer's authorities and to them, the newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn data_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this state.")] state: Option<DataRequestState>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DataRequest>> {
        use data_request::Column as C;
        let request = PageRequest::new(first, after, last, before, &format!("data requests {state:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<data_request::Entity>();
        if let Some(state) = state {
            select = select.filter(C::State.eq(entities::DataRequestState::from(state)));
        }
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: true,
            nullable: false,
            key: |row: &data_request::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if ["tenant", "to", "share"].into_iter().any(|it| selected.node(it)) {
            session.load::<tenant::Entity>(rows.iter().flat_map(|(_, it)| [it.tenant_id, it.to_tenant_id])).await?;
        }
        if selected.node("dataset") {
            session.load::<dataset::Entity>(rows.iter().filter_map(|(_, it)| it.dataset_id)).await?;
        }
        if selected.node("share") {
            session.load::<share::Entity>(rows.iter().filter_map(|(_, it)| it.share_id)).await?;
        }
        let mut agreements = BTreeMap::new();
        if selected.node("agreement") || selected.node("share") {
            agreements = agreements_by_id(&session, rows.iter().map(|(_, it)| it.agreement_id)).await?;
        }
        let request = |(cursor, row): (_, data_request::Model)| {
            let agreement = agreements.get(&row.agreement_id).cloned();
            (cursor, DataRequest { row: Arc::new(row), agreement })
        };
        Ok(fill(frame, rows.into_iter().map(request)))
    }
}

/// See the module.
#[derive(Default)]
pub struct RequestMutation;

#[Object]
impl RequestMutation {
    /// Asks another authority for data. Takes `DATASETS_WRITE` in the authority that asks.
    async fn data_request_create(
        &self,
        ctx: &Context<'_>,
        input: DataRequestCreateInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        let key = idempotency("dataRequestCreate", input.idempotency_key.clone(), &input);
        let done = match input.wish() {
            Ok(wish) => requests::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        DataRequestPayload::made(op, done).await
    }

    /// Grants a request: makes a share for the authority that asked. Takes `SHARES_MANAGE` in the authority that is asked.
    async fn data_request_grant(
        &self,
        ctx: &Context<'_>,
        input: DataRequestGrantInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        let version = input.version;
        match input.gift() {
            Ok((id, gift)) => {
                let done = requests::grant(op, id, version, gift).await;
                DataRequestPayload::changed(op, id, done).await
            }
            Err(error) => DataRequestPayload::refused(op, error),
        }
    }

    /// Refuses a request. Takes `SHARES_MANAGE` in the authority that is asked.
    async fn data_request_refuse(
        &self,
        ctx: &Context<'_>,
        input: DataRequestRefuseInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        match NodeType::DataRequest.parse(&input.id, "id") {
            Ok(id) => {
                let done = requests::refuse(op, id, input.version, &input.reason).await;
                DataRequestPayload::changed(op, id, done).await
            }
            Err(error) => DataRequestPayload::refused(op, error),
        }
    }

    /// Takes a request back. Takes `DATASETS_WRITE` in the authority that asked.
    async fn data_request_withdraw(
        &self,
        ctx: &Context<'_>,
        input: DataRequestWithdrawInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        match NodeType::DataRequest.parse(&input.id, "id") {
            Ok(id) => {
                let done = requests::withdraw(op, id, input.version).await;
                DataRequestPayload::changed(op, id, done).await
            }
            Err(error) => DataRequestPayload::refused(op, error),
        }
    }
}
