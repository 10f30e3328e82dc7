//! The types of the schema as validation needs them, read from the schema in words.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql_value::ConstValue;
use kernel::error::UserErrorCode;
use kernel::i18n::Text;

/// The types of introspection (GraphQL specification, section 4.2), which a schema in words leaves out.
const INTROSPECTION: &str = "
    type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type
        subscriptionType: __Type directives: [__Directive!]! }
    type __Type { kind: __TypeKind! name: String description: String specifiedByURL: String
        fields(includeDeprecated: Boolean! = false): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!]
        enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
        inputFields(includeDeprecated: Boolean! = false): [__InputValue!] ofType: __Type isOneOf: Boolean }
    enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
    type __Field { name: String! description: String args(includeDeprecated: Boolean! = false): [__InputValue!]!
        type: __Type! isDeprecated: Boolean! deprecationReason: String }
    type __InputValue { name: String! description: String type: __Type! defaultValue: String isDeprecated: Boolean!
        deprecationReason: String }
    type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }
    type __Directive { name: String! description: String isRepeatable: Boolean! locations: [__DirectiveLocation!]!
        args(includeDeprecated: Boolean! = false): [__InputValue!]! }
    enum __DirectiveLocation { QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT
        VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE
        INPUT_OBJECT INPUT_FIELD_DEFINITION }
    type __Root { __schema: __Schema! __type(name: String!): __Type __typename: String! }
    scalar Boolean scalar Float scalar ID scalar Int scalar String";

/// The longest name for which a similar one is sought, in bytes.
const LONGEST: usize = 60;

/// An argument, or a field of an input object.
#[derive(Debug)]
pub(super) struct InputShape {
    pub(super) name: Name,
    pub(super) ty: Type,
    pub(super) has_default: bool,
}

impl InputShape {
    fn of(definition: &InputValueDefinition) -> Self {
        Self {
            name: definition.name.node.clone(),
            ty: definition.ty.node.clone(),
            has_default: definition.default_value.is_some(),
        }
    }

    /// The argument of `@skip` and `@include`.
    pub(super) fn condition() -> Self {
        let ty = Type { base: BaseType::Named(Name::new("Boolean")), nullable: false };
        Self { name: Name::new("if"), ty, has_default: false }
    }

    /// Whether it must be given.
    pub(super) const fn is_required(&self) -> bool {
        !self.ty.nullable && !self.has_default
    }
}

/// A field of an object or interface.
#[derive(Debug)]
pub(super) struct FieldShape {
    pub(super) ty: Type,
    pub(super) arguments: Vec<InputShape>,
}

/// What values of a type look like.
#[derive(Debug)]
pub(super) enum TypeShape {
    /// A scalar.
    Scalar,
    /// A closed set.
    Enum(Vec<Name>),
    /// An input object, and whether exactly one of its fields is given.
    Input(Vec<InputShape>, bool),
    /// An object, interface or union, with the names of the object types that it may be.
    Composite(HashMap<Name, FieldShape>, HashSet<Name>),
}

/// All types.
#[derive(Debug)]
pub(super) struct Types(HashMap<Name, TypeShape>);

static TYPES: OnceLock<Types> = OnceLock::new();

/// Why a value is none of a scalar of the schema: name of the scalar, the value, and the value as it is told again. The
/// scalars of the specification are not asked for.
pub type ScalarCheck = fn(&str, &ConstValue, String) -> Option<(UserErrorCode, Text)>;

static SCALARS: OnceLock<ScalarCheck> = OnceLock::new();

/// Learns the schema and its scalars, once in a process; documents are validated against it.
pub fn learn(sdl: fn() -> String, scalars: ScalarCheck) {
    TYPES.get_or_init(|| Types::read(&sdl()));
    SCALARS.get_or_init(|| scalars);
}

/// What is wrong with a value of a scalar of the schema.
pub(super) fn scalar_problem(name: &str, value: &ConstValue, shown: String) -> Option<(UserErrorCode, Text)> {
    SCALARS.get().and_then(|check| check(name, value, shown))
}

/// The types of the schema that was learnt; only those of introspection before that.
pub(super) fn types() -> &'static Types {
    TYPES.get_or_init(|| Types::read(""))
}

