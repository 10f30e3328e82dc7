//! API types of authorities, fields of work and regions.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::holidays::non_working_days::non_working_days;
use domain::rights::{Operation, may, nodes};
use entities::{ScopeArea, TenantStatus, field_of_work, region, tenant};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use kernel::i18n::Locale;
use policy::{Action, Object as PolicyObject};
use sea_orm::{ColumnTrait, ExprTrait, QueryFilter, QueryOrder};
use store::{Session, page_cost};
use uuid::Uuid;

use crate::agreements::share_types::{Share, ShareFilter, share_page};
use crate::connection::Paged;
use crate::context::ContextExt;
use crate::enums::{RegionKind, TenantKind};
use crate::feeds::query::{FeedFilter, feed_page};
use crate::feeds::types::Feed;
use crate::holidays::closures::{TenantClosure, TenantClosureFilter, closure_page};
use crate::holidays::non_working_day_types::NonWorkingDay;
use crate::holidays::query::{DateRange, school_holidays_known_until};
use crate::members::types::{Member, RoleGrant, member_page, pending_grant_page};
use crate::node_row::{NodeRow, node_object};
use crate::scalars::{Date, TimeZone};
use crate::tenants::contacts::{TenantContact, TenantContactFilter, contact_page};

/// Non-working days in two years, about: what `nonWorkingDays` costs in points.
const NON_WORKING_DAYS: usize = 50;

/// Authority.
pub struct Tenant(pub Arc<tenant::Model>);

impl NodeRow for nodes::Tenant {
    type Object = Tenant;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Tenant>> {
        let row = session.get::<tenant::Entity>(id).await?;
        Ok(row.filter(|it| it.status == TenantStatus::Active).map(Tenant))
    }
}

/// Actions open to the viewer in an authority.
#[derive(SimpleObject)]
pub struct TenantAbilities {
    /// True if the viewer may see members and their roles.
    see_members: bool,
    /// True if the viewer may grant and revoke roles.
    manage_members: bool,
    /// True if the viewer may draft, propose and end agreements.
    manage_agreements: bool,
    /// True if the viewer may sign agreements.
    sign_agreements: bool,
    /// True if the viewer may share calendars with partner authorities.
    share: bool,
    /// True if the viewer may create calendars.
    create_calendars: bool,
    /// True if the viewer may change name, kind, official key, time zone and website of the authority.
    update: bool,
}

