//! Values of a learning place, and their checks.

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
use crate::values::values;

values! {
    /// Values of a learning place that its authority sets.
    PlaceValues, PlacePatch of learning_place;
    columns {
        /// Name.
        name: String = name, line(200);
        /// Kind of the learning place.
        kind: LearningPlaceKind = kind;
        /// Visibility.
        visibility: Visibility = visibility;
        /// Municipality or district (AGS).
        region: Option<String> = region_ags;
        /// Street and number.
        street: Option<String> = street, optional(200);
        /// Postal code.
        postal_code: Option<String> = postal_code, optional(12);
        /// Town or village.
        city: Option<String> = city, optional(200);
        /// WGS 84 latitude in degrees.
        latitude: Option<f64> = latitude;
        /// WGS 84 longitude in degrees.
        longitude: Option<f64> = longitude;
        /// Web address.
        website: Option<String> = website, web_address;
        /// Opening hours in free text.
        opening_hours: Option<String> = opening_hours, optional(1_000);
        /// Editorial note on the record.
        note: Option<String> = note, optional(2_000);
        /// Minimum age of learners in years.
        age_from: Option<i32> = age_from;
        /// Maximum age of learners in years.
        age_to: Option<i32> = age_to;
        /// First day of existence.
        valid_from: Option<NaiveDate> = valid_from;
        /// Last day of existence.
        valid_until: Option<NaiveDate> = valid_until;
        /// Organisation that runs the place.
        organisation: Option<Uuid> = organisation_id;
    }
    others(row, external_ids: Ids) {
        /// Ids in external registers.
        external_ids: Ids = external_ids;
    }
}

impl PlaceValues {
    /// The values in their form, checked. `key` is the stable key of a new place.
    ///
    /// # Errors
    /// The problems of the input; the database fails.
    pub(super) async fn checked(
        mut self,
        session: &Session,
        key: Option<&str>,
        before: Option<&Self>,
    ) -> ApiResult<Self> {
        let mut problems = Problems::default();
        if let Some(key) = key.filter(|it| !text::is_key(it)) {
            let text = Text::new("no-key").with("value", key);
            problems.add(Problem::at(UserErrorCode::Invalid, "key", text));
        }
        self.tidy(&mut problems)?;
        externals::check_number(&self.external_ids, &mut problems);
        check_position(self.latitude, self.longitude, &mut problems);
        check_ages(self.age_from, self.age_to, &mut problems);
        check_days(self.valid_from, self.valid_until, &mut problems);
        if let Some(ags) = &self.region
            && session.get::<region::Entity>(ags.clone()).await?.is_none()
        {
            let text = Text::new("no-region").with("value", ags);
            problems.add(Problem::at(UserErrorCode::Invalid, "region", text));
        }
        // An organisation that was there before may be no longer visible; it may stay.
        if let Some(id) = self.organisation
            && before.is_none_or(|it| it.organisation != Some(id))
            && session.get::<organisation::Entity>(id).await?.is_none()
        {
            problems.add(Problem::not_found("organisation"));
        }
        problems.done()?;
        Ok(self)
    }

    /// The row with these values, visible to `scope`.
    pub(super) fn onto(&self, mut row: learning_place::Model, scope: Uuid) -> learning_place::Model {
        self.put(&mut row);
        row.scope_id = scope;
        let texts = [Some(row.name.as_str()), row.city.as_deref(), row.postal_code.as_deref()];
        row.search_text = text::fold(&texts.into_iter().flatten().collect::<Vec<_>>().join(" "));
        row
    }

    /// The place in audit trail and history.
    pub(super) fn audit_snapshot(&self) -> Value {
        let mut snapshot = self.snapshot();
        snapshot.insert("externalIds".to_owned(), json!(externals::string_list(&self.external_ids)));
        Value::Object(snapshot)
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
