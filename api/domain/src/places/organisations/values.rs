//! Values of an organisation, and their checks.

use entities::{OrganisationKind, Visibility, organisation, organisation_person};
use kernel::error::{ApiResult, Problems};
use kernel::text;
use serde_json::{Value, json};

use crate::places::externals;
use crate::places::externals::Ids;
use crate::values::values;

values! {
    /// Values of an organisation that its authority sets.
    OrganisationValues, OrganisationPatch of organisation;
    columns {
        /// Name.
        name: String = name, line(200);
        /// Kind of the organisation.
        kind: OrganisationKind = kind;
        /// Visibility.
        visibility: Visibility = visibility;
        /// Description of the work.
        description: Option<String> = description, optional(5_000);
        /// Web address.
        website: Option<String> = website, web_address;
        /// Street and number.
        street: Option<String> = street, optional(200);
        /// Postal code.
        postal_code: Option<String> = postal_code, optional(12);
        /// Town or village.
        city: Option<String> = city, optional(200);
    }
    others(row, contact_person: Option<Person>, external_ids: Ids) {
        /// Contact details of an office; none is without any.
        contact: Option<OfficeContact> = Some(OfficeContact {
            function: row.contact_function.clone(),
            email: row.contact_email.clone(),
            phone: row.contact_phone.clone(),
        });
        /// Contact person.
        contact_person: Option<Person> = contact_person;
        /// Ids in external registers.
        external_ids: Ids = external_ids;
    }
}

/// Contact details of an office, not of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct OfficeContact {
    /// Name of the office.
    pub function: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

/// Contact person of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Function of the person.
    pub role: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Whether the person agreed to be shown.
    pub consent: bool,
}

impl From<&organisation_person::Model> for Person {
    fn from(row: &organisation_person::Model) -> Self {
        let row = row.clone();
        Self { name: row.name, role: row.role, email: row.email, phone: row.phone, consent: row.consent }
    }
}

impl OrganisationValues {
    /// The values in their form, checked.
    ///
    /// # Errors
    /// The problems of the input.
    pub(super) fn checked(mut self) -> ApiResult<Self> {
        let mut problems = Problems::default();
        self.tidy(&mut problems)?;
        externals::check_number(&self.external_ids, &mut problems);
        let mut contact = self.contact.take().unwrap_or_default();
        contact.function = problems.take(text::optional(contact.function.take(), "contact.function", 200))?.flatten();
        contact.email = problems.take(text::email_address(contact.email.take(), "contact.email", 200))?.flatten();
        contact.phone = problems.take(text::optional(contact.phone.take(), "contact.phone", 60))?.flatten();
        self.contact = Some(contact);
        if let Some(person) = &mut self.contact_person {
            if let Some(name) = problems.take(text::line(&person.name, "contactPerson.name", 200))? {
                person.name = name;
            }
            person.role = problems.take(text::optional(person.role.take(), "contactPerson.function", 200))?.flatten();
            person.email =
                problems.take(text::email_address(person.email.take(), "contactPerson.email", 200))?.flatten();
            person.phone = problems.take(text::optional(person.phone.take(), "contactPerson.phone", 60))?.flatten();
        }
        problems.done()?;
        Ok(self)
    }

    /// The row with these values, visible to `scope`.
    pub(super) fn onto(&self, mut row: organisation::Model, scope: uuid::Uuid) -> organisation::Model {
        self.put(&mut row);
        row.scope_id = scope;
        let contact = self.contact.clone().unwrap_or_default();
        (row.contact_function, row.contact_email, row.contact_phone) = (contact.function, contact.email, contact.phone);
        let texts = [Some(row.name.as_str()), row.city.as_deref(), row.postal_code.as_deref()];
        row.search_text = text::fold(&texts.into_iter().flatten().collect::<Vec<_>>().join(" "));
        row
    }

    /// The organisation in audit trail and history.
    pub(super) fn audit_snapshot(&self) -> Value {
        let mut snapshot = self.snapshot();
        snapshot.extend([
            ("contact".to_owned(), json!(self.contact)),
            ("contactPerson".to_owned(), json!(self.contact_person)),
            ("externalIds".to_owned(), json!(externals::string_list(&self.external_ids))),
        ]);
        Value::Object(snapshot)
    }
}
