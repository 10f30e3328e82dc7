//! Rows of each type with a global id, as far as the viewer may see them, under the name of the type.

use entities as e;

use crate::planning::proposals::VisibleProposals;

macro_rules! rows {
    ($node:ident change_proposal) => {
        /// Rows of the type.
        pub type $node = VisibleProposals;
    };
    ($node:ident $table:ident) => {
        /// Rows of the type.
        pub type $node = e::$table::Entity;
    };
}

macro_rules! nodes {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        $($(rows!($node $table);)+)+
    };
}

kernel::for_each_node_type!(nodes);
