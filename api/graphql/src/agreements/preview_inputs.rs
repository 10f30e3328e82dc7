//! Inputs of the preview of a change of an agreement.

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};

use crate::enums::Area;
use crate::scalars::Date;

/// Hypothetical change of an agreement.
#[derive(InputObject)]
pub struct AgreementPreviewInput {
    /// Agreement to examine.
    pub(super) agreement: ID,
    /// Party on whose behalf the viewer asks.
    pub(super) tenant: ID,
    /// Hypothetical change.
    pub(super) change: AgreementChangeInput,
    /// Day for which access before and after the change is compared, at noon UTC; default now.
    pub(super) effective_on: Option<Date>,
}

/// Hypothetical change of an agreement. Exactly one field.
#[derive(OneofObject)]
pub enum AgreementChangeInput {
    /// Change of state.
    Step(AgreementStep),
    /// Change of areas, fields of work or last day.
    Terms(AgreementTermsInput),
    /// Id of a party that leaves the agreement.
    Leaves(ID),
}

/// Change of state of an agreement.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementStep {
    /// End of the agreement.
    End,
    /// Entry into force, as by the last signature. Only for a drafted or proposed agreement.
    Activate,
}

/// Changed terms of an agreement. Omitted fields keep their values.
#[derive(InputObject)]
pub struct AgreementTermsInput {
    /// Areas of cooperation, at least one.
    pub(super) areas: Option<Vec<Area>>,
    /// Fields of work, at most 100; null = all.
    pub(super) fields_of_work: MaybeUndefined<Vec<ID>>,
    /// Last day of validity; null = until ended.
    pub(super) valid_until: MaybeUndefined<Date>,
}
