//! To be written.

use verbund_tests::Case;

pub fn cases() -> Vec<Case> {
    Vec::new()
}
