//! Each thing has one form in the committed schema: orders, filters, money, payloads, names of ids and days. The rules
//! stand for readers in `api/graphql/src/lib.rs`.

use std::collections::BTreeMap;

use async_graphql_parser::parse_schema;
use async_graphql_parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};

use crate::Tree;
use crate::schema::SCHEMA;

/// Arguments of every list.
const PAGE: [&str; 6] = ["after", "before", "filter", "first", "last", "orderBy"];
/// Optional arguments of lists that restrict nothing.
const NO_FILTER: [&str; 1] = ["Query.annualPlanComparison(snapshot)"];
/// Conditions of a filter that are no list, no range and no `include…`.
const CONDITIONS: [&str; 6] = ["age", "free", "minScore", "near", "openFor", "text"];
/// Columns to sort by when a client does not say.
const DEFAULTS: [&str; 2] = ["NAME", "TITLE"];
const DESCENDING: &str = "_DESCENDING";
/// Names of people without an instant beside them.
const NO_INSTANT: [&str; 1] = ["ProjectPartner.invitedBy"];
/// Days and instants under names of their own.
const OTHER_TIMES: [&str; 3] =
    ["DatasetVersion.referenceDate", "Recurrence.materializedFrom", "Recurrence.materializedUntil"];

/// Forms that differ from the rule.
pub fn check(tree: &Tree) -> Vec<String> {
    match tree.need(SCHEMA).and_then(|it| parse_schema(it).map_err(|error| format!("{SCHEMA}: {error}"))) {
        Ok(document) => {
            let types = document.definitions.into_iter().filter_map(|it| match it {
                TypeSystemDefinition::Type(definition) => Some((definition.node.name.to_string(), definition.node)),
                TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
            });
            let mut forms = Forms { types: types.collect(), problems: Vec::new() };
            forms.check();
            forms.problems
        }
        Err(problem) => vec![problem],
    }
}

struct Forms {
    types: BTreeMap<String, TypeDefinition>,
    problems: Vec<String>,
}

impl Forms {
    fn check(&mut self) {
        let mut found = Vec::new();
        for (name, kind) in &self.types {
            match &kind.kind {
                TypeKind::Object(it) => {
                    let fields: Vec<_> = it.fields.iter().map(|it| &it.node).collect();
                    for field in &fields {
                        self.arguments(name, field, &mut found);
                        output(name, field, &fields, &mut found);
                    }
                    if name == "Mutation" {
                        fields.iter().for_each(|it| self.mutation(it, &mut found));
                    }
                }
                TypeKind::InputObject(it) => {
                    let fields: Vec<_> = it.fields.iter().map(|it| &it.node).collect();
                    let one_of = kind.directives.iter().any(|it| it.node.name.node == "oneOf");
                    for field in fields {
                        if name.ends_with("Filter") && !one_of {
                            self.condition(name, field, &mut found);
                        }
                        self.value(&format!("{name}.{}", field.name.node), field, &mut found);
                    }
                }
                TypeKind::Enum(it) => {
                    if let Some(of) = name.strip_suffix("Order") {
                        let values = it.values.iter().map(|it| it.node.value.node.as_str());
                        self.order(name, of, values, &mut found);
                    }
                }
                TypeKind::Scalar | TypeKind::Interface(_) | TypeKind::Union(_) => {}
            }
        }
        self.problems.extend(found.into_iter().map(|it| format!("{SCHEMA}: {it}")));
    }

