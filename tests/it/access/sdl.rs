//! Just enough reading of a schema in words: blocks and their fields.

use std::collections::BTreeMap;

/// A type, interface or input object.
#[derive(Debug, Default)]
pub struct Block {
    /// What follows the name: `implements Node & CalendarEntry`.
    pub implements: String,
    /// Names of fields, with the rest of their line.
    pub fields: BTreeMap<String, String>,
}

/// The blocks of a schema whose keyword is `keyword` (`type`, `input`, …), by name.
pub fn blocks(sdl: &str, keyword: &str) -> BTreeMap<String, Block> {
    let mut blocks = BTreeMap::new();
    let mut open: Option<(String, Block)> = None;
    let mut described = false;
    for line in sdl.lines() {
        let text = line.trim();
        if text.starts_with("\"\"\"") {
            described = !described && (text == "\"\"\"" || !text.ends_with("\"\"\""));
            continue;
        }
        if described || text.is_empty() {
            continue;
        }
        match &mut open {
            None => {
                let head = text.strip_prefix(keyword).and_then(|it| it.strip_prefix(' '));
                if let Some(head) = head.and_then(|it| it.split('{').next()) {
                    let (name, rest) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
                    let name = name.trim_end_matches("@oneOf").trim().to_owned();
                    open = Some((name, Block { implements: rest.to_owned(), fields: BTreeMap::new() }));
                }
            }
            Some(_) if text == "}" => blocks.extend(open.take()),
            Some((_, block)) => {
                let name: String = text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
                if !name.is_empty() && line.starts_with('\t') && !line.starts_with("\t\t") {
                    block.fields.insert(name, text.to_owned());
                }
            }
        }
    }
    blocks
}
