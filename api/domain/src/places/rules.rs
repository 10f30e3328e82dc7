//! Checks that places, organisations and offers share.

use chrono::NaiveDate;
use entities::{EducationOfferState, PUBLIC_SCOPE, ScopeArea, Visibility, education_offer};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use store::Session;
use store::scopes::Audience;
use uuid::Uuid;

/// The oldest age that is asked for, in years.
const OLDEST: i32 = 120;

/// Who sees an entry of the directory.
pub const fn audience(tenant: Uuid, visibility: Visibility) -> Audience {
    match visibility {
        Visibility::Internal => Audience::private(tenant, ScopeArea::Places, None),
        Visibility::Public => Audience::Public,
    }
}

/// Ages in years, both inclusive.
pub fn check_ages(from: Option<i32>, to: Option<i32>, problems: &mut Problems) {
    for (field, age) in [("ageFrom", from), ("ageTo", to)] {
        if let Some(age) = age.filter(|it| !(0..=OLDEST).contains(it)) {
            let text = Text::new("out-of-range").with("value", age).with("min", 0).with("max", OLDEST);
            problems.add(Problem::at(UserErrorCode::OutOfRange, field, text));
        }
    }
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let text = Text::new("from-after-to").with("from", from).with("to", to);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "ageTo", text));
    }
}

/// Days, both inclusive.
pub fn check_days(from: Option<NaiveDate>, until: Option<NaiveDate>, problems: &mut Problems) {
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        let text = Text::new("from-after-to").with("from", from).with("to", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "validUntil", text));
    }
}

/// Refuses to hide what published offers of the same authority name: they would lose it. Offers of others do not keep the
/// owner from it.
///
/// # Errors
/// `CONFLICT` at `visibility`; the database fails.
pub async fn not_named_by_offers(
    session: &Session,
    tenant: Uuid,
    column: education_offer::Column,
    id: Uuid,
) -> ApiResult<()> {
    use education_offer::Column as C;
    let named = session
        .select::<education_offer::Entity>()
        .filter(C::TenantId.eq(tenant))
        .filter(C::State.eq(EducationOfferState::Published))
        .filter(C::ScopeId.eq(PUBLIC_SCOPE))
        .filter(column.eq(id))
        .limit(1);
    match session.one(named).await? {
        None => Ok(()),
        Some(offer) => {
            let text = Text::new("named-by-offer").with("title", offer.title);
            Err(Problem::at(UserErrorCode::Conflict, "visibility", text).into())
        }
    }
}
