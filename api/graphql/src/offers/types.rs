//! API types of education offers.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::calendars::entry_values::read_audiences;
use domain::calendars::entry_view::EntryView;
use domain::offers::sets::read;
use entities::{calendar_entry, education_offer, education_offer_date};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::EducationOfferAbilities;
use crate::calendars::entry_types::{CalendarEntry, CalendarEntryFull};
use crate::context::ContextExt;
use crate::enums::{Audience, Pillar};
use crate::lookahead::Selected;
use crate::money::Money;
use crate::node_row::node_object;
use crate::offers::enums::{Accessibility, EducationOfferState, OfferKind, OfferTopic};
use crate::places::organisations::types::Organisation;
use crate::places::types::LearningPlace;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Education offer of an authority: a course, event or service for learning, with audience, place, provider and dates.
pub struct EducationOffer {
    pub(super) row: Arc<education_offer::Model>,
    /// How far it is from what was searched near.
    pub(super) metres: Option<u32>,
}

node_object!(EducationOffer, |row| Self { row, metres: None });

/// The entries of offers that the viewer sees in full, by offer: two statements, however many offers. An offer says what
/// an entry is about, so one that is seen at a lower level is not told to be a date of it.
///
/// # Errors
/// The database fails.
pub(super) async fn entries_of(session: &Session, offers: &[Uuid]) -> ApiResult<Vec<(Uuid, EntryView)>> {
    session.load_groups::<education_offer_date::Entity>(offers.iter().copied()).await?;
    let mut links = Vec::new();
    for offer in offers {
        let dates = session.group::<education_offer_date::Entity>(*offer).await?;
        links.extend(dates.iter().map(|it| (*offer, it.calendar_entry_id)));
    }
    session.load::<calendar_entry::Entity>(links.iter().map(|it| it.1)).await?;
    let mut entries = Vec::new();
    for (offer, entry) in links {
        let row = session.get::<calendar_entry::Entity>(entry).await?;
        let view = row.and_then(|it| EntryView::of(session, it)).filter(|it| it.details().is_some());
        entries.extend(view.map(|it| (offer, it)));
    }
    entries.sort_by_key(|(_, it)| (it.times().starts_at(), it.times().id()));
    Ok(entries)
}

/// Education offer of an authority: a course, event or service for learning, with audience, place, provider and dates.
#[Object]
impl EducationOffer {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::EducationOffer.id(self.row.id).into()
    }

    /// Owning authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// Description.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// Kind of offer.
    async fn kind(&self) -> OfferKind {
        self.row.kind.into()
    }

    /// Topic of the offer.
    async fn topic(&self) -> OfferTopic {
        self.row.topic.into()
    }

    /// Tags.
    async fn tags(&self) -> Vec<&str> {
        self.row.tags.as_deref().map(|it| it.lines().collect()).unwrap_or_default()
    }

    /// Audiences, from the closed set.
    async fn audiences(&self) -> Vec<Audience> {
        read_audiences(self.row.audiences.as_deref()).into_iter().map(Into::into).collect()
    }

    /// Minimum age in years; null = no limit.
    async fn age_from(&self) -> Option<i32> {
        self.row.age_from
    }

    /// Maximum age in years; null = no limit.
    async fn age_to(&self) -> Option<i32> {
        self.row.age_to
    }

    /// Languages (BCP 47).
    async fn languages(&self) -> Vec<String> {
        read(self.row.languages.as_deref()).into_iter().collect()
    }

    /// Cost; `0.00` for free of charge, null if not stated.
    async fn cost(&self) -> Option<Money> {
        Some(Money::in_currency(self.row.cost_minor?, self.row.currency.as_deref()?))
    }

    /// Remarks on the cost.
    async fn cost_note(&self) -> Option<&str> {
        self.row.cost_note.as_deref()
    }

    /// Accessibility features.
    async fn accessibility(&self) -> Vec<Accessibility> {
        let set: std::collections::BTreeSet<entities::Accessibility> = read(self.row.accessibility.as_deref());
        set.into_iter().map(Into::into).collect()
    }

    /// Organisation that provides the offer; null if the owning authority does, or if the organisation is not visible
    /// to the viewer.
    async fn provider(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.row.organisation_id?;
        match ctx.session().await {
            Ok(session) => Organisation::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Learning place of the offer; null if not set, or not visible to the viewer.
    async fn place(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        let id = self.row.learning_place_id?;
        match ctx.session().await {
            Ok(session) => LearningPlace::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Location in free text.
    async fn location(&self) -> Option<&str> {
        self.row.location.as_deref()
    }

    /// Straight-line distance in metres from the centre of `filter.near`; null without that condition.
    async fn distance_meters(&self) -> Option<u32> {
        self.metres
    }

    /// Field of work; null if not set.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.row.field_of_work_id).await.transpose()
    }

    /// Pillar of the education region.
    async fn pillar(&self) -> Option<Pillar> {
        self.row.pillar.map(Into::into)
    }

    /// Web address for registration.
    async fn registration_url(&self) -> Option<&str> {
        self.row.registration_url.as_deref()
    }

    /// First day of validity; null = no limit.
    async fn valid_from(&self) -> Option<Date> {
        self.row.valid_from.map(Date)
    }

    /// Last day of validity, inclusive; null = no limit.
    async fn valid_until(&self) -> Option<Date> {
        self.row.valid_until.map(Date)
    }

    /// Dates of the offer: its calendar entries visible to the viewer in full, by start.
    #[graphql(complexity = "1 + 5 * child_complexity")]
    async fn dates(&self, ctx: &Context<'_>) -> ApiResult<Vec<CalendarEntryFull>> {
        let session = ctx.session().await?;
        let entries = entries_of(&session, &[self.row.id]).await?;
        let views: Vec<_> = entries.iter().map(|(_, it)| it).collect();
        crate::calendars::query::preload(&Selected::plain(ctx), &session, &views).await?;
        let seen = entries.into_iter().map(|(_, it)| CalendarEntry::from(it));
        Ok(seen
            .filter_map(|it| match it {
                CalendarEntry::Full(it) => Some(it),
                CalendarEntry::Summary(_) | CalendarEntry::Busy(_) => None,
            })
            .collect())
    }

    /// State of the offer.
    async fn state(&self) -> EducationOfferState {
        self.row.state.into()
    }

    /// Instant of the last publication; null before the first.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.row.published_at
    }

    /// Reason for the withdrawal.
    async fn withdraw_reason(&self) -> Option<&str> {
        self.row.withdraw_reason.as_deref()
    }

    /// Source of a preloaded offer; null for offers from the API.
    async fn source(&self) -> Option<&str> {
        self.row.source.as_deref()
    }

    /// Actions open to the viewer on the offer.
    async fn viewer_can(&self) -> EducationOfferAbilities {
        EducationOfferAbilities(self.row.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}
