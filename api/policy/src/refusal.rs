//! What a refused decision is to the client.

use kernel::error::{ApiError, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::AccessDecision;

/// A refused decision about the object named by `field`.
pub fn refused(decision: AccessDecision, field: &'static str) -> ApiError {
    match decision {
        AccessDecision::Hide => Problem::not_found(field).into(),
        AccessDecision::SignIn => {
            Problem::at(UserErrorCode::Unauthenticated, field, Text::new("unauthenticated")).into()
        }
        AccessDecision::Deny(missing) => {
            let text = missing
                .map_or_else(|| Text::new("forbidden-here"), |it| Text::new("forbidden").with("permission", it.name()));
            Problem::at(UserErrorCode::Forbidden, field, text).into()
        }
        AccessDecision::Allow(..) => ApiError::fault("an allowed decision was treated as refused"),
    }
}

#[cfg(test)]
mod tests {
    use entities as e;
    use kernel::forms::word;
    use kernel::i18n::Locale;

    use crate::Permission;

    #[test]
    fn permissions_and_sets_that_texts_name_have_words_in_both_languages() {
        let mut codes: Vec<&str> = Permission::ALL.iter().map(|it| it.name()).collect();
        macro_rules! sets {
            ($($set:ident),+) => { $(codes.extend(e::$set::ALL.iter().map(|it| it.as_str()));)+ };
        }
        sets!(
            AgreementState,
            Area,
            Confidentiality,
            CostType,
            DataRequestState,
            DatasetAccess,
            DatasetImportState,
            DatasetReleaseState,
            EducationOfferState,
            FundingState,
            MergeProposalState,
            ObligationState,
            PartnerState,
            ProjectPhase,
            ProposalState,
            RoleKey,
            RoundState
        );
        for code in codes {
            for locale in [Locale::De, Locale::En] {
                assert!(word(code, locale).is_some(), "{code} has no words in {locale:?}");
            }
        }
    }
}
