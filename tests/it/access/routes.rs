//! Every route by which a client can put an id into an operation, read from the schema: arguments of fields, and input
//! fields below them.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql_parser::types::{
    BaseType, FieldDefinition, InputObjectType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// A schema by the names of its types.
pub struct Schema(BTreeMap<String, Definition>);

struct Definition {
    kind: TypeKind,
    one_of: bool,
}

/// The way from a field down to an id.
#[derive(Clone, Debug)]
pub struct Route {
    /// The type that has the field: `Query`, `Mutation`, `Subscription`, or an object type.
    pub parent: String,
    /// The field.
    pub field: String,
    /// The argument of the field, then input fields down to the id.
    pub path: Vec<String>,
    /// The last of them with its owner: `Query.node(id)`, `FeedRevokeInput.id`.
    pub argument: String,
}

impl Schema {
    /// Reads a schema.
    pub fn of(sdl: &str) -> Self {
        let document = async_graphql_parser::parse_schema(sdl).expect("a schema");
        let types = document.definitions.into_iter().filter_map(|it| match it {
            TypeSystemDefinition::Type(it) => Some(it.node),
            _ => None,
        });
        let named = types.map(|it| {
            let one_of = it.directives.iter().any(|it| it.node.name.node == "oneOf");
            (it.name.node.to_string(), Definition { kind: it.kind, one_of })
        });
        Self(named.collect())
    }

    /// Every argument and every input field that is an id or a list of ids, whether a route leads there or not.
    pub fn arguments(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (name, definition) in &self.0 {
            if let Some(input) = input(definition) {
                let ids = input.fields.iter().filter(|it| base(&it.node.ty.node) == "ID");
                found.extend(ids.map(|it| format!("{name}.{}", it.node.name.node)));
            }
            for field in fields(definition) {
                let ids = field.arguments.iter().filter(|it| base(&it.node.ty.node) == "ID");
                found.extend(ids.map(|it| format!("{name}.{}({})", field.name.node, it.node.name.node)));
            }
        }
        found
    }

    /// Every route to an id from a field of an object type.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = Vec::new();
        for (parent, definition) in self.0.iter().filter(|it| matches!(it.1.kind, TypeKind::Object(_))) {
            for field in fields(definition) {
                let name = field.name.node.to_string();
                for argument in &field.arguments {
                    let route = Route {
                        parent: parent.clone(),
                        field: name.clone(),
                        path: Vec::new(),
                        argument: String::new(),
                    };
                    let label = format!("{parent}.{name}({})", argument.node.name.node);
                    self.descend(&route, &argument.node, label, &mut Vec::new(), &mut routes);
                }
            }
        }
        routes
    }

    fn descend(
        &self,
        above: &Route,
        value: &InputValueDefinition,
        label: String,
        open: &mut Vec<String>,
        found: &mut Vec<Route>,
    ) {
        let mut route = above.clone();
        route.path.push(value.name.node.to_string());
        let base = base(&value.ty.node).to_owned();
        if base == "ID" {
            found.push(Route { argument: label, ..route });
        } else if let Some(input) = self.0.get(&base).and_then(input)
            && !open.contains(&base)
        {
            open.push(base.clone());
            for field in &input.fields {
                self.descend(&route, &field.node, format!("{base}.{}", field.node.name.node), open, found);
            }
            open.pop();
        }
    }

    /// The arguments of a field.
    pub fn arguments_of(&self, parent: &str, field: &str) -> impl Iterator<Item = &InputValueDefinition> {
        self.field(parent, field).arguments.iter().map(|it| &it.node)
    }

    /// The fields of an input object, and whether exactly one of them is given; none of another type.
    pub fn input(&self, name: &str) -> Option<(impl Iterator<Item = &InputValueDefinition>, bool)> {
        let definition = self.0.get(name)?;
        Some((input(definition)?.fields.iter().map(|it| &it.node), definition.one_of))
    }

    /// The first value of a closed set; none of another type.
    pub fn first_value(&self, name: &str) -> Option<&str> {
        match &self.0.get(name)?.kind {
            TypeKind::Enum(set) => set.values.first().map(|it| it.node.value.node.as_str()),
            _ => None,
        }
    }

    /// Whether a type has a field.
    pub fn has_field(&self, name: &str, field: &str) -> bool {
        self.0.get(name).is_some_and(|it| fields(it).any(|it| it.name.node == field))
    }

    /// An operation with a variable for each of the arguments `given`. Below an object type it begins at the object `$at`.
    pub fn operation(&self, route: &Route, given: &[&str]) -> String {
        let definition = self.field(&route.parent, &route.field);
        let of = |name: &&str| definition.arguments.iter().find(|it| it.node.name.node == **name).expect("an argument");
        let mut variables: Vec<_> = given.iter().map(|it| format!("${it}: {}", of(it).node.ty.node)).collect();
        let arguments: Vec<_> = given.iter().map(|it| format!("{it}: ${it}")).collect();
        let mut body = format!("{}({}) {}", route.field, arguments.join(", "), self.selection(&definition.ty.node, 1));
        let kind = match route.parent.as_str() {
            "Mutation" => "mutation",
            "Subscription" => "subscription",
            "Query" => "query",
            parent => {
                variables.push("$at: ID!".to_owned());
                body = format!("node(id: $at) {{ ... on {parent} {{ {body} }} }}");
                "query"
            }
        };
        format!("{kind}({}) {{ {body} }}", variables.join(", "))
    }

    /// What is asked of an answer: ids of nodes, values of other objects, and `depth` levels below.
    fn selection(&self, ty: &Type, depth: u32) -> String {
        let name = base(ty);
        let Some(definition) = self.0.get(name) else { return String::new() };
        if matches!(definition.kind, TypeKind::Scalar | TypeKind::Enum(_)) {
            return String::new();
        }
        if self.has_field(name, "id") {
            return "{ __typename id }".to_owned();
        }
        let mut selected = vec!["__typename".to_owned()];
        for field in fields(definition).filter(|it| !it.arguments.iter().any(|it| required(&it.node))) {
            let inner = self.0.get(base(&field.ty.node));
            let leaf = inner.is_none_or(|it| matches!(it.kind, TypeKind::Scalar | TypeKind::Enum(_)));
            if leaf {
                selected.push(field.name.node.to_string());
            } else if depth > 0 {
                selected.push(format!("{} {}", field.name.node, self.selection(&field.ty.node, depth - 1)));
            }
        }
        format!("{{ {} }}", selected.join(" "))
    }

    fn field(&self, parent: &str, name: &str) -> &FieldDefinition {
        fields(&self.0[parent]).find(|it| it.name.node == name).expect("a field")
    }
}

/// The name below lists and exclamation marks.
pub fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

/// Whether a value must be given.
pub const fn required(value: &InputValueDefinition) -> bool {
    !value.ty.node.nullable && value.default_value.is_none()
}

fn input(definition: &Definition) -> Option<&InputObjectType> {
    match &definition.kind {
        TypeKind::InputObject(input) => Some(input),
        _ => None,
    }
}

fn fields(definition: &Definition) -> impl Iterator<Item = &FieldDefinition> {
    let fields = match &definition.kind {
        TypeKind::Object(it) => it.fields.as_slice(),
        TypeKind::Interface(it) => it.fields.as_slice(),
        _ => &[],
    };
    fields.iter().map(|it| &it.node)
}
