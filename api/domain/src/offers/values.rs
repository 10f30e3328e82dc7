//! What an education offer shall be, and what is checked of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    Accessibility, Audience, OfferKind, OfferTopic, Pillar, calendar_entry, education_offer, field_of_work,
    learning_place, organisation,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::at_most_100;
use kernel::i18n::Text;
use kernel::text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::Session;
use uuid::Uuid;

use crate::offers::sets::{kept, language, read};
use crate::places::rules::{check_ages, check_days};

/// The most tags and languages.
const MAX: usize = 20;

/// What an offer shall be.
#[derive(Clone, Debug)]
pub struct NewOffer {
    /// Title.
    pub title: String,
    /// Text.
    pub description: Option<String>,
    /// What kind.
    pub kind: OfferKind,
    /// What it is about.
    pub topic: OfferTopic,
    /// Free words.
    pub tags: Vec<String>,
    /// For whom.
    pub audiences: BTreeSet<Audience>,
    /// Youngest age.
    pub age_from: Option<i32>,
    /// Oldest age.
    pub age_to: Option<i32>,
    /// In which languages.
    pub languages: Vec<String>,
    /// What it costs: hundredths and currency.
    pub cost: Option<(i64, String)>,
    /// More about the cost.
    pub cost_note: Option<String>,
    /// What makes it accessible.
    pub accessibility: BTreeSet<Accessibility>,
    /// Who holds it.
    pub provider: Option<Uuid>,
    /// Where it is.
    pub place: Option<Uuid>,
    /// Where it is, in words.
    pub location: Option<String>,
    /// Field of work.
    pub field: Option<Uuid>,
    /// Pillar of the education region.
    pub pillar: Option<Pillar>,
    /// Where to register.
    pub registration_url: Option<String>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Its dates: entries of calendars of the authority.
    pub dates: BTreeSet<Uuid>,
    /// Where a seeded fact comes from.
    pub source: Option<String>,
}

impl NewOffer {
    /// What an offer is.
    pub fn of(row: &education_offer::Model, dates: BTreeSet<Uuid>) -> Self {
        let row = row.clone();
        let lines = |text: Option<String>| text.iter().flat_map(|it| it.lines()).map(str::to_owned).collect();
        Self {
            title: row.title,
            description: row.description,
            kind: row.kind,
            topic: row.topic,
            tags: lines(row.tags),
            audiences: read(row.audiences.as_deref()),
            age_from: row.age_from,
            age_to: row.age_to,
            languages: read(row.languages.as_deref()).into_iter().collect(),
            cost: row.cost_minor.zip(row.currency),
            cost_note: row.cost_note,
            accessibility: read(row.accessibility.as_deref()),
            provider: row.organisation_id,
            place: row.learning_place_id,
            location: row.location,
            field: row.field_of_work_id,
            pillar: row.pillar,
            registration_url: row.registration_url,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            dates,
            source: row.source,
        }
    }

    /// The same, tidied and checked. What the offer named before may have gone out of sight; it may stay.
    ///
    /// # Errors
    /// The problems of the input; the database fails.
    pub async fn checked(mut self, session: &Session, owner: Uuid, before: Option<&Self>) -> ApiResult<Self> {
        let mut problems = Problems::default();
        self.title = problems.take(text::line(&self.title, "title", 200))?.unwrap_or_default();
        self.description = problems.take(text::optional(self.description, "description", 10_000))?.flatten();
        self.cost_note = problems.take(text::optional(self.cost_note, "costNote", 300))?.flatten();
        self.location = problems.take(text::optional(self.location, "location", 300))?.flatten();
        self.registration_url = problems.take(text::web_address(self.registration_url, "registrationUrl"))?.flatten();
        self.tags = tags(&self.tags, &mut problems)?;
        self.languages = languages(&self.languages, &mut problems)?;
        check_ages(self.age_from, self.age_to, &mut problems);
        check_days(self.valid_from, self.valid_until, &mut problems);
        let known = |of: fn(&Self) -> Option<Uuid>, id| before.is_some_and(|it| of(it) == Some(id));
        if let Some(id) = self.provider.filter(|id| !known(|it| it.provider, *id))
            && session.get::<organisation::Entity>(id).await?.is_none()
        {
            problems.add(Problem::not_found("provider"));
        }
        if let Some(id) = self.place.filter(|id| !known(|it| it.place, *id))
            && session.get::<learning_place::Entity>(id).await?.is_none()
        {
            problems.add(Problem::not_found("place"));
        }
        if let Some(id) = self.field.filter(|id| !known(|it| it.field, *id)) {
            let field = session.get::<field_of_work::Entity>(id).await?;
            if field.is_none_or(|it| it.tenant_id.is_some_and(|tenant| tenant != owner)) {
                problems.add(Problem::not_found("fieldOfWork"));
            }
        }
        let dates: Vec<_> = self.dates.iter().copied().collect();
        problems.take(at_most_100(&dates, "dates"))?;
        let new: Vec<_> = dates.into_iter().filter(|id| before.is_none_or(|it| !it.dates.contains(id))).collect();
        if !new.is_empty() && new.len() <= 100 {
            let entries = session
                .select::<calendar_entry::Entity>()
                .filter(calendar_entry::Column::TenantId.eq(owner))
                .filter(session.is_one_of(calendar_entry::Column::Id, &new));
            if session.all(entries).await?.len() < new.len() {
                problems.add(Problem::not_found("dates"));
            }
        }
        problems.done()?;
        Ok(self)
    }

