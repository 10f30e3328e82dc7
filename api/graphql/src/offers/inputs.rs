//! Inputs of education offers.

use async_graphql::{ID, InputObject};
use domain::offers::values::{OfferPatch, OfferValues};

use crate::calendars::entry_types::CalendarEntry;
use crate::enums::{Audience, Pillar};
use crate::inputs::{IdOf, inputs};
use crate::money::MoneyInput;
use crate::offers::enums::{Accessibility, OfferKind, OfferTopic};
use crate::places::organisations::types::Organisation;
use crate::places::types::LearningPlace;
use crate::scalars::Date;
use crate::tenants::types::FieldOfWork;

inputs! {
    /// Values of a new education offer. Its state is `DRAFT`.
    create EducationOfferCreateInput into OfferValues {
        /// Owning authority, on whose behalf the viewer acts.
        tenant: ID,
        /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
        /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
        idempotency_key: Option<String>,
    }
    /// Changes to an education offer. Omitted fields keep their values; null clears an optional field.
    update EducationOfferUpdateInput into OfferPatch {
        /// Education offer to change.
        id: ID,
        /// Version of the offer that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
    required {
        /// Title, at most 200 characters.
        title: String,
        /// Kind of offer.
        kind: OfferKind,
        /// Topic of the offer.
        topic: OfferTopic,
    }
    defaulted {}
    optional {
        /// Description, at most 10,000 characters.
        description: String,
        /// Minimum age in years, 0 to 120; null = no limit.
        age_from: i32,
        /// Maximum age in years, 0 to 120; not below the minimum; null = no limit.
        age_to: i32,
        /// Cost; `0` for free of charge, null for not stated.
        cost: MoneyInput,
        /// Remarks on the cost, at most 300 characters.
        cost_note: String,
        /// Organisation that provides the offer, null for the authority itself; may belong to another authority, must be
        /// public if the offer is published.
        provider: IdOf<Organisation>,
        /// Learning place of the offer; may belong to another authority, must be public if the offer is published.
        place: IdOf<LearningPlace>,
        /// Location in free text, at most 300 characters.
        location: String,
        /// Field of work, common to all authorities or of the owning authority.
        field_of_work: IdOf<FieldOfWork>,
        /// Pillar of the education region.
        pillar: Pillar,
        /// Web address for registration (http or https), at most 2,000 characters.
        registration_url: String,
        /// First day of validity; null = no limit.
        valid_from: Date,
        /// Last day of validity, inclusive; not before the first; null = no limit.
        valid_until: Date,
    }
    lists {
        /// Tags, at most 20 of at most 60 characters each; replace the previous ones.
        tags: String,
        /// Audiences, from the closed set; replace the previous ones.
        audiences: Audience,
        /// Languages (BCP 47), at most 20; replace the previous ones.
        languages: String,
        /// Accessibility features; replace the previous ones.
        accessibility: Accessibility,
        /// Dates of the offer, as calendar entries of the owning authority, at most 100; replace the previous ones.
        dates: IdOf<CalendarEntry>,
    }
    fixed { source: None, }
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
