//! Valid arguments for a field, made from the schema and a table of sample values, with one id in them.

use std::collections::BTreeSet;

use async_graphql_parser::types::{BaseType, InputValueDefinition, Type};
use serde_json::{Map, Value, json};

use super::objects::Objects;
use super::routes::{Route, Schema, base, required};

/// What kind of object an id names: by argument or input field, or by its name alone. An `id` names what its input is
/// called after, or its field. More than one kind are swept one after the other; the first is the sample.
const KINDS: &[(&str, &[&str])] = &[
    ("AuditFilter.objects", &["Calendar"]),
    ("ChangeProposalCounterInput.id", &["ChangeProposal.partner"]),
    ("DataRequestCreateInput.dataset", &["Dataset.partner"]),
    ("MergeProposalCreateInput.duplicate", &["LearningPlace", "Organisation"]),
    ("MergeProposalCreateInput.survivor", &["LearningPlace", "Organisation"]),
    ("MergeProposalFilter.records", &["LearningPlace", "Organisation"]),
    ("Query.directoryHistory(of)", &["LearningPlace", "Organisation", "EducationOffer"]),
    ("Query.explainAccess(node)", ALL),
    ("Query.node(id)", ALL),
    ("Query.nodes(ids)", ALL),
    ("Query.tenant(id)", &["Tenant"]),
    ("Subscription.coordinationRoundChanged(id)", &["CoordinationRound"]),
    ("Subscription.datasetImportProgress(id)", &["DatasetImport"]),
    ("Subscription.projectChanged(id)", &["Project"]),
    ("IndicatorMeasurementAddInput.indicator", &["ProjectIndicator"]),
    ("ProjectPartnerAcceptInput.id", &["Project.partner"]),
    ("ProjectPartnerAddInput.id", &["Project"]),
    ("ProjectPartnerRemoveInput.id", &["Project"]),
    ("about", &["CalendarEntry"]),
    ("after", &["WorkPackage.other"]),
    ("agreement", &["Agreement"]),
    ("agreements", &["Agreement"]),
    ("archive", &["ProjectArchive"]),
    ("calendar", &["Calendar"]),
    ("calendarEntry", &["CalendarEntry"]),
    ("calendars", &["Calendar"]),
    ("conflict", &["Conflict"]),
    ("dataset", &["Dataset"]),
    ("datasetVersion", &["DatasetVersion"]),
    ("dates", &["CalendarEntry"]),
    ("document", &["ProjectDocument"]),
    ("entry", &["CalendarEntry"]),
    ("fieldOfWork", &["FieldOfWork"]),
    ("fieldsOfWork", &["FieldOfWork"]),
    ("funding", &["Funding"]),
    ("grantee", &["Tenant.partner"]),
    ("learningPlace", &["LearningPlace"]),
    ("leaves", &["Tenant.partner"]),
    ("member", &["Member"]),
    ("organisation", &["Organisation"]),
    ("organisations", &["Organisation"]),
    ("parties", &["Tenant.partner"]),
    ("partner", &["Tenant.partner"]),
    ("place", &["LearningPlace"]),
    ("places", &["LearningPlace"]),
    ("plan", &["AnnualPlan"]),
    ("programme", &["FundingProgramme"]),
    ("programmes", &["FundingProgramme"]),
    ("project", &["Project"]),
    ("projects", &["Project"]),
    ("provider", &["Organisation"]),
    ("providers", &["Organisation"]),
    ("round", &["CoordinationRound"]),
    ("snapshot", &["PlanSnapshot"]),
    ("tenant", &["Tenant"]),
    ("tenants", &["Tenant"]),
    ("openFor", &["Tenant"]),
    ("to", &["Tenant.partner"]),
    ("workPackage", &["WorkPackage"]),
];

/// Every kind that `node` knows and that is some authority's own.
const ALL: &[&str] = &[
    "Agreement",
    "AnnualPlan",
    "AuditEvent",
    "BudgetLine",
    "Calendar",
    "CalendarEntry",
    "ChangeProposal",
    "CoordinationRound",
    "DataRequest",
    "Dataset",
    "DatasetImport",
    "DatasetRelease",
    "DatasetVersion",
    "EducationOffer",
    "ExternalCalendar",
    "Feed",
    "Funding",
    "LearningPlace",
    "Member",
    "MergeProposal",
    "Milestone",
    "Obligation",
    "Organisation",
    "Project",
    "ProjectArchive",
    "ProjectDocument",
    "ProjectIndicator",
    "ProjectLink",
    "ProjectMember",
    "RoleGrant",
    "Share",
    "StatusReport",
    "WorkPackage",
];

