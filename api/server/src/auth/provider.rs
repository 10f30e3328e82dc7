//! The keys of one identity provider: found by discovery, kept, and rotated without a restart.
//!
//! A `kid` that is not known asks the provider again, but not more often than once per interval, however many tokens
//! come; while the provider is away, the keys that were last seen go on.

use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use domain::members::binding::safe_address;
use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use crate::auth::keys::{JwkSet, KeySet, PublicKey};

/// The largest document that is read from a provider, in bytes.
const MAX_DOCUMENT: usize = 256 * 1024;
/// The longest time for one document.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How often a provider is asked.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// At most once in this time, whatever comes.
    pub at_most_every: Duration,
    /// At least once in this time while tokens come, so that a key that was withdrawn goes.
    pub refresh_after: Duration,
}

/// An identity provider whose keys are fetched.
pub struct Provider {
    issuer: String,
    pace: Pace,
    client: Client,
    kept: RwLock<Arc<CachedKeys>>,
    /// When it was last asked; held while it is asked.
    asked: Mutex<LastFetch>,
}

/// When a provider was last asked, by reason: a question out of habit must not delay one that a new key needs.
#[derive(Default)]
struct LastFetch {
    for_a_key: Option<Instant>,
    for_age: Option<Instant>,
}

#[derive(Default)]
struct CachedKeys {
    keys: KeySet,
    since: Option<Instant>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl Provider {
    /// A provider that was not asked yet.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new(issuer: &str, pace: Pace) -> Result<Self, String> {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .user_agent(concat!("verbund/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { issuer: issuer.to_owned(), pace, client, kept: RwLock::default(), asked: Mutex::default() })
    }

    /// The key `kid`; asks the provider when it is not known, or when what is known is old.
    pub async fn key(self: &Arc<Self>, kid: &str) -> Option<PublicKey> {
        let kept = self.kept();
        if let Some(key) = kept.keys.get(kid) {
            if kept.since.is_none_or(|it| it.elapsed() > self.pace.refresh_after) {
                let provider = self.clone();
                // Nobody waits for it: the key is good until the provider says otherwise.
                tokio::spawn(async move {
                    let mut asked = provider.asked.lock().await;
                    if provider.may_ask(asked.for_age) {
                        provider.refresh().await;
                        asked.for_age = Some(Instant::now());
                    }
                });
            }
            return Some(key.clone());
        }
        let (provider, kid) = (self.clone(), kid.to_owned());
        // A task of its own: who hangs up while the provider is asked must not make it be asked again.
        tokio::spawn(async move { provider.look_for(&kid).await }).await.ok().flatten()
    }

    /// The key `kid` after the provider was asked, if it may be asked now.
    async fn look_for(&self, kid: &str) -> Option<PublicKey> {
        let mut asked = self.asked.lock().await;
        // Whoever asked before may have brought it.
        if !self.kept().keys.contains_key(kid) && self.may_ask(asked.for_a_key) {
            self.refresh().await;
            asked.for_a_key = Some(Instant::now());
        }
        self.kept().keys.get(kid).cloned()
    }

    fn may_ask(&self, last: Option<Instant>) -> bool {
        last.is_none_or(|it| it.elapsed() >= self.pace.at_most_every)
    }

    /// Asks for the keys and keeps them; when there is no answer, those that are known stay.
    async fn refresh(&self) {
        match self.fetch().await {
            Ok((keys, left_out)) => {
                tracing::info!(issuer = self.issuer, keys = keys.len(), left_out, "keys of an identity provider");
                let kept = Arc::new(CachedKeys { keys, since: Some(Instant::now()) });
                *self.kept.write().unwrap_or_else(std::sync::PoisonError::into_inner) = kept;
            }
            Err(reason) => {
                tracing::warn!(issuer = self.issuer, reason, "an identity provider does not answer; known keys stay");
            }
        }
    }

    /// Discovery and the key set, as they are now; also for the operator who wants to know whether it works.
    ///
    /// # Errors
    /// What is wrong with the provider, in words.
    pub async fn fetch(&self) -> Result<(KeySet, usize), String> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = self.get(&address).await?;
        if metadata.issuer != self.issuer {
            return Err(format!("{address} is of another issuer, {:?}", metadata.issuer));
        }
        let (keys, left_out) = self.get::<JwkSet>(&metadata.jwks_uri).await?.read();
        if keys.is_empty() {
            return Err(format!("{} has no key that can be used", metadata.jwks_uri));
        }
        Ok((keys, left_out))
    }

    async fn get<T: DeserializeOwned>(&self, address: &str) -> Result<T, String> {
        let failed = |what: String| format!("{address}: {what}");
        let url = safe_address(address).map_err(failed)?;
        let mut response = self.client.get(url).send().await.map_err(|error| failed(without_address(error)))?;
        if !response.status().is_success() {
            return Err(failed(format!("status {}", response.status())));
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| failed(without_address(error)))? {
            if body.len() + part.len() > MAX_DOCUMENT {
                return Err(failed(format!("larger than {MAX_DOCUMENT} bytes")));
            }
            body.extend_from_slice(&part);
        }
        serde_json::from_slice(&body).map_err(|error| failed(error.to_string()))
    }

    fn kept(&self) -> Arc<CachedKeys> {
        self.kept.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

fn without_address(error: reqwest::Error) -> String {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|it| format!(": {it}")).unwrap_or_default();
    format!("{error}{cause}")
}
