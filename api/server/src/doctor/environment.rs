//! Checks of what stands around the database: issuers, time zones, reference data.

use chrono::{NaiveDate, Offset as _, TimeZone as _};
use chrono_tz::Tz;
use kernel::clock::Clock;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};

use crate::auth::Provider;
use crate::config::Config;
use crate::doctor::Check;
use crate::doctor::database::{first, unanswered};

/// School holidays that end sooner should be renewed, in days.
const SOON: i64 = 180;

/// Settings that a server behind a proxy needs.
pub(super) fn network(config: &Config) -> Check {
    const NAME: &str = "network";
    let listen = config.http.listen;
    if listen.ip().is_loopback() {
        return Check::ok(NAME, format!("http.listen is {listen}, for this machine only"));
    }
    let missing = [
        (
            config.http.client_address_header.is_empty(),
            "http.client_address_header is empty: behind a proxy all clients share one budget of points",
        ),
        (
            config.catalogue.base_url.is_empty(),
            "catalogue.base_url is empty: addresses in the catalogue begin with whatever host a request names",
        ),
    ];
    let missing: Vec<_> = missing.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    if missing.is_empty() {
        return Check::ok(NAME, format!("http.listen is {listen}; clients and public addresses are known"));
    }
    Check::warn(NAME, format!("http.listen is {listen}; {}", missing.join("; ")))
}

pub(super) fn local_issuer(config: &Config) -> Check {
    const NAME: &str = "local-issuer";
    let local = &config.auth.local;
    if !local.enabled {
        return Check::ok(NAME, "off");
    }
    let file = local.key_file.display();
    match local.key_file.metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Check::warn(NAME, format!("{file} is missing and will be made: every replica needs the same one"));
        }
        Err(error) => return Check::fail(NAME, format!("{file}: {error}")),
        Ok(found) => {
            if let Err(problem) = crate::app::local_issuer(config) {
                return Check::fail(NAME, format!("{problem}: make a new key as deploy/runbook.md says"));
            }
            if others_may_read(&found) {
                return Check::warn(NAME, format!("others may read {file} and sign in as anybody: chmod 600"));
            }
        }
    }
    if config.http.listen.ip().is_loopback() {
        Check::ok(NAME, format!("on, for this machine only; its key is {file}"))
    } else {
        let listen = config.http.listen;
        Check::warn(NAME, format!("on while http.listen is {listen}: in production set auth.local.enabled = false"))
    }
}

