//! Inputs of education offers, and how they become wishes.

use std::collections::BTreeSet;

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::offers::values::NewOffer;
use kernel::error::{ApiResult, Problems};
use kernel::global_id::{NodeType, at_most_100};
use uuid::Uuid;

use crate::calendars::entry_input::{optional, required};
use crate::enums::{Audience, Pillar};
use crate::money::MoneyInput;
use crate::offers::enums::{Accessibility, OfferKind, OfferTopic};
use crate::places::optional_ids::{changed_id, id};
use crate::scalars::Date;

/// Values of a new education offer. Its state is `DRAFT`.
#[derive(InputObject)]
pub struct EducationOfferCreateInput {
    /// Owning authority, on whose behalf the viewer acts.
    pub tenant: ID,
    /// Title, at most 200 characters.
    title: String,
    /// Description, at most 10,000 characters.
    description: Option<String>,
    /// Kind of offer.
    kind: OfferKind,
    /// Topic of the offer.
    topic: OfferTopic,
    /// Tags, at most 20 of at most 60 characters each.
    #[graphql(default)]
    tags: Vec<String>,
    /// Audiences, from the closed set.
    #[graphql(default)]
    audiences: Vec<Audience>,
    /// Minimum age in years, 0 to 120. Default: no limit.
    age_from: Option<i32>,
    /// Maximum age in years, 0 to 120; not below the minimum. Default: no limit.
    age_to: Option<i32>,
    /// Languages (BCP 47), at most 20.
    #[graphql(default)]
    languages: Vec<String>,
    /// Cost; `0` for free of charge. Default: not stated.
    cost: Option<MoneyInput>,
    /// Remarks on the cost, at most 300 characters.
    cost_note: Option<String>,
    /// Accessibility features.
    #[graphql(default)]
    accessibility: Vec<Accessibility>,
    /// Organisation that provides the offer; may belong to another authority. Default: the authority itself.
    provider: Option<ID>,
    /// Learning place of the offer; may belong to another authority.
    place: Option<ID>,
    /// Location in free text, at most 300 characters.
    location: Option<String>,
    /// Field of work, common to all authorities or of the owning authority.
    field_of_work: Option<ID>,
    /// Pillar of the education region.
    pillar: Option<Pillar>,
    /// Web address for registration (http or https), at most 2,000 characters.
    registration_url: Option<String>,
    /// First day of validity. Default: no limit.
    valid_from: Option<Date>,
    /// Last day of validity, inclusive; not before the first. Default: no limit.
    valid_until: Option<Date>,
    /// Dates of the offer, as calendar entries of the owning authority, at most 100.
    #[graphql(default)]
    dates: Vec<ID>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub idempotency_key: Option<String>,
}

