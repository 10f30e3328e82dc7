//! Problems of a command: what is said, and the status that the program ends with.

use kernel::error::{ApiError, UserErrorCode};
use kernel::i18n::Locale;

/// The option of a field: name of the field in the domain, option, and the value that was given.
pub(super) type OptionOf<'a> = (&'static str, &'static str, Option<&'a str>);

/// What stopped a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What is said on standard error.
    pub text: String,
    /// The status of the program: 2 where the command line is wrong, 1 otherwise.
    pub status: u8,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self { text, status: 1 }
    }
}

impl Failure {
    /// An option that the rest of the command line leaves without effect.
    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), status: 2 }
    }

    /// An error of the domain in terms of the command line: each problem names option, value and reason in a line of its own.
    pub(super) fn of(error: &ApiError, locale: Locale, options: &[OptionOf]) -> Self {
        let problems = match error {
            ApiError::Fault(fault) => return fault.message.clone().into(),
            ApiError::Problems(problems) => problems,
        };
        let lines = problems.iter().map(|it| {
            let field = it.field.as_deref().unwrap_or_default();
            let words = it.text.render(locale);
            match options.iter().find(|option| option.0 == field) {
                Some((_, option, Some(value))) => format!("{option} {value:?}: {words}"),
                Some((_, option, None)) => format!("{option}: {words}"),
                None if field.is_empty() => words,
                None => format!("{field}: {words}"),
            }
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let is_usage = problems.iter().all(|it| {
            use UserErrorCode as Code;
            matches!(it.code, Code::Invalid | Code::Required | Code::TooLong | Code::OutOfRange)
        });
        if is_usage { Self::usage(text) } else { text.into() }
    }
}

#[cfg(test)]
mod tests {
    use kernel::error::Problem;
    use kernel::i18n::Text;

    use super::*;

    #[test]
    fn problems_name_their_options() {
        let required = Problem::at(UserErrorCode::Required, "legalName", Text::new("required"));
        let gone = Problem::not_found("tenant");
        let options: [OptionOf; 2] = [("legalName", "--name", Some(" ")), ("tenant", "--tenant", Some("nowhere"))];
        let failure = Failure::of(&required.clone().into(), Locale::De, &options);
        assert_eq!(failure, Failure::usage("--name \" \": Hier fehlt ein Wert."));
        let both = ApiError::Problems(vec![required, gone]);
        let failure = Failure::of(&both, Locale::En, &options);
        assert_eq!(failure.status, 1, "a state of the database is no mistake of the command line");
        assert!(failure.text.contains("\n--tenant \"nowhere\": "), "{}", failure.text);
        assert_eq!(Failure::of(&ApiError::fault("disk"), Locale::De, &options), Failure::from("disk".to_owned()));
    }
}