/// Values that are no ids and are kept with the objects.
const KEPT: &[(&str, &str)] = &[("ArchivedFileInput.checksum", "checksum"), ("DatasetImportInput.ticket", "upload")];

/// Kinds of which everybody may see every object.
pub const PUBLIC: &[&str] = &[
    "FieldOfWork",
    "FundingProgramme",
    "Holiday",
    "Indicator",
    "Tenant",
    "Tenant.partner",
    "TenantClosure",
    "TenantContact",
];

/// A version that no object has: a mutation of an own object ends with it and changes nothing.
const NO_VERSION: i64 = 77;

/// Sample values by input field or argument, by the name of either, or by type.
fn sample(owner: &str, name: &str, kind: &str) -> Option<Value> {
    let label = format!("{owner}.{name}");
    let value = match (label.as_str(), name, kind) {
        ("CalendarImportInput.ics", ..) => json!("BEGIN:VCALENDAR\nEND:VCALENDAR"),
        ("DateRange.firstDay" | "CoverageInput.firstDay", ..) => json!("2029-01-01"),
        ("DateTimeRange.start", ..) => json!("2029-01-01T00:00:00Z"),
        ("DateTimeRange.end", ..) => json!("2029-12-31T00:00:00Z"),
        ("DateRange.lastDay" | "CoverageInput.lastDay", ..) => json!("2029-12-31"),
        ("DataRequestCreateInput.level", ..) => json!("FULL"),
        ("FieldOfWorkCreateInput.key", ..) => json!("another-key"),
        ("IndicatorPlaceInput.code", ..) => json!("q_sch"),
        ("TimedInput.end", ..) => json!("2028-03-01T11:00"),
        ("RoleGrantCreateInput.role", ..) => json!("VIEWER"),
        (_, "firstYear" | "lastYear" | "year", _) => json!(2028),
        (_, "fileName", _) => json!("x.csv"),
        (_, "latitude", _) => json!(47.5),
        (_, "longitude", _) => json!(10.5),
        (_, "version", "Int") => json!(NO_VERSION),
        (.., "Boolean") => json!(true),
        (.., "Date") => json!("2028-03-01"),
        (.., "DateTime") => json!("2028-03-01T09:00:00Z"),
        (.., "Decimal") => json!("1"),
        (.., "Float") => json!(1.0),
        (.., "Int") => json!(1),
        (.., "LocalDateTime") => json!("2028-03-01T09:00"),
        (.., "String") => json!("x"),
        _ => return None,
    };
    Some(value)
}

/// The member of an input of which exactly one is given, where it is not the first.
const MEMBERS: &[(&str, &str)] = &[("AgreementChangeInput", "step"), ("RoleRecipientInput", "member")];

/// Inputs whose mutation would end an object that others need: they say a version that it does not have.
const ENDING: &[&str] = &["AgreementEndInput", "CoordinationRoundCloseInput", "ProjectPartnerRemoveInput"];

/// What stands beside the id that is swept, where two of one kind must differ.
const BESIDE: &[(&str, &[&str])] = &[
    ("ChangeProposalCreateInput.entry", &["CalendarEntry.partner"]),
    ("MergeProposalCreateInput.survivor", &["LearningPlace.partner", "Organisation.partner"]),
];

/// Makes arguments for one account.
pub struct Inputs<'a> {
    pub schema: &'a Schema,
    /// What the account may use.
    pub own: &'a Objects,
    /// The version of the object that the mutation is about.
    pub version: Option<i64>,
    /// The kind of object whose id is swept.
    pub swept: &'a str,
}

