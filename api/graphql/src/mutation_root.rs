//! The root of mutations: its fields are nullable, so that a fault of one never erases the receipt of another.
//!
//! The mutations of one document are transactions of their own, one after the other. With fields that are not nullable an
//! error of the last one would make the whole answer null, although the others are stored (GraphQL specification of October
//! 2021, section 6.4.4).

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaType, Registry};
use async_graphql::resolver_utils::ContainerType;
use async_graphql::{Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value};

use crate::schema::Mutations;

/// The mutations, each nullable.
#[derive(Default)]
pub struct MutationRoot(Mutations);

impl ObjectType for MutationRoot {}

impl ContainerType for MutationRoot {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
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
        name
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        async_graphql::resolver_utils::resolve_container_serial(ctx, self).await
    }
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
