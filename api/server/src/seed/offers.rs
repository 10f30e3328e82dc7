//! Organisations and public offers of the demo.

use std::collections::BTreeMap;

use domain::offers::service::NewOfferState;
use domain::offers::values::OfferValues;
use domain::places::externals::Ids;
use domain::places::organisations::values::{OfficeContact, OrganisationValues};
use entities::{EducationOfferState, Visibility};
use kernel::error::{ApiError, ApiResult};
use kernel::ids::new_id;
use store::Writer;
use uuid::Uuid;

use crate::seed::files::{Offer, Offers};
use domain::places::organisations;

/// Ids of the demo by the keys of its files.
pub(super) struct SeedIds<'a> {
    pub fields: &'a BTreeMap<String, Uuid>,
    pub places: &'a BTreeMap<String, Uuid>,
    pub entries: &'a BTreeMap<String, Uuid>,
}

/// Writes what the acting authority has.
///
/// # Errors
/// The file names what is not there; the database fails.
pub(super) async fn offers(writer: &Writer<'_>, slug: &str, file: &Offers, known: &SeedIds<'_>) -> ApiResult<()> {
    let mut organisations = BTreeMap::new();
    for it in file.organisation.iter().filter(|it| it.tenant == slug) {
        let new = OrganisationValues {
            name: it.name.clone(),
            kind: it.kind,
            visibility: Visibility::Public,
            description: it.description.clone(),
            website: None,
            street: None,
            postal_code: it.postal_code.clone(),
            city: it.city.clone(),
            contact: Some(OfficeContact {
                function: it.contact_function.clone(),
                email: it.contact_email.clone(),
                phone: None,
            }),
            contact_person: None,
            external_ids: Ids::new(),
        };
        let row = organisations::service::insert(writer, new_id(), &new).await?;
        organisations.insert(it.key.clone(), row.id);
    }
    for it in file.offer.iter().filter(|it| it.tenant == slug) {
        let new = new_offer(it, &organisations, known, &file.source.attribution)?;
        domain::offers::service::insert(
            writer,
            NewOfferState { id: new_id(), state: EducationOfferState::Published },
            &new,
        )
        .await?;
    }
    Ok(())
}

fn new_offer(
    it: &Offer,
    organisations: &BTreeMap<String, Uuid>,
    known: &SeedIds<'_>,
    source: &str,
) -> ApiResult<OfferValues> {
    let find = |key: &str, among: &BTreeMap<String, Uuid>| {
        among.get(key).copied().ok_or_else(|| ApiError::fault(format!("offers.toml: {:?} names {key:?}", it.title)))
    };
    let optional = |key: &Option<String>, among| key.as_deref().map(|key| find(key, among)).transpose();
    Ok(OfferValues {
        title: it.title.clone(),
        description: it.description.clone(),
        kind: it.kind,
        topic: it.topic,
        tags: it.tags.clone(),
        audiences: it.audiences.clone(),
        age_from: it.age_from,
        age_to: it.age_to,
        languages: it.languages.clone(),
        cost: it.cost_minor.map(|minor| (minor, "EUR".to_owned())),
        cost_note: it.cost_note.clone(),
        accessibility: it.accessibility.clone(),
        provider: optional(&it.provider, organisations)?,
        place: optional(&it.place, known.places)?,
        location: it.location.clone(),
        field_of_work: optional(&it.field, known.fields)?,
        pillar: it.pillar,
        registration_url: it.registration_url.clone(),
        valid_from: it.valid_from,
        valid_until: it.valid_until,
        dates: it.dates.iter().map(|key| find(key, known.entries)).collect::<ApiResult<_>>()?,
        source: Some(source.to_owned()),
    })
}
