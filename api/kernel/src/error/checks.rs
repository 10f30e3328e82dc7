//! Several checks at once.

use crate::error::{ApiResult, Problems};

/// Checks that are made together, a tuple of their results.
pub trait Checks {
    /// The checked values.
    type Values;

    /// The values, or the problems of all checks.
    ///
    /// # Errors
    /// The problems of the checks that failed; a fault alone.
    fn all(self) -> ApiResult<Self::Values>;
}

/// The values of all checks, so that the client learns the problems of all of them and no value is used that failed.
///
/// # Errors
/// The problems of the checks that failed; a fault alone.
pub fn all<C: Checks>(checks: C) -> ApiResult<C::Values> {
    checks.all()
}

macro_rules! checks {
    ($($name:ident $index:tt),+) => {
        impl<$($name),+> Checks for ($(ApiResult<$name>,)+) {
            type Values = ($($name,)+);

            fn all(self) -> ApiResult<Self::Values> {
                if $(self.$index.is_ok())&&+ {
                    return Ok(($(self.$index?,)+));
                }
                let mut problems = Problems::default();
                $(problems.take(self.$index)?;)+
                Err(problems.into())
            }
        }
    };
}

checks!(A 0, B 1);
checks!(A 0, B 1, C 2);
checks!(A 0, B 1, C 2, D 3);
checks!(A 0, B 1, C 2, D 3, E 4);
checks!(A 0, B 1, C 2, D 3, E 4, F 5);
checks!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
checks!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
checks!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
checks!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ApiError, Problem};

    fn refused(field: &'static str) -> ApiResult<i32> {
        Err(Problem::not_found(field).into())
    }

    #[test]
    fn values_are_given_where_every_check_passes() {
        assert_eq!(all((Ok(1), Ok("two"))).ok(), Some((1, "two")));
    }

    #[test]
    fn problems_of_all_checks_are_collected_in_their_order() {
        let Err(ApiError::Problems(problems)) = all((refused("a"), Ok(2), refused("c"))) else { panic!("no problems") };
        assert_eq!(problems.iter().map(|it| it.field.as_deref()).collect::<Vec<_>>(), [Some("a"), Some("c")]);
    }

    #[test]
    fn a_fault_is_passed_on_alone() {
        assert!(matches!(all((refused("a"), ApiResult::<()>::Err(ApiError::fault("disk")))), Err(ApiError::Fault(_))));
    }
}
