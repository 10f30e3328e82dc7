//! Closed sets in the schema: those of the store from their declarations in `entities`, and those of the policy.

use async_graphql::Enum;

/// Makes the types of the schema from a group of closed sets in `entities`, with the conversions both ways; inputs take them.
macro_rules! schema_sets {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* #[graphql(name = $text)] $variant),+ }

        impl From<entities::$name> for $name {
            fn from(it: entities::$name) -> Self {
                match it { $(entities::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for entities::$name {
            fn from(it: $name) -> Self {
                match it { $($name::$variant => Self::$variant),+ }
            }
        }

        impl $crate::inputs::InputField for $name {
            type Value = Self;

            fn value(self, _: &'static str) -> kernel::error::ApiResult<Self> {
                Ok(self)
            }
        }
    )+};
}

pub(crate) use schema_sets;

entities::general_sets!(schema_sets);

macro_rules! permission_type {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// Permission within one authority. The catalogue is closed; roles are named sets of permissions.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[graphql(remote = "policy::Permission")]
        pub enum Permission { $($(#[$doc])* $name,)+ }
    };
}

policy::permissions!(permission_type);

/// Action on an object.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "policy::Action")]
pub enum Action {
    /// Read access.
    Read,
    /// Creation, change, cancellation and archiving.
    Write,
    /// Sharing with partner authorities, and the end of shares.
    Share,
    /// Signature for the authority.
    Sign,
    /// Release to the public, and the withdrawal of a release.
    Publish,
    /// Change of what belongs to the authority as a whole.
    Manage,
}
