//! API types of education offers.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::calendars::entry_wish::read_audiences;
use domain::offers::sets::read;
use entities::{ScopeArea, ShareLevel, calendar_entry, education_offer, education_offer_date};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::{Action, Object as PolicyObject};
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_types::{CalendarEntry, CalendarEntryFull};
use crate::context::ContextExt;
use crate::enums::{Audience, Pillar};
use crate::lookahead::Selected;
use crate::money::Money;
use crate::offers::enums::{Accessibility, EducationOfferState, OfferKind, OfferTopic};
use crate::places::organisations::types::Organisation;
use crate::places::types::LearningPlace;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// An education offer.
pub struct EducationOffer {
    pub(super) row: Arc<education_offer::Model>,
    /// How far it is from what was searched near.
    pub(super) metres: Option<u32>,
}

impl EducationOffer {
    /// An offer by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<education_offer::Entity>(id).await?.map(|row| Self { row, metres: None }))
    }
}

/// The entries of offers that the viewer sees in full, by offer: two statements, however many offers. An offer says what
/// an entry is about, so one that is seen at a lower level is not told to be a date of it.
///
/// # Errors
/// The database fails.
pub(super) async fn entries_of(
    session: &Session,
    offers: &[Uuid],
) -> ApiResult<Vec<(Uuid, Arc<calendar_entry::Model>)>> {
    session.load_groups::<education_offer_date::Entity>(offers.iter().copied()).await?;
    let mut links = Vec::new();
    for offer in offers {
        let dates = session.group::<education_offer_date::Entity>(*offer).await?;
        links.extend(dates.iter().map(|it| (*offer, it.calendar_entry_id)));
    }
    session.load::<calendar_entry::Entity>(links.iter().map(|it| it.1)).await?;
    let mut entries = Vec::new();
    for (offer, entry) in links {
        let full = |scope| session.access().sight(scope).is_some_and(|it| it.level >= ShareLevel::Full);
        let entry = session.get::<calendar_entry::Entity>(entry).await?;
        entries.extend(entry.filter(|it| full(it.scope_id)).map(|it| (offer, it)));
    }
    entries.sort_by_key(|(_, it)| (it.starts_at, it.id));
    Ok(entries)
}

/// What the viewer may do with an education offer.
#[derive(SimpleObject)]
pub struct EducationOfferAbilities {
    /// Change it.
    update: bool,
    /// Show it to everybody.
    publish: bool,
    /// Take it back.
    withdraw: bool,
}

/// An education offer: what can be learned, for whom, where and by whom.
#[Object]
impl EducationOffer {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::EducationOffer.id(self.row.id).into()
    }

    /// The authority that keeps it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Text.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// What kind of offer.
    async fn kind(&self) -> OfferKind {
        self.row.kind.into()
    }

    /// What it is about.
    async fn topic(&self) -> OfferTopic {
        self.row.topic.into()
    }

    /// Free words.
    async fn tags(&self) -> Vec<&str> {
        self.row.tags.as_deref().map(|it| it.lines().collect()).unwrap_or_default()
    }

    /// For whom.
    async fn audiences(&self) -> Vec<Audience> {
        read_audiences(self.row.audiences.as_deref()).into_iter().map(Into::into).collect()
    }

    /// Youngest age in years; null = no limit.
    async fn age_from(&self) -> Option<i32> {
        self.row.age_from
    }

    /// Oldest age in years; null = no limit.
    async fn age_to(&self) -> Option<i32> {
        self.row.age_to
    }

    /// In which languages (BCP 47).
    async fn languages(&self) -> Vec<String> {
        read(self.row.languages.as_deref()).into_iter().collect()
    }

    /// What it costs; `0.00` is free of charge, null is not said.
    async fn cost(&self) -> Option<Money> {
        Some(Money::in_currency(self.row.cost_minor?, self.row.currency.as_deref()?))
    }

    /// More about the cost, in words.
    async fn cost_note(&self) -> Option<&str> {
        self.row.cost_note.as_deref()
    }

    /// What makes it accessible.
    async fn accessibility(&self) -> Vec<Accessibility> {
        let set: std::collections::BTreeSet<entities::Accessibility> = read(self.row.accessibility.as_deref());
        set.into_iter().map(Into::into).collect()
    }

    /// Who holds it, where that is in sight; null also where the authority itself does.
    async fn provider(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.row.organisation_id?;
        match ctx.session().await {
            Ok(session) => Organisation::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Where it is, where that is in sight.
    async fn place(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        let id = self.row.learning_place_id?;
        match ctx.session().await {
            Ok(session) => LearningPlace::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Where it is, in words.
    async fn location(&self) -> Option<&str> {
        self.row.location.as_deref()
    }

    /// Metres as the crow flies from the middle of a search by `near`; null elsewhere.
    async fn distance_meters(&self) -> Option<u32> {
        self.metres
    }

    /// Field of work.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.row.field_of_work_id).await.transpose()
    }

    /// Pillar of the education region.
    async fn pillar(&self) -> Option<Pillar> {
        self.row.pillar.map(Into::into)
    }

    /// Where to register.
    async fn registration_url(&self) -> Option<&str> {
        self.row.registration_url.as_deref()
    }

    /// First day on which there is the offer.
    async fn valid_from(&self) -> Option<Date> {
        self.row.valid_from.map(Date)
    }

    /// Last day, inclusive.
    async fn valid_until(&self) -> Option<Date> {
        self.row.valid_until.map(Date)
    }

    /// Its dates: those of its calendar entries that the viewer sees in full, by start.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn dates(&self, ctx: &Context<'_>) -> ApiResult<Vec<CalendarEntryFull>> {
        let session = ctx.session().await?;
        let entries = entries_of(&session, &[self.row.id]).await?;
        let rows: Vec<_> = entries.iter().map(|(_, it)| it.as_ref()).collect();
        crate::calendars::query::read_ahead(&Selected::plain(ctx), &session, &rows).await?;
        let seen = entries.iter().map(|(_, it)| CalendarEntry::seen(&session, it.clone()));
        Ok(seen
            .filter_map(|it| match it {
                Some(CalendarEntry::Full(it)) => Some(it),
                Some(CalendarEntry::Summary(_) | CalendarEntry::Busy(_)) | None => None,
            })
            .collect())
    }

    /// How far it is.
    async fn state(&self) -> EducationOfferState {
        self.row.state.into()
    }

    /// When it was last published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.row.published_at
    }

    /// Why it was withdrawn.
    async fn withdraw_reason(&self) -> Option<&str> {
        self.row.withdraw_reason.as_deref()
    }

    /// Where a fact comes from that was not entered here.
    async fn source(&self) -> Option<&str> {
        self.row.source.as_deref()
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<EducationOfferAbilities> {
        let session = ctx.session().await?;
        let object = PolicyObject::row(ScopeArea::Places, self.row.tenant_id, self.row.scope_id, None);
        let update = session.access().can(Action::Write, &object);
        let published = self.row.state == entities::EducationOfferState::Published;
        Ok(EducationOfferAbilities { update, publish: update && !published, withdraw: update && published })
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}