/// The kinds that an id can name; none where the table says nothing.
pub fn kinds(label: &str, owner: &str, name: &str) -> Option<Vec<&'static str>> {
    let found = KINDS.iter().find(|it| it.0 == label).or_else(|| KINDS.iter().find(|it| it.0 == name));
    if let Some((_, kinds)) = found {
        return Some(kinds.to_vec());
    }
    // A field that takes nothing but an id is called after what it finds.
    let field = label.strip_suffix("(id)").and_then(|it| it.split_once('.')).map_or("", |it| it.1);
    let named = ALL.iter().chain(PUBLIC).filter(|it| owner.starts_with(**it) || it.eq_ignore_ascii_case(field));
    named.filter(|_| name == "id").max_by_key(|it| it.len()).map(|it| vec![*it])
}

/// Every kind whose ids are swept.
pub fn swept_kinds() -> BTreeSet<&'static str> {
    KINDS.iter().flat_map(|it| it.1).chain(ALL).chain(PUBLIC).copied().collect()
}

impl Inputs<'_> {
    /// The arguments of the field of `route` with `id` at its end.
    pub fn arguments(&self, route: &Route, id: &str) -> Map<String, Value> {
        let owner = format!("{}.{}", route.parent, route.field);
        let mut given = Map::new();
        for argument in self.schema.arguments_of(&route.parent, &route.field) {
            let name = argument.name.node.as_str();
            if name == route.path[0] {
                given.insert(name.to_owned(), self.with_id(&argument.ty.node, &route.path[1..], id));
            } else if required(argument) {
                given.insert(name.to_owned(), self.sample(&owner, argument));
            }
        }
        given
    }

    fn with_id(&self, ty: &Type, path: &[String], id: &str) -> Value {
        if matches!(ty.base, BaseType::List(_)) {
            let BaseType::List(inner) = &ty.base else { return Value::Null };
            return json!([self.with_id(inner, path, id)]);
        }
        match path {
            [] => json!(id),
            [field, rest @ ..] => self.object(base(ty), Some((field, rest, id))),
        }
    }

    /// An input object with `id` below one of its fields, or one of samples only.
    fn object(&self, name: &str, leaf: Option<(&str, &[String], &str)>) -> Value {
        let (fields, one_of) = self.schema.input(name).unwrap_or_else(|| panic!("no sample of {name}"));
        let member = MEMBERS.iter().find(|it| it.0 == name).map(|it| it.1);
        let mut given = Map::new();
        for field in fields {
            let at = field.name.node.as_str();
            let value = match leaf {
                Some((below, rest, id)) if below == at => self.with_id(&field.ty.node, rest, id),
                Some(_) if one_of => continue,
                None if one_of && (member.is_some_and(|it| it != at) || !given.is_empty()) => continue,
                Some((below, ..)) if at == "version" && required(field) => json!(self.version_of(name, below)),
                _ if required(field) || one_of => self.sample(name, field),
                _ => continue,
            };
            given.insert(at.to_owned(), value);
        }
        Value::Object(given)
    }

    /// The version to say: the one that the own object has when another id is swept.
    fn version_of(&self, input: &str, swept: &str) -> i64 {
        if swept == "id" || ENDING.contains(&input) { NO_VERSION } else { self.version.unwrap_or(NO_VERSION) }
    }

    fn sample(&self, owner: &str, value: &InputValueDefinition) -> Value {
        let (ty, name) = (&value.ty.node, value.name.node.as_str());
        let kind = base(ty);
        let one = if kind == "ID" {
            let label = if owner.contains('.') { format!("{owner}({name})") } else { format!("{owner}.{name}") };
            let kinds = kinds(&label, owner, name).unwrap_or_else(|| panic!("{label} names no kind of object"));
            let family = self.swept.split('.').next();
            let beside = BESIDE.iter().find(|it| it.0 == label).map_or(kinds, |it| it.1.to_vec());
            let like = beside.iter().find(|it| it.split('.').next() == family);
            json!(self.own[*like.unwrap_or(&beside[0])])
        } else if let Some(name) = KEPT.iter().find(|it| it.0 == format!("{owner}.{name}")) {
            json!(self.own[name.1])
        } else if let Some(value) = sample(owner, name, kind) {
            value
        } else if let Some(value) = self.schema.first_value(kind) {
            json!(value)
        } else {
            self.object(kind, None)
        };
        if matches!(ty.base, BaseType::List(_)) { json!([one]) } else { one }
    }
}