impl Types {
    /// Reads a schema in words. What cannot be read is left out; a test reads the whole schema.
    fn read(sdl: &str) -> Self {
        let mut types = HashMap::new();
        let mut implementing: HashMap<Name, HashSet<Name>> = HashMap::new();
        for text in [sdl, INTROSPECTION] {
            for definition in parse_schema(text).map(|it| it.definitions).unwrap_or_default() {
                let TypeSystemDefinition::Type(definition) = definition else { continue };
                let name = definition.node.name.node.clone();
                let shape = match &definition.node.kind {
                    TypeKind::Scalar => TypeShape::Scalar,
                    TypeKind::Enum(it) => {
                        TypeShape::Enum(it.values.iter().map(|it| it.node.value.node.clone()).collect())
                    }
                    TypeKind::InputObject(it) => {
                        let one_of = definition.node.directives.iter().any(|it| it.node.name.node == "oneOf");
                        TypeShape::Input(it.fields.iter().map(|it| InputShape::of(&it.node)).collect(), one_of)
                    }
                    TypeKind::Object(it) => {
                        for interface in &it.implements {
                            implementing.entry(interface.node.clone()).or_default().insert(name.clone());
                        }
                        TypeShape::Composite(fields(it.fields.iter().map(|it| &it.node)), HashSet::from([name.clone()]))
                    }
                    TypeKind::Interface(it) => {
                        TypeShape::Composite(fields(it.fields.iter().map(|it| &it.node)), HashSet::new())
                    }
                    TypeKind::Union(it) => {
                        let members = it.members.iter().map(|it| it.node.clone()).collect();
                        TypeShape::Composite(HashMap::new(), members)
                    }
                };
                types.insert(name, shape);
            }
        }
        for (interface, members) in implementing {
            if let Some(TypeShape::Composite(_, possible)) = types.get_mut(&interface) {
                *possible = members;
            }
        }
        Self(types)
    }

    /// A type by its name.
    pub(super) fn get(&self, name: &str) -> Option<&TypeShape> {
        self.0.get(name)
    }

    /// The type of the fields of an operation.
    pub(super) const fn root(kind: OperationType) -> &'static str {
        match kind {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        }
    }

    /// A field of an object, interface or union; `__typename` is one of all, `__schema` and `__type` of queries.
    pub(super) fn field(&self, parent: &str, name: &str) -> Option<&FieldShape> {
        let at_root = matches!(name, "__schema" | "__type") && parent == Self::root(OperationType::Query);
        let parent = if name == "__typename" || at_root { "__Root" } else { parent };
        match self.get(parent) {
            Some(TypeShape::Composite(fields, _)) => fields.get(name),
            Some(TypeShape::Scalar | TypeShape::Enum(_) | TypeShape::Input(..)) | None => None,
        }
    }

    /// The object types that a type may be; empty where it is none that has fields.
    pub(super) fn possible(&self, name: &str) -> Option<&HashSet<Name>> {
        match self.get(name) {
            Some(TypeShape::Composite(_, possible)) => Some(possible),
            Some(TypeShape::Scalar | TypeShape::Enum(_) | TypeShape::Input(..)) | None => None,
        }
    }

    /// Whether values of a type are given by clients.
    pub(super) fn is_input(&self, name: &str) -> bool {
        matches!(self.get(name), Some(TypeShape::Scalar | TypeShape::Enum(_) | TypeShape::Input(..)))
    }

    /// The field of a type that may have been meant.
    pub(super) fn similar_field(&self, parent: &str, name: &str) -> Option<String> {
        match self.get(parent) {
            Some(TypeShape::Composite(fields, _)) => Self::similar(name, fields.keys()),
            Some(TypeShape::Scalar | TypeShape::Enum(_) | TypeShape::Input(..)) | None => None,
        }
    }

    /// The name that is most like `name`, of those that a client may mean.
    pub(super) fn similar<'a>(name: &str, known: impl IntoIterator<Item = &'a Name>) -> Option<String> {
        // No name of the schema is longer, and distances of long names take long.
        if name.len() > LONGEST {
            return None;
        }
        let distance = |it: &Name| strsim::osa_distance(&name.to_lowercase(), &it.to_lowercase());
        let nearest = known.into_iter().map(|it| (distance(it), it)).min();
        nearest.filter(|(distance, _)| *distance <= (name.chars().count() / 3).max(1)).map(|(_, it)| it.to_string())
    }
}

fn fields<'a>(definitions: impl Iterator<Item = &'a FieldDefinition>) -> HashMap<Name, FieldShape> {
    let field = |it: &FieldDefinition| {
        let arguments = it.arguments.iter().map(|it| InputShape::of(&it.node)).collect();
        (it.name.node.clone(), FieldShape { ty: it.ty.node.clone(), arguments })
    };
    definitions.map(field).collect()
}

/// The named type at the bottom of a type.
pub(super) fn named(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_schema_is_read() {
        let declared = |text: &str, word: &str| text.lines().filter(|it| it.starts_with(word)).count();
        let sdl = include_str!("../../schema.graphql");
        let types = Types::read(sdl);
        let words = ["type ", "input ", "enum ", "interface ", "union ", "scalar "];
        let count: usize = words.iter().map(|it| declared(sdl, it)).sum();
        let of_introspection = INTROSPECTION.matches("type __").count() + INTROSPECTION.matches("enum __").count() + 5;
        assert_eq!(types.0.len(), count + of_introspection);
        assert!(count > 500, "{count}");
        assert!(types.field("Query", "node").is_some() && types.field("__Type", "ofType").is_some());
    }

    #[test]
    fn a_name_is_suggested_where_it_is_near() {
        let known = ["title", "tenant", "id"].map(Name::new);
        assert_eq!(Types::similar("tittle", &known), Some("title".to_owned()));
        assert_eq!(Types::similar("Tenant", &known), Some("tenant".to_owned()));
        assert_eq!(Types::similar("something", &known), None);
        assert_eq!(Types::similar(&"title".repeat(20), &known), None);
    }
}
