//! Data requests in the schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::datasets::requests;
use domain::datasets::requests::{Gift, NewDataRequest};
use entities::{data_request, dataset, share, tenant};
use kernel::error::{ApiResult, all};
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::access::abilities::DataRequestAbilities;
use crate::agreements::share_types::{Share, share_by_id};
use crate::agreements::types::{Agreement, agreement_by_id, agreements_by_id};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::enums::DataRequestState;
use crate::datasets::types::Dataset;
use crate::enums::ShareLevel;
use crate::lookahead::Selected;
use crate::node_row::node_object;
use crate::patch::optional_id;
use crate::payload::{Payload, idempotency, payload};
use crate::refused_lists::note_missing;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// Request of one authority for data of another, with the answer. Visible to these two authorities only.
pub struct DataRequest {
    row: Arc<data_request::Model>,
    /// Its agreement, where a list has read it ahead.
    agreement: Option<Agreement>,
}

node_object!(DataRequest, |row| Self { row, agreement: None });

/// Request of one authority for data of another, with the answer. Visible to these two authorities only.
#[Object]
impl DataRequest {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DataRequest.id(self.row.id).into()
    }

    /// Requesting authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Addressed authority, which owns the data.
    async fn to(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.to_tenant_id).await
    }

    /// Agreement that the request is based on; null if not visible to the viewer.
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

    /// Requested dataset, after a grant the shared one; null if none is named or it is not visible to the viewer.
    async fn dataset(&self, ctx: &Context<'_>) -> Option<ApiResult<Dataset>> {
        let id = self.row.dataset_id?;
        match ctx.session().await {
            Ok(session) => Dataset::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Description of the requested data.
    async fn about(&self) -> &str {
        &self.row.about
    }

    /// Purpose of the request.
    async fn purpose(&self) -> &str {
        &self.row.purpose
    }

    /// Legal basis of the request.
    async fn legal_basis(&self) -> &str {
        &self.row.legal_basis
    }

    /// Requested share level.
    async fn level(&self) -> ShareLevel {
        self.row.level.into()
    }

    /// Requested last day of the share; null = no end.
    async fn valid_until(&self) -> Option<Date> {
        self.row.until.map(Date)
    }

    /// State of the request.
    async fn state(&self) -> DataRequestState {
        self.row.state.into()
    }

    /// Name of the person who made the request.
    async fn created_by(&self) -> &str {
        &self.row.asked_by
    }

    /// Remark on the grant, or reason for the refusal; null = none.
    async fn answer(&self) -> Option<&str> {
        self.row.answer.as_deref()
    }

    /// Name of the person who answered; null = no answer.
    async fn answered_by(&self) -> Option<&str> {
        self.row.answered_by.as_deref()
    }

    /// Instant of the answer; null = no answer.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at
    }

    /// Share that grants the request; null = none, or not visible to the viewer.
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

    /// Version number of the request for optimistic locking; increases by one with every change.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Actions open to the viewer on the request.
    async fn viewer_can(&self) -> DataRequestAbilities {
        DataRequestAbilities(self.row.clone())
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// Values of a new data request.
#[derive(InputObject)]
pub struct DataRequestCreateInput {
    /// Requesting authority.
    tenant: ID,
    /// Addressed authority, which owns the data: another party of the agreement.
    to: ID,
    /// Active agreement of both authorities that covers the area `DATASETS`.
    agreement: ID,
    /// Requested dataset of the addressed authority; left out = none named.
    dataset: Option<ID>,
    /// Description of the requested data, at most 1,000 characters.
    about: String,
    /// Purpose of the request, at most 1,000 characters.
    purpose: String,
    /// Legal basis of the request, at most 1,000 characters.
    legal_basis: String,
    /// Requested share level, at least `SUMMARY`.
    level: ShareLevel,
    /// Requested last day of the share; left out = no end.
    valid_until: Option<Date>,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input returns the first result and
    /// changes nothing.
    idempotency_key: Option<String>,
}

/// Grant of a data request.
#[derive(InputObject)]
pub struct DataRequestGrantInput {
    /// Data request in the state `OPEN`.
    id: ID,
    /// Version number of the request as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
    /// Dataset to share; left out = the requested one. Required if the request names none.
    dataset: Option<ID>,
    /// Share level, at least `SUMMARY`; left out = the requested one.
    level: Option<ShareLevel>,
    /// Last day of the share; left out = the requested one.
    valid_until: Option<Date>,
    /// Remark for the requesting authority, at most 1,000 characters.
    answer: Option<String>,
}

/// Refusal of a data request.
#[derive(InputObject)]
pub struct DataRequestRefuseInput {
    /// Data request in the state `OPEN`.
    id: ID,
    /// Version number of the request as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
    /// Reason for the refusal, at most 1,000 characters.
    reason: String,
}

/// Withdrawal of a data request.
#[derive(InputObject)]
pub struct DataRequestWithdrawInput {
    /// Data request in the state `OPEN`.
    id: ID,
    /// Version number of the request as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
}

payload! {
    /// Payload of `dataRequestCreate`, `dataRequestGrant`, `dataRequestRefuse` and `dataRequestWithdraw`.
    DataRequestPayload {
        /// Data request after the mutation; null on failure, except after `STALE_VERSION`: then its current state.
        data_request: DataRequest
    } by DataRequest::by_id
}

impl DataRequestCreateInput {
    fn into_new(self) -> ApiResult<NewDataRequest> {
        let (tenant, to, agreement, dataset) = all((
            NodeType::Tenant.parse(&self.tenant, "tenant"),
            NodeType::Tenant.parse(&self.to, "to"),
            NodeType::Agreement.parse(&self.agreement, "agreement"),
            optional_id(self.dataset.as_ref(), NodeType::Dataset, "dataset"),
        ))?;
        Ok(NewDataRequest {
            tenant,
            to,
            agreement,
            dataset,
            about: self.about,
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            level: self.level.into(),
            until: self.valid_until.map(|it| it.0),
        })
    }
}

/// Filter of `dataRequests`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DataRequestFilter {
    /// Only data requests in one of these states, at most 100.
    states: Option<Vec<DataRequestState>>,
}

/// See the module.
#[derive(Default)]
pub struct RequestQuery;

#[Object]
impl RequestQuery {
    /// Lists data requests made by and addressed to authorities of the viewer, latest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn data_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<DataRequestFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DataRequest>> {
        use data_request::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("data requests {filter:?}"))?;
        note_missing(ctx, policy::Permission::DatasetsRead, None).await?;
        let session = ctx.session().await?;
        let mut select = session.select::<data_request::Entity>();
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            select = select.filter(C::State.is_in(states.into_iter().map(entities::DataRequestState::from)));
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
    /// Requests data from another authority. Requires `DATASETS_WRITE` in the requesting authority.
    async fn data_request_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new request.")] input: DataRequestCreateInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        let key = idempotency("dataRequestCreate", input.idempotency_key.clone(), &input);
        let work = async { requests::create(op, input.into_new()?, key).await };
        DataRequestPayload::created(op, work).await
    }

    /// Grants a data request by creating a share for the requesting authority. Requires `SHARES_MANAGE` in the
    /// addressed authority.
    async fn data_request_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Request to grant, with the values of the share.")] input: DataRequestGrantInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        let work = |id| async move {
            let dataset = optional_id(input.dataset.as_ref(), NodeType::Dataset, "dataset")?;
            let (level, until) = (input.level.map(Into::into), input.valid_until.map(|it| it.0));
            let gift = Gift { dataset, level, until, answer: input.answer };
            requests::grant(op, id, input.version, gift).await
        };
        DataRequestPayload::changed(op, NodeType::DataRequest.parse(&input.id, "id"), work).await
    }

    /// Refuses a data request. Requires `SHARES_MANAGE` in the addressed authority.
    async fn data_request_refuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Request to refuse, with the reason.")] input: DataRequestRefuseInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        let work = |id| requests::refuse(op, id, input.version, &input.reason);
        DataRequestPayload::changed(op, NodeType::DataRequest.parse(&input.id, "id"), work).await
    }

    /// Withdraws a data request. Requires `DATASETS_WRITE` in the requesting authority.
    async fn data_request_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Request to withdraw.")] input: DataRequestWithdrawInput,
    ) -> ApiResult<DataRequestPayload> {
        let op = ctx.op()?;
        let work = |id| requests::withdraw(op, id, input.version);
        DataRequestPayload::changed(op, NodeType::DataRequest.parse(&input.id, "id"), work).await
    }
}
