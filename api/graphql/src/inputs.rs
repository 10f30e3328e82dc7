//! Inputs that create and change the values of an object: one declaration of the fields of both.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::registry::Registry;
use async_graphql::{ID, InputType, InputValueError, InputValueResult, Value};
use domain::rights::nodes;
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use uuid::Uuid;

use crate::node_row::NodeRow;

/// Value of an input field, and what the domain makes of it.
pub trait InputField: Sized {
    /// The value in the domain.
    type Value;

    /// The value in the domain.
    ///
    /// # Errors
    /// What is wrong with it, at `field`.
    fn value(self, field: &'static str) -> ApiResult<Self::Value>;
}

/// Values that the domain takes as they are. Members of closed sets are such as well, see `enums.rs`.
macro_rules! plain {
    ($($type:ty),+) => {
        $(impl InputField for $type {
            type Value = Self;

            fn value(self, _: &'static str) -> ApiResult<Self> {
                Ok(self)
            }
        })+
    };
}

plain!(String, i32, f64, bool);

impl<T: InputField> InputField for Option<T> {
    type Value = Option<T::Value>;

    fn value(self, field: &'static str) -> ApiResult<Self::Value> {
        self.map(|it| it.value(field)).transpose()
    }
}

impl<T: InputField> InputField for Vec<T> {
    type Value = Vec<T::Value>;

    fn value(self, field: &'static str) -> ApiResult<Self::Value> {
        at_most_100(&self, field)?;
        self.into_iter().map(|it| it.value(field)).collect()
    }
}

/// Object type of the schema to which inputs refer by id.
pub trait Referable {
    /// The type of its ids.
    const NODE: NodeType;
}

macro_rules! referable {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        $($(impl Referable for <nodes::$node as NodeRow>::Object {
            const NODE: NodeType = NodeType::$node;
        })+)+
    };
}

kernel::for_each_node_type!(referable);

/// Global id of an object of type `T`; an `ID` in the schema.
pub struct IdOf<T>(ID, PhantomData<fn() -> T>);

impl<T: Referable> InputField for IdOf<T> {
    type Value = Uuid;

    fn value(self, field: &'static str) -> ApiResult<Uuid> {
        T::NODE.parse(&self.0, field)
    }
}

impl<T> InputType for IdOf<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        <ID as InputType>::parse(value).map(|id| Self(id, PhantomData)).map_err(InputValueError::propagate)
    }

    fn to_value(&self) -> Value {
        InputType::to_value(&self.0)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Declares the input that creates an object and the one that changes it.
///
/// `create` and `update` have the fields of one of them alone. The fields of both are `required` (never null), `defaulted`
/// (with the default of a new object, as text of Rust), `optional` (null clears them) and `lists` (empty unless given).
/// `into_values` and `into_patch` make the domain's values and patch of them, with the problems of all fields.
macro_rules! inputs {
    (
        $(#[$create_doc:meta])*
        create $create:ident into $values:ident {
            $($(#[$create_field_doc:meta])* $create_field:ident: $create_type:ty,)*
        }
        $(#[$update_doc:meta])*
        update $update:ident into $patch:ident {
            $($(#[$update_field_doc:meta])* $update_field:ident: $update_type:ty,)*
        }
        required { $($(#[$required_doc:meta])* $required:ident: $required_type:ty,)* }
        defaulted { $($(#[$defaulted_doc:meta])* $defaulted:ident: $defaulted_type:ty = $default:literal,)* }
        optional { $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty,)* }
        lists { $($(#[$list_doc:meta])* $list:ident: $list_type:ty,)* }
        $(fixed { $($fixed:ident: $fixed_value:expr,)* })?
    ) => {
        $(#[$create_doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $create {
            $($(#[$create_field_doc])* pub $create_field: $create_type,)*
            $($(#[$required_doc])* $required: $required_type,)*
            $($(#[$defaulted_doc])* #[graphql(default_with = $default)] $defaulted: $defaulted_type,)*
            $($(#[$optional_doc])* $optional: Option<$optional_type>,)*
            $($(#[$list_doc])* #[graphql(default)] $list: Vec<$list_type>,)*
        }

        impl $create {
            /// The values of the new object.
            ///
            /// # Errors
            /// The problems of all fields.
            pub fn into_values(self) -> kernel::error::ApiResult<$values> {
                use $crate::inputs::InputField;
                let mut problems = kernel::error::Problems::default();
                $(let $required = problems.take(self.$required.value(kernel::field_name!($required)))?;)*
                $(let $defaulted = problems.take(self.$defaulted.value(kernel::field_name!($defaulted)))?;)*
                $(let $optional = problems.take(self.$optional.value(kernel::field_name!($optional)))?;)*
                $(let $list = problems.take(self.$list.value(kernel::field_name!($list)))?;)*
                problems.done()?;
                let missing = || kernel::error::ApiError::fault("an input field without a problem has no value");
                Ok($values {
                    $($required: $required.ok_or_else(missing)?.into(),)*
                    $($defaulted: $defaulted.ok_or_else(missing)?.into(),)*
                    $($optional: $optional.ok_or_else(missing)?.map(Into::into),)*
                    $($list: $list.ok_or_else(missing)?.into_iter().map(Into::into).collect(),)*
                    $($($fixed: $fixed_value,)*)?
                })
            }
        }

        $(#[$update_doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $update {
            $($(#[$update_field_doc])* pub $update_field: $update_type,)*
            $($(#[$required_doc])* $required: async_graphql::MaybeUndefined<$required_type>,)*
            $($(#[$defaulted_doc])* $defaulted: async_graphql::MaybeUndefined<$defaulted_type>,)*
            $($(#[$optional_doc])* $optional: async_graphql::MaybeUndefined<$optional_type>,)*
            $($(#[$list_doc])* $list: async_graphql::MaybeUndefined<Vec<$list_type>>,)*
        }

        impl $update {
            /// The change of the object.
            ///
            /// # Errors
            /// The problems of all fields.
            pub fn into_patch(self) -> kernel::error::ApiResult<$patch> {
                use $crate::inputs::InputField;
                use $crate::patch::PatchField;
                let mut problems = kernel::error::Problems::default();
                let mut patch = $patch::default();
                $(
                    let field = kernel::field_name!($required);
                    let change = self.$required.required(field).and_then(|it| it.try_map(|it| it.value(field)));
                    patch.$required = problems.take(change)?.unwrap_or_default().map(Into::into);
                )*
                $(
                    let field = kernel::field_name!($defaulted);
                    let change = self.$defaulted.required(field).and_then(|it| it.try_map(|it| it.value(field)));
                    patch.$defaulted = problems.take(change)?.unwrap_or_default().map(Into::into);
                )*
                $(
                    let change = self.$optional.clearable().try_map(|it| it.value(kernel::field_name!($optional)));
                    patch.$optional = problems.take(change)?.unwrap_or_default().map(|it| it.map(Into::into));
                )*
                $(
                    let change = self.$list.defaulted().try_map(|it| it.value(kernel::field_name!($list)));
                    patch.$list = problems.take(change)?.unwrap_or_default().map(|it| it.into_iter().map(Into::into).collect());
                )*
                problems.done()?;
                Ok(patch)
            }
        }
    };
}
pub(crate) use inputs;