    /// A row with these values.
    pub(super) fn onto(&self, row: education_offer::Model) -> education_offer::Model {
        let lines = |all: &[String]| (!all.is_empty()).then(|| all.join("\n"));
        let tags = lines(&self.tags);
        let words = [Some(&self.title), self.description.as_ref(), tags.as_ref(), self.location.as_ref()];
        let search: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
        education_offer::Model {
            title: self.title.clone(),
            description: self.description.clone(),
            kind: self.kind,
            topic: self.topic,
            search_text: text::fold(&search.join(" ")),
            tags,
            audiences: kept(self.audiences.iter().map(|it| it.as_str())),
            age_from: self.age_from,
            age_to: self.age_to,
            languages: kept(self.languages.iter().map(String::as_str)),
            cost_minor: self.cost.as_ref().map(|it| it.0),
            currency: self.cost.as_ref().map(|it| it.1.clone()),
            cost_note: self.cost_note.clone(),
            accessibility: kept(self.accessibility.iter().map(|it| it.as_str())),
            organisation_id: self.provider,
            learning_place_id: self.place,
            location: self.location.clone(),
            field_of_work_id: self.field,
            pillar: self.pillar,
            registration_url: self.registration_url.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            source: self.source.clone(),
            ..row
        }
    }

    /// What the trail and the history say of it.
    pub(super) fn audit_snapshot(&self) -> Value {
        json!({
            "title": self.title, "description": self.description, "kind": self.kind, "topic": self.topic,
            "tags": self.tags, "audiences": self.audiences, "ageFrom": self.age_from, "ageTo": self.age_to,
            "languages": self.languages,
            "cost": self.cost.as_ref().map(|it| json!({ "minor": it.0, "currency": it.1 })), "costNote": self.cost_note,
            "accessibility": self.accessibility, "provider": self.provider, "place": self.place,
            "location": self.location, "fieldOfWork": self.field, "pillar": self.pillar,
            "registrationUrl": self.registration_url, "validFrom": self.valid_from, "validUntil": self.valid_until,
            "dates": self.dates,
        })
    }
}

/// Tags without repetition, in the order in which they were written.
fn tags(wished: &[String], problems: &mut Problems) -> ApiResult<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    few("tags", wished.len(), problems);
    for tag in wished.iter().take(MAX) {
        if let Some(tag) = problems.take(text::line(tag, "tags", 60))?
            && !tags.contains(&tag)
        {
            tags.push(tag);
        }
    }
    Ok(tags)
}

fn languages(wished: &[String], problems: &mut Problems) -> ApiResult<Vec<String>> {
    let mut languages = BTreeSet::new();
    few("languages", wished.len(), problems);
    for it in wished.iter().take(MAX) {
        languages.extend(problems.take(language(it, "languages"))?);
    }
    Ok(languages.into_iter().collect())
}

fn few(field: &'static str, length: usize, problems: &mut Problems) {
    if length > MAX {
        let text = Text::new("list-too-long").with("length", length).with("max", MAX);
        problems.add(Problem::at(UserErrorCode::LimitReached, field, text));
    }
}
