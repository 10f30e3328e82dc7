//! Names of fields in the schema, made of names in the code.

/// The letters of `snake_case` in camelCase, and their number.
pub const fn camel_case<const N: usize>(snake: &str) -> ([u8; N], usize) {
    let (bytes, mut camel) = (snake.as_bytes(), [0; N]);
    let (mut at, mut length, mut is_new_word) = (0, 0, false);
    while at < bytes.len() {
        if bytes[at] == b'_' {
            is_new_word = true;
        } else {
            camel[length] = if is_new_word { bytes[at].to_ascii_uppercase() } else { bytes[at] };
            (length, is_new_word) = (length + 1, false);
        }
        at += 1;
    }
    (camel, length)
}

/// Name in the schema of a field with this name in the code: `cost_note` is `"costNote"`.
#[macro_export]
macro_rules! field_name {
    ($field:ident) => {{
        const SNAKE: &str = stringify!($field);
        const CAMEL: ([u8; SNAKE.len()], usize) = $crate::field_name::camel_case(SNAKE);
        const NAME: &str = match str::from_utf8(CAMEL.0.split_at(CAMEL.1).0) {
            Ok(name) => name,
            Err(_) => SNAKE,
        };
        NAME
    }};
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_those_of_the_schema() {
        assert_eq!(crate::field_name!(title), "title");
        assert_eq!(crate::field_name!(registration_url), "registrationUrl");
        assert_eq!(crate::field_name!(age_from), "ageFrom");
    }
}
