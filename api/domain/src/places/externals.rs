//! Ids in other registers. Within an authority one id names one place, and one organisation. That another authority has
//! the same is not refused, which would tell of rows that are hidden: it is the surest sign of a duplicate.

use std::collections::BTreeSet;

use entities::{ExternalIdScheme as Scheme, external_id};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, Condition, Set};
use store::{ByParent, Unique, WriteError, Writer, full};
use uuid::Uuid;

/// The most ids of one place.
const MAX: usize = 20;

/// Ids of one thing, by value.
pub type Ids = BTreeSet<(Scheme, String)>;

/// Whose ids they are.
#[derive(Clone, Copy, Debug)]
pub enum RegisteredObject {
    /// A learning place.
    Place(Uuid),
    /// Organisation.
    Organisation(Uuid),
}

/// The ids of a place.
pub enum IdsOfPlace {}

impl ByParent for IdsOfPlace {
    type Of = external_id::Entity;
    const PARENT: external_id::Column = external_id::Column::LearningPlaceId;
    const SORT: external_id::Column = external_id::Column::Value;
    fn parent(row: &external_id::Model) -> Uuid {
        row.learning_place_id.unwrap_or_default()
    }
}

/// The ids of an organisation.
pub enum IdsOfOrganisation {}

impl ByParent for IdsOfOrganisation {
    type Of = external_id::Entity;
    const PARENT: external_id::Column = external_id::Column::OrganisationId;
    const SORT: external_id::Column = external_id::Column::Value;
    fn parent(row: &external_id::Model) -> Uuid {
        row.organisation_id.unwrap_or_default()
    }
}

/// By value.
pub fn ids(rows: &[external_id::Model]) -> Ids {
    rows.iter().map(|it| (it.scheme, it.value.clone())).collect()
}

/// In words, for trail and history.
pub fn string_list(ids: &Ids) -> Vec<String> {
    ids.iter().map(|(scheme, value)| format!("{} {value}", scheme.as_str())).collect()
}

/// An id in the form of its register. `field` is the input that has it.
///
/// # Errors
/// `INVALID` at `field`, with an example.
pub fn formed(scheme: Scheme, value: &str, field: &'static str) -> ApiResult<(Scheme, String)> {
    let value = value.trim();
    if is_formed(scheme, value) {
        return Ok((scheme, value.to_owned()));
    }
    let text = Text::new("no-external-id")
        .with("value", value.chars().take(60).collect::<String>())
        .with("scheme", scheme.as_str())
        .with("example", example(scheme));
    Err(Problem::at(UserErrorCode::Invalid, field, text).into())
}

/// Refuses more ids than an object may have.
pub(super) fn check_number(ids: &Ids, problems: &mut Problems) {
    if ids.len() > MAX {
        let text = Text::new("list-too-long").with("length", ids.len()).with("max", MAX);
        problems.add(Problem::at(UserErrorCode::LimitReached, "externalIds", text));
    }
}

fn is_formed(scheme: Scheme, value: &str) -> bool {
    let digits = |text: &str, min: usize, max: usize| {
        (min..=max).contains(&text.len()) && text.chars().all(|it| it.is_ascii_digit())
    };
    let plain = |text: &str| {
        (1..=20).contains(&text.len()) && text.chars().all(|it| it.is_ascii_alphanumeric() || "-/:".contains(it))
    };
    match scheme {
        Scheme::SchoolNumber => digits(value, 4, 8),
        Scheme::Osm => value.split_once('/').is_some_and(|(kind, number)| {
            ["node", "way", "relation"].contains(&kind) && digits(number, 1, 19) && !number.starts_with('0')
        }),
        Scheme::Wikidata => value.strip_prefix('Q').is_some_and(|it| digits(it, 1, 12) && !it.starts_with('0')),
        Scheme::Ars => digits(value, 12, 12),
        Scheme::Vhs => plain(value),
        Scheme::Isil => value.split_once('-').is_some_and(|(country, rest)| {
            (1..=4).contains(&country.len()) && country.chars().all(|it| it.is_ascii_alphanumeric()) && plain(rest)
        }),
    }
}

