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

/// A learning place to enter.
#[derive(InputObject)]
pub struct LearningPlaceCreateInput {
    /// The authority that keeps the record, for which one acts.
    pub tenant: ID,
    /// Name, at most 200 characters.
    name: String,
    /// What kind of place.
    kind: LearningPlaceKind,
    /// Stable key within the authority: lower-case letters, digits and hyphens, 2 to 40; left out = made of the name.
    key: Option<String>,
    /// Whether everybody sees it.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// Municipality (AGS).
    region: Option<String>,
    /// Street and number.
    street: Option<String>,
    /// Postal code.
    postal_code: Option<String>,
    /// Town or village.
    city: Option<String>,
    /// WGS 84 latitude in degrees, with longitude.
    latitude: Option<f64>,
    /// WGS 84 longitude in degrees, with latitude.
    longitude: Option<f64>,
    /// Web page.
    website: Option<String>,
    /// What the editors say about the record, at most 2,000 characters.
    note: Option<String>,
    /// Youngest age of those who learn there, in years.
    age_from: Option<i32>,
    /// Oldest age, in years.
    age_to: Option<i32>,
    /// First day on which there is the place.
    valid_from: Option<Date>,
    /// Last day, inclusive.
    valid_until: Option<Date>,
    /// Who runs it; may be another authority's.
    organisation: Option<ID>,
    /// Ids in other registers, at most 20. Each names one place of the authority.
    #[graphql(default)]
    external_ids: Vec<ExternalIdInput>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
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

/// What shall change of a learning place. What is left out stays as it is; null clears what may be empty.
#[derive(InputObject)]
pub struct LearningPlaceUpdateInput {
    /// The place.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// Name.
    name: MaybeUndefined<String>,
    /// What kind of place.
    kind: MaybeUndefined<LearningPlaceKind>,
    /// Whether everybody sees it; not INTERNAL while a published offer of the authority names it.
    visibility: MaybeUndefined<Visibility>,
    /// Municipality (AGS).
    region: MaybeUndefined<String>,
    /// Street and number.
    street: MaybeUndefined<String>,
    /// Postal code.
    postal_code: MaybeUndefined<String>,
    /// Town or village.
    city: MaybeUndefined<String>,
    /// WGS 84 latitude in degrees.
    latitude: MaybeUndefined<f64>,
    /// WGS 84 longitude in degrees.
    longitude: MaybeUndefined<f64>,
    /// Web page.
    website: MaybeUndefined<String>,
    /// What the editors say about the record.
    note: MaybeUndefined<String>,
    /// Youngest age of those who learn there, in years.
    age_from: MaybeUndefined<i32>,
    /// Oldest age, in years.
    age_to: MaybeUndefined<i32>,
    /// First day on which there is the place.
    valid_from: MaybeUndefined<Date>,
    /// Last day, inclusive.
    valid_until: MaybeUndefined<Date>,
    /// Who runs it.
    organisation: MaybeUndefined<ID>,
    /// Ids in other registers: all of them.
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

/// A learning place to put away.
#[derive(InputObject)]
pub struct LearningPlaceArchiveInput {
    /// The place.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// False takes it out again.
    #[graphql(default = true)]
    pub archived: bool,
}

/// A learning place that was merged into another and is another place after all.
#[derive(InputObject)]
pub struct LearningPlaceUnmergeInput {
    /// The place that was merged.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
}
