//! What a learning place shall be, and what is checked of it.

use chrono::NaiveDate;
use entities::{LearningPlaceKind, Visibility, learning_place, organisation, region};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use serde_json::{Value, json};
use store::Session;
use uuid::Uuid;

use crate::places::externals;
use crate::places::externals::Ids;
use crate::places::rules::{check_ages, check_days};

/// What a place shall be.
#[derive(Clone, Debug)]
pub struct NewPlace {
    /// Stable key; none = made of name and id.
    pub key: Option<String>,
    /// Name.
    pub name: String,
    /// Kind of the learning place.
    pub kind: LearningPlaceKind,
    /// Visibility.
    pub visibility: Visibility,
    /// Municipality (AGS).
    pub region: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Latitude in degrees.
    pub latitude: Option<f64>,
    /// Longitude in degrees.
    pub longitude: Option<f64>,
    /// Web page.
    pub website: Option<String>,
    /// What the editors say.
    pub note: Option<String>,
    /// Youngest age.
    pub age_from: Option<i32>,
    /// Oldest age.
    pub age_to: Option<i32>,
    /// First day of existence.
    pub valid_from: Option<NaiveDate>,
    /// Last day of existence.
    pub valid_until: Option<NaiveDate>,
    /// Organisation that runs the place.
    pub organisation: Option<Uuid>,
    /// Ids in external registers.
    pub ids: Ids,
}

impl NewPlace {
    /// What a place is.
    pub fn of(row: &learning_place::Model, ids: Ids) -> Self {
        let row = row.clone();
        Self {
            key: Some(row.key),
            name: row.name,
            kind: row.kind,
            visibility: row.visibility,
            region: row.region_ags,
            street: row.street,
            postal_code: row.postal_code,
            city: row.city,
            latitude: row.latitude,
            longitude: row.longitude,
            website: row.website,
            note: row.note,
            age_from: row.age_from,
            age_to: row.age_to,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            organisation: row.organisation_id,
            ids,
        }
    }

    /// The same, tidied and checked.
    ///
    /// # Errors
    /// The problems of the input; the database fails.
    pub(super) async fn checked(mut self, session: &Session, before: Option<&Self>) -> ApiResult<Self> {
        let mut problems = Problems::default();
        if let Some(key) = &self.key
            && before.is_none()
            && !text::is_key(key)
        {
            let text = Text::new("no-key").with("value", key);
            problems.add(Problem::at(UserErrorCode::Invalid, "key", text));
        }
        self.name = problems.take(text::line(&self.name, "name", 200))?.unwrap_or_default();
        self.street = problems.take(text::optional(self.street, "street", 200))?.flatten();
        self.postal_code = problems.take(text::optional(self.postal_code, "postalCode", 12))?.flatten();
        self.city = problems.take(text::optional(self.city, "city", 200))?.flatten();
        self.website = problems.take(text::web_address(self.website, "website"))?.flatten();
        self.note = problems.take(text::optional(self.note, "note", 2_000))?.flatten();
        check_position(self.latitude, self.longitude, &mut problems);
        check_ages(self.age_from, self.age_to, &mut problems);
        check_days(self.valid_from, self.valid_until, &mut problems);
        if let Some(ags) = &self.region
            && session.get::<region::Entity>(ags.clone()).await?.is_none()
        {
            let text = Text::new("no-region").with("value", ags);
            problems.add(Problem::at(UserErrorCode::Invalid, "region", text));
        }
        // What was there may have gone out of sight since; it may stay.
        if let Some(id) = self.organisation
            && before.is_none_or(|it| it.organisation != Some(id))
            && session.get::<organisation::Entity>(id).await?.is_none()
        {
            problems.add(Problem::not_found("organisation"));
        }
        problems.done()?;
        Ok(self)
    }

    /// A row with these values.
    pub(super) fn onto(&self, row: learning_place::Model, scope: Uuid) -> learning_place::Model {
        let words = [Some(self.name.as_str()), self.city.as_deref(), self.postal_code.as_deref()];
        learning_place::Model {
            scope_id: scope,
            name: self.name.clone(),
            kind: self.kind,
            visibility: self.visibility,
            region_ags: self.region.clone(),
            street: self.street.clone(),
            postal_code: self.postal_code.clone(),
            city: self.city.clone(),
            latitude: self.latitude,
            longitude: self.longitude,
            website: self.website.clone(),
            note: self.note.clone(),
            age_from: self.age_from,
            age_to: self.age_to,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            organisation_id: self.organisation,
            search_text: text::fold(&words.into_iter().flatten().collect::<Vec<_>>().join(" ")),
            ..row
        }
    }

    /// What the trail and the history say of it.
    pub(super) fn audit_snapshot(&self) -> Value {
        json!({
            "name": self.name, "kind": self.kind, "visibility": self.visibility, "region": self.region,
            "street": self.street, "postalCode": self.postal_code, "city": self.city, "latitude": self.latitude,
            "longitude": self.longitude, "website": self.website, "note": self.note, "ageFrom": self.age_from,
            "ageTo": self.age_to, "validFrom": self.valid_from, "validUntil": self.valid_until,
            "organisation": self.organisation, "externalIds": externals::string_list(&self.ids),
        })
    }
}

fn check_position(latitude: Option<f64>, longitude: Option<f64>, problems: &mut Problems) {
    for (field, value, max) in [("latitude", latitude, 90.0), ("longitude", longitude, 180.0)] {
        if let Some(value) = value.filter(|it| !it.is_finite() || it.abs() > max) {
            let text = Text::new("out-of-range").with("value", value).with("min", -max).with("max", max);
            problems.add(Problem::at(UserErrorCode::OutOfRange, field, text));
        }
    }
    let missing = match (latitude, longitude) {
        (Some(_), None) => "longitude",
        (None, Some(_)) => "latitude",
        (Some(_), Some(_)) | (None, None) => return,
    };
    problems.add(Problem::at(UserErrorCode::Required, missing, Text::new("half-a-position")));
}
