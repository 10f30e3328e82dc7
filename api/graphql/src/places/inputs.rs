//! Inputs of learning places.

use async_graphql::{ID, InputObject};
use domain::places::values::{PlacePatch, PlaceValues};

use crate::inputs::{IdOf, inputs};
use crate::places::enums::{LearningPlaceKind, Visibility};
use crate::places::external_types::ExternalIdInput;
use crate::places::organisations::types::Organisation;
use crate::scalars::Date;

inputs! {
    /// Values of a new learning place.
    create LearningPlaceCreateInput into PlaceValues {
        /// Authority that keeps the record, on whose behalf the viewer acts.
        tenant: ID,
        /// Stable key, unique in the authority: 2 to 40 lower-case letters, digits and hyphens, beginning with a letter.
        /// Derived from the name where left out; cannot be changed later.
        key: Option<String>,
        /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
        /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
        idempotency_key: Option<String>,
    }
    /// Changes to a learning place. Omitted fields keep their values; null clears an optional field.
    update LearningPlaceUpdateInput into PlacePatch {
        /// Learning place to change.
        id: ID,
        /// Version of the learning place that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
    required {
        /// Name, at most 200 characters.
        name: String,
        /// Kind of the learning place.
        kind: LearningPlaceKind,
    }
    defaulted {
        /// Visibility. `INTERNAL` is refused with `CONFLICT` while a public published education offer of the same authority
        /// refers to the place.
        visibility: Visibility = "Visibility::Public",
    }
    optional {
        /// Municipality or district, by official municipality key (AGS).
        region: String,
        /// Street and number, at most 200 characters.
        street: String,
        /// Postal code, at most 12 characters.
        postal_code: String,
        /// Town or village, at most 200 characters.
        city: String,
        /// WGS 84 latitude in degrees, -90 to 90; together with the longitude.
        latitude: f64,
        /// WGS 84 longitude in degrees, -180 to 180; together with the latitude.
        longitude: f64,
        /// Web address, `http://` or `https://`, at most 2,000 characters.
        website: String,
        /// Opening hours in free text, at most 1,000 characters.
        opening_hours: String,
        /// Editorial note on the record, at most 2,000 characters.
        note: String,
        /// Minimum age of learners in years, 0 to 120.
        age_from: i32,
        /// Maximum age of learners in years, 0 to 120; not below the minimum.
        age_to: i32,
        /// First day of existence.
        valid_from: Date,
        /// Last day of existence; not before the first.
        valid_until: Date,
        /// Organisation that runs the place; may be kept by another authority, must be visible to the viewer.
        organisation: IdOf<Organisation>,
    }
    lists {
        /// Ids in external registers, at most 20; replace the previous ones. Each id is unique among the learning places of
        /// the authority.
        external_ids: ExternalIdInput,
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
