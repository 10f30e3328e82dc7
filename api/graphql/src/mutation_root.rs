//! The root of mutations: its fields are nullable, so that a fault of one never erases the receipt of another.
//!
//! The mutations of one document are transactions of their own, one after the other. With fields that are not nullable an
//! error of the last one would make the whole answer null, although the others are stored (GraphQL specification of October
//! 2021, section 6.4.4).
//!
//! Every mutation takes an idempotency key. Those that create an object have it among the values of their service; the
//! inputs of all others get it here, and the unit of work keeps it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaInputValue, MetaType, Registry};
use async_graphql::resolver_utils::ContainerType;
use async_graphql::{Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value};
use domain::context::unit_of_work::MutationTerms;

use crate::context::ContextExt as _;
use crate::payload::with_fingerprint;
use crate::schema::Mutations;

/// The input field of the key.
const KEY: &str = "idempotencyKey";
/// What the key is, in inputs that get it here.
const OF_KEY: &str = "Idempotency key, at most 128 bytes. A repeated call with the same key and input changes nothing and\n\
                      returns the object in its current state; another input is refused with `IDEMPOTENCY_MISMATCH`.";
/// Mutations that take no key, with the reason.
pub const WITHOUT_KEY: [(&str, &str); 1] =
    [("calendarImport", "events are matched by UID: the same file again changes nothing, and its report says so")];
/// Fields of an update that are no new value.
const NO_VALUES: [&str; 5] = ["id", "version", "apply", "occurrence", KEY];

/// Mutations whose key the unit of work keeps.
static KEPT: OnceLock<BTreeSet<String>> = OnceLock::new();

/// The mutations, each nullable.
#[derive(Default)]
pub struct MutationRoot(Mutations);

impl ObjectType for MutationRoot {}

impl ContainerType for MutationRoot {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        if let Ok(op) = ctx.op() {
            op.set_terms(terms(ctx)?);
        }
        match self.0.resolve_field(ctx).await {
            Err(error) => {
                ctx.add_error(error);
                Ok(Some(Value::Null))
            }
            done => done,
        }
    }
}

impl OutputType for MutationRoot {
    fn type_name() -> Cow<'static, str> {
        Mutations::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = Mutations::create_type_info(registry);
        if let Some(MetaType::Object { fields, .. }) = registry.types.get_mut(&*Self::type_name()) {
            for field in fields.values_mut() {
                if let Some(nullable) = field.ty.strip_suffix('!') {
                    field.ty = nullable.to_owned();
                }
            }
        }
        describe_pages(registry);
        add_keys(registry);
        name
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        async_graphql::resolver_utils::resolve_container_serial(ctx, self).await
    }
}

/// What the mutation is given beside the values of its service.
fn terms(ctx: &Context<'_>) -> ServerResult<MutationTerms> {
    let field = ctx.field();
    let mutation = field.name();
    if !KEPT.get().is_some_and(|it| it.contains(mutation)) {
        return Ok(MutationTerms::default());
    }
    let input = field.arguments()?.into_iter().find(|(name, _)| name == "input").map(|(_, input)| input);
    Ok(terms_of(mutation, input.unwrap_or_default()))
}

fn terms_of(mutation: &str, mut input: Value) -> MutationTerms {
    sort(&mut input);
    let Value::Object(values) = &input else { return MutationTerms::default() };
    let is_empty = mutation.ends_with("Update") && values.keys().all(|it| NO_VALUES.contains(&it.as_str()));
    let idempotency = match values.get(KEY) {
        Some(Value::String(key)) => Some(with_fingerprint(mutation, key.clone(), &input)),
        _ => None,
    };
    MutationTerms { idempotency, is_empty }
}

/// Sorts the fields of a value: their order means nothing.
fn sort(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.sort_unstable_keys();
            fields.values_mut().for_each(sort);
        }
        Value::List(values) => values.iter_mut().for_each(sort),
        _ => {}
    }
}

/// Adds the key to the inputs of all mutations that have none.
fn add_keys(registry: &mut Registry) {
    let Some(MetaType::Object { fields, .. }) = registry.types.get(&*MutationRoot::type_name()) else { return };
    let inputs: Vec<_> = fields
        .values()
        .filter(|it| WITHOUT_KEY.iter().all(|(without, _)| *without != it.name))
        .filter_map(|it| Some((it.name.clone(), it.args.get("input")?.ty.trim_end_matches('!').to_owned())))
        .collect();
    let mut kept = BTreeSet::new();
    for (mutation, input) in inputs {
        if let Some(MetaType::InputObject { input_fields, .. }) = registry.types.get_mut(&input)
            && !input_fields.contains_key(KEY)
        {
            let mut key = MetaInputValue::new(KEY, "String");
            key.description = Some(OF_KEY.to_owned());
            input_fields.insert(KEY.to_owned(), key);
            kept.insert(mutation);
        }
    }
    // Every schema of this process is the same.
    KEPT.get_or_init(|| kept);
}

/// What the arguments of every page are, where a field says nothing of its own.
const PAGE: [(&str, &str); 4] = [
    ("first", "Number of items from the front, 1 to 100; 20 where `first` and `last` are left out."),
    ("after", "Cursor behind which the page begins."),
    ("last", "Number of items from the end, 1 to 100."),
    ("before", "Cursor before which the page ends."),
];

/// Describes pages and their arguments once for all lists.
fn describe_pages(registry: &mut Registry) {
    for kind in registry.types.values_mut() {
        let MetaType::Object { name, description, fields, .. } = kind else { continue };
        if name.ends_with("Connection") {
            description.get_or_insert_with(|| "Page of a list, with its rows and the cursors around it.".to_owned());
        }
        for field in fields.values_mut() {
            for (argument, description) in PAGE {
                if let Some(argument) = field.args.get_mut(argument) {
                    argument.description.get_or_insert_with(|| description.to_owned());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    #[test]
    fn the_order_of_fields_means_nothing_and_every_value_counts() {
        let print = |input| terms_of("calendarUpdate", input).idempotency.map(|it| it.fingerprint);
        let first = print(value!({ "idempotencyKey": "k", "id": "cal_1", "name": "A", "of": [{ "a": 1, "b": 2 }] }));
        assert!(first.is_some());
        let turned = value!({ "of": [{ "b": 2, "a": 1 }], "name": "A", "id": "cal_1", "idempotencyKey": "k" });
        assert_eq!(print(turned), first);
        assert_ne!(print(value!({ "idempotencyKey": "k", "id": "cal_1", "name": "A", "of": null })), first);
        assert_eq!(print(value!({ "id": "cal_1", "name": "A" })), None);
        assert_eq!(print(value!({ "id": "cal_1", "idempotencyKey": null })), None);
    }

    #[test]
    fn an_update_without_a_value_is_empty() {
        let is_empty = |mutation, input| terms_of(mutation, input).is_empty;
        assert!(is_empty(
            "calendarEntryUpdate",
            value!({ "id": "e", "version": 1, "apply": "THIS", "occurrence": "x" })
        ));
        assert!(!is_empty("calendarEntryUpdate", value!({ "id": "e", "version": 1, "title": null })));
        assert!(!is_empty("feedRevoke", value!({ "id": "f", "version": 1 })));
    }
}
