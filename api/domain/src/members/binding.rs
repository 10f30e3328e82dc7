//! What an issuer's word is good for: the authorities it vouches for people of, and the roles that its claims give
//! where the operator wrote such a rule. Without a rule claims give nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::RoleKey;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::text::{self, is_invisible};
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The longest name that is taken from a token, in characters.
const MAX_NAME: usize = 200;

/// An address that keys may come from: https, or this machine itself.
///
/// # Errors
/// Why not.
pub fn safe_address(address: &str) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|error| error.to_string())?;
    let host = url.host_str().unwrap_or_default();
    let is_loopback = host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => Err("must begin with https:// (http:// only on this machine)".to_owned()),
    }
}

/// The issuer of an account, in a form that an identity provider can have.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `field`.
pub fn issuer_address(value: &str, field: &'static str) -> ApiResult<String> {
    text::identifier(value, field, 500)?;
    let issuer = value.to_owned();
    // A browser mends what is no address; an issuer is compared byte for byte.
    let is_address = ["https://", "http://"].iter().any(|it| issuer.starts_with(it))
        && !issuer.contains(char::is_whitespace)
        && safe_address(&issuer).is_ok();
    if is_address {
        return Ok(issuer);
    }
    Err(Problem::at(UserErrorCode::Invalid, field, Text::new("no-issuer").with("value", text::clip(&issuer, 80)))
        .into())
}

/// Who has this value in this claim holds this role there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRule {
    /// Name of the claim; its value is a text or a list of texts.
    pub claim: String,
    /// The value.
    pub value: String,
    /// Short name of the authority.
    pub tenant: String,
    /// The role, in all fields of work.
    pub role: RoleKey,
}

/// An issuer's authorities and rules.
#[derive(Debug)]
pub struct Binding {
    /// `iss`.
    pub issuer: String,
    /// Short names of the authorities.
    pub tenants: Vec<String>,
    /// Its rules.
    pub rules: Vec<ClaimRule>,
}

/// Somebody who arrives with the word of an issuer.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who vouches.
    pub binding: Arc<Binding>,
    /// `sub`.
    pub subject: String,
    /// `iat`: of two tokens the one that was issued later counts.
    pub issued_at: DateTime<Utc>,
    /// Name for the people who manage members there.
    pub name: String,
    /// Work e-mail address, where the token says it.
    pub email: Option<String>,
    /// Roles by rule, with the short name of their authority.
    pub roles: BTreeSet<(String, RoleKey)>,
}

impl Binding {
    /// What the claims of somebody mean here, in a token of that instant.
    pub fn arrival(self: &Arc<Self>, subject: &str, issued_at: DateTime<Utc>, claims: &Map<String, Value>) -> Arrival {
        let text = |name: &str| {
            let text = claims.get(name)?.as_str()?.trim();
            let plain = !text.is_empty() && !text.chars().any(is_invisible) && text.chars().count() <= MAX_NAME;
            plain.then(|| text.to_owned())
        };
        let has = |rule: &ClaimRule| match claims.get(&rule.claim) {
            Some(Value::String(text)) => *text == rule.value,
            Some(Value::Array(list)) => list.iter().any(|it| it.as_str() == Some(&rule.value)),
            _ => false,
        };
        Arrival {
            binding: self.clone(),
            subject: subject.to_owned(),
            issued_at,
            name: text("name").or_else(|| text("preferred_username")).unwrap_or_else(|| subject.to_owned()),
            email: text("email"),
            roles: self.rules.iter().filter(|it| has(it)).map(|it| (it.tenant.clone(), it.role)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_https_or_from_this_machine() {
        for good in ["https://login.example/realms/a", "http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:1/"]
        {
            assert!(safe_address(good).is_ok(), "{good}");
            assert_eq!(issuer_address(good, "issuer").unwrap(), good);
        }
        for bad in ["http://login.example", "http://127.0.0.1.example/", "file:///etc/passwd", "ftp://127.0.0.1", "x"] {
            assert!(safe_address(bad).is_err(), "{bad}");
            assert!(issuer_address(bad, "issuer").is_err(), "{bad}");
        }
        for bad in ["", "https:login.example", "https://a b.example", "https://a.example/\tb"] {
            assert!(issuer_address(bad, "issuer").is_err(), "{bad}");
        }
    }

    #[test]
    fn claims_give_roles_only_by_a_rule() {
        let rule = |value: &str, role| ClaimRule {
            claim: "groups".to_owned(),
            value: value.to_owned(),
            tenant: "kaufbeuren".to_owned(),
            role,
        };
        let binding = Arc::new(Binding {
            issuer: "https://login.example".to_owned(),
            tenants: vec!["kaufbeuren".to_owned()],
            rules: vec![rule("planung", RoleKey::Planner), rule("alle", RoleKey::Viewer)],
        });
        let roles = |claims: Value| -> Vec<_> {
            let arrival = binding.arrival("4711", DateTime::UNIX_EPOCH, claims.as_object().unwrap());
            arrival.roles.into_iter().map(|(_, role)| role).collect()
        };
        assert_eq!(roles(serde_json::json!({ "groups": ["planung", "x"] })), [RoleKey::Planner]);
        assert_eq!(roles(serde_json::json!({ "groups": "alle" })), [RoleKey::Viewer]);
        for nothing in [
            serde_json::json!({}),
            serde_json::json!({ "groups": ["Planung", "TENANT_ADMIN"], "roles": ["planung"], "role": "TENANT_ADMIN" }),
            serde_json::json!({ "groups": { "planung": true } }),
            serde_json::json!({ "groups": [["planung"]] }),
        ] {
            assert_eq!(roles(nothing.clone()), [], "{nothing}");
        }
    }
}
