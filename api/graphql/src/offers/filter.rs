//! Which education offers are wanted.

use async_graphql::{ID, InputObject};
use domain::calendars::entry_view;
use domain::offers::sets::language;
use entities::{
    calendar_entry, calendar_occurrence, education_offer, education_offer_date, learning_place, organisation,
};
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::sea_query::{ExprTrait as _, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};
use store::{Session, contains_folded};

use crate::enums::{Audience, Pillar};
use crate::holidays::query::DateRange;
use crate::offers::enums::{Accessibility, EducationOfferState, OfferKind, OfferTopic};
use crate::places::nearby::NearInput;

/// Filter of `educationOffers`. All given conditions must hold; a list condition holds if one of its values does,
/// unless stated otherwise. List conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct EducationOfferFilter {
    /// Only offers of these authorities.
    tenants: Option<Vec<ID>>,
    /// Only offers in one of these states. Offers that are not published are visible only to their own authority.
    states: Option<Vec<EducationOfferState>>,
    /// Only offers of one of these kinds.
    kinds: Option<Vec<OfferKind>>,
    /// Only offers on one of these topics.
    topics: Option<Vec<OfferTopic>>,
    /// Only offers with all of these words, at most ten, in title, description, tags or location, or in name and town
    /// of provider and learning place; at most 200 characters. Case and umlaut spelling are ignored.
    text: Option<String>,
    /// Only offers at learning places within a radius.
    pub near: Option<NearInput>,
    /// Only offers at one of these learning places.
    places: Option<Vec<ID>>,
    /// Only offers provided by one of these organisations.
    providers: Option<Vec<ID>>,
    /// Only offers for this age in years, or without a limit of age.
    age: Option<i32>,
    /// Only offers for at least one of these audiences, or for everybody.
    audiences: Option<Vec<Audience>>,
    /// Only offers in one of these languages (BCP 47); `de` also matches `de-AT`.
    languages: Option<Vec<String>>,
    /// Only offers in one of these fields of work.
    fields_of_work: Option<Vec<ID>>,
    /// Only offers of one of these pillars.
    pillars: Option<Vec<Pillar>>,
    /// Only offers with all of these accessibility features.
    accessibility: Option<Vec<Accessibility>>,
    /// True for offers free of charge only, false for offers with a charge only. Offers that state no cost match
    /// neither.
    free: Option<bool>,
    /// Only offers with a date in this range. An offer without any date visible to the viewer in full matches if it is
    /// valid on a day of the range.
    between: Option<DateRange>,
}

