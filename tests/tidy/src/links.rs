//! Links and paths in the guides: each leads somewhere.

use crate::Tree;

/// The guides.
const GUIDES: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "api/README.md",
    "api/disclosure/README.md",
    "deploy/README.md",
    "entities/README.md",
    "migration/README.md",
    "tests/README.md",
];
/// Endings of files that are named without their folder.
const ENDINGS: [&str; 10] = [".ftl", ".graphql", ".md", ".rs", ".service", ".sh", ".sql", ".toml", ".txt", ".yaml"];
/// Beginnings of what has a `/` and is no path of the repository.
const NO_PATHS: [&str; 6] = ["application/", "text/", "target/", "verbund-data/", "./verbund-data", "deploy/secrets"];

/// Links and paths that lead nowhere.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for guide in GUIDES {
        match tree.need(guide) {
            Err(problem) => problems.push(problem),
            Ok(text) => {
                let text = without_blocks(text);
                let links = links(&text).filter(|it| !leads(tree, guide, it));
                problems.extend(links.map(|it| format!("{guide}: the link {it} leads nowhere")));
                let paths = quoted(&text).filter(|it| !is_there(tree, guide, it));
                problems.extend(paths.map(|it| format!("{guide}: the path {it} does not exist")));
            }
        }
    }
    problems
}

/// The text without fenced blocks: commands name what they make.
fn without_blocks(text: &str) -> String {
    let mut inside = false;
    let kept = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// Targets of links within the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|it| it.split(')').next());
    targets.filter(|it| !it.contains("://") && !it.starts_with("mailto:"))
}

fn leads(tree: &Tree, guide: &str, link: &str) -> bool {
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() { guide.to_owned() } else { join(folder(guide), path) };
    let has_heading = heading.is_empty()
        || tree.text(&target).is_some_and(|text| {
            text.lines().filter(|it| it.starts_with('#')).any(|it| anchor(it.trim_start_matches('#')) == heading)
        });
    tree.exists(&target) && has_heading
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|it| if it == ' ' { '-' } else { it }).collect()
}

/// Words in backticks that are paths, or names of files.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let is_path = |it: &&str| {
        let plain = it.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/*<>{}".contains(&byte) || byte >= 0x80);
        let named = it.contains('/') || ENDINGS.iter().any(|end| it.ends_with(end) && it.len() > end.len());
        plain && named && !it.starts_with('/') && !NO_PATHS.iter().any(|start| it.starts_with(start))
    };
    text.split('`').skip(1).step_by(2).filter(is_path)
}

/// A path from the guide's folder, from a source folder beside it, or from the root; a name alone is looked for everywhere.
/// What follows a placeholder (`*`, `<…>`, `…`) is not looked at.
fn is_there(tree: &Tree, guide: &str, path: &str) -> bool {
    let fixed: Vec<_> = path.split('/').take_while(|it| !it.contains(['*', '<', '{', '…'])).collect();
    let fixed = fixed.join("/");
    let bases = [folder(guide).to_owned(), join(folder(guide), "src"), String::new()];
    bases.iter().any(|base| tree.exists(&join(base, &fixed))) || (!path.contains('/') && tree.has_name(path))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/').filter(|it| !it.is_empty()) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Vec<String> {
        let mut files: Vec<_> = GUIDES.iter().map(|it| (*it, "")).collect();
        files.push(("api/kernel/src/text.rs", ""));
        files.push(("CHANGELOG.md", "# Changes\n\n## What is *new*\n"));
        files.retain(|(path, _)| *path != "api/README.md");
        files.push(("api/README.md", text));
        check(&Tree::of(&files))
    }

    #[test]
    fn links_and_paths_lead_somewhere() {
        let good = "[a](kernel/src/text.rs) [b](../CHANGELOG.md#what-is-new) [c](https://example.org/x) `kernel/src` \
                    `api/kernel/src/text.rs` `text.rs` `/graphql` `text/event-stream` `kernel/src/*.rs`\n```sh\ncat `a/b.rs`\n```\n";
        assert_eq!(with(good), Vec::<String>::new());
        for wrong in
            ["[a](kernel/src/texts.rs)", "[b](../CHANGELOG.md#old)", "`src/policy`", "`gone.rs`", "`src/gone/*.rs`"]
        {
            assert_eq!(with(wrong).len(), 1, "{wrong}");
        }
    }
}
