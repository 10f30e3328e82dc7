//! Public keys of issuers: read from a JWK set (RFC 7517), each bound to the algorithms that it may verify.

use std::collections::HashMap;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// The most keys of one issuer that are looked at.
const MAX_KEYS: usize = 50;
/// The smallest RSA modulus that is taken, in characters of base64url: 2048 bits.
const MIN_MODULUS: usize = 342;

/// A key and what it may verify.
#[derive(Clone)]
pub struct PublicKey {
    /// The algorithms; never of more than one family.
    pub algorithms: Vec<Algorithm>,
    /// The key.
    pub key: DecodingKey,
}

/// Keys by `kid`.
pub type KeySet = HashMap<String, PublicKey>;

/// A JWK set as it comes; each key is read by itself, so that one of a kind we do not know spoils nothing.
#[derive(Deserialize)]
pub(super) struct JwkSet {
    keys: Vec<serde_json::Value>,
}

impl JwkSet {
    /// The keys that can be used, and how many were left out: symmetric and private ones, those for encryption, too
    /// small, of an unknown kind or curve, or without `kid`.
    pub(super) fn read(self) -> (KeySet, usize) {
        let mut set = KeySet::new();
        let offered = self.keys.len();
        for value in self.keys.into_iter().take(MAX_KEYS) {
            // A set that shows private parts is broken in a way that nobody should build upon.
            if value.get("d").is_some() {
                continue;
            }
            let Ok(jwk) = serde_json::from_value::<Jwk>(value) else { continue };
            if let Some((kid, key)) = read(&jwk) {
                set.insert(kid, key);
            }
        }
        let left_out = offered - set.len();
        (set, left_out)
    }
}

fn read(jwk: &Jwk) -> Option<(String, PublicKey)> {
    let common = &jwk.common;
    let for_signatures = common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    let may_verify = common.key_operations.as_ref().is_none_or(|it| it.contains(&KeyOperations::Verify));
    if !for_signatures || !may_verify {
        return None;
    }
    use Algorithm as A;
    let possible = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if rsa.n.len() >= MIN_MODULUS => {
            vec![A::RS256, A::RS384, A::RS512, A::PS256, A::PS384, A::PS512]
        }
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => vec![A::ES256],
            EllipticCurve::P384 => vec![A::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => vec![A::EdDSA],
        _ => return None,
    };
    let algorithms = match common.key_algorithm {
        None => possible,
        Some(named) => possible.into_iter().filter(|it| named.to_string() == format!("{it:?}")).collect(),
    };
    let key = DecodingKey::from_jwk(jwk).ok()?;
    (!algorithms.is_empty())
        .then(|| (common.key_id.clone().unwrap_or_default(), PublicKey { algorithms, key }))
        .filter(|(kid, _)| !kid.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const P256: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const P256_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    const ED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn ec(more: serde_json::Value) -> serde_json::Value {
        let mut key = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": P256, "y": P256_Y });
        key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        key
    }

    fn kept(key: serde_json::Value) -> Option<Vec<Algorithm>> {
        let (set, left_out) = JwkSet { keys: vec![key] }.read();
        assert_eq!(set.len() + left_out, 1);
        set.into_values().next().map(|it| it.algorithms)
    }

    #[test]
    fn keys_are_bound_to_their_algorithms() {
        assert_eq!(kept(ec(json!({}))), Some(vec![Algorithm::ES256]));
        assert_eq!(
            kept(ec(json!({ "alg": "ES256", "use": "sig", "key_ops": ["verify"] }))),
            Some(vec![Algorithm::ES256])
        );
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": ED });
        assert_eq!(kept(ed), Some(vec![Algorithm::EdDSA]));
        let rsa = |bits: usize| json!({ "kty": "RSA", "kid": "k", "e": "AQAB", "alg": "RS256", "n": "Q".repeat(bits / 6 + 1) });
        assert_eq!(kept(rsa(2048)), Some(vec![Algorithm::RS256]));
        assert_eq!(kept(rsa(1024)), None, "too small");
    }

    #[test]
    fn what_cannot_be_trusted_is_left_out() {
        for (why, key) in [
            (
                "symmetric",
                json!({ "kty": "oct", "kid": "k", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75", "alg": "HS256" }),
            ),
            ("private", ec(json!({ "d": P256 }))),
            ("for encryption", ec(json!({ "use": "enc" }))),
            ("for signing only", ec(json!({ "key_ops": ["sign"] }))),
            ("a curve that is not the algorithm's", ec(json!({ "crv": "P-384", "alg": "ES256" }))),
            ("a curve we do not know", ec(json!({ "crv": "secp256k1" }))),
            ("an algorithm of another family", ec(json!({ "alg": "RS256" }))),
            ("a symmetric algorithm", ec(json!({ "alg": "HS256" }))),
            ("no kid", ec(json!({ "kid": null }))),
            ("X25519 makes no signatures", json!({ "kty": "OKP", "crv": "X25519", "kid": "k", "x": ED })),
            ("no key at all", json!("key")),
        ] {
            assert_eq!(kept(key), None, "{why}");
        }
    }
}
