//! Entity tags (RFC 9110, section 8.8.3).

use sha2::{Digest, Sha256};

/// Strong tag of a body.
pub(super) fn strong(body: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(body);
    let digits: String = digest[..12].iter().map(|it| format!("{it:02x}")).collect();
    format!("\"{digits}\"")
}
