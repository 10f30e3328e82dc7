//! Languages of texts, and the choice among them.

/// A language we speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// German.
    De,
    /// English, also for everybody else.
    #[default]
    En,
}

impl Locale {
    /// The language that `Accept-Language` prefers (RFC 9110 weights), English where it names none of ours.
    pub fn negotiate(header: Option<&str>) -> Self {
        let mut best = (Self::default(), 0.0_f32);
        for part in header.unwrap_or_default().split(',').take(20) {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|it| it.parse().ok()).unwrap_or(0.0_f32);
            let locale = match tag.trim().split('-').next().map(str::to_ascii_lowercase).as_deref() {
                Some("de") => Self::De,
                Some("en") => Self::En,
                Some(_) | None => continue,
            };
            if weight > best.1 {
                best = (locale, weight);
            }
        }
        best.0
    }
}
