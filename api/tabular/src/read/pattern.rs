//! A text with at most one gap.

use serde::{Deserialize, Serialize};

/// A text in which `{}` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(pub String);

impl Pattern {
    /// What stands in the gap where a text is of this pattern; nothing where there is no gap.
    pub fn of<'a>(&self, text: &'a str) -> Option<&'a str> {
        let Some((before, after)) = self.0.split_once("{}") else {
            return (self.0 == text).then_some("");
        };
        let rest = text.strip_prefix(before)?;
        rest.strip_suffix(after).map(str::trim)
    }

    /// Whether it has a gap.
    pub fn has_gap(&self) -> bool {
        self.0.contains("{}")
    }
}
