//! API types of authorities, fields of work and regions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::holidays::free_days::free_days;
use entities::{ScopeArea, field_of_work, region, tenant};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use kernel::i18n::Locale;
use policy::{Action, Object as PolicyObject};
use sea_orm::{ColumnTrait, ExprTrait, QueryFilter, QueryOrder};
use store::{Session, page_cost};

use crate::agreements::share_types::{Share, share_page};
use crate::connection::Paged;
use crate::context::ContextExt;
use crate::enums::{RegionKind, TenantKind};
use crate::feeds::query::feed_page;
use crate::feeds::types::Feed;
use crate::holidays::closures::{TenantClosure, closure_page};
use crate::holidays::free_day_types::FreeDay;
use crate::holidays::query::{DateRange, school_holidays_known_until};
use crate::members::types::{Member, member_page};
use crate::scalars::{Date, TimeZone};

/// Free days in two years, about: what `freeDays` costs in points.
const FREE_DAYS: usize = 50;

/// An authority: independent, owner of its data. Its profile is public.
pub struct Tenant(pub Arc<tenant::Model>);

/// What the viewer may do in an authority.
#[derive(SimpleObject)]
pub struct TenantAbilities {
    /// See members and their roles.
    see_members: bool,
    /// Give and take roles.
    manage_members: bool,
    /// Draft, propose and end agreements.
    manage_agreements: bool,
    /// Sign agreements.
    sign_agreements: bool,
    /// Share with partners.
    share: bool,
    /// Create calendars.
    create_calendars: bool,
}

/// An authority: independent, owner of its data. Its profile is public.
#[Object]
impl Tenant {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Tenant.id(self.0.id).into()
    }

    /// Short name in addresses: `kaufbeuren`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Name as the authority signs.
    async fn legal_name(&self) -> &str {
        &self.0.legal_name
    }

    /// What kind of authority it is.
    async fn kind(&self) -> TenantKind {
        self.0.kind.into()
    }

    /// Official municipality key (AGS), as text with its leading zero.
    async fn ags(&self) -> Option<&str> {
        self.0.ags.as_deref()
    }

    /// Time zone in which its dates are judged.
    async fn time_zone(&self) -> TimeZone {
        TimeZone::stored(&self.0.time_zone)
    }

    /// BCP 47 language of its own texts.
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// Whether Assumption Day (15 August) is a public holiday here.
    async fn assumption_day(&self) -> bool {
        self.0.assumption_day
    }

    /// Public website.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// The district and its municipalities, by key.
    async fn regions(&self, ctx: &Context<'_>) -> ApiResult<Vec<Region>> {
        let Some(ags) = self.0.ags.as_deref() else { return Ok(Vec::new()) };
        let session = ctx.session().await?;
        let here = region::Column::Ags.eq(ags).or(region::Column::ParentAgs.eq(ags));
        let rows =
            session.all(session.reference::<region::Entity>().filter(here).order_by_asc(region::Column::Ags)).await?;
        Ok(rows.into_iter().map(|it| Region(Arc::new(it))).collect())
    }

    /// People with roles here. Seen by those who may; empty for everybody else.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Member>> {
        member_page(ctx, self.0.id, first, after, last, before).await
    }

    /// Days on which the office is closed, by first day; with `between` those that touch it. Public, so that partners
    /// plan around them.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn closures(
        &self,
        ctx: &Context<'_>,
        between: Option<DateRange>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<TenantClosure>> {
        closure_page(ctx, self.0.id, between, first, after, last, before).await
    }

    /// Feeds of its members, oldest first. Seen by those who see the members; others see their own.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn feeds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Also what was taken back.", default = false)] include_revoked: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Feed>> {
        feed_page(ctx, Some(self.0.id), include_revoked, first, after, last, before).await
    }

    /// Everything that keeps people away in a span of at most two years, by first day: public holidays as they hold
    /// here, school holidays, school-free days, closures.
    #[graphql(complexity = "child_complexity.saturating_mul(FREE_DAYS).saturating_add(1)")]
    async fn free_days(&self, ctx: &Context<'_>, between: DateRange) -> ApiResult<Vec<FreeDay>> {
        between.check_years(2)?;
        let days = free_days(&*ctx.session().await?, &self.0, between.first_day.0, between.last_day.0).await?;
        Ok(days.into_iter().map(FreeDay).collect())
    }

    /// The last day of the last school holidays that are known: plans beyond it cannot be checked against them. Null
    /// while none are.
    async fn school_holidays_known_until(&self, ctx: &Context<'_>) -> ApiResult<Option<Date>> {
        school_holidays_known_until(&*ctx.session().await?).await
    }

    /// What partners share with this authority now. With `includeEnded`, also what they no longer or not yet do.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn incoming_shares(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = false)] include_ended: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Share>> {
        share_page(ctx, self.0.id, true, include_ended, first, after, last, before).await
    }

    /// What this authority shares with partners now. With `includeEnded`, also what it no longer or not yet does.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn outgoing_shares(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = false)] include_ended: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Share>> {
        share_page(ctx, self.0.id, false, include_ended, first, after, last, before).await
    }

    /// What the viewer may do here.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<TenantAbilities> {
        let session = ctx.session().await?;
        let can = |action, area| {
            let object = PolicyObject::new_in(area, self.0.id, None);
            session.access().can(action, &object)
        };
        Ok(TenantAbilities {
            see_members: can(Action::Read, ScopeArea::Members),
            manage_members: can(Action::Write, ScopeArea::Members),
            manage_agreements: can(Action::Write, ScopeArea::Agreements),
            sign_agreements: can(Action::Sign, ScopeArea::Agreements),
            share: can(Action::Share, ScopeArea::Calendars),
            create_calendars: can(Action::Write, ScopeArea::Calendars),
        })
    }

    /// Grows by one with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the authority joined.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// The owner of a row. Authorities are public and never deleted.
