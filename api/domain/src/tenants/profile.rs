//! Rules of what an authority says of itself: name, kind, official key, time zone and website. The command line and the API
//! ask the same.

use chrono_tz::Tz;
use entities::{PUBLIC_SCOPE, TenantKind, region, tenant};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use sea_orm::Set;
use serde_json::{Value, json};
use store::{Session, Writer};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork, stale};
use crate::rights::{self, Operation};
use crate::values::values;

values! {
    /// Values of an authority that its admins set.
    TenantValues, TenantPatch of tenant;
    columns {
        /// Name as the authority signs.
        legal_name: String = legal_name, line(200);
        /// Kind of authority.
        kind: TenantKind = kind;
        /// Official municipality key.
        ags: Option<String> = ags;
        /// Name of the time zone.
        time_zone: String = time_zone;
        /// Whether Assumption Day is a public holiday in the authority.
        assumption_day: bool = assumption_day;
        /// Public website.
        website: Option<String> = website, web_address;
    }
    others(row) {}
}

impl TenantValues {
    /// The values in their form, checked. The key is looked at where it is another than `known`.
    ///
    /// # Errors
    /// The problems of all values; the database fails.
    pub(crate) async fn checked(mut self, session: &Session, known: Option<&str>) -> ApiResult<Self> {
        let mut problems = Problems::default();
        self.tidy(&mut problems)?;
        if let Some(zone) = problems.take(time_zone(&self.time_zone))? {
            self.time_zone = zone;
        }
        if self.ags.as_deref() != known
            && let Some(ags) = problems.take(municipality_key(session, self.ags.take()).await)?
        {
            self.ags = ags;
        }
        problems.done()?;
        Ok(self)
    }
}

/// The name of a time zone.
fn time_zone(name: &str) -> ApiResult<String> {
    let name = name.trim();
    if name.parse::<Tz>().is_ok() {
        return Ok(name.to_owned());
    }
    let text = Text::new("value-no-zone").with("value", name).with("example", "Europe/Berlin");
    Err(Problem::at(UserErrorCode::Invalid, "timeZone", text).into())
}

/// The official key of an authority. Where the list of regions has the district, it must have the municipality as well.
async fn municipality_key(session: &Session, ags: Option<String>) -> ApiResult<Option<String>> {
    const FIELD: &str = "ags";
    let Some(key) = text::optional(ags, FIELD, 40)? else { return Ok(None) };
    let invalid = |text| Problem::at(UserErrorCode::Invalid, FIELD, text).into();
    if let Some(text) = wrong_form(&key) {
        return Err(invalid(text));
    }
    let district = key.get(..5).unwrap_or(&key).to_owned();
    session.load::<region::Entity>([key.clone(), district.clone()]).await?;
    let is_unknown = session.get::<region::Entity>(key.clone()).await?.is_none();
    if is_unknown && session.get::<region::Entity>(district).await?.is_some() {
        return Err(invalid(Text::new("no-region").with("value", &key)));
    }
    Ok(Some(key))
}

/// What is wrong with the form of an official key: five digits for a district, eight for a municipality, of which the first
/// two are those of a state.
fn wrong_form(key: &str) -> Option<Text> {
    let said = |name: &'static str, example: &str| {
        // Three zeros at the end name no municipality.
        let example = example.strip_suffix("000").filter(|it| it.len() == 5).unwrap_or(example);
        Some(Text::new(name).with("value", key).with("example", example))
    };
    let is_number = key.bytes().all(|it| it.is_ascii_digit());
    let is_of_state = key.get(..2).and_then(|it| it.parse::<u8>().ok()).is_some_and(|it| (1..=16).contains(&it));
    match key.len() {
        8 if is_number && is_of_state && key.ends_with("000") => said("ags-whole-district", key),
        5 | 8 if is_number && is_of_state => None,
        4 | 7 if is_number && !key.starts_with('0') => said("ags-zero-lost", &format!("0{key}")),
        _ => Some(Text::new("ags-unknown-form").with("value", text::clip(key, 40))),
    }
}

/// Changes what an authority says of itself.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: TenantPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "tenantUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<tenant::Entity>(session, id, Operation::Update, "id").await?;
    let writer = session.writer(&grant).await?;
    let change = change(session, &writer, &before, version, patch).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Writes a change of the acting authority within a transaction that is under way; its record.
///
/// # Errors
/// The problems of the values; `STALE_VERSION` where somebody was faster; the database fails.
pub(crate) async fn change(
    session: &Session,
    writer: &Writer<'_>,
    before: &tenant::Model,
    version: i32,
    patch: TenantPatch,
) -> ApiResult<ChangeRecord> {
    let values = patch.applied(&TenantValues::of(before)).checked(session, before.ags.as_deref()).await?;
    let mut row = before.clone();
    values.put(&mut row);
    (row.version, row.updated_at) = (version.saturating_add(1), writer.now());
    let columns = tenant::ActiveModel {
        legal_name: Set(row.legal_name.clone()),
        kind: Set(row.kind),
        ags: Set(row.ags.clone()),
        time_zone: Set(row.time_zone.clone()),
        assumption_day: Set(row.assumption_day),
        website: Set(row.website.clone()),
        version: Set(row.version),
        updated_at: Set(row.updated_at),
        ..Default::default()
    };
    if !writer.change_authority(version, columns).await? {
        return Err(stale(version));
    }
    Ok(row.change_record("tenant.updated", Some(before)))
}

impl Audited for tenant::Model {
    const TYPE: &'static str = "Tenant";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: PUBLIC_SCOPE, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        let mut snapshot = TenantValues::of(self).snapshot();
        snapshot.insert("slug".to_owned(), json!(self.slug));
        snapshot.insert("secondAdmin".to_owned(), json!(self.second_admin));
        Value::Object(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use kernel::i18n::Locale;

    use super::*;

    #[test]
    fn keys_have_their_leading_zero_and_their_length() {
        for right in ["09762", "09777129", "14511", "01001"] {
            assert!(wrong_form(right).is_none(), "{right}");
        }
        for (wrong, words) in [
            ("9762", "lacks its leading zero. Right would be 09762."),
            ("9777129", "lacks its leading zero. Right would be 09777129."),
            ("9762000", "lacks its leading zero. Right would be 09762."),
            ("09762000", "whole district or a district-free city. Right would be 09762."),
            ("097620", "five digits for a district"),
            ("17001", "five digits for a district"),
            ("00762", "five digits for a district"),
            ("abc", "abc is no official municipality key"),
            ("0976٢", "is no official municipality key"),
            ("097 62", "is no official municipality key"),
        ] {
            let said = wrong_form(wrong).expect("refused").render(Locale::En);
            assert!(said.contains(words), "{wrong}: {said}");
        }
    }

    #[test]
    fn time_zones_have_their_iana_names() {
        assert_eq!(time_zone(" Europe/Berlin ").unwrap(), "Europe/Berlin");
        for wrong in ["", "MEZ", "Europe/Kaufbeuren", "+01:00"] {
            assert!(time_zone(wrong).is_err(), "{wrong}");
        }
    }
}