    /// A sort order is a field of the type, or one with `_DESCENDING`.
    fn order<'a>(&self, name: &str, of: &str, values: impl Iterator<Item = &'a str>, found: &mut Vec<String>) {
        let columns: Vec<_> = self.fields(of).map(|it| screaming(&it.name.node)).collect();
        for value in values {
            let column = value.strip_suffix(DESCENDING).unwrap_or(value);
            if !columns.iter().any(|it| it == column) {
                found.push(format!("{name}.{value} is no field of {of}, or one with {DESCENDING}"));
            }
        }
    }

    fn arguments(&self, owner: &str, field: &FieldDefinition, found: &mut Vec<String>) {
        let is_list = field.ty.node.to_string().ends_with("Connection!");
        for argument in field.arguments.iter().map(|it| &it.node) {
            let (name, path) = (&argument.name.node, format!("{owner}.{}({})", field.name.node, argument.name.node));
            let optional = !argument.ty.node.to_string().ends_with('!');
            if is_list && optional && !PAGE.contains(&name.as_str()) && !NO_FILTER.contains(&path.as_str()) {
                found.push(format!("{path} belongs into the filter: lists have no other optional argument"));
            }
            let kind = base(argument);
            if kind.ends_with("Order") {
                let default = argument.default_value.as_ref().map(|it| it.node.to_string()).unwrap_or_default();
                let listed = argument.ty.node.to_string().starts_with('[');
                if name != "orderBy" || optional || !(listed || DEFAULTS.contains(&default.as_str())) {
                    found.push(format!("{path} is not `orderBy: …Order!` with default NAME or TITLE"));
                }
            }
            self.value(&path, argument, found);
        }
    }

    /// A condition is a list of ids, values of a closed set or texts; others have one of few names.
    fn condition(&self, owner: &str, field: &InputValueDefinition, found: &mut Vec<String>) {
        let (name, kind) = (field.name.node.as_str(), field.ty.node.to_string());
        let fits = if name.starts_with("include") {
            kind == "Boolean!" && field.default_value.is_some()
        } else {
            kind.starts_with('[') || base(field).ends_with("Range") || CONDITIONS.contains(&name)
        };
        if !fits {
            found.push(format!(
                "{owner}.{name} is no list of values, no range, no `include…: Boolean!` and no other condition"
            ));
        }
    }

    /// Arguments and fields of inputs: ranges, and amounts of money.
    fn value(&self, path: &str, value: &InputValueDefinition, found: &mut Vec<String>) {
        let (name, kind) = (value.name.node.as_str(), base(value));
        if kind.ends_with("Range") && name != "between" {
            found.push(format!("{path} is a range and not named `between`"));
        }
        if self.is_money(name) && kind != "MoneyInput" && !path.starts_with("MoneyInput.") {
            found.push(format!("{path} is an amount of money and no MoneyInput"));
        }
    }

    /// True if all output fields of this name are amounts of money.
    fn is_money(&self, name: &str) -> bool {
        let mut kinds = self
            .types
            .keys()
            .filter(|it| *it != "Money")
            .flat_map(|it| self.fields(it).filter(|it| it.name.node == name).map(|it| it.ty.node.to_string()));
        let mut any = false;
        let all = kinds.all(|it| {
            any = true;
            it.trim_end_matches('!') == "Money"
        });
        any && all
    }

    /// A mutation is named by the type of its object, its input by the mutation, its payload by either.
    fn mutation(&self, field: &FieldDefinition, found: &mut Vec<String>) {
        let name = field.name.node.as_str();
        let upper = capital(name);
        let input: Vec<_> = field.arguments.iter().map(|it| it.node.ty.node.to_string()).collect();
        if input != [format!("{upper}Input!")] {
            found.push(format!("Mutation.{name} does not take one `input: {upper}Input!`"));
        }
        let is_verb = |rest: &str| rest.starts_with(|it: char| it.is_ascii_uppercase());
        let objects = self.types.iter().filter(|(_, it)| matches!(it.kind, TypeKind::Object(_)));
        if !objects.map(|it| it.0).any(|it| upper.strip_prefix(it.as_str()).is_some_and(is_verb))
            && upper != "DatasetImport"
        {
            found.push(format!("Mutation.{name} does not begin with the type of its object"));
        }
        let payload = field.ty.node.to_string();
        let fields: BTreeMap<_, _> =
            self.fields(&payload).map(|it| (it.name.node.as_str(), it.ty.node.to_string())).collect();
        if fields.get("userErrors").is_none_or(|it| it != "[UserError!]!") {
            found.push(format!("{payload} has no `userErrors: [UserError!]!`"));
        }
        let object = payload.strip_suffix("Payload").unwrap_or_default();
        if payload != format!("{upper}Payload") && !fields.contains_key(small(object).as_str()) {
            found.push(format!("{payload} of {name} is named neither by its object nor by the mutation"));
        }
        for (field, kind) in fields.iter().filter(|(name, _)| **name != "userErrors") {
            if kind.ends_with('!') {
                found.push(format!("{payload}.{field} is not nullable"));
            }
        }
    }

    fn fields(&self, name: &str) -> impl Iterator<Item = &FieldDefinition> {
        let fields = self.types.get(name).and_then(|it| match &it.kind {
            TypeKind::Object(it) => Some(&it.fields),
            _ => None,
        });
        fields.into_iter().flatten().map(|it| &it.node)
    }
}

