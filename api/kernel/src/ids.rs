//! The only home of ambient randomness.

use uuid::Uuid;

/// A new row id: UUIDv7, so that later rows sort later.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A new name of a trace: random, never zero.
pub fn random_trace_id() -> [u8; 16] {
    random().into_bytes()
}

/// A new name of a span: random, never zero.
pub fn random_span_id() -> [u8; 8] {
    random().as_u64_pair().1.to_be_bytes()
}

/// What a secret is made of: 244 random bits.
pub fn random_secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(random().as_bytes());
    bytes[16..].copy_from_slice(random().as_bytes());
    bytes
}

/// Random but for the bits that say so; those are not zero.
#[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
fn random() -> Uuid {
    Uuid::new_v4()
}
