//! Secrets in addresses: of feeds, of files that are sent and fetched.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::ids::random_secret;

/// What secrets begin with, so that people and scanners recognise them: feeds, uploads, downloads.
const PREFIXES: [&str; 3] = ["vbf_", "vbu_", "vbd_"];
/// Where they stand in addresses.
const PLACES: [&str; 3] = ["/feeds/", "/uploads/", "/downloads/"];

/// What follows the prefix of a new secret: 43 letters.
pub fn secret_text() -> String {
    URL_SAFE_NO_PAD.encode(random_secret())
}

/// The fingerprint of a secret, which is kept.
pub fn fingerprint(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path as it may be logged: these addresses are secrets, well formed or not.
pub fn mask(path: &str) -> String {
    let secret = PREFIXES.iter().filter_map(|it| path.find(it)).min();
    let end = secret.or_else(|| PLACES.iter().find(|it| path.starts_with(**it)).map(|it| it.len()));
    end.map_or_else(|| path.to_owned(), |end| format!("{}…", &path[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_reach_the_log() {
        for (prefix, place) in PREFIXES.iter().zip(PLACES) {
            let secret = format!("{prefix}{}", secret_text());
            assert_eq!(mask(&format!("{place}{secret}.ics")), format!("{place}…"));
            assert_eq!(mask(&format!("/somewhere/{secret}/else")), "/somewhere/…");
        }
        assert_eq!(mask("/feeds/%76bf_abc.ics"), "/feeds/…");
        assert_eq!(mask("/uploads/abc"), "/uploads/…");
        assert_eq!(mask("/graphql"), "/graphql");
    }
}