/// `select` with everything of the filter but `near`.
///
/// # Errors
/// A value has not its form.
pub fn filtered(
    session: &Session,
    mut select: Select<education_offer::Entity>,
    filter: EducationOfferFilter,
) -> ApiResult<Select<education_offer::Entity>> {
    use education_offer::Column as C;
    if let Some(ids) = filter.tenants {
        select = select.filter(C::TenantId.is_in(NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
    }
    if let Some(states) = filter.states {
        at_most_100(&states, "filter.states")?;
        select = select.filter(C::State.is_in(states.into_iter().map(entities::EducationOfferState::from)));
    }
    if let Some(kinds) = filter.kinds {
        at_most_100(&kinds, "filter.kinds")?;
        select = select.filter(C::Kind.is_in(kinds.into_iter().map(entities::OfferKind::from)));
    }
    if let Some(topics) = filter.topics {
        at_most_100(&topics, "filter.topics")?;
        select = select.filter(C::Topic.is_in(topics.into_iter().map(entities::OfferTopic::from)));
    }
    if let Some(ids) = filter.places {
        let ids = NodeType::LearningPlace.parse_all(&ids, "filter.places")?;
        select = select.filter(C::LearningPlaceId.is_in(ids));
    }
    if let Some(ids) = filter.providers {
        let ids = NodeType::Organisation.parse_all(&ids, "filter.providers")?;
        select = select.filter(C::OrganisationId.is_in(ids));
    }
    if let Some(ids) = filter.fields_of_work {
        let ids = NodeType::FieldOfWork.parse_all(&ids, "filter.fieldsOfWork")?;
        select = select.filter(C::FieldOfWorkId.is_in(ids));
    }
    if let Some(pillars) = filter.pillars {
        at_most_100(&pillars, "filter.pillars")?;
        select = select.filter(C::Pillar.is_in(pillars.into_iter().map(entities::Pillar::from)));
    }
    if let Some(age) = filter.age {
        select = select
            .filter(C::AgeFrom.is_null().or(C::AgeFrom.lte(age)))
            .filter(C::AgeTo.is_null().or(C::AgeTo.gte(age)));
    }
    if let Some(audiences) = filter.audiences {
        at_most_100(&audiences, "filter.audiences")?;
        let mut any = one_of(C::Audiences, audiences.iter().map(|it| entities::Audience::from(*it).as_str()));
        if !audiences.is_empty() {
            any = any.add(C::Audiences.contains(member(entities::Audience::Everybody.as_str())));
        }
        select = select.filter(any);
    }
    if let Some(languages) = filter.languages {
        at_most_100(&languages, "filter.languages")?;
        let mut any = one_of(C::Languages, []);
        for it in &languages {
            let language = language(it, "filter.languages")?;
            any = any.add(C::Languages.contains(member(&language))).add(C::Languages.contains(format!(";{language}-")));
        }
        select = select.filter(any);
    }
    if let Some(all) = filter.accessibility {
        at_most_100(&all, "filter.accessibility")?;
        for it in all {
            let word = entities::Accessibility::from(it).as_str();
            select = select.filter(C::Accessibility.contains(member(word)));
        }
    }
    match filter.free {
        Some(true) => select = select.filter(C::CostMinor.eq(0)),
        Some(false) => select = select.filter(C::CostMinor.gt(0)),
        None => {}
    }
    if let Some(text) = filter.text {
        let text = kernel::text::line(&text, "filter.text", 200)?;
        for word in text.split_whitespace().take(10) {
            select = select.filter(says(session, word));
        }
    }
    if let Some(between) = filter.between {
        between.check()?;
        select = select.filter(dated(session, between));
    }
    Ok(select)
}

/// A member of a set as it is kept.
fn member(word: &str) -> String {
    format!(";{word};")
}

/// The set has one of these words; of none is nothing.
fn one_of<'a>(column: education_offer::Column, words: impl IntoIterator<Item = &'a str>) -> Condition {
    let none = Condition::any().add(education_offer::Column::Id.is_null());
    words.into_iter().fold(none, |any, it| any.add(column.contains(member(it))))
}

/// The offer says this word, or the provider or the place that it names, as far as they are in sight.
fn says(session: &Session, word: &str) -> Condition {
    use education_offer::Column as C;
    let providers = session.select::<organisation::Entity>();
    let providers = providers.filter(contains_folded(organisation::Column::SearchText, word));
    let places = session.select::<learning_place::Entity>();
    let places = places.filter(contains_folded(learning_place::Column::SearchText, word));
    Condition::any()
        .add(contains_folded(C::SearchText, word))
        .add(C::OrganisationId.in_subquery(providers.select_only().column(organisation::Column::Id).into_query()))
        .add(C::LearningPlaceId.in_subquery(places.select_only().column(learning_place::Column::Id).into_query()))
}

/// The offer has a date in the span, or none at all and is valid in it.
fn dated(session: &Session, between: DateRange) -> Condition {
    use calendar_entry::Column as E;
    use calendar_occurrence::Column as O;
    use education_offer::Column as C;
    let (first, last) = (between.first_day.0, between.last_day.0);
    let starts = first.and_time(chrono::NaiveTime::MIN);
    let ends = last.succ_opt().unwrap_or(last).and_time(chrono::NaiveTime::MIN);
    let in_full =
        || session.select::<calendar_entry::Entity>().filter(entry_view::in_full::<calendar_entry::Entity>(session));
    let single =
        in_full().filter(E::ExpandedUntil.is_null()).filter(E::StartsLocal.lt(ends)).filter(E::EndsLocal.gt(starts));
    let of_series = session
        .select::<calendar_occurrence::Entity>()
        .filter(entry_view::in_full::<calendar_occurrence::Entity>(session))
        .filter(O::StartsLocal.lt(ends))
        .filter(O::EndsLocal.gt(starts));
    let entries = Condition::any()
        .add(education_offer_date::Column::CalendarEntryId.in_subquery(ids(single, E::Id)))
        .add(education_offer_date::Column::CalendarEntryId.in_subquery(ids(of_series, O::EntryId)));
    let links = || session.select::<education_offer_date::Entity>();
    let there = ids(links().filter(entries), education_offer_date::Column::OfferId);
    let any = education_offer_date::Column::CalendarEntryId.in_subquery(ids(in_full(), E::Id));
    let any = ids(links().filter(any), education_offer_date::Column::OfferId);
    let valid = Condition::all()
        .add(C::Id.not_in_subquery(any))
        .add(C::ValidFrom.is_null().or(C::ValidFrom.lte(last)))
        .add(C::ValidUntil.is_null().or(C::ValidUntil.gte(first)));
    Condition::any().add(C::Id.in_subquery(there)).add(valid)
}

/// One column of a selection.
pub(super) fn ids<E: sea_orm::EntityTrait>(select: Select<E>, column: E::Column) -> SelectStatement {
    select.select_only().column(column).into_query()
}
