//! The local issuer: signs tokens for the demo and for development with a key of its own (Ed25519).

use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use kernel::ids::new_id;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::auth::{KeySource, PublicKey, TokenType, TrustedIssuer};

/// An issuer with its key on this machine.
pub struct LocalIssuer {
    issuer: String,
    audience: String,
    key_id: String,
    signing: EncodingKey,
    public: Vec<u8>,
}

/// What a token shall say.
#[derive(Clone, Debug)]
pub struct TokenRequest {
    /// `sub`.
    pub subject: String,
    /// How long it shall be good.
    pub lifetime: Duration,
}

#[derive(Serialize)]
struct IssuedClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'static str,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
}

impl LocalIssuer {
    /// Opens the key file, or makes it (readable by its owner only) where there is none.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no Ed25519 key; the text names the file.
    pub fn open(issuer: &str, audience: &str, key_file: &Path) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("key file {}: {error}", key_file.display());
        let pkcs8 = match std::fs::read_to_string(key_file) {
            Ok(text) => STANDARD.decode(text.trim()).map_err(|error| failed(&error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let pair = Ed25519KeyPair::generate().map_err(|error| failed(&error))?;
                let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().map_err(|error| failed(&error))?;
                let der = der.as_ref().to_vec();
                write_secret(key_file, &STANDARD.encode(&der)).map_err(|error| failed(&error))?;
                der
            }
            Err(error) => return Err(failed(&error)),
        };
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|error| failed(&error))?;
        let public = pair.public_key().as_ref().to_vec();
        let key_id = URL_SAFE_NO_PAD.encode(&Sha256::digest(&public)[..12]);
        Ok(Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            key_id,
            signing: EncodingKey::from_ed_der(&pkcs8),
            public,
        })
    }

    /// `iss` of its tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What a verifier needs to know of it.
    pub fn trusted(&self) -> TrustedIssuer {
        let key = PublicKey { algorithms: vec![Algorithm::EdDSA], key: DecodingKey::from_ed_der(&self.public) };
        TrustedIssuer {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            algorithms: vec![Algorithm::EdDSA],
            token_type: TokenType::AccessToken,
            keys: KeySource::Fixed([(self.key_id.clone(), key)].into()),
            binding: None,
        }
    }

    /// Signs an access token after RFC 9068.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn token(&self, request: &TokenRequest, now: DateTime<Utc>) -> Result<String, String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.key_id.clone());
        let claims = IssuedClaims {
            iss: &self.issuer,
            sub: &request.subject,
            aud: &self.audience,
            client_id: "verbund-cli",
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + request.lifetime).timestamp(),
            jti: new_id().to_string(),
        };
        encode(&header, &claims, &self.signing).map_err(|error| error.to_string())
    }
}

fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