const fn example(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::SchoolNumber => "0123",
        Scheme::Osm => "node/123",
        Scheme::Wikidata => "Q123",
        Scheme::Ars => "097620000000",
        Scheme::Vhs => "123",
        Scheme::Isil => "DE-123",
    }
}

/// Puts the ids of a thing in the place of those that it had.
///
/// # Errors
/// `NOT_UNIQUE`: another thing of the authority has one of them. The database fails.
pub async fn replace(
    writer: &Writer<'_>,
    of: RegisteredObject,
    scope: Uuid,
    before: &Ids,
    after: &Ids,
) -> ApiResult<()> {
    use external_id::Column as C;
    let mine = match of {
        RegisteredObject::Place(id) => C::LearningPlaceId.eq(id),
        RegisteredObject::Organisation(id) => C::OrganisationId.eq(id),
    };
    for (scheme, value) in before.difference(after) {
        let here = Condition::all().add(mine.clone()).add(C::Scheme.eq(*scheme)).add(C::Value.eq(value));
        writer.delete::<external_id::Entity>(here).await?;
    }
    for (scheme, value) in after.difference(before) {
        let (place, organisation, unique) = match of {
            RegisteredObject::Place(id) => (Some(id), None, "external_id_place_key"),
            RegisteredObject::Organisation(id) => (None, Some(id), "external_id_organisation_key"),
        };
        let row = external_id::Model {
            id: new_id(),
            tenant_id: writer.tenant(),
            scope_id: scope,
            learning_place_id: place,
            organisation_id: organisation,
            scheme: *scheme,
            value: value.clone(),
        };
        let columns = "external_id.tenant_id, external_id.scheme, external_id.value";
        let unique = Unique { name: unique, columns };
        match writer.insert_unique::<external_id::ActiveModel>(full(row), unique).await {
            Ok(()) => {}
            Err(WriteError::Taken) => {
                let text = Text::new("external-id-taken").with("value", value).with("scheme", scheme.as_str());
                return Err(ApiError::from(Problem::at(UserErrorCode::NotUnique, "externalIds", text)));
            }
            Err(WriteError::Failed(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Moves the ids that stay into the scope of their thing.
///
/// # Errors
/// The database fails.
pub async fn rescope(writer: &Writer<'_>, of: RegisteredObject, scope: Uuid) -> ApiResult<()> {
    use external_id::Column as C;
    let mine = match of {
        RegisteredObject::Place(id) => C::LearningPlaceId.eq(id),
        RegisteredObject::Organisation(id) => C::OrganisationId.eq(id),
    };
    let moved = external_id::ActiveModel { scope_id: Set(scope), ..Default::default() };
    writer.change::<external_id::Entity, _>(Condition::all().add(mine), moved).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_form_of_their_register() {
        let good = [
            (Scheme::SchoolNumber, "0123"),
            (Scheme::Osm, "node/1"),
            (Scheme::Osm, "relation/12345678901"),
            (Scheme::Wikidata, "Q42"),
            (Scheme::Ars, "097620000000"),
            (Scheme::Vhs, "12-34"),
            (Scheme::Isil, "DE-12"),
        ];
        for (scheme, value) in good {
            assert!(is_formed(scheme, value), "{scheme:?} {value}");
            assert!(is_formed(scheme, example(scheme)), "{scheme:?}");
        }
        let wrong = [
            (Scheme::SchoolNumber, "12"),
            (Scheme::SchoolNumber, "12a4"),
            (Scheme::Osm, "123"),
            (Scheme::Osm, "node/0"),
            (Scheme::Osm, "node/1/2"),
            (Scheme::Wikidata, "42"),
            (Scheme::Wikidata, "Q"),
            (Scheme::Ars, "09762"),
            (Scheme::Vhs, ""),
            (Scheme::Vhs, "a b"),
            (Scheme::Isil, "DE"),
        ];
        for (scheme, value) in wrong {
            assert!(!is_formed(scheme, value), "{scheme:?} {value}");
        }
    }
}