impl EducationOfferCreateInput {
    pub(super) fn into_new(self) -> ApiResult<NewOffer> {
        let mut problems = Problems::default();
        problems.take(at_most_100(&self.audiences, "audiences"))?;
        problems.take(at_most_100(&self.accessibility, "accessibility"))?;
        let provider = id(self.provider.as_ref(), NodeType::Organisation, "provider", &mut problems)?;
        let place = id(self.place.as_ref(), NodeType::LearningPlace, "place", &mut problems)?;
        let field = id(self.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork", &mut problems)?;
        let dates = entries(&self.dates, &mut problems)?;
        let cost = problems.take(self.cost.map(|it| it.minor("cost")).transpose())?.flatten();
        problems.done()?;
        Ok(NewOffer {
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

/// Changes to an education offer. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct EducationOfferUpdateInput {
    /// Education offer to change.
    pub id: ID,
    /// Version of the offer that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// Title, at most 200 characters.
    title: MaybeUndefined<String>,
    /// Description, at most 10,000 characters.
    description: MaybeUndefined<String>,
    /// Kind of offer.
    kind: MaybeUndefined<OfferKind>,
    /// Topic of the offer.
    topic: MaybeUndefined<OfferTopic>,
    /// Tags, at most 20 of at most 60 characters each; replace the previous ones.
    tags: MaybeUndefined<Vec<String>>,
    /// Audiences, from the closed set; replace the previous ones.
    audiences: MaybeUndefined<Vec<Audience>>,
    /// Minimum age in years, 0 to 120; null = no limit.
    age_from: MaybeUndefined<i32>,
    /// Maximum age in years, 0 to 120; not below the minimum; null = no limit.
    age_to: MaybeUndefined<i32>,
    /// Languages (BCP 47), at most 20; replace the previous ones.
    languages: MaybeUndefined<Vec<String>>,
    /// Cost; `0` for free of charge, null for not stated.
    cost: MaybeUndefined<MoneyInput>,
    /// Remarks on the cost, at most 300 characters.
    cost_note: MaybeUndefined<String>,
    /// Accessibility features; replace the previous ones.
    accessibility: MaybeUndefined<Vec<Accessibility>>,
    /// Organisation that provides the offer; must be public if the offer is published.
    provider: MaybeUndefined<ID>,
    /// Learning place of the offer; must be public if the offer is published.
    place: MaybeUndefined<ID>,
    /// Location in free text, at most 300 characters.
    location: MaybeUndefined<String>,
    /// Field of work, common to all authorities or of the owning authority.
    field_of_work: MaybeUndefined<ID>,
    /// Pillar of the education region.
    pillar: MaybeUndefined<Pillar>,
    /// Web address for registration (http or https), at most 2,000 characters.
    registration_url: MaybeUndefined<String>,
    /// First day of validity; null = no limit.
    valid_from: MaybeUndefined<Date>,
    /// Last day of validity, inclusive; not before the first. Null = no limit.
    valid_until: MaybeUndefined<Date>,
    /// Dates of the offer, as calendar entries of the owning authority, at most 100; replace the previous ones.
    dates: MaybeUndefined<Vec<ID>>,
}

impl EducationOfferUpdateInput {
    /// What the offer shall be, made of what it is.
    pub(super) fn applied(self, mut new: NewOffer) -> ApiResult<NewOffer> {
        let mut problems = Problems::default();
        new.title = required(self.title, "title", &mut problems).unwrap_or(new.title);
        new.description = optional(self.description).unwrap_or(new.description);
        new.kind = required(self.kind, "kind", &mut problems).map_or(new.kind, Into::into);
        new.topic = required(self.topic, "topic", &mut problems).map_or(new.topic, Into::into);
        new.tags = optional(self.tags).map_or(new.tags, Option::unwrap_or_default);
        if let Some(audiences) = optional(self.audiences).map(Option::unwrap_or_default) {
            problems.take(at_most_100(&audiences, "audiences"))?;
            new.audiences = audiences.into_iter().map(Into::into).collect();
        }
        new.age_from = optional(self.age_from).unwrap_or(new.age_from);
        new.age_to = optional(self.age_to).unwrap_or(new.age_to);
        new.languages = optional(self.languages).map_or(new.languages, Option::unwrap_or_default);
        if let Some(cost) = optional(self.cost) {
            new.cost = problems.take(cost.map(|it| it.minor("cost")).transpose())?.flatten();
        }
        new.cost_note = optional(self.cost_note).unwrap_or(new.cost_note);
        if let Some(all) = optional(self.accessibility).map(Option::unwrap_or_default) {
            problems.take(at_most_100(&all, "accessibility"))?;
            new.accessibility = all.into_iter().map(Into::into).collect();
        }
        let provider = changed_id(&self.provider, NodeType::Organisation, "provider", &mut problems)?;
        new.provider = provider.unwrap_or(new.provider);
        let place = changed_id(&self.place, NodeType::LearningPlace, "place", &mut problems)?;
        new.place = place.unwrap_or(new.place);
        new.location = optional(self.location).unwrap_or(new.location);
        let field = changed_id(&self.field_of_work, NodeType::FieldOfWork, "fieldOfWork", &mut problems)?;
        new.field = field.unwrap_or(new.field);
        new.pillar = optional(self.pillar).map_or(new.pillar, |it| it.map(Into::into));
        new.registration_url = optional(self.registration_url).unwrap_or(new.registration_url);
        new.valid_from = optional(self.valid_from).map_or(new.valid_from, |it| it.map(|it| it.0));
        new.valid_until = optional(self.valid_until).map_or(new.valid_until, |it| it.map(|it| it.0));
        if let Some(dates) = optional(self.dates) {
            new.dates = entries(&dates.unwrap_or_default(), &mut problems)?;
        }
        problems.done()?;
        Ok(new)
    }
}

/// Publication of an education offer.
#[derive(InputObject)]
pub struct EducationOfferPublishInput {
    /// Education offer to publish.
    pub id: ID,
    /// Version of the offer that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
}

/// Withdrawal of an education offer.
#[derive(InputObject)]
pub struct EducationOfferWithdrawInput {
    /// Education offer to withdraw.
    pub id: ID,
    /// Version of the offer that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// Reason, at most 1,000 characters.
    pub reason: Option<String>,
}
