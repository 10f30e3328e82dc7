//! What an issuer's word is good for: the authorities it vouches for people of, and the roles that its claims give
//! where the operator wrote such a rule. Without a rule claims give nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::RoleKey;
use kernel::text::is_invisible;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The longest name that is taken from a token, in characters.
const MAX_NAME: usize = 200;

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
