//! Circles of files within a crate that run through more than one of its top-level modules.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{code, is_name, is_test, without_tests};
use crate::{Tree, reasons};

/// Circles that stand today, each as `crate: modules — reason`.
pub const EXCEPTIONS: &str = "tests/tidy/circles.txt";

/// The path of a module or item from the crate's root.
type Path = Vec<String>;

/// A file of the crate, without its comments, strings and tests.
struct Module {
    file: String,
    code: String,
}

/// Circles that are not excepted.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut found = BTreeMap::new();
    for name in tree.crates() {
        for circle in circles(tree, name) {
            let prefix = format!("api/{name}/src/");
            let modules: BTreeSet<_> =
                circle.iter().filter_map(|it| it.trim_start_matches(&prefix).split(['/', '.']).next()).collect();
            let modules: Vec<_> = modules.into_iter().collect();
            let circle = circle.join(", ");
            found.insert(format!("{name}: {}", modules.join(" ")), format!("import each other in a circle: {circle}"));
        }
    }
    reasons::compare(EXCEPTIONS, tree.text(EXCEPTIONS).unwrap_or_default(), &found)
}

/// Circles of files of a crate across its top-level modules.
fn circles(tree: &Tree, name: &str) -> Vec<Vec<String>> {
    let modules = modules(tree, name);
    let uses: BTreeMap<&Path, BTreeSet<Path>> = modules.keys().map(|path| (path, uses(path, &modules))).collect();
    let reach: BTreeMap<&Path, BTreeSet<&Path>> = uses.keys().map(|path| (*path, reachable(path, &uses))).collect();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for (path, reached) in &reach {
        let circle: Vec<&Path> = reached.iter().copied().filter(|it| reach[it].contains(path)).collect();
        let tops: BTreeSet<_> = circle.iter().filter_map(|it| it.first()).collect();
        if tops.len() > 1 && circle.iter().all(|it| seen.insert(*it)) {
            circles.push(circle.iter().map(|it| modules[*it].file.clone()).collect());
        }
    }
    circles
}

/// Files of a crate by the path of their module.
fn modules(tree: &Tree, name: &str) -> BTreeMap<Path, Module> {
    let prefix = format!("api/{name}/src/");
    let sources = tree.under(&prefix).filter(|(file, _)| file.ends_with(".rs") && !is_test(file));
    sources
        .map(|(file, text)| {
            let module = file.trim_start_matches(&prefix).trim_end_matches(".rs").trim_end_matches("/mod");
            let root = ["lib", "main", "mod"].contains(&module);
            let path = if root { Path::new() } else { module.split('/').map(str::to_owned).collect() };
            (path, Module { file: file.to_owned(), code: code(without_tests(text)) })
        })
        // Nothing imports from the binary.
        .filter(|(_, module)| !module.file.ends_with("/main.rs"))
        .collect()
}

fn reachable<'a>(from: &Path, uses: &'a BTreeMap<&'a Path, BTreeSet<Path>>) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Path> = uses.get(from).into_iter().flatten().collect();
    while let Some(path) = open.pop() {
        if reached.insert(path) {
            open.extend(uses.get(path).into_iter().flatten());
        }
    }
    reached
}

/// Modules that a module imports from. The root only hands on, so it is in no circle.
fn uses(path: &Path, modules: &BTreeMap<Path, Module>) -> BTreeSet<Path> {
    if path.is_empty() {
        return BTreeSet::new();
    }
    let named = paths(&modules[path].code, path);
    named.iter().filter_map(|it| file_of(it, modules, 0)).filter(|it| it != path && !it.is_empty()).collect()
}

/// The module whose file defines what `item` names: its longest known part, re-exports followed.
fn file_of(item: &[String], modules: &BTreeMap<Path, Module>, depth: usize) -> Option<Path> {
    let length = (0..=item.len()).rev().find(|it| modules.contains_key(&item[..*it]))?;
    let path = item[..length].to_vec();
    let Some(name) = item.get(length).filter(|_| depth < 5) else { return Some(path) };
    let exported = exports(&modules[&path].code, &path);
    match exported.iter().find(|(known, target)| known == name && target != item) {
        Some((_, target)) => file_of(target, modules, depth + 1),
        None => Some(path),
    }
}

/// Names that `pub use` in a module hands on, with the items that they stand for.
fn exports(code: &str, path: &[String]) -> Vec<(String, Path)> {
    let statements = code.split(';').filter_map(|it| {
        let at = it.rfind("use ")?;
        let scope = it.get(..at)?.trim_end().rsplit('\n').next()?.trim();
        scope.starts_with("pub").then(|| it.get(at + 4..)).flatten()
    });
    statements
        .flat_map(|tree| branches(tree).0)
        .filter_map(|(item, alias)| {
            let name = alias.or_else(|| item.last().cloned())?;
            // `pub use child::Name` in the module of the child.
            Some((name, resolve(&item, path).unwrap_or_else(|| [path, &item].concat())))
        })
        .collect()
}

