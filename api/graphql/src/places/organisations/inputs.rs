//! Inputs of organisations, and how they become wishes.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::places::organisations::service::{OrganisationWish, Person};
use kernel::error::{ApiResult, Problems};

use crate::calendars::entry_input::{optional, required};
use crate::places::enums::{OrganisationKind, Visibility};
use crate::places::external_types;
use crate::places::external_types::ExternalIdInput;

/// How to reach an organisation: an office, not a person.
#[derive(InputObject, Clone, Default)]
pub struct OrganisationContactInput {
    /// Which office answers.
    function: Option<String>,
    /// Its address.
    email: Option<String>,
    /// Its telephone.
    phone: Option<String>,
}

/// The person to talk to.
#[derive(InputObject, Clone)]
pub struct ContactPersonInput {
    /// Name.
    name: String,
    /// What the person does there.
    role: Option<String>,
    /// Address.
    email: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// Whether the person agreed to be shown to whoever sees the organisation. Without it only the authority sees the
    /// person.
    #[graphql(default)]
    consent: bool,
}

impl From<ContactPersonInput> for Person {
    fn from(it: ContactPersonInput) -> Self {
        Self { name: it.name, role: it.role, email: it.email, phone: it.phone, consent: it.consent }
    }
}

/// An organisation to enter.
#[derive(InputObject)]
pub struct OrganisationCreateInput {
    /// The authority that keeps the record, for which one acts.
    pub tenant: ID,
    /// Name, at most 200 characters.
    name: String,
    /// What kind of organisation.
    kind: OrganisationKind,
    /// Whether everybody sees it.
    #[graphql(default_with = "Visibility::Public")]
    visibility: Visibility,
    /// What it does, at most 5,000 characters.
    description: Option<String>,
    /// Web page.
    website: Option<String>,
    /// Street and number.
    street: Option<String>,
    /// Postal code.
    postal_code: Option<String>,
    /// Town or village.
    city: Option<String>,
    /// How to reach it: an office, not a person.
    contact: Option<OrganisationContactInput>,
    /// The person to talk to.
    contact_person: Option<ContactPersonInput>,
    /// Ids in other registers, at most 20. Each names one organisation of the authority.
    #[graphql(default)]
    external_ids: Vec<ExternalIdInput>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub idempotency_key: Option<String>,
}

impl OrganisationCreateInput {
    pub(super) fn wish(self) -> ApiResult<OrganisationWish> {
        let contact = self.contact.unwrap_or_default();
        Ok(OrganisationWish {
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

/// What shall change of an organisation. What is left out stays as it is; null clears what may be empty.
#[derive(InputObject)]
pub struct OrganisationUpdateInput {
    /// The organisation.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// Name.
    name: MaybeUndefined<String>,
    /// What kind of organisation.
    kind: MaybeUndefined<OrganisationKind>,
    /// Whether everybody sees it; not INTERNAL while a published offer of the authority names it.
    visibility: MaybeUndefined<Visibility>,
    /// What it does.
    description: MaybeUndefined<String>,
    /// Web page.
    website: MaybeUndefined<String>,
    /// Street and number.
    street: MaybeUndefined<String>,
    /// Postal code.
    postal_code: MaybeUndefined<String>,
    /// Town or village.
    city: MaybeUndefined<String>,
    /// How to reach it: the whole.
    contact: MaybeUndefined<OrganisationContactInput>,
    /// The person to talk to: the whole.
    contact_person: MaybeUndefined<ContactPersonInput>,
    /// Ids in other registers: all of them.
    external_ids: MaybeUndefined<Vec<ExternalIdInput>>,
}

impl OrganisationUpdateInput {
    /// What the organisation shall be, made of what it is.
    pub(super) fn applied(self, mut wish: OrganisationWish) -> ApiResult<OrganisationWish> {
        let mut problems = Problems::default();
        wish.name = required(self.name, "name", &mut problems).unwrap_or(wish.name);
        wish.kind = required(self.kind, "kind", &mut problems).map_or(wish.kind, Into::into);
        wish.visibility = required(self.visibility, "visibility", &mut problems).map_or(wish.visibility, Into::into);
        wish.description = optional(self.description).unwrap_or(wish.description);
        wish.website = optional(self.website).unwrap_or(wish.website);
        wish.street = optional(self.street).unwrap_or(wish.street);
        wish.postal_code = optional(self.postal_code).unwrap_or(wish.postal_code);
        wish.city = optional(self.city).unwrap_or(wish.city);
        if let Some(contact) = optional(self.contact) {
            let contact = contact.unwrap_or_default();
            (wish.contact_function, wish.contact_email, wish.contact_phone) =
                (contact.function, contact.email, contact.phone);
        }
        if let Some(person) = optional(self.contact_person) {
            wish.person = person.map(Into::into);
        }
        if let Some(ids) = optional(self.external_ids) {
            wish.ids = problems.take(external_types::checked(ids.unwrap_or_default()))?.unwrap_or_default();
        }
        problems.done()?;
        Ok(wish)
    }
}

/// An organisation that was merged into another and is another one after all.
#[derive(InputObject)]
pub struct OrganisationUnmergeInput {
    /// The organisation that was merged.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
}

/// An organisation to put away.
#[derive(InputObject)]
pub struct OrganisationArchiveInput {
    /// The organisation.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// False takes it out again.
    #[graphql(default = true)]
    pub archived: bool,
}
