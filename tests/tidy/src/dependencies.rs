//! Dependencies of the workspace: each is explained and used, and members name no others.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::Tree;
use crate::layers::tables;

/// Dependencies without a comment, without a user, or declared outside the root.
pub fn check(tree: &Tree) -> Vec<String> {
    let root = match tree.need("Cargo.toml").and_then(|it| it.parse::<Table>().map_err(|error| error.to_string())) {
        Ok(root) => root,
        Err(problem) => return vec![problem],
    };
    let workspace = root.get("workspace").and_then(Value::as_table);
    let declared = workspace.and_then(|it| it.get("dependencies")?.as_table()).cloned().unwrap_or_default();
    let mut problems = uncommented(tree.text("Cargo.toml").unwrap_or_default());
    let mut used = BTreeSet::new();
    for (path, text) in tree.under("").filter(|(path, _)| path.ends_with("/Cargo.toml")) {
        match text.parse::<Table>() {
            Err(error) => problems.push(format!("{path}: {error}")),
            Ok(manifest) => {
                for (name, value) in tables(&manifest).into_iter().flat_map(Table::iter) {
                    used.insert(name.clone());
                    if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                        problems.push(format!("{path}: {name} must be declared in the root Cargo.toml"));
                    }
                }
            }
        }
    }
    let unused = declared.keys().filter(|name| !used.contains(*name));
    problems.extend(unused.map(|name| format!("Cargo.toml: no member uses {name}; delete it")));
    problems
}

/// Lines of `[workspace.dependencies]` that do not follow a comment. The workspace's own crates need none.
fn uncommented(text: &str) -> Vec<String> {
    let (mut inside, mut last) = (false, "");
    let mut problems = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
        } else if inside
            && line.contains('=')
            && !line.starts_with('#')
            && !last.starts_with('#')
            && !line.contains("path = ")
        {
            let name = line.split(['=', '.', ' ']).next().unwrap_or(line);
            problems.push(format!("Cargo.toml: {name} has no comment line saying what it is for"));
        }
        last = line;
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_explained_used_and_declared_once() {
        let root =
            "[workspace.dependencies]\n# Dates\nchrono = \"0.4\"\nserde = \"1\"\nkernel = { path = \"api/kernel\" }\n";
        let good = "[dependencies]\nchrono.workspace = true\nserde.workspace = true\nkernel.workspace = true\n";
        let problems = check(&Tree::of(&[("Cargo.toml", root), ("api/a/Cargo.toml", good)]));
        assert_eq!(problems, ["Cargo.toml: serde has no comment line saying what it is for"]);
        let bad = "[dependencies]\nserde.workspace = true\nkernel.workspace = true\nuuid = \"1\"\n";
        let problems = check(&Tree::of(&[("Cargo.toml", root), ("api/a/Cargo.toml", bad)])).join("\n");
        assert!(problems.contains("api/a/Cargo.toml: uuid must be declared"), "{problems}");
        assert!(problems.contains("no member uses chrono"), "{problems}");
    }
}