pub async fn tenant_of(ctx: &Context<'_>, id: uuid::Uuid) -> ApiResult<Tenant> {
    let session = ctx.session().await?;
    let row = session.get::<tenant::Entity>(id).await?;
    row.map(Tenant).ok_or_else(|| ApiError::fault("a row's owner is missing"))
}

/// A field of work (Arbeitsfeld): common to all authorities, or an authority's own.
pub struct FieldOfWork(pub Arc<field_of_work::Model>);

impl FieldOfWork {
    /// A field of work by its row.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: uuid::Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<field_of_work::Entity>(id).await?.map(Self))
    }
}

/// A field of work (Arbeitsfeld): common to all authorities, or an authority's own.
#[Object]
impl FieldOfWork {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::FieldOfWork.id(self.0.id).into()
    }

    /// Short stable name: `counselling`.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name in the viewer's language.
    async fn name(&self, ctx: &Context<'_>) -> ApiResult<&str> {
        Ok(match ctx.op()?.locale {
            Locale::De => &self.0.name_de,
            Locale::En => &self.0.name_en,
        })
    }

    /// German name.
    async fn name_de(&self) -> &str {
        &self.0.name_de
    }

    /// English name.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The authority whose own field it is; null = common to all.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Option<Tenant>> {
        match self.0.tenant_id {
            Some(id) => tenant_of(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }
}

/// The field of work of a row, if it has one.
pub async fn field_by_id(ctx: &Context<'_>, id: Option<uuid::Uuid>) -> ApiResult<Option<FieldOfWork>> {
    let Some(id) = id else { return Ok(None) };
    FieldOfWork::by_id(&*ctx.session().await?, id).await
}

/// A district or municipality of the official list.
pub struct Region(pub Arc<region::Model>);

/// A district or municipality of the official list.
#[Object]
impl Region {
    /// Official key (AGS) as text, with its leading zero.
    async fn ags(&self) -> &str {
        &self.0.ags
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Which level it is.
    async fn kind(&self) -> RegionKind {
        self.0.kind.into()
    }

    /// Key of the district it lies in; null for a district.
    async fn parent_ags(&self) -> Option<&str> {
        self.0.parent_ags.as_deref()
    }

    /// Inhabitants on `populationDate`.
    async fn population(&self) -> i32 {
        self.0.population
    }

    /// The day they were counted.
    async fn population_date(&self) -> Date {
        Date(self.0.population_date)
    }

    /// Attribution of the figures.
    async fn source(&self) -> &str {
        &self.0.source
    }
}