/// Authority: independent tenant of the service and owner of its data. Its profile is public.
#[Object]
impl Tenant {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Tenant.id(self.0.id).into()
    }

    /// Short name in web addresses: `kaufbeuren`.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Legal name, as in signatures.
    async fn legal_name(&self) -> &str {
        &self.0.legal_name
    }

    /// Kind of the authority.
    async fn kind(&self) -> TenantKind {
        self.0.kind.into()
    }

    /// Official municipality key (AGS), as text with its leading zero.
    async fn ags(&self) -> Option<&str> {
        self.0.ags.as_deref()
    }

    /// Time zone in which dates of the authority apply.
    async fn time_zone(&self) -> TimeZone {
        TimeZone::stored(&self.0.time_zone)
    }

    /// Language of the authority's own texts, as BCP 47 tag.
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// True if Assumption Day (15 August) is a public holiday in the authority.
    async fn assumption_day(&self) -> bool {
        self.0.assumption_day
    }

    /// Address of the public website.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// District or city of the authority with its municipalities, by official municipality key.
    async fn regions(&self, ctx: &Context<'_>) -> ApiResult<Vec<Region>> {
        let Some(ags) = self.0.ags.as_deref() else { return Ok(Vec::new()) };
        let session = ctx.session().await?;
        let here = region::Column::Ags.eq(ags).or(region::Column::ParentAgs.eq(ags));
        let rows =
            session.all(session.reference::<region::Entity>().filter(here).order_by_asc(region::Column::Ags)).await?;
        Ok(rows.into_iter().map(|it| Region(Arc::new(it))).collect())
    }

    /// Members of the authority, by name. Visible with `MEMBERS_READ`; otherwise empty.
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

    /// Role grants that await the confirmation of a second admin, oldest first. Visible with `MEMBERS_READ`; otherwise
    /// empty.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn pending_role_grants(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<RoleGrant>> {
        pending_grant_page(ctx, self.0.id, first, after, last, before).await
    }

    /// Closures: days on which the office of the authority is closed, by first day. Public, for the planning of partner
    /// authorities.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn closures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<TenantClosureFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<TenantClosure>> {
        closure_page(ctx, self.0.id, filter.unwrap_or_default(), first, after, last, before).await
    }

    /// Contacts: offices of the authority that everybody may write to or call, by name. Public.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<TenantContactFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<TenantContact>> {
        contact_page(ctx, self.0.id, filter.unwrap_or_default(), first, after, last, before).await
    }

    /// Calendar feeds of members, oldest first. All with `MEMBERS_READ`, otherwise only the viewer's own.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn feeds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<FeedFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Feed>> {
        feed_page(ctx, Some(self.0.id), filter.unwrap_or_default(), first, after, last, before).await
    }

    /// Non-working and school-free days in the authority, by first day: public holidays valid there, school holidays,
    /// school-free days and closures. At most two years.
    #[graphql(complexity = "child_complexity.saturating_mul(NON_WORKING_DAYS).saturating_add(1)")]
    async fn non_working_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Days to examine, at most two years.")] between: DateRange,
    ) -> ApiResult<Vec<NonWorkingDay>> {
        between.check_years(2)?;
        let days = non_working_days(&*ctx.session().await?, &self.0, between.first_day.0, between.last_day.0).await?;
        Ok(days.into_iter().map(NonWorkingDay).collect())
    }

    /// Last day of the last known school holidays; null = none known. Conflicts with school holidays cannot be detected
    /// after this day.
    async fn school_holidays_known_until(&self, ctx: &Context<'_>) -> ApiResult<Option<Date>> {
        school_holidays_known_until(&*ctx.session().await?).await
    }

    /// Shares of partner authorities that reach this authority and have effect today.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn incoming_shares(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<ShareFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Share>> {
        share_page(ctx, self.0.id, true, filter.unwrap_or_default(), first, after, last, before).await
    }

    /// Shares of this authority with partner authorities that have effect today.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn outgoing_shares(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<ShareFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Share>> {
        share_page(ctx, self.0.id, false, filter.unwrap_or_default(), first, after, last, before).await
    }

    /// Actions open to the viewer in the authority.
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
            update: may::<nodes::Tenant>(&session, &self.0, Operation::Update).await?,
        })
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant at which the authority joined.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// The owner of a row. Authorities are public and never deleted.
pub async fn tenant_of(ctx: &Context<'_>, id: Uuid) -> ApiResult<Tenant> {
    let session = ctx.session().await?;
    let row = session.get::<tenant::Entity>(id).await?;
    row.map(Tenant).ok_or_else(|| ApiError::fault("a row's owner is missing"))
}

/// Field of work.
pub struct FieldOfWork(pub Arc<field_of_work::Model>);

node_object!(FieldOfWork, |row| Self(row));

/// Field of work ("Arbeitsfeld") of the cooperation: common to all authorities, or owned by one authority.
#[Object]
impl FieldOfWork {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::FieldOfWork.id(self.0.id).into()
    }

    /// Stable key: `counselling`.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name in German or English, by `Accept-Language`.
    async fn name(&self, ctx: &Context<'_>) -> ApiResult<&str> {
        Ok(match ctx.op()?.locale {
            Locale::De => &self.0.name_de,
            Locale::En => &self.0.name_en,
        })
    }

    /// Name in German.
    async fn name_de(&self) -> &str {
        &self.0.name_de
    }

    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// Authority that owns the field of work; null = common to all.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Option<Tenant>> {
        match self.0.tenant_id {
            Some(id) => tenant_of(ctx, id).await.map(Some),
            None => Ok(None),
        }
    }
}

/// The field of work of a row, if it has one.
pub async fn field_by_id(ctx: &Context<'_>, id: Option<Uuid>) -> ApiResult<Option<FieldOfWork>> {
    let Some(id) = id else { return Ok(None) };
    FieldOfWork::by_id(&*ctx.session().await?, id).await
}

/// District or municipality.
pub struct Region(pub Arc<region::Model>);

/// District or municipality of the official register.
#[Object]
impl Region {
    /// Official municipality key (AGS), as text with its leading zero.
    async fn ags(&self) -> &str {
        &self.0.ags
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Level of the region.
    async fn kind(&self) -> RegionKind {
        self.0.kind.into()
    }

    /// Official municipality key (AGS) of the surrounding district; null for a district or district-free city.
    async fn parent_ags(&self) -> Option<&str> {
        self.0.parent_ags.as_deref()
    }

    /// Number of inhabitants on `populationOn`.
    async fn population(&self) -> i32 {
        self.0.population
    }

    /// Reference date of the population figure.
    async fn population_on(&self) -> Date {
        Date(self.0.population_date)
    }

    /// Attribution of the population figure.
    async fn source(&self) -> &str {
        &self.0.source
    }
}