#[cfg(unix)]
fn others_may_read(file: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn others_may_read(_file: &std::fs::Metadata) -> bool {
    false
}

/// One check per identity provider: whether it tells its keys, as `serve` would ask for them.
pub(super) async fn issuers(config: &Config) -> Vec<Check> {
    const NAME: &str = "issuer";
    let mut checks = Vec::new();
    for issuer in &config.auth.issuers {
        let name = &issuer.issuer;
        let asked = match Provider::new(name, config.auth.pace()) {
            Ok(provider) => provider.fetch().await,
            Err(problem) => Err(problem),
        };
        checks.push(match asked {
            Ok((keys, 0)) => Check::ok(NAME, format!("{name} has {} keys", keys.len())),
            Ok((keys, left_out)) => {
                Check::ok(NAME, format!("{name} has {} keys, {left_out} of another kind are left out", keys.len()))
            }
            Err(problem) => Check::fail(NAME, format!("{name}: {problem}; nobody new can sign in there")),
        });
    }
    checks
}

/// Whether the authorities that identity providers are bound to are there.
pub(super) async fn issuer_tenants(config: &Config, db: &DatabaseConnection) -> Vec<Check> {
    const NAME: &str = "issuer";
    let slugs = Statement::from_string(db.get_database_backend(), "SELECT slug FROM tenant");
    let slugs: Result<Vec<String>, DbErr> =
        async { db.query_all_raw(slugs).await?.iter().map(|row| row.try_get_by_index(0)).collect() }.await;
    let known = match slugs {
        Err(error) => return vec![unanswered(NAME, &error)],
        Ok(known) => known,
    };
    let bound = config.auth.issuers.iter().flat_map(|it| it.tenants.iter().map(move |slug| (&it.issuer, slug)));
    let missing = bound.filter(|(_, slug)| !known.contains(slug));
    missing
        .map(|(issuer, slug)| Check::fail(NAME, format!("{issuer} is bound to {slug:?}, which is no authority")))
        .collect()
}

/// The zones of all authorities, and the one they have by default.
pub(super) async fn time_zones(db: &DatabaseConnection) -> Check {
    const NAME: &str = "time-zones";
    let summer = NaiveDate::from_ymd_opt(2027, 7, 1).unwrap_or_default().and_hms_opt(12, 0, 0).unwrap_or_default();
    if chrono_tz::Europe::Berlin.offset_from_utc_datetime(&summer).fix().local_minus_utc() != 7_200 {
        return Check::fail(
            NAME,
            "this build has wrong time zone data: Europe/Berlin is not two hours ahead in summer",
        );
    }
    let zones = Statement::from_string(db.get_database_backend(), "SELECT DISTINCT time_zone FROM tenant");
    let zones: Result<Vec<String>, DbErr> =
        async { db.query_all_raw(zones).await?.iter().map(|row| row.try_get_by_index(0)).collect() }.await;
    match zones {
        Err(error) => unanswered(NAME, &error),
        Ok(zones) => {
            let unknown: Vec<_> = zones.into_iter().filter(|it| it.parse::<Tz>().is_err()).collect();
            if unknown.is_empty() {
                Check::ok(NAME, format!("those of all authorities are known ({})", chrono_tz::IANA_TZDB_VERSION))
            } else {
                Check::fail(NAME, format!("authorities have unknown ones: {}", unknown.join(", ")))
            }
        }
    }
}

/// How far school holidays are known.
pub(super) async fn holidays(db: &DatabaseConnection, clock: &Clock) -> Check {
    const NAME: &str = "holidays";
    match first::<Option<NaiveDate>>(db, "SELECT max(ends_on) FROM holiday WHERE kind = 'SCHOOL_HOLIDAY'").await {
        Err(error) => unanswered(NAME, &error),
        Ok(last) => until(last.flatten(), clock.now().date_naive()),
    }
}

fn until(last: Option<NaiveDate>, today: NaiveDate) -> Check {
    const NAME: &str = "holidays";
    match last {
        None => Check::warn(NAME, "no school holidays are known: run `verbund import reference`"),
        Some(last) if (last - today).num_days() < SOON => Check::warn(
            NAME,
            format!("school holidays are known until {last}: run `verbund import holidays` with a newer file"),
        ),
        Some(last) => Check::ok(NAME, format!("school holidays are known until {last}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn holidays_are_renewed_in_time() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let found = |last: &str| until(Some(day(last)), day("2027-01-01")).verdict;
        assert_eq!(found("2027-06-29"), Verdict::Warn);
        assert_eq!(found("2027-06-30"), Verdict::Ok);
        assert_eq!(found("2026-06-30"), Verdict::Warn);
        assert_eq!(until(None, day("2027-01-01")).verdict, Verdict::Warn);
    }

    #[test]
    fn the_local_issuer_is_for_this_machine_and_its_key_for_nobody_else() {
        let folder = std::env::temp_dir().join(format!("verbund-doctor-{}", kernel::ids::new_id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut config = Config::embedded(&folder).unwrap();
        crate::app::local_issuer(&config).unwrap();
        assert_eq!(local_issuer(&config).verdict, Verdict::Ok);
        config.http.listen = "0.0.0.0:8080".parse().unwrap();
        assert!(local_issuer(&config).text.contains("0.0.0.0"));
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(&config.auth.local.key_file, readable).unwrap();
        assert!(local_issuer(&config).text.contains("chmod 600"));
        std::fs::write(&config.auth.local.key_file, "no key").unwrap();
        assert_eq!(local_issuer(&config).verdict, Verdict::Fail);
        config.auth.local.enabled = false;
        assert_eq!(local_issuer(&config).verdict, Verdict::Ok);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
