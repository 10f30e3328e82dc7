//! Values of an education offer, and their checks.

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
use crate::values::values;

/// The most tags and languages.
const MAX: usize = 20;

values! {
    /// Values of an education offer that its authority sets.
    OfferValues, OfferPatch of education_offer;
    columns {
        /// Title.
        title: String = title, line(200);
        /// Description.
        description: Option<String> = description, optional(10_000);
        /// Kind of offer.
        kind: OfferKind = kind;
        /// Topic.
        topic: OfferTopic = topic;
        /// Minimum age in years.
        age_from: Option<i32> = age_from;
        /// Maximum age in years.
        age_to: Option<i32> = age_to;
        /// Remarks on the cost.
        cost_note: Option<String> = cost_note, optional(300);
        /// Organisation that provides the offer.
        provider: Option<Uuid> = organisation_id;
        /// Learning place.
        place: Option<Uuid> = learning_place_id;
        /// Location in free text.
        location: Option<String> = location, optional(300);
        /// Field of work.
        field_of_work: Option<Uuid> = field_of_work_id;
        /// Pillar of the education region.
        pillar: Option<Pillar> = pillar;
        /// Web address for registration.
        registration_url: Option<String> = registration_url, web_address;
        /// First day of validity.
        valid_from: Option<NaiveDate> = valid_from;
        /// Last day of validity.
        valid_until: Option<NaiveDate> = valid_until;
    }
    others(row, dates: BTreeSet<Uuid>) {
        /// Tags, in their order.
        tags: Vec<String> = row.tags.iter().flat_map(|it| it.lines()).map(str::to_owned).collect();
        /// Audiences.
        audiences: BTreeSet<Audience> = read(row.audiences.as_deref());
        /// Languages (BCP 47).
        languages: Vec<String> = read(row.languages.as_deref()).into_iter().collect();
        /// Cost in hundredths, with its currency.
        cost: Option<(i64, String)> = row.cost_minor.zip(row.currency.clone());
        /// Accessibility features.
        accessibility: BTreeSet<Accessibility> = read(row.accessibility.as_deref());
        /// Dates of the offer: calendar entries of the authority.
        dates: BTreeSet<Uuid> = dates;
        /// Source of a seeded fact.
        source: Option<String> = row.source.clone();
    }
}

impl OfferValues {
    /// The values in their form, checked. What the offer referred to before may be no longer visible; it may stay.
    ///
    /// # Errors
    /// The problems of the input; the database fails.
    pub async fn checked(mut self, session: &Session, owner: Uuid, before: Option<&Self>) -> ApiResult<Self> {
        let mut problems = Problems::default();
        self.tidy(&mut problems)?;
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
        if let Some(id) = self.field_of_work.filter(|id| !known(|it| it.field_of_work, *id)) {
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

    /// The row with these values.
    pub(super) fn onto(&self, mut row: education_offer::Model) -> education_offer::Model {
        self.put(&mut row);
        row.tags = (!self.tags.is_empty()).then(|| self.tags.join("\n"));
        row.audiences = kept(self.audiences.iter().map(|it| it.as_str()));
        row.languages = kept(self.languages.iter().map(String::as_str));
        (row.cost_minor, row.currency) = self.cost.clone().unzip();
        row.accessibility = kept(self.accessibility.iter().map(|it| it.as_str()));
        row.source.clone_from(&self.source);
        let texts = [Some(&row.title), row.description.as_ref(), row.tags.as_ref(), row.location.as_ref()];
        let texts: Vec<_> = texts.into_iter().flatten().map(String::as_str).collect();
        row.search_text = text::fold(&texts.join(" "));
        row
    }

    /// The offer in audit trail and history.
    pub(super) fn audit_snapshot(&self) -> Value {
        let mut snapshot = self.snapshot();
        let cost = self.cost.as_ref().map(|(minor, currency)| json!({ "minor": minor, "currency": currency }));
        snapshot.extend([
            ("tags".to_owned(), json!(self.tags)),
            ("audiences".to_owned(), json!(self.audiences)),
            ("languages".to_owned(), json!(self.languages)),
            ("cost".to_owned(), json!(cost)),
            ("accessibility".to_owned(), json!(self.accessibility)),
            ("dates".to_owned(), json!(self.dates)),
        ]);
        Value::Object(snapshot)
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
