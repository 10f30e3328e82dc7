//! The rules, on this repository.

use std::path::Path;

use verbund_tidy::{Tree, dependencies, forms, layers, links, lists, modules, names, schema, sizes};

fn hold(check: fn(&Tree) -> Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let problems = Tree::read(&root).map(|tree| check(&tree)).unwrap_or_else(|problem| vec![problem]);
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn layers_use_those_below_them_only() {
    hold(layers::check);
}

#[test]
fn modules_are_in_no_circle() {
    hold(modules::check);
}

#[test]
fn crates_and_files_are_short() {
    hold(sizes::check);
}

#[test]
fn a_type_name_means_one_thing() {
    hold(names::check);
}

#[test]
fn the_schema_is_described() {
    hold(schema::check);
}

#[test]
fn the_schema_has_one_form_for_each_thing() {
    hold(forms::check);
}

#[test]
fn the_map_has_the_lists_of_the_code() {
    hold(lists::check);
}

#[test]
fn links_and_paths_lead_somewhere() {
    hold(links::check);
}

#[test]
fn dependencies_are_explained_and_used() {
    hold(dependencies::check);
}
