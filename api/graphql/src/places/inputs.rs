//! Inputs of learning places, and how they become wishes.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::places::wish::PlaceWish;
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::{optional, required};
use crate::enums::LearningPlaceKind;
use crate::places::enums::Visibility;
use crate::places::external_types;
use crate::places::external_types::ExternalIdInput;
use crate::places::given::{changed_id, id};
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
    pub(super) fn wish(self) -> ApiResult<PlaceWish> {
        let mut problems = Problems::default();
        let organisation = id(self.organisation.as_ref(), NodeType::Organisation, "organisation", &mut problems)?;
        let ids = problems.take(external_types::checked(self.external_ids))?.unwrap_or_default();
        problems.done()?;
        Ok(PlaceWish {
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
    pub(super) fn applied(self, mut wish: PlaceWish) -> ApiResult<PlaceWish> {
        let mut problems = Problems::default();
        wish.name = required(self.name, "name", &mut problems).unwrap_or(wish.name);
        wish.kind = required(self.kind, "kind", &mut problems).map_or(wish.kind, Into::into);
        wish.visibility = required(self.visibility, "visibility", &mut problems).map_or(wish.visibility, Into::into);
        wish.region = optional(self.region).unwrap_or(wish.region);
        wish.street = optional(self.street).unwrap_or(wish.street);
        wish.postal_code = optional(self.postal_code).unwrap_or(wish.postal_code);
        wish.city = optional(self.city).unwrap_or(wish.city);
        wish.latitude = optional(self.latitude).unwrap_or(wish.latitude);
        wish.longitude = optional(self.longitude).unwrap_or(wish.longitude);
        wish.website = optional(self.website).unwrap_or(wish.website);
        wish.note = optional(self.note).unwrap_or(wish.note);
        wish.age_from = optional(self.age_from).unwrap_or(wish.age_from);
        wish.age_to = optional(self.age_to).unwrap_or(wish.age_to);
        wish.valid_from = optional(self.valid_from).map_or(wish.valid_from, |it| it.map(|it| it.0));
        wish.valid_until = optional(self.valid_until).map_or(wish.valid_until, |it| it.map(|it| it.0));
        let organisation = changed_id(&self.organisation, NodeType::Organisation, "organisation", &mut problems)?;
        wish.organisation = organisation.unwrap_or(wish.organisation);
        if let Some(ids) = optional(self.external_ids) {
            wish.ids = problems.take(external_types::checked(ids.unwrap_or_default()))?.unwrap_or_default();
        }
        problems.done()?;
        Ok(wish)
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
