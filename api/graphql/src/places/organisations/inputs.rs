//! Inputs of organisations, and how they become wishes.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::places::organisations::service::{NewOrganisation, Person};
use kernel::error::{ApiResult, Problems};

use crate::calendars::entry_input::{optional, required};
use crate::places::enums::{OrganisationKind, Visibility};
use crate::places::external_types;
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
    role: Option<String>,
    /// E-mail address, at most 200 characters.
    email: Option<String>,
    /// Telephone number, at most 60 characters.
    phone: Option<String>,
    /// True if the person consents to be visible to all viewers of the organisation. Without consent only members of
    /// the authority with `PLACES_READ` see the person.
    #[graphql(default)]
    consent: bool,
}

impl From<ContactPersonInput> for Person {
    fn from(it: ContactPersonInput) -> Self {
        Self { name: it.name, role: it.role, email: it.email, phone: it.phone, consent: it.consent }
    }
}

/// Values of a new organisation.
#[derive(InputObject)]
pub struct OrganisationCreateInput {
    /// Authority that keeps the record, on whose behalf the viewer acts.
    pub tenant: ID,
    /// Name, at most 200 characters.
    name: String,
    /// Kind of the organisation.
    kind: OrganisationKind,
    /// Visibility.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// Description of the work, at most 5,000 characters.
    description: Option<String>,
    /// Web address, `http://` or `https://`, at most 2,000 characters.
    website: Option<String>,
    /// Street and number, at most 200 characters.
    street: Option<String>,
    /// Postal code, at most 12 characters.
    postal_code: Option<String>,
    /// Town or village, at most 200 characters.
    city: Option<String>,
    /// Contact details of an office, not of a person.
    contact: Option<OrganisationContactInput>,
    /// Contact person.
    contact_person: Option<ContactPersonInput>,
    /// Ids in external registers, at most 20. Each id is unique among the organisations of the authority.
    #[graphql(default)]
    external_ids: Vec<ExternalIdInput>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub idempotency_key: Option<String>,
}

impl OrganisationCreateInput {
    pub(super) fn into_new(self) -> ApiResult<NewOrganisation> {
        let contact = self.contact.unwrap_or_default();
        Ok(NewOrganisation {
            name: self.name,
            kind: self.kind.into(),
            visibility: self.visibility.into(),
            description: self.description,
            website: self.website,
            street: self.street,
            postal_code: self.postal_code,
            city: self.city,
            contact_function: contact.function,
            contact_email: contact.email,
            contact_phone: contact.phone,
            person: self.contact_person.map(Into::into),
            ids: external_types::checked(self.external_ids)?,
        })
    }
}

/// Changes to an organisation. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct OrganisationUpdateInput {
    /// Organisation to change.
    pub id: ID,
    /// Version of the organisation that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// Name, at most 200 characters.
    name: MaybeUndefined<String>,
    /// Kind of the organisation.
    kind: MaybeUndefined<OrganisationKind>,
    /// Visibility. `INTERNAL` is refused with `CONFLICT` while a public published education offer of the same authority
    /// refers to the organisation.
    visibility: MaybeUndefined<Visibility>,
    /// Description of the work, at most 5,000 characters.
    description: MaybeUndefined<String>,
    /// Web address, `http://` or `https://`, at most 2,000 characters.
    website: MaybeUndefined<String>,
    /// Street and number, at most 200 characters.
    street: MaybeUndefined<String>,
    /// Postal code, at most 12 characters.
    postal_code: MaybeUndefined<String>,
    /// Town or village, at most 200 characters.
    city: MaybeUndefined<String>,
    /// Contact details of an office; replaces all previous ones.
    contact: MaybeUndefined<OrganisationContactInput>,
    /// Contact person; replaces the previous one with all details.
    contact_person: MaybeUndefined<ContactPersonInput>,
    /// Ids in external registers, at most 20; replaces the previous ones.
    external_ids: MaybeUndefined<Vec<ExternalIdInput>>,
}

impl OrganisationUpdateInput {
    /// What the organisation shall be, made of what it is.
    pub(super) fn applied(self, mut new: NewOrganisation) -> ApiResult<NewOrganisation> {
        let mut problems = Problems::default();
        new.name = required(self.name, "name", &mut problems).unwrap_or(new.name);
        new.kind = required(self.kind, "kind", &mut problems).map_or(new.kind, Into::into);
        new.visibility = required(self.visibility, "visibility", &mut problems).map_or(new.visibility, Into::into);
        new.description = optional(self.description).unwrap_or(new.description);
        new.website = optional(self.website).unwrap_or(new.website);
        new.street = optional(self.street).unwrap_or(new.street);
        new.postal_code = optional(self.postal_code).unwrap_or(new.postal_code);
        new.city = optional(self.city).unwrap_or(new.city);
        if let Some(contact) = optional(self.contact) {
            let contact = contact.unwrap_or_default();
            (new.contact_function, new.contact_email, new.contact_phone) =
                (contact.function, contact.email, contact.phone);
        }
        if let Some(person) = optional(self.contact_person) {
            new.person = person.map(Into::into);
        }
        if let Some(ids) = optional(self.external_ids) {
            new.ids = problems.take(external_types::checked(ids.unwrap_or_default()))?.unwrap_or_default();
        }
        problems.done()?;
        Ok(new)
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
