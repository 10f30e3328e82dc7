//! Inputs of learning places, and how they become wishes.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::places::values::NewPlace;
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::{optional, required};
use crate::enums::LearningPlaceKind;
use crate::places::enums::Visibility;
use crate::places::external_types;
use crate::places::external_types::ExternalIdInput;
use crate::places::optional_ids::{changed_id, id};
use crate::scalars::Date;

/// Values of a new learning place.
#[derive(InputObject)]
pub struct LearningPlaceCreateInput {
    /// Authority that keeps the record, on whose behalf the viewer acts.
    pub tenant: ID,
    /// Name, at most 200 characters.
    name: String,
    /// Kind of the learning place.
    kind: LearningPlaceKind,
    /// Stable key, unique in the authority: 2 to 40 lower-case letters, digits and hyphens, beginning with a letter.
    /// Derived from the name where left out; cannot be changed later.
    key: Option<String>,
    /// Visibility.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// Municipality or district, by official municipality key (AGS).
    region: Option<String>,
    /// Street and number, at most 200 characters.
    street: Option<String>,
    /// Postal code, at most 12 characters.
    postal_code: Option<String>,
    /// Town or village, at most 200 characters.
    city: Option<String>,
    /// WGS 84 latitude in degrees, -90 to 90; together with the longitude.
    latitude: Option<f64>,
    /// WGS 84 longitude in degrees, -180 to 180; together with the latitude.
    longitude: Option<f64>,
    /// Web address, `http://` or `https://`, at most 2,000 characters.
    website: Option<String>,
    /// Editorial note on the record, at most 2,000 characters.
    note: Option<String>,
    /// Minimum age of learners in years, 0 to 120.
    age_from: Option<i32>,
    /// Maximum age of learners in years, 0 to 120; not below the minimum.
    age_to: Option<i32>,
    /// First day of existence.
    valid_from: Option<Date>,
    /// Last day of existence; not before the first.
    valid_until: Option<Date>,
    /// Organisation that runs the place; may be kept by another authority, must be visible to the viewer.
    organisation: Option<ID>,
    /// Ids in external registers, at most 20. Each id is unique among the learning places of the authority.
    #[graphql(default)]
    external_ids: Vec<ExternalIdInput>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub idempotency_key: Option<String>,
}

impl LearningPlaceCreateInput {
    pub(super) fn into_new(self) -> ApiResult<NewPlace> {
        let mut problems = Problems::default();
        let organisation = id(self.organisation.as_ref(), NodeType::Organisation, "organisation", &mut problems)?;
        let ids = problems.take(external_types::checked(self.external_ids))?.unwrap_or_default();
        problems.done()?;
        Ok(NewPlace {
            key: self.key,
            name: self.name,
            kind: self.kind.into(),
            visibility: self.visibility.into(),
            region: self.region,
            street: self.street,
            postal_code: self.postal_code,
            city: self.city,
            latitude: self.latitude,
            longitude: self.longitude,
            website: self.website,
            note: self.note,
            age_from: self.age_from,
            age_to: self.age_to,
            valid_from: self.valid_from.map(|it| it.0),
            valid_until: self.valid_until.map(|it| it.0),
            organisation,
            ids,
        })
    }
}

/// Changes to a learning place. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct LearningPlaceUpdateInput {
    /// Learning place to change.
    pub id: ID,
    /// Version of the learning place that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// Name, at most 200 characters.
    name: MaybeUndefined<String>,
    /// Kind of the learning place.
    kind: MaybeUndefined<LearningPlaceKind>,
    /// Visibility. `INTERNAL` is refused with `CONFLICT` while a public published education offer of the same authority
    /// refers to the place.
    visibility: MaybeUndefined<Visibility>,
    /// Municipality or district, by official municipality key (AGS).
    region: MaybeUndefined<String>,
    /// Street and number, at most 200 characters.
    street: MaybeUndefined<String>,
    /// Postal code, at most 12 characters.
    postal_code: MaybeUndefined<String>,
    /// Town or village, at most 200 characters.
    city: MaybeUndefined<String>,
    /// WGS 84 latitude in degrees, -90 to 90; together with the longitude.
    latitude: MaybeUndefined<f64>,
    /// WGS 84 longitude in degrees, -180 to 180; together with the latitude.
    longitude: MaybeUndefined<f64>,
    /// Web address, `http://` or `https://`, at most 2,000 characters.
    website: MaybeUndefined<String>,
    /// Editorial note on the record, at most 2,000 characters.
    note: MaybeUndefined<String>,
    /// Minimum age of learners in years, 0 to 120.
    age_from: MaybeUndefined<i32>,
    /// Maximum age of learners in years, 0 to 120; not below the minimum.
    age_to: MaybeUndefined<i32>,
    /// First day of existence.
    valid_from: MaybeUndefined<Date>,
    /// Last day of existence; not before the first.
    valid_until: MaybeUndefined<Date>,
    /// Organisation that runs the place; must be visible to the viewer.
    organisation: MaybeUndefined<ID>,
    /// Ids in external registers, at most 20; replaces the previous ones.
    external_ids: MaybeUndefined<Vec<ExternalIdInput>>,
}

impl LearningPlaceUpdateInput {
    /// What the place shall be, made of what it is.
    pub(super) fn applied(self, mut new: NewPlace) -> ApiResult<NewPlace> {
        let mut problems = Problems::default();
        new.name = required(self.name, "name", &mut problems).unwrap_or(new.name);
        new.kind = required(self.kind, "kind", &mut problems).map_or(new.kind, Into::into);
        new.visibility = required(self.visibility, "visibility", &mut problems).map_or(new.visibility, Into::into);
        new.region = optional(self.region).unwrap_or(new.region);
        new.street = optional(self.street).unwrap_or(new.street);
        new.postal_code = optional(self.postal_code).unwrap_or(new.postal_code);
        new.city = optional(self.city).unwrap_or(new.city);
        new.latitude = optional(self.latitude).unwrap_or(new.latitude);
        new.longitude = optional(self.longitude).unwrap_or(new.longitude);
        new.website = optional(self.website).unwrap_or(new.website);
        new.note = optional(self.note).unwrap_or(new.note);
        new.age_from = optional(self.age_from).unwrap_or(new.age_from);
        new.age_to = optional(self.age_to).unwrap_or(new.age_to);
        new.valid_from = optional(self.valid_from).map_or(new.valid_from, |it| it.map(|it| it.0));
        new.valid_until = optional(self.valid_until).map_or(new.valid_until, |it| it.map(|it| it.0));
        let organisation = changed_id(&self.organisation, NodeType::Organisation, "organisation", &mut problems)?;
        new.organisation = organisation.unwrap_or(new.organisation);
        if let Some(ids) = optional(self.external_ids) {
            new.ids = problems.take(external_types::checked(ids.unwrap_or_default()))?.unwrap_or_default();
        }
        problems.done()?;
        Ok(new)
    }
}

/// Archiving of a learning place, or its restoration.
#[derive(InputObject)]
pub struct LearningPlaceArchiveInput {
    /// Learning place to archive.
    pub id: ID,
    /// Version of the learning place that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// True to archive the record, false to restore it.
    #[graphql(default = true)]
    pub archived: bool,
}

/// Undoing of the merge of a learning place.
#[derive(InputObject)]
pub struct LearningPlaceUnmergeInput {
    /// Learning place that was merged into another.
    pub id: ID,
    /// Version of the learning place that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
}
