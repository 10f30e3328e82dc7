//! Sizes: of crates, and of files without their tests.

use crate::Tree;
use crate::source::{is_test, without_tests};

/// Most lines of a crate, tests included.
const MAX_CRATE: usize = 25_000;
/// Most lines of a file, tests left out.
const MAX_FILE: usize = 500;

/// Longer files, with the reason.
const LONGER: [(&str, &str); 1] =
    [("migration/src/m20261127_000016_projects.rs", "an applied migration is never edited")];

/// Crates and files that are too long.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for name in tree.crates() {
        let lines: usize = sources(tree, &format!("api/{name}/src/")).map(|(_, text)| text.lines().count()).sum();
        if lines > MAX_CRATE {
            problems.push(format!("api/{name} has {lines} lines, at most {MAX_CRATE}: cut it into layers or domains"));
        }
    }
    for (path, text) in ["api/", "entities/", "migration/"].iter().flat_map(|it| sources(tree, it)) {
        let lines = without_tests(text).lines().count();
        let excepted = LONGER.iter().any(|(it, _)| *it == path);
        if lines > MAX_FILE && !excepted && !is_test(path) {
            problems.push(format!("{path} has {lines} lines without its tests, at most {MAX_FILE}: split it"));
        }
        if lines <= MAX_FILE && excepted {
            problems.push(format!("{path} is short enough; delete it from the exceptions in tests/tidy/src/sizes.rs"));
        }
    }
    problems
}

fn sources<'a>(tree: &'a Tree, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    tree.under(prefix).filter(|(path, _)| path.ends_with(".rs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_and_crates_are_found_and_tests_do_not_count() {
        let long = "//\n".repeat(501);
        let tested = format!("//\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        let huge = "//\n".repeat(25_001);
        let tree = Tree::of(&[
            ("api/kernel/Cargo.toml", ""),
            ("api/kernel/src/a.rs", &long),
            ("api/kernel/src/b.rs", &tested),
            ("api/kernel/src/c_test.rs", &huge),
        ]);
        let problems = check(&tree);
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].starts_with("api/kernel has 26"), "{problems:?}");
        assert!(problems[1].starts_with("api/kernel/src/a.rs has 501"), "{problems:?}");
    }
}
