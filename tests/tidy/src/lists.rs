//! ARCHITECTURE.md: its size, and its lists, which are the code's.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::Tree;
use crate::source::without_tests;

/// The map of the code.
pub const MAP: &str = "ARCHITECTURE.md";
/// Most bytes of the map.
const MAX_BYTES: usize = 8 * 1024;
/// Sections of the configuration whose limits the map lists.
const SECTIONS: [&str; 2] = ["graphql", "http"];

/// A map that is too long, and lists that differ from the code.
pub fn check(tree: &Tree) -> Vec<String> {
    let map = match tree.need(MAP) {
        Ok(map) => map,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    if map.len() > MAX_BYTES {
        let bytes = map.len();
        problems.push(format!("{MAP} has {bytes} bytes, at most {MAX_BYTES}: details belong into module comments"));
    }
    let codes = "api/kernel/src/error/code.rs";
    for (title, file, items) in [
        ("Codes of user errors", codes, matched(tree, codes, "impl UserErrorCode")),
        ("Codes of top-level errors", codes, matched(tree, codes, "impl TopLevelCode")),
        ("Metrics", "api/server/src/telemetry/metrics.rs", metrics(tree)),
        ("Limits of documents", "api/graphql-documents/src/limits.rs", constants(tree)),
        ("Limits of the configuration", "api/default.toml", settings(tree)),
    ] {
        match (listed(map, title), items) {
            (_, Err(problem)) => problems.push(problem),
            (None, _) => problems.push(format!("{MAP} has no line that begins with `- **{title}**`")),
            (Some(listed), Ok(items)) => {
                let missing =
                    items.difference(&listed).map(|it| format!("{MAP}: {title} lack {it}, which is in {file}"));
                let gone =
                    listed.difference(&items).map(|it| format!("{MAP}: {title} name {it}, which is not in {file}"));
                problems.extend(missing.chain(gone));
            }
        }
    }
    problems
}

/// Words in backticks of the list item that begins with the title, up to the next item or paragraph.
fn listed(map: &str, title: &str) -> Option<BTreeSet<String>> {
    let (_, rest) = map.split_once(&format!("\n- **{title}**"))?;
    let end = ["\n- ", "\n\n", "\n#"].iter().filter_map(|it| rest.find(it)).min().unwrap_or(rest.len());
    // What is in parentheses names the file.
    let text = rest.get(..end)?.split_once(':')?.1;
    let quoted = text.split('`').skip(1).step_by(2);
    Some(quoted.flat_map(|it| it.split([' ', '\n'])).filter(|it| !it.is_empty()).map(str::to_owned).collect())
}

/// Strings of the arms `Self::X => "…"` after `start`, up to the end of its block.
fn matched(tree: &Tree, path: &str, start: &str) -> Result<BTreeSet<String>, String> {
    let text = tree.need(path)?;
    let (_, rest) = text.split_once(start).ok_or_else(|| format!("{path} has no {start}"))?;
    let block = rest.split("\n}").next().unwrap_or(rest);
    let arms =
        block.lines().filter_map(|it| it.trim().strip_prefix("Self::")?.split_once(" => \"")?.1.split('"').next());
    Ok(arms.map(str::to_owned).collect())
}

fn metrics(tree: &Tree) -> Result<BTreeSet<String>, String> {
    let text = without_tests(tree.need("api/server/src/telemetry/metrics.rs")?);
    let quoted = text.split('"').skip(1).step_by(2);
    let is_name = |it: &&str| it.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    Ok(quoted.filter(|it| it.starts_with("verbund_")).filter(is_name).map(str::to_owned).collect())
}

/// `NAME=value` of every constant `MAX_…`.
fn constants(tree: &Tree) -> Result<BTreeSet<String>, String> {
    let text = without_tests(tree.need("api/graphql-documents/src/limits.rs")?);
    let constants = text.lines().filter_map(|it| {
        let (name, rest) =
            it.trim().strip_prefix("pub ").unwrap_or(it.trim()).strip_prefix("const ")?.split_once(": ")?;
        let (_, value) = rest.trim_end_matches(';').split_once(" = ")?;
        name.starts_with("MAX_").then(|| format!("{name}={}", value.replace('_', "")))
    });
    Ok(constants.collect())
}

/// `section.key=value` of every setting that limits something.
fn settings(tree: &Tree) -> Result<BTreeSet<String>, String> {
    let path = "api/default.toml";
    let defaults: Table = tree.need(path)?.parse().map_err(|error| format!("{path}: {error}"))?;
    let mut found = BTreeSet::new();
    for section in SECTIONS {
        let keys = defaults.get(section).and_then(Value::as_table).ok_or_else(|| format!("{path} has no {section}"))?;
        let limits = keys
            .iter()
            .filter(|(key, _)| key.starts_with("max_") || key.contains("limit") || key.ends_with("per_minute"));
        found.extend(limits.map(|(key, value)| format!("{section}.{key}={value}")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP_TEXT: &str = "# A\n\n- **Codes of user errors** (`x.rs`): `INVALID STALE`\n\
        - **Codes of top-level errors**: `TIMEOUT`\n- **Metrics**: `verbund_a`,\n  `verbund_b`\n\
        - **Limits of documents**: `MAX_TOKENS=10000`\n- **Limits of the configuration**: `http.body_limit_kib=256`\n\nText `more`.\n";

    fn with(map: &str) -> Vec<String> {
        let codes = "impl UserErrorCode {\n  Self::Invalid => \"INVALID\",\n  Self::Stale => \"STALE\",\n}\nimpl TopLevelCode {\n  Self::Timeout => \"TIMEOUT\",\n}\n";
        check(&Tree::of(&[
            (MAP, map),
            ("api/kernel/src/error/code.rs", codes),
            ("api/server/src/telemetry/metrics.rs", "const A: &str = \"verbund_a\"; const B: &str = \"verbund_b\";"),
            ("api/graphql-documents/src/limits.rs", "const MAX_TOKENS: usize = 10_000;\n"),
            ("api/default.toml", "[http]\nbody_limit_kib = 256\nexplorer = true\n[graphql]\n"),
        ]))
    }

    #[test]
    fn lists_are_those_of_the_code() {
        assert_eq!(with(MAP_TEXT), Vec::<String>::new());
        let wrong = MAP_TEXT.replace("INVALID STALE", "INVALID OLD").replace("`verbund_b`", "").replace("=256", "=255");
        let problems = with(&wrong).join("\n");
        for part in [
            "lack STALE",
            "name OLD",
            "Metrics lack verbund_b",
            "name http.body_limit_kib=255",
            "lack http.body_limit_kib=256",
        ] {
            assert!(problems.contains(part), "{part}:\n{problems}");
        }
        assert_eq!(with(&MAP_TEXT.replace("- **Metrics**", "- Metrics")).len(), 1);
    }

    #[test]
    fn the_map_is_short() {
        let problems = with(&format!("{MAP_TEXT}{}", "word ".repeat(2_000)));
        assert!(problems.len() == 1 && problems[0].contains("at most 8192"), "{problems:?}");
    }
}