/// Every `crate::…`, `self::…` and `super::…` in a module, from the crate's root.
fn paths(code: &str, path: &[String]) -> Vec<Path> {
    let mut found = Vec::new();
    for start in ["crate::", "self::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code.as_bytes()[..at].last().copied().unwrap_or(b' ');
            let within = is_name(before) || before == b':' || code[..at].ends_with("(in ");
            if !within {
                let (items, _) = branches(&code[at..]);
                found.extend(items.iter().filter_map(|(item, _)| resolve(item, path)));
            }
        }
    }
    found
}

/// A path from the crate's root; nothing where it begins in another crate.
fn resolve(item: &[String], path: &[String]) -> Option<Path> {
    let mut base = match item.first()?.as_str() {
        "crate" => Path::new(),
        "self" | "super" => path.to_vec(),
        _ => return None,
    };
    let mut rest = item;
    while let Some((first, after)) = rest.split_first() {
        match first.as_str() {
            "super" => drop(base.pop()),
            "self" | "crate" => {}
            _ => break,
        }
        rest = after;
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The items of a use tree with their aliases, and the length of its text.
fn branches(text: &str) -> (Vec<(Path, Option<String>)>, usize) {
    let bytes = text.as_bytes();
    let (mut prefix, mut at) = (Path::new(), 0);
    loop {
        at += spaces(&bytes[at..]);
        match bytes.get(at) {
            Some(b'{') => {
                let mut items = Vec::new();
                at += 1;
                loop {
                    at += spaces(&bytes[at..]);
                    match bytes.get(at) {
                        None => return (items, at),
                        Some(b'}') => return (items, at + 1),
                        Some(b',') => at += 1,
                        Some(_) => {
                            let (inner, length) = branches(&text[at..]);
                            let own = inner.into_iter().map(|(item, alias)| ([prefix.clone(), item].concat(), alias));
                            items.extend(own);
                            at += length.max(1);
                        }
                    }
                }
            }
            Some(byte) if is_name(*byte) => {
                let length = bytes[at..].iter().take_while(|it| is_name(**it)).count();
                prefix.push(text[at..at + length].to_owned());
                at += length;
                let next = at + spaces(&bytes[at..]);
                if bytes.get(next..next + 2) == Some(b"::") {
                    at = next + 2;
                    continue;
                }
                let rest = text[next..].strip_prefix("as ");
                let alias = rest.map(|it| it.bytes().take_while(|it| is_name(*it)).map(char::from).collect::<String>());
                let end = alias.as_ref().map_or(at, |it| next + 3 + it.len());
                if prefix.len() > 1 && prefix.last().is_some_and(|it| it == "self") {
                    prefix.pop();
                }
                return (vec![(prefix, alias)], end);
            }
            Some(b'*') => return (vec![(prefix, None)], at + 1),
            _ => return (vec![(prefix, None)], at),
        }
    }
}

fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|it| it.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let manifest = ("api/x/Cargo.toml", "");
        circles(&Tree::of(&[&[manifest], files].concat()), "x")
    }

    #[test]
    fn a_circle_across_modules_is_found_through_groups_and_re_exports() {
        let circle = of(&[
            ("api/x/src/lib.rs", "pub use crate::b::inner::Thing;"),
            ("api/x/src/a.rs", "use crate::{Thing, c::{self}};"),
            ("api/x/src/b/mod.rs", "mod inner;\npub use self::inner::Thing;"),
            ("api/x/src/b/inner.rs", "fn f() { crate::c::g() }"),
            ("api/x/src/c.rs", "fn g() { super::a::h::<u8>() }"),
        ]);
        assert_eq!(circle, [["api/x/src/a.rs", "api/x/src/b/inner.rs", "api/x/src/c.rs"]]);
    }

    #[test]
    fn circles_within_a_module_comments_and_tests_do_not_count() {
        let none = of(&[
            ("api/x/src/lib.rs", "use crate::a::A;"),
            ("api/x/src/a/mod.rs", "mod b;\npub use b::B;"),
            ("api/x/src/a/b.rs", "use super::c::C;"),
            (
                "api/x/src/a/c.rs",
                "use super::B;\n// use crate::d::D;\n\n#[cfg(test)]\nmod tests {\n    use crate::d::D;\n}\n",
            ),
            ("api/x/src/d.rs", "use crate::a::B;\npub(in crate::a) struct D;"),
        ]);
        assert_eq!(none, Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_circle_needs_a_reason() {
        let files =
            [("api/x/Cargo.toml", ""), ("api/x/src/a.rs", "use crate::b::B;"), ("api/x/src/b.rs", "use crate::a::A;")];
        assert_eq!(check(&Tree::of(&files)).len(), 1);
        let listed = (EXCEPTIONS, "x: a b — soon\n");
        assert_eq!(check(&Tree::of(&[&files[..], &[listed]].concat())), Vec::<String>::new());
    }
}
