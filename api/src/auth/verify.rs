//! Strict checks of bearer tokens (RFC 9068, RFC 8725).
//!
//! Issuers are a list: today the local one; the identity providers of the authorities join it with their own keys.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::Actor;

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// Tolerance between clocks, in seconds.
const LEEWAY: i64 = 60;

/// Why a token is refused. The client learns `invalid_token`; the log learns this word.
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
    /// Its algorithm is not the issuer's.
    Algorithm,
    /// No trusted issuer, or no key of it.
    Issuer,
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
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::NotYet => "not_yet",
        }
    }
}

/// An issuer whose tokens are accepted.
pub struct TrustedIssuer {
    /// `iss`, byte for byte.
    pub issuer: String,
    /// `aud` that must be among the token's.
    pub audience: String,
    /// The one algorithm it signs with.
    pub algorithm: Algorithm,
    /// `kid` of its key.
    pub key_id: String,
    /// The key.
    pub key: DecodingKey,
}

/// Turns an `Authorization` header into an actor.
#[derive(Default)]
pub struct Verifier {
    issuers: Vec<TrustedIssuer>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    iat: i64,
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
    pub fn authenticate(&self, header: Option<&str>, now: DateTime<Utc>) -> Result<Actor, Rejection> {
        let Some(header) = header else { return Ok(Actor::Anonymous) };
        let (scheme, token) = header.split_once(' ').ok_or(Rejection::Header)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
            return Err(Rejection::Header);
        }
        self.verify(token, now)
    }

    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Actor, Rejection> {
        if token.len() > MAX_TOKEN {
            return Err(Rejection::Size);
        }
        let header = decode_header(token).map_err(|_| Rejection::Form)?;
        // RFC 7515, 4.1.11: an extension that must be understood and is not. We know none.
        if header.crit.is_some() {
            return Err(Rejection::Form);
        }
        let kind = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if !matches!(kind.as_str(), "at+jwt" | "application/at+jwt") {
            return Err(Rejection::Type);
        }
        let issuer = self
            .issuers
            .iter()
            .find(|it| header.kid.as_deref() == Some(it.key_id.as_str()))
            .ok_or(Rejection::Issuer)?;
        if header.alg != issuer.algorithm {
            return Err(Rejection::Algorithm);
        }
        let mut rules = Validation::new(issuer.algorithm);
        rules.set_audience(&[&issuer.audience]);
        rules.set_issuer(&[&issuer.issuer]);
        rules.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        // Time is judged below, by our own clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Claims>(token, &issuer.key, &rules).map_err(|_| Rejection::Signature)?.claims;
        let now = now.timestamp();
        if claims.exp.saturating_add(LEEWAY) <= now {
            return Err(Rejection::Expired);
        }
        if claims.iat.max(claims.nbf.unwrap_or(i64::MIN)) > now.saturating_add(LEEWAY) {
            return Err(Rejection::NotYet);
        }
        if claims.sub.is_empty() {
            return Err(Rejection::Signature);
        }
        Ok(Actor::Person { issuer: claims.iss, subject: claims.sub })
    }
}
