//! Lists of exceptions: one `Name — reason` a line; empty lines and lines that begin with `#` are left out.

use std::collections::{BTreeMap, BTreeSet};

/// Compares what a check `found` with the exceptions in `list`: what is not excepted, exceptions without a reason, and
/// exceptions that are needed no longer are problems. `what` says of a name what is wrong with it.
pub fn compare(file: &str, list: &str, found: &BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut excepted = BTreeSet::new();
    for line in list.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#')) {
        let (name, reason) = line.split_once(" — ").unwrap_or((line, ""));
        if reason.trim().is_empty() {
            problems.push(format!("{file}: {name} has no reason; write `{name} — reason`"));
        }
        if !found.contains_key(name) {
            problems.push(format!("{file}: {name} needs no exception any longer; delete its line"));
        }
        if !excepted.insert(name) {
            problems.push(format!("{file}: {name} is listed twice"));
        }
    }
    for (name, what) in found.iter().filter(|(name, _)| !excepted.contains(name.as_str())) {
        problems.push(format!("{name} {what}; mend it, or list it with a reason in {file}"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_needed_complete_and_unique() {
        let found = BTreeMap::from(["A", "B", "C"].map(|it| (it.to_owned(), "is wrong".to_owned())));
        assert_eq!(compare("list.txt", "# group\nA — one\nB — two\nC — three\n", &found), Vec::<String>::new());
        let problems = compare("list.txt", "A\nB — two\nB — two\nD — gone\n", &found).join("\n");
        for part in ["A has no reason", "B is listed twice", "D needs no exception", "C is wrong"] {
            assert!(problems.contains(part), "{part}: {problems}");
        }
    }
}
