//! Strict checks of bearer tokens (RFC 9068, RFC 8725).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::members::binding::Binding;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use kernel::text::is_identifier;
use policy::Actor;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::auth::SignedIn;
use crate::auth::keys::{KeySet, PublicKey};
use crate::auth::provider::Provider;

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// The longest subject, in characters.
const MAX_SUBJECT: usize = 255;
/// Tolerance between clocks, in seconds.
const LEEWAY: i64 = 60;

/// Why a token is refused. The client learns `invalid_token`, and whether it expired; the log learns this word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The header is not `Bearer <token>`, or comes twice.
    Header,
    /// The token is too long.
    Size,
    /// The token is no JWT.
    Form,
    /// Its type is not that of an access token.
    Type,
    /// Its algorithm is not one of the issuer's, or not the key's.
    Algorithm,
    /// No trusted issuer.
    Issuer,
    /// No key of the issuer.
    Key,
    /// Signature, audience or a required claim is wrong.
    Signature,
    /// It is over.
    Expired,
    /// It is not valid yet.
    NotYet,
}

impl Rejection {
    /// The word in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Size => "size",
            Self::Form => "form",
            Self::Type => "type",
            Self::Algorithm => "algorithm",
            Self::Issuer => "issuer",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
        }
    }
}

/// What an issuer calls its access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum TokenType {
    /// `at+jwt`, as RFC 9068 has it: nothing else can be mistaken for one.
    #[default]
    #[serde(rename = "at+jwt")]
    AccessToken,
    /// Also `JWT` or nothing, for providers that send no better; then ID tokens are told by their claims.
    #[serde(rename = "jwt")]
    Jwt,
}

/// Where an issuer's keys come from.
pub enum KeySource {
    /// Known from the start.
    Fixed(KeySet),
    /// Asked for.
    Provider(Arc<Provider>),
}

/// An issuer whose tokens are accepted.
pub struct TrustedIssuer {
    /// `iss`, byte for byte.
    pub issuer: String,
    /// `aud` that must be among the token's.
    pub audience: String,
    /// The algorithms it may sign with.
    pub algorithms: Vec<Algorithm>,
    /// What it calls its access tokens.
    pub token_type: TokenType,
    /// Its keys.
    pub keys: KeySource,
    /// Whom it vouches for; none for the local issuer, whose accounts are made with their roles.
    pub binding: Option<Arc<Binding>>,
}

/// Turns an `Authorization` header into an actor.
#[derive(Default)]
pub struct Verifier {
    issuers: Vec<TrustedIssuer>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// What is read before the signature is checked, to know whose keys to ask for. Nothing else is taken from it.
#[derive(Deserialize)]
struct Unverified {
    iss: String,
}

impl Verifier {
    /// A verifier that trusts `issuers` and nobody else.
    pub const fn new(issuers: Vec<TrustedIssuer>) -> Self {
        Self { issuers }
    }

    /// Reads the header. None is anonymous; a bad one is refused, never ignored.
    ///
    /// # Errors
    /// The reason for the log.
    pub async fn authenticate(&self, header: Option<&str>, now: DateTime<Utc>) -> Result<SignedIn, Rejection> {
        let Some(header) = header else {
            return Ok(SignedIn { actor: Actor::Anonymous, expires: None, arrival: None });
        };
        let (scheme, token) = header.split_once(' ').ok_or(Rejection::Header)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
            return Err(Rejection::Header);
        }
        self.verify(token, now).await
    }

    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<SignedIn, Rejection> {
        if token.len() > MAX_TOKEN {
            return Err(Rejection::Size);
        }
        let header = decode_header(token).map_err(|_| Rejection::Form)?;
        // RFC 7515, 4.1.11: an extension that must be understood and is not. We know none. Keys that a token brings
        // along (jwk, jku, x5c, x5u) are never looked at.
        if header.crit.is_some() {
            return Err(Rejection::Form);
        }
        let issuer = self.issuer_of(token)?;
        let kind = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        let fits = match issuer.token_type {
            TokenType::AccessToken => matches!(kind.as_str(), "at+jwt" | "application/at+jwt"),
            TokenType::Jwt => matches!(kind.as_str(), "at+jwt" | "application/at+jwt" | "jwt" | ""),
        };
        if !fits {
            return Err(Rejection::Type);
        }
        if !issuer.algorithms.contains(&header.alg) {
            return Err(Rejection::Algorithm);
        }
        let kid = header.kid.as_deref().ok_or(Rejection::Key)?;
        let key = issuer.key(kid).await.ok_or(Rejection::Key)?;
        if !key.algorithms.contains(&header.alg) {
            return Err(Rejection::Algorithm);
        }
        let mut rules = Validation::new(header.alg);
        rules.set_audience(&[&issuer.audience]);
        rules.set_issuer(&[&issuer.issuer]);
        rules.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        // Time is judged below, by our own clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, &key.key, &rules).map_err(|_| Rejection::Signature)?.claims;
        issuer.accept(claims, now)
    }

    fn issuer_of(&self, token: &str) -> Result<&TrustedIssuer, Rejection> {
        let payload = token.split('.').nth(1).ok_or(Rejection::Form)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Rejection::Form)?;
        let Unverified { iss } = serde_json::from_slice(&payload).map_err(|_| Rejection::Issuer)?;
        self.issuers.iter().find(|it| it.issuer == iss).ok_or(Rejection::Issuer)
    }
}

impl TrustedIssuer {
    async fn key(&self, kid: &str) -> Option<PublicKey> {
        match &self.keys {
            KeySource::Fixed(set) => set.get(kid).cloned(),
            KeySource::Provider(provider) => provider.key(kid).await,
        }
    }

    /// Judges claims whose signature, issuer and audience are right.
    fn accept(&self, claims: Claims, now: DateTime<Utc>) -> Result<SignedIn, Rejection> {
        let now = now.timestamp();
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(Rejection::Expired);
        }
        if claims.iat.max(claims.nbf.unwrap_or(i64::MIN)) > now.saturating_add(LEEWAY) {
            return Err(Rejection::NotYet);
        }
        let sub = claims.sub;
        // The issuer is one of the configuration, byte for byte, and that was checked when it was read.
        if !is_identifier(&sub) || sub.chars().count() > MAX_SUBJECT {
            return Err(Rejection::Signature);
        }
        // An ID token speaks to the client that signed somebody in, never to us.
        let says = |name: &str| claims.more.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_id_token = ["nonce", "at_hash", "c_hash"].iter().any(|it| claims.more.contains_key(*it))
            || !matches!(says("typ").to_ascii_lowercase().as_str(), "" | "bearer" | "at+jwt");
        if self.token_type == TokenType::Jwt && is_id_token {
            return Err(Rejection::Type);
        }
        let issued_at = DateTime::from_timestamp(claims.iat, 0).unwrap_or(DateTime::UNIX_EPOCH);
        let arrival = self.binding.as_ref().map(|binding| binding.arrival(&sub, issued_at, &claims.more));
        let actor = Actor::Person { issuer: self.issuer.clone(), subject: sub };
        let expires = DateTime::from_timestamp(claims.exp.saturating_add(LEEWAY), 0);
        Ok(SignedIn { actor, expires, arrival })
    }
}
