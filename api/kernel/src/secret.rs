//! Secrets in addresses: of feeds, of files that are sent and fetched.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::ids::random_secret;

/// What a secret in an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A feed.
    Feed,
    /// A file on its way in.
    Upload,
    /// A file on its way out.
    Download,
}

impl SecretKind {
    const ALL: [Self; 3] = [Self::Feed, Self::Upload, Self::Download];

    /// What it begins with, so that people and scanners recognise it. The log leaves out whatever begins so.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Feed => "vbf_",
            Self::Upload => "vbu_",
            Self::Download => "vbd_",
        }
    }

    /// A new secret: the prefix and 43 letters.
    pub fn make(self) -> String {
        format!("{}{}", self.prefix(), URL_SAFE_NO_PAD.encode(random_secret()))
    }
}

/// Where they stand in addresses.
const PLACES: [&str; 3] = ["/feeds/", "/uploads/", "/downloads/"];

/// The fingerprint of a secret, which is kept.
pub fn fingerprint(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path as it may be logged: these addresses are secrets, well formed or not.
pub fn mask(path: &str) -> String {
    let secret = SecretKind::ALL.iter().filter_map(|it| path.find(it.prefix())).min();
    let end = secret.or_else(|| PLACES.iter().find(|it| path.starts_with(**it)).map(|it| it.len()));
    end.map_or_else(|| path.to_owned(), |end| format!("{}…", &path[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_reach_the_log() {
        for (kind, place) in SecretKind::ALL.into_iter().zip(PLACES) {
            let secret = kind.make();
            assert_eq!(mask(&format!("{place}{secret}.ics")), format!("{place}…"));
            assert_eq!(mask(&format!("/somewhere/{secret}/else")), "/somewhere/…");
        }
        assert_eq!(mask("/feeds/%76bf_abc.ics"), "/feeds/…");
        assert_eq!(mask("/uploads/abc"), "/uploads/…");
        assert_eq!(mask("/graphql"), "/graphql");
    }

    #[test]
    fn secrets_differ() {
        let (one, other) = (SecretKind::Feed.make(), SecretKind::Feed.make());
        assert!(one.len() == 47 && one != other && fingerprint(&one) != fingerprint(&other));
    }
}
