//! Names of types: one name means one thing.

use std::collections::BTreeMap;

use crate::source::{code, is_name, is_test, without_tests};
use crate::{Tree, reasons};

/// Names that stand for several types, each with its reason.
pub const EXCEPTIONS: &str = "tests/tidy/duplicate_names.txt";

/// Names that more than one file defines and that are not excepted.
pub fn check(tree: &Tree) -> Vec<String> {
    let list = tree.text(EXCEPTIONS).unwrap_or_default();
    reasons::compare(EXCEPTIONS, list, &duplicates(tree))
}

/// Names that more than one file defines, with the files.
fn duplicates(tree: &Tree) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (path, text) in ["api/", "entities/src/", "migration/src/"].iter().flat_map(|it| tree.under(it)) {
        let source = path.ends_with(".rs") && path.contains("/src/") && !is_test(path);
        if source {
            for name in code(without_tests(text)).lines().filter_map(defined) {
                let files = files.entry(name.to_owned()).or_default();
                if files.last() != Some(&path) {
                    files.push(path);
                }
            }
        }
    }
    let several = files.into_iter().filter(|(_, files)| files.len() > 1);
    several.map(|(name, files)| (name, format!("is defined in {}", files.join(", ")))).collect()
}

/// The type that a line at the left edge defines. Types within functions and implementations are no names of the crate.
fn defined(line: &str) -> Option<&str> {
    let mut rest = line;
    if let Some(after) = rest.strip_prefix("pub") {
        rest = match after.strip_prefix('(') {
            Some(scope) => scope.split_once(')')?.1.trim_start(),
            None => after.trim_start(),
        };
    }
    rest = rest.strip_prefix("unsafe ").unwrap_or(rest);
    let rest = ["struct ", "enum ", "trait ", "type "].iter().find_map(|it| rest.strip_prefix(it))?;
    let end = rest.bytes().position(|it| !is_name(it)).unwrap_or(rest.len());
    rest.get(..end).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_two_files_needs_a_reason() {
        let one = ("api/kernel/src/a.rs", "pub(crate) struct Place;\nimpl X for Y {\n    type Error = ();\n}\n");
        let two = ("api/store/src/b.rs", "/// struct Z\nenum Place {}\nimpl X for Y {\n    type Error = ();\n}\n");
        assert_eq!(
            check(&Tree::of(&[one, two])),
            ["Place is defined in api/kernel/src/a.rs, api/store/src/b.rs; mend it, or list it with a reason in \
              tests/tidy/duplicate_names.txt"]
        );
        assert_eq!(check(&Tree::of(&[one, two, (EXCEPTIONS, "Place — two things\n")])), Vec::<String>::new());
        assert_eq!(check(&Tree::of(&[one, (EXCEPTIONS, "Place — two things\n")])).len(), 1);
    }

    #[test]
    fn tests_and_functions_have_names_of_their_own() {
        let test = "#[cfg(test)]\nmod tests {\nstruct Place;\n}\n";
        let files =
            [("api/a/src/a.rs", test), ("api/a/src/b.rs", "struct Place;"), ("api/a/src/c_test.rs", "struct Place;")];
        assert_eq!(check(&Tree::of(&files)), Vec::<String>::new());
    }
}