/// Names of ids, days, instants and people.
fn output(owner: &str, field: &FieldDefinition, beside: &[&FieldDefinition], found: &mut Vec<String>) {
    let (name, path) = (field.name.node.as_str(), format!("{owner}.{}", field.name.node));
    let ends = |endings: &[&str]| endings.iter().any(|it| name.ends_with(it));
    let kind = field.ty.node.to_string();
    let fits = match kind.trim_matches(['[', ']', '!']) {
        "ID" => ["id", "key"].contains(&name) || ends(&["Id", "Ids"]),
        "Date" => ends(&["Day", "From", "On", "Until"]),
        "DateTime" => ["end", "start"].contains(&name) || ends(&["At"]),
        _ => true,
    };
    if !fits && !OTHER_TIMES.contains(&path.as_str()) {
        found.push(format!(
            "{path}: {kind} is not named as an id (…Id), a day (…On, …From, …Until, …Day) or an instant (…At)"
        ));
    }
    if let Some(verb) = name.strip_suffix("By").filter(|_| kind.starts_with("String")) {
        let at = format!("{verb}At");
        if !beside.iter().any(|it| it.name.node == at) && !NO_INSTANT.contains(&path.as_str()) {
            found.push(format!("{path} has no {at} beside it"));
        }
    }
}

fn base(value: &InputValueDefinition) -> String {
    value.ty.node.to_string().replace(['[', ']', '!'], "")
}

/// `createdAt` as `CREATED_AT`.
fn screaming(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1.min(name.len()));
    first.to_ascii_uppercase() + rest
}

fn small(name: &str) -> String {
    let (first, rest) = name.split_at(1.min(name.len()));
    first.to_ascii_lowercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(schema: &str) -> String {
        check(&Tree::of(&[(SCHEMA, schema)])).join("\n")
    }

    #[test]
    fn one_form_passes() {
        let schema = "type Query { fees(first: Int, filter: FeeFilter, orderBy: FeeOrder! = TITLE, of: ID!): FeeConnection! }
            enum FeeOrder { TITLE CREATED_AT_DESCENDING }
            input FeeFilter { tenants: [ID!] text: String between: DateRange includeArchived: Boolean! = false }
            type Fee { id: ID! title: String createdAt: DateTime createdBy: String dueOn: Date tenantId: ID amount: Money }
            input FeeCreateInput { amount: MoneyInput! }
            type FeePayload { fee: Fee userErrors: [UserError!]! }
            type Mutation { feeCreate(input: FeeCreateInput!): FeePayload }";
        assert_eq!(of(schema), "");
    }

    #[test]
    fn other_forms_are_found() {
        let schema = "type Query { fees(tenant: ID, orderBy: FeeOrder): FeeConnection! }
            enum FeeOrder { NEWEST }
            input FeeFilter { tenant: ID title: String includeArchived: Boolean days: DateRange }
            type Fee { id: ID! tenant: ID due: Date at: DateTime author: String paidBy: String amount: Money }
            input FeeCreateInput { amount: Decimal! }
            type MadePayload { fee: Fee! }
            type Mutation { feeCreate(input: FeeCreateInput!): MadePayload giveFee(what: FeeCreateInput!): MadePayload }";
        let problems = of(schema);
        for part in [
            "Query.fees(tenant) belongs into the filter",
            "Query.fees(orderBy) is not `orderBy",
            "FeeOrder.NEWEST is no field of Fee",
            "FeeFilter.tenant is no list",
            "FeeFilter.title is no list",
            "FeeFilter.includeArchived is no list",
            "FeeFilter.days is a range and not named `between`",
            "Fee.tenant: ID is not named",
            "Fee.due: Date is not named",
            "Fee.at: DateTime is not named",
            "Fee.paidBy has no paidAt beside it",
            "FeeCreateInput.amount is an amount of money and no MoneyInput",
            "MadePayload has no `userErrors",
            "MadePayload of feeCreate is named neither",
            "MadePayload.fee is not nullable",
            "Mutation.giveFee does not take one",
            "Mutation.giveFee does not begin with the type of its object",
        ] {
            assert!(problems.contains(part), "{part}:\n{problems}");
        }
    }
}
