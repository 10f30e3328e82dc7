//! Global ids: TypeIDs (specification 0.3), typed by a prefix, opaque to clients, never reformatted.

use std::ops::Deref;

use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;

/// A global id as clients see it: `cal_01h455vb4pex5vsknk084sn02q`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalId(String);

impl Deref for GlobalId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for GlobalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for GlobalId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<GlobalId> for String {
    fn from(id: GlobalId) -> Self {
        id.0
    }
}

/// Types that have a global id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeType {
    /// An authority.
    Tenant,
    /// A field of work.
    FieldOfWork,
    /// A member of an authority.
    Member,
    /// A role that a member holds.
    RoleGrant,
    /// A cooperation agreement.
    Agreement,
    /// A share.
    Share,
    /// A calendar.
    Calendar,
    /// External calendar.
    ExternalCalendar,
    /// A calendar entry, at whatever level it is seen.
    CalendarEntry,
    /// A learning place.
    LearningPlace,
    /// An organisation.
    Organisation,
    /// A proposal that two places are the same.
    MergeProposal,
    /// An education offer.
    EducationOffer,
    /// A holiday.
    Holiday,
    /// Days on which an authority's office is closed.
    TenantClosure,
    /// A secret by which programs subscribe.
    Feed,
    /// The plan of an authority for one year.
    AnnualPlan,
    /// A round in which parties coordinate their plans.
    CoordinationRound,
    /// A change that one party proposes to another.
    ChangeProposal,
    /// A dataset.
    Dataset,
    /// A version of a dataset.
    DatasetVersion,
    /// The import of a file into a dataset.
    DatasetImport,
    /// The release of a dataset to the public.
    DatasetRelease,
    /// What one authority asks of another's data.
    DataRequest,
    /// An indicator.
    Indicator,
    /// A project.
    Project,
    /// A work package.
    WorkPackage,
    /// A milestone.
    Milestone,
    /// A status report.
    StatusReport,
    /// Somebody who works on a project.
    ProjectMember,
    /// Project indicator.
    ProjectIndicator,
    /// Project link.
    ProjectLink,
    /// A document of a project.
    ProjectDocument,
    /// The copy of a project that a party keeps.
    ProjectArchive,
    /// A funding.
    Funding,
    /// A budget line.
    BudgetLine,
    /// An obligation.
    Obligation,
    /// A funding programme.
    FundingProgramme,
}

