//! What a list resolver reads ahead: which fields of its nodes were selected, in `nodes` or in `edges { node }`.

use async_graphql::Context;

/// The selection below a connection or an object.
pub struct Selected<'a, 'c>(&'a Context<'c>);

impl<'a, 'c> Selected<'a, 'c> {
    /// Of the field that is being resolved.
    pub const fn of(ctx: &'a Context<'c>) -> Self {
        Self(ctx)
    }

    /// Whether any node's `field` was selected. Names are those of the schema.
    pub fn node(&self, field: &str) -> bool {
        let here = self.0.look_ahead();
        here.field("nodes").field(field).exists() || here.field("edges").field("node").field(field).exists()
    }

    /// Whether `field` of any node's `child` was selected.
    pub fn node_child(&self, child: &str, field: &str) -> bool {
        let here = self.0.look_ahead();
        here.field("nodes").field(child).field(field).exists()
            || here.field("edges").field("node").field(child).field(field).exists()
    }
}
