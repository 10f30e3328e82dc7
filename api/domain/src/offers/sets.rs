//! Sets that are kept as text: each member between semicolons, so that one can be looked for. And the languages among them.

use std::collections::BTreeSet;
use std::str::FromStr;

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

/// As it is kept; none of nothing.
pub fn kept<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let words: Vec<_> = words.into_iter().collect();
    (!words.is_empty()).then(|| format!(";{};", words.join(";")))
}

/// As it was kept.
pub fn read<T: FromStr + Ord>(kept: Option<&str>) -> BTreeSet<T> {
    kept.into_iter().flat_map(|it| it.split(';')).filter(|it| !it.is_empty()).filter_map(|it| it.parse().ok()).collect()
}

/// A language in its usual form (BCP 47): `de`, `pt-BR`, `zh-Hant`.
///
/// # Errors
/// `INVALID` at `field`: it has not the form of one.
pub fn language(value: &str, field: &'static str) -> ApiResult<String> {
    let value = value.trim();
    let mut parts = value.split('-');
    let first = parts.next().unwrap_or_default();
    let is_language = (2..=3).contains(&first.len()) && first.chars().all(|it| it.is_ascii_alphabetic());
    let are_parts =
        parts.clone().all(|it| (1..=8).contains(&it.len()) && it.chars().all(|letter| letter.is_ascii_alphanumeric()));
    if !is_language || !are_parts || value.len() > 35 || value.ends_with('-') {
        let text = Text::new("no-language").with("value", value.chars().take(40).collect::<String>());
        return Err(Problem::at(UserErrorCode::Invalid, field, text).into());
    }
    let mut canonical = first.to_ascii_lowercase();
    let mut behind_singleton = false;
    for part in parts {
        canonical.push('-');
        let letters = part.chars().all(|it| it.is_ascii_alphabetic());
        canonical.push_str(&match part.len() {
            2 if letters && !behind_singleton => part.to_ascii_uppercase(),
            4 if letters && !behind_singleton => {
                let lower = part.to_ascii_lowercase();
                format!("{}{}", lower[..1].to_ascii_uppercase(), &lower[1..])
            }
            _ => part.to_ascii_lowercase(),
        });
        behind_singleton |= part.len() == 1;
    }
    Ok(canonical)
}

#[cfg(test)]
mod tests {
    use entities::Accessibility;

    use super::*;

    #[test]
    fn sets_come_back_as_they_were_kept() {
        assert_eq!(kept([]), None);
        let set = BTreeSet::from([Accessibility::Wheelchair, Accessibility::Online]);
        let text = kept(set.iter().map(|it| it.as_str()));
        assert_eq!(text.as_deref(), Some(";WHEELCHAIR;ONLINE;"));
        assert_eq!(read::<Accessibility>(text.as_deref()), set);
        assert_eq!(read::<Accessibility>(None), BTreeSet::new());
    }

    #[test]
    fn languages_have_one_form() {
        for (value, form) in
            [("DE", "de"), (" pt-br ", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("de-x-EASY", "de-x-easy")]
        {
            assert_eq!(language(value, "languages").ok().as_deref(), Some(form), "{value}");
        }
        for wrong in ["", "d", "deutsch", "de-", "de_AT", "de;en", "de--at", "1a"] {
            assert!(language(wrong, "languages").is_err(), "{wrong}");
        }
    }
}
