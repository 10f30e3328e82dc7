//! Section `auth`: identity providers and the local issuer.

use std::path::PathBuf;
use std::time::Duration;

use domain::members::binding::ClaimRule;
use jsonwebtoken::Algorithm;
use kernel::text::is_identifier;
use serde::Deserialize;

use crate::auth::{Pace, TokenType, safe_address};

/// Section `auth`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Identity providers.
    pub issuers: Vec<Issuer>,
    /// Shortest time between two questions to a provider, in seconds.
    pub keys_at_most_every_seconds: u64,
    /// Age at which keys are asked for again, in seconds.
    pub keys_refresh_after_seconds: u64,
    /// The local issuer.
    pub local: LocalAuth,
}

/// An identity provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// What it may sign with.
    #[serde(default = "usual_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// What it calls its access tokens.
    #[serde(default)]
    pub token_type: TokenType,
    /// Authorities of its people.
    pub tenants: Vec<String>,
    /// Roles by claim.
    #[serde(default)]
    pub rules: Vec<ClaimRule>,
}

/// Why a text cannot be an identifier.
const NO_IDENTIFIER: &str = "must not be empty, begin or end with blanks, or contain characters that cannot be seen";

fn usual_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA]
}

/// Section `auth.local`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalAuth {
    /// Whether its tokens are accepted.
    pub enabled: bool,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// File of its key.
    pub key_file: PathBuf,
}

impl Auth {
    /// Shortest and longest time between two questions to a provider.
    pub const fn pace(&self) -> Pace {
        Pace {
            at_most_every: Duration::from_secs(self.keys_at_most_every_seconds),
            refresh_after: Duration::from_secs(self.keys_refresh_after_seconds),
        }
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        // They are compared byte for byte with what tokens say.
        for (key, value) in [("auth.local.issuer", &self.local.issuer), ("auth.local.audience", &self.local.audience)] {
            if self.local.enabled && !is_identifier(value) {
                problems.push(format!("{key} {value:?}: {NO_IDENTIFIER}"));
            }
        }
        let mut seen: Vec<&str> = if self.local.enabled { vec![&self.local.issuer] } else { Vec::new() };
        for issuer in &self.issuers {
            let name = &issuer.issuer;
            let mut wrong = |what: String| problems.push(format!("auth.issuers {name:?}: {what}"));
            if let Err(why) = safe_address(name) {
                wrong(why);
            }
            if seen.contains(&name.as_str()) {
                wrong("stands there twice".to_owned());
            }
            if !is_identifier(name) {
                wrong(NO_IDENTIFIER.to_owned());
            }
            if issuer.audience.is_empty() {
                wrong("audience must not be empty".to_owned());
            } else if !is_identifier(&issuer.audience) {
                wrong(format!("audience {:?}: {NO_IDENTIFIER}", issuer.audience));
            }
            if issuer.tenants.is_empty() {
                wrong("tenants must name at least one authority".to_owned());
            }
            if issuer.algorithms.is_empty() {
                wrong("algorithms must not be empty".to_owned());
            }
            for algorithm in &issuer.algorithms {
                if !usual_algorithms().contains(algorithm)
                    && !matches!(algorithm, Algorithm::RS384 | Algorithm::RS512 | Algorithm::PS384 | Algorithm::PS512)
                {
                    wrong(format!("{algorithm:?} is not a signature with a public key that we verify"));
                }
            }
            for rule in &issuer.rules {
                for (key, value) in [("claim", &rule.claim), ("value", &rule.value)] {
                    if !is_identifier(value) {
                        wrong(format!("the {key} {value:?} of a rule: {NO_IDENTIFIER}"));
                    }
                }
                if !issuer.tenants.contains(&rule.tenant) {
                    wrong(format!("a rule gives a role in {:?}, which is not among its tenants", rule.tenant));
                }
            }
            seen.push(name);
        }
        problems
    }
}
