//! Inputs of organisations.

use async_graphql::{ID, InputObject};
use domain::places::organisations::values::{OfficeContact, OrganisationPatch, OrganisationValues, Person};
use kernel::error::ApiResult;

use crate::inputs::{InputField, inputs};
use crate::places::enums::{OrganisationKind, Visibility};
use crate::places::external_types::ExternalIdInput;

/// Contact details of an office, not of a person.
#[derive(InputObject, Clone, Default)]
pub struct OrganisationContactInput {
    /// Name of the office, at most 200 characters.
    function: Option<String>,
    /// E-mail address of the office, at most 200 characters.
    email: Option<String>,
    /// Telephone number of the office, at most 60 characters.
    phone: Option<String>,
}

/// Contact person of an organisation.
#[derive(InputObject, Clone)]
pub struct ContactPersonInput {
    /// Name of the person, at most 200 characters.
    name: String,
    /// Function of the person, at most 200 characters.
    function: Option<String>,
    /// E-mail address, at most 200 characters.
    email: Option<String>,
    /// Telephone number, at most 60 characters.
    phone: Option<String>,
    /// True if the person consents to be visible to all viewers of the organisation. Without consent only members of
    /// the authority with `PLACES_READ` see the person.
    #[graphql(default)]
    consent: bool,
}

impl InputField for OrganisationContactInput {
    type Value = OfficeContact;

    fn value(self, _: &'static str) -> ApiResult<OfficeContact> {
        Ok(OfficeContact { function: self.function, email: self.email, phone: self.phone })
    }
}

impl InputField for ContactPersonInput {
    type Value = Person;

    fn value(self, _: &'static str) -> ApiResult<Person> {
        let Self { name, function, email, phone, consent } = self;
        Ok(Person { name, role: function, email, phone, consent })
    }
}

inputs! {
    /// Values of a new organisation.
    create OrganisationCreateInput into OrganisationValues {
        /// Authority that keeps the record, on whose behalf the viewer acts.
        tenant: ID,
        /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
        /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
        idempotency_key: Option<String>,
    }
    /// Changes to an organisation. Omitted fields keep their values; null clears an optional field.
    update OrganisationUpdateInput into OrganisationPatch {
        /// Organisation to change.
        id: ID,
        /// Version of the organisation that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
    required {
        /// Name, at most 200 characters.
        name: String,
        /// Kind of the organisation.
        kind: OrganisationKind,
    }
    defaulted {
        /// Visibility. `INTERNAL` is refused with `CONFLICT` while a public published education offer of the same authority
        /// refers to the organisation.
        visibility: Visibility = "Visibility::Public",
    }
    optional {
        /// Description of the work, at most 5,000 characters.
        description: String,
        /// Web address, `http://` or `https://`, at most 2,000 characters.
        website: String,
        /// Street and number, at most 200 characters.
        street: String,
        /// Postal code, at most 12 characters.
        postal_code: String,
        /// Town or village, at most 200 characters.
        city: String,
        /// Contact details of an office, not of a person; replace all previous ones.
        contact: OrganisationContactInput,
        /// Contact person; replaces the previous one with all details.
        contact_person: ContactPersonInput,
    }
    lists {
        /// Ids in external registers, at most 20; replace the previous ones. Each id is unique among the organisations of the
        /// authority.
        external_ids: ExternalIdInput,
    }
}

/// Undoing of the merge of an organisation.
#[derive(InputObject)]
pub struct OrganisationUnmergeInput {
    /// Organisation that was merged into another.
    pub id: ID,
    /// Version of the organisation that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
}

/// Archiving of an organisation, or its restoration.
#[derive(InputObject)]
pub struct OrganisationArchiveInput {
    /// Organisation to archive.
    pub id: ID,
    /// Version of the organisation that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// True to archive the record, false to restore it.
    #[graphql(default = true)]
    pub archived: bool,
}
