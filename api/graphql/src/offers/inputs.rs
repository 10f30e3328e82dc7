//! Inputs of education offers, and how they become wishes.

use std::collections::BTreeSet;

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::offers::wish::OfferWish;
use kernel::error::{ApiResult, Problems};
use kernel::global_id::{NodeType, at_most_100};
use uuid::Uuid;

use crate::calendars::entry_input::{optional, required};
use crate::enums::{Audience, Pillar};
use crate::money::MoneyInput;
use crate::offers::enums::{Accessibility, OfferKind, OfferTopic};
use crate::places::given::{changed_id, id};
use crate::scalars::Date;

/// An education offer to make. It is a draft until it is published.
#[derive(InputObject)]
pub struct EducationOfferCreateInput {
    /// The authority that keeps it, for which one acts.
    pub tenant: ID,
    /// Title, at most 200 characters.
    title: String,
    /// Text, at most 10,000 characters.
    description: Option<String>,
    /// What kind of offer.
    kind: OfferKind,
    /// What it is about.
    topic: OfferTopic,
    /// Free words, at most 20.
    #[graphql(default)]
    tags: Vec<String>,
    /// For whom.
    #[graphql(default)]
    audiences: Vec<Audience>,
    /// Youngest age in years; left out = no limit.
    age_from: Option<i32>,
    /// Oldest age in years; left out = no limit.
    age_to: Option<i32>,
    /// In which languages (BCP 47), at most 20.
    #[graphql(default)]
    languages: Vec<String>,
    /// What it costs; `0` is free of charge.
    cost: Option<MoneyInput>,
    /// More about the cost, in words.
    cost_note: Option<String>,
    /// What makes it accessible.
    #[graphql(default)]
    accessibility: Vec<Accessibility>,
    /// Who holds it; may be another authority's.
    provider: Option<ID>,
    /// Where it is; may be another authority's.
    place: Option<ID>,
    /// Where it is, in words.
    location: Option<String>,
    /// Field of work.
    field_of_work: Option<ID>,
    /// Pillar of the education region.
    pillar: Option<Pillar>,
    /// Where to register.
    registration_url: Option<String>,
    /// First day on which there is the offer.
    valid_from: Option<Date>,
    /// Last day, inclusive.
    valid_until: Option<Date>,
    /// Its dates: entries of calendars of the authority, at most 100.
    #[graphql(default)]
    dates: Vec<ID>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub idempotency_key: Option<String>,
}