impl NodeType {
    /// Every type.
    pub const ALL: &'static [Self] = &[
        Self::Tenant,
        Self::FieldOfWork,
        Self::Member,
        Self::RoleGrant,
        Self::Agreement,
        Self::Share,
        Self::Calendar,
        Self::CalendarEntry,
        Self::ExternalCalendar,
        Self::LearningPlace,
        Self::Organisation,
        Self::MergeProposal,
        Self::EducationOffer,
        Self::Holiday,
        Self::TenantClosure,
        Self::Feed,
        Self::AnnualPlan,
        Self::CoordinationRound,
        Self::ChangeProposal,
        Self::Dataset,
        Self::DatasetVersion,
        Self::DatasetImport,
        Self::DatasetRelease,
        Self::DataRequest,
        Self::Indicator,
        Self::Project,
        Self::WorkPackage,
        Self::Milestone,
        Self::StatusReport,
        Self::ProjectMember,
        Self::ProjectIndicator,
        Self::ProjectLink,
        Self::ProjectDocument,
        Self::ProjectArchive,
        Self::Funding,
        Self::BudgetLine,
        Self::Obligation,
        Self::FundingProgramme,
    ];

    /// The prefix, for ever.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Tenant => "ten",
            Self::FieldOfWork => "fow",
            Self::Member => "mem",
            Self::RoleGrant => "rgr",
            Self::Agreement => "agr",
            Self::Share => "shr",
            Self::Calendar => "cal",
            Self::CalendarEntry => "cen",
            Self::ExternalCalendar => "ext",
            Self::LearningPlace => "lpl",
            Self::Organisation => "org",
            Self::MergeProposal => "mgp",
            Self::EducationOffer => "ofr",
            Self::Holiday => "hol",
            Self::TenantClosure => "clo",
            Self::Feed => "fed",
            Self::AnnualPlan => "pln",
            Self::CoordinationRound => "rnd",
            Self::ChangeProposal => "prp",
            Self::Dataset => "dst",
            Self::DatasetVersion => "dsv",
            Self::DatasetImport => "dsi",
            Self::DatasetRelease => "dsr",
            Self::DataRequest => "drq",
            Self::Indicator => "ind",
            Self::Project => "prj",
            Self::WorkPackage => "wpk",
            Self::Milestone => "mst",
            Self::StatusReport => "srp",
            Self::ProjectMember => "pmb",
            Self::ProjectIndicator => "pin",
            Self::ProjectLink => "plk",
            Self::ProjectDocument => "pdc",
            Self::ProjectArchive => "par",
            Self::Funding => "fnd",
            Self::BudgetLine => "bln",
            Self::Obligation => "obl",
            Self::FundingProgramme => "fpr",
        }
    }

    /// The global id of a row.
    pub fn id(self, row: Uuid) -> GlobalId {
        let id = DynamicType::new(self.prefix()).map(|kind| TypeSafeId::from_type_and_uuid(kind, row).to_string());
        GlobalId(id.unwrap_or_default())
    }

    /// The row that `id` names, if it is an id of this type.
    ///
    /// # Errors
    /// It is no id, or one of another type; the text says which was expected.
    pub fn parse(self, id: &str, field: &'static str) -> ApiResult<Uuid> {
        match parse(id) {
            Some((kind, row)) if kind == self => Ok(row),
            Some(_) | None => {
                let text = Text::new("wrong-id").with("value", shorten(id)).with("prefix", self.prefix());
                Err(Problem::at(UserErrorCode::Invalid, field, text).into())
            }
        }
    }

    /// Rows that `ids` name.
    ///
    /// # Errors
    /// One of them is no id of this type, or there are more than 100.
    pub fn parse_all<I: Deref<Target = String>>(self, ids: &[I], field: &'static str) -> ApiResult<Vec<Uuid>> {
        at_most_100(ids, field)?;
        ids.iter().map(|it| self.parse(it, field)).collect()
    }
}

/// The type and row that `id` names, whatever type it is.
pub fn parse(id: &str) -> Option<(NodeType, Uuid)> {
    let id: TypeSafeId<DynamicType> = id.parse().ok()?;
    let kind = NodeType::ALL.iter().copied().find(|it| it.prefix() == id.type_prefix())?;
    Some((kind, id.uuid()))
}

/// Refuses longer lists: an input list is work for the store.
///
/// # Errors
/// There are more than 100.
pub fn at_most_100<T>(list: &[T], field: &'static str) -> ApiResult<()> {
    if list.len() > 100 {
        let text = Text::new("list-too-long").with("length", list.len()).with("max", 100);
        return Err(Problem::at(UserErrorCode::LimitReached, field, text).into());
    }
    Ok(())
}

/// Enough of a wrong value to recognise it by.
fn shorten(value: &str) -> String {
    value.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_round_trips_and_keeps_its_form() {
        let row = uuid::uuid!("01890a5d-ac96-774b-bcce-b302099a8057");
        let id = NodeType::Calendar.id(row);
        assert_eq!(&*id, "cal_01h455vb4pex5vsknk084sn02q");
        assert_eq!(parse(&id), Some((NodeType::Calendar, row)));
        assert!(NodeType::Share.parse(&id, "share").is_err());
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for wrong in ["", "cal", "cal_", "cal_0", "xyz_01h455vb4pex5vsknk084sn02q", "CAL_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
