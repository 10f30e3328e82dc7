//! The licences under which tables may be given away.

/// A licence of the closed list. Its code is the end of its address at DCAT-AP.de.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Licence {
    /// Datenlizenz Deutschland – Zero – Version 2.0
    DlZero,
    /// Datenlizenz Deutschland – Namensnennung – Version 2.0
    DlBy,
    /// Creative Commons Zero
    CcZero,
    /// Creative Commons Attribution 4.0
    CcBy,
    /// Creative Commons Attribution – Share Alike 4.0
    CcBySa,
    /// Open Database License
    Odbl,
}

impl Licence {
    /// Every licence.
    pub const ALL: [Self; 6] = [Self::DlZero, Self::DlBy, Self::CcZero, Self::CcBy, Self::CcBySa, Self::Odbl];

    /// As it is kept.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DlZero => "dl-zero-de/2.0",
            Self::DlBy => "dl-by-de/2.0",
            Self::CcZero => "cc-zero",
            Self::CcBy => "cc-by/4.0",
            Self::CcBySa => "cc-by-sa/4.0",
            Self::Odbl => "odbl",
        }
    }

    /// The licence of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// Its address in the list of DCAT-AP.de.
    pub fn uri(self) -> String {
        format!("http://dcat-ap.de/def/licenses/{}", self.code())
    }

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::DlZero => "Datenlizenz Deutschland – Zero – Version 2.0",
            Self::DlBy => "Datenlizenz Deutschland – Namensnennung – Version 2.0",
            Self::CcZero => "Creative Commons Zero 1.0",
            Self::CcBy => "Creative Commons Namensnennung 4.0",
            Self::CcBySa => "Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen 4.0",
            Self::Odbl => "Open Database License 1.0",
        }
    }

    /// Where its text stands.
    pub const fn page(self) -> &'static str {
        match self {
            Self::DlZero => "https://www.govdata.de/dl-de/zero-2-0",
            Self::DlBy => "https://www.govdata.de/dl-de/by-2-0",
            Self::CcZero => "https://creativecommons.org/publicdomain/zero/1.0/",
            Self::CcBy => "https://creativecommons.org/licenses/by/4.0/",
            Self::CcBySa => "https://creativecommons.org/licenses/by-sa/4.0/",
            Self::Odbl => "https://opendatacommons.org/licenses/odbl/1-0/",
        }
    }

    /// Its name in the list of the Open Definition (for Data Packages), with a name of our own where it has none.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DlZero => "dl-de-zero-2.0",
            Self::DlBy => "dl-de-by-2.0",
            Self::CcZero => "CC0-1.0",
            Self::CcBy => "CC-BY-4.0",
            Self::CcBySa => "CC-BY-SA-4.0",
            Self::Odbl => "ODbL-1.0",
        }
    }

    /// Whether whoever uses the data must name its source.
    pub const fn needs_attribution(self) -> bool {
        !matches!(self, Self::DlZero | Self::CcZero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_found_by_its_code() {
        for licence in Licence::ALL {
            assert_eq!(Licence::of(licence.code()), Some(licence));
        }
        assert_eq!(Licence::of("dl-by-de/1.0"), None);
        assert_eq!(Licence::DlBy.uri(), "http://dcat-ap.de/def/licenses/dl-by-de/2.0");
        assert!(Licence::DlBy.needs_attribution() && !Licence::DlZero.needs_attribution());
    }
}