impl EducationOfferCreateInput {
    pub(super) fn wish(self) -> ApiResult<OfferWish> {
        let mut problems = Problems::default();
        problems.take(at_most_100(&self.audiences, "audiences"))?;
        problems.take(at_most_100(&self.accessibility, "accessibility"))?;
        let provider = id(self.provider.as_ref(), NodeType::Organisation, "provider", &mut problems)?;
        let place = id(self.place.as_ref(), NodeType::LearningPlace, "place", &mut problems)?;
        let field = id(self.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork", &mut problems)?;
        let dates = entries(&self.dates, &mut problems)?;
        let cost = problems.take(self.cost.map(|it| it.minor("cost")).transpose())?.flatten();
        problems.done()?;
        Ok(OfferWish {
            title: self.title,
            description: self.description,
            kind: self.kind.into(),
            topic: self.topic.into(),
            tags: self.tags,
            audiences: self.audiences.into_iter().map(Into::into).collect(),
            age_from: self.age_from,
            age_to: self.age_to,
            languages: self.languages,
            cost,
            cost_note: self.cost_note,
            accessibility: self.accessibility.into_iter().map(Into::into).collect(),
            provider,
            place,
            location: self.location,
            field,
            pillar: self.pillar.map(Into::into),
            registration_url: self.registration_url,
            valid_from: self.valid_from.map(|it| it.0),
            valid_until: self.valid_until.map(|it| it.0),
            dates,
            source: None,
        })
    }
}

fn entries(ids: &[ID], problems: &mut Problems) -> ApiResult<BTreeSet<Uuid>> {
    let entries = problems.take(NodeType::CalendarEntry.parse_all(ids, "dates"))?;
    Ok(entries.unwrap_or_default().into_iter().collect())
}

/// What shall change of an education offer. What is left out stays as it is; null clears what may be empty.
#[derive(InputObject)]
pub struct EducationOfferUpdateInput {
    /// The offer.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// Title.
    title: MaybeUndefined<String>,
    /// Text.
    description: MaybeUndefined<String>,
    /// What kind of offer.
    kind: MaybeUndefined<OfferKind>,
    /// What it is about.
    topic: MaybeUndefined<OfferTopic>,
    /// Free words: all of them.
    tags: MaybeUndefined<Vec<String>>,
    /// For whom: all of them.
    audiences: MaybeUndefined<Vec<Audience>>,
    /// Youngest age in years.
    age_from: MaybeUndefined<i32>,
    /// Oldest age in years.
    age_to: MaybeUndefined<i32>,
    /// In which languages (BCP 47): all of them.
    languages: MaybeUndefined<Vec<String>>,
    /// What it costs.
    cost: MaybeUndefined<MoneyInput>,
    /// More about the cost, in words.
    cost_note: MaybeUndefined<String>,
    /// What makes it accessible: all of it.
    accessibility: MaybeUndefined<Vec<Accessibility>>,
    /// Who holds it; of a published offer, one that is public.
    provider: MaybeUndefined<ID>,
    /// Where it is; of a published offer, a place that is public.
    place: MaybeUndefined<ID>,
    /// Where it is, in words.
    location: MaybeUndefined<String>,
    /// Field of work.
    field_of_work: MaybeUndefined<ID>,
    /// Pillar of the education region.
    pillar: MaybeUndefined<Pillar>,
    /// Where to register.
    registration_url: MaybeUndefined<String>,
    /// First day on which there is the offer.
    valid_from: MaybeUndefined<Date>,
    /// Last day, inclusive.
    valid_until: MaybeUndefined<Date>,
    /// Its dates: all of them.
    dates: MaybeUndefined<Vec<ID>>,
}

impl EducationOfferUpdateInput {
    /// What the offer shall be, made of what it is.
    pub(super) fn applied(self, mut wish: OfferWish) -> ApiResult<OfferWish> {
        let mut problems = Problems::default();
        wish.title = required(self.title, "title", &mut problems).unwrap_or(wish.title);
        wish.description = optional(self.description).unwrap_or(wish.description);
        wish.kind = required(self.kind, "kind", &mut problems).map_or(wish.kind, Into::into);
        wish.topic = required(self.topic, "topic", &mut problems).map_or(wish.topic, Into::into);
        wish.tags = optional(self.tags).map_or(wish.tags, Option::unwrap_or_default);
        if let Some(audiences) = optional(self.audiences).map(Option::unwrap_or_default) {
            problems.take(at_most_100(&audiences, "audiences"))?;
            wish.audiences = audiences.into_iter().map(Into::into).collect();
        }
        wish.age_from = optional(self.age_from).unwrap_or(wish.age_from);
        wish.age_to = optional(self.age_to).unwrap_or(wish.age_to);
        wish.languages = optional(self.languages).map_or(wish.languages, Option::unwrap_or_default);
        if let Some(cost) = optional(self.cost) {
            wish.cost = problems.take(cost.map(|it| it.minor("cost")).transpose())?.flatten();
        }
        wish.cost_note = optional(self.cost_note).unwrap_or(wish.cost_note);
        if let Some(all) = optional(self.accessibility).map(Option::unwrap_or_default) {
            problems.take(at_most_100(&all, "accessibility"))?;
            wish.accessibility = all.into_iter().map(Into::into).collect();
        }
        let provider = changed_id(&self.provider, NodeType::Organisation, "provider", &mut problems)?;
        wish.provider = provider.unwrap_or(wish.provider);
        let place = changed_id(&self.place, NodeType::LearningPlace, "place", &mut problems)?;
        wish.place = place.unwrap_or(wish.place);
        wish.location = optional(self.location).unwrap_or(wish.location);
        let field = changed_id(&self.field_of_work, NodeType::FieldOfWork, "fieldOfWork", &mut problems)?;
        wish.field = field.unwrap_or(wish.field);
        wish.pillar = optional(self.pillar).map_or(wish.pillar, |it| it.map(Into::into));
        wish.registration_url = optional(self.registration_url).unwrap_or(wish.registration_url);
        wish.valid_from = optional(self.valid_from).map_or(wish.valid_from, |it| it.map(|it| it.0));
        wish.valid_until = optional(self.valid_until).map_or(wish.valid_until, |it| it.map(|it| it.0));
        if let Some(dates) = optional(self.dates) {
            wish.dates = entries(&dates.unwrap_or_default(), &mut problems)?;
        }
        problems.done()?;
        Ok(wish)
    }
}

/// An education offer to publish.
#[derive(InputObject)]
pub struct EducationOfferPublishInput {
    /// The offer.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
}

/// An education offer to withdraw.
#[derive(InputObject)]
pub struct EducationOfferWithdrawInput {
    /// The offer.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// Why, at most 1,000 characters.
    pub reason: Option<String>,
}
