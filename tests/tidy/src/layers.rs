//! The layers of `api/`: a crate may use those above it in [`LAYERS`] only, and none of the crates that its layer may not know.

use toml::Table;

use crate::Tree;

const DATABASE: &[&str] =
    &["entities", "migration", "sea-orm", "sea-orm-migration", "sea-query", "sea-query-sqlx", "sqlx"];
/// The database for a layer that may read rows: `entities` brings the ORM, which its own manifest must not name.
const STATEMENTS: &[&str] = &["migration", "sea-orm", "sea-orm-migration", "sea-query", "sea-query-sqlx", "sqlx"];
const DRIVER: &[&str] = &["migration", "sea-orm-migration", "sea-query", "sea-query-sqlx", "sqlx"];
const GRAPHQL: &[&str] = &["async-graphql", "async-graphql-parser", "async-graphql-value"];
const SERVER: &[&str] = &["axum", "hyper", "hyper-util", "tower", "tower-http"];
const CLIENT: &[&str] = &["reqwest", "http-body-util"];

/// Name and forbidden crates of each layer, lowest first.
pub const LAYERS: [(&str, &[&[&str]]); 13] = [
    ("kernel", &[DATABASE, SERVER, CLIENT, GRAPHQL]),
    ("policy", &[STATEMENTS, SERVER, CLIENT, GRAPHQL]),
    ("calendar-time", &[STATEMENTS, SERVER, CLIENT, GRAPHQL]),
    ("icalendar", &[DATABASE, SERVER, CLIENT, GRAPHQL]),
    ("tabular", &[DATABASE, SERVER, CLIENT, GRAPHQL]),
    ("disclosure", &[DATABASE, SERVER, CLIENT, GRAPHQL]),
    ("catalogue", &[DATABASE, SERVER, CLIENT, GRAPHQL]),
    ("graphql-documents", &[DATABASE, SERVER, CLIENT]),
    ("store", &[&["migration"], SERVER, CLIENT, GRAPHQL]),
    ("domain", &[SERVER, GRAPHQL]),
    ("archive", &[SERVER, GRAPHQL]),
    ("graphql", &[DRIVER, SERVER, CLIENT]),
    ("server", &[]),
];

/// Crates below all layers: rows and the schema of the store.
const FOUNDATION: [&str; 2] = ["entities", "migration"];

/// Dependencies of crates that their layer does not allow.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    for name in tree.crates() {
        if !LAYERS.iter().any(|(layer, _)| *layer == name) {
            problems.push(format!("api/{name} is no layer; give it its place in tests/tidy/src/layers.rs"));
        }
    }
    for (at, (layer, forbidden)) in LAYERS.iter().enumerate() {
        let path = format!("api/{layer}/Cargo.toml");
        for dependency in dependencies_of(tree, &path, &mut problems) {
            let place = LAYERS.iter().position(|(name, _)| *name == dependency);
            if place.is_some_and(|place| place >= at) {
                problems.push(format!("{path}: {layer} may not use {dependency}, which is not below it"));
            }
            if forbidden.iter().any(|names| names.contains(&dependency.as_str())) {
                problems.push(format!("{path}: {layer} may not know {dependency}"));
            }
        }
    }
    for name in FOUNDATION {
        let path = format!("{name}/Cargo.toml");
        for dependency in dependencies_of(tree, &path, &mut problems) {
            if FOUNDATION.contains(&dependency.as_str()) || LAYERS.iter().any(|(layer, _)| *layer == dependency) {
                problems.push(format!("{path}: {name} is below all layers and may not use {dependency}"));
            }
        }
    }
    problems
}

/// Packages in every table of dependencies of a manifest, the workspace's own without their prefix.
fn dependencies_of(tree: &Tree, path: &str, problems: &mut Vec<String>) -> Vec<String> {
    let parsed = tree.need(path).and_then(|it| it.parse::<Table>().map_err(|error| format!("{path}: {error}")));
    match parsed {
        Ok(manifest) => tables(&manifest)
            .into_iter()
            .flat_map(|table| table.iter())
            .map(|(key, value)| value.get("package").and_then(toml::Value::as_str).unwrap_or(key))
            .map(|name| name.strip_prefix("verbund-").unwrap_or(name).to_owned())
            .collect(),
        Err(problem) => {
            problems.push(problem);
            Vec::new()
        }
    }
}

/// Tables of dependencies: for the library, for tests, for the build script, and those of single targets.
pub fn tables(manifest: &Table) -> Vec<&Table> {
    const NAMES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values).filter_map(toml::Value::as_table);
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|table| NAMES.iter().filter_map(|name| table.get(*name)?.as_table()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(changed: &str, manifest: &str) -> Vec<String> {
        let paths: Vec<String> = LAYERS
            .iter()
            .map(|(name, _)| format!("api/{name}/Cargo.toml"))
            .chain(FOUNDATION.map(|name| format!("{name}/Cargo.toml")))
            .chain([changed.to_owned()])
            .collect();
        let files: Vec<_> =
            paths.iter().map(|path| (path.as_str(), if path == changed { manifest } else { "" })).collect();
        check(&Tree::of(&files))
    }

    #[test]
    fn a_layer_uses_those_below_it_only() {
        assert_eq!(with("api/domain/Cargo.toml", "[dependencies]\nstore.workspace = true"), Vec::<String>::new());
        let problems = with("api/store/Cargo.toml", "[dev-dependencies]\ndomain.workspace = true");
        assert_eq!(problems, ["api/store/Cargo.toml: store may not use domain, which is not below it"]);
        assert_eq!(with("entities/Cargo.toml", "[dependencies]\nkernel.workspace = true").len(), 1);
    }

    #[test]
    fn forbidden_crates_are_found_under_any_name_and_in_any_table() {
        for manifest in [
            "[dependencies]\nsea-orm.workspace = true",
            "[dependencies]\norm = { package = \"sea-orm\", version = \"2\" }",
            "[target.'cfg(unix)'.dependencies]\nsqlx = \"1\"",
            "[build-dependencies]\naxum = \"1\"",
        ] {
            assert_eq!(with("api/policy/Cargo.toml", manifest).len(), 1, "{manifest}");
        }
        assert_eq!(with("api/policy/Cargo.toml", "[dependencies]\nentities.workspace = true"), Vec::<String>::new());
    }

    #[test]
    fn a_new_crate_must_have_its_place() {
        assert_eq!(with("api/extra/Cargo.toml", "").len(), 1);
    }
}
