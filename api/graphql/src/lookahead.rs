//! What a list resolver reads ahead: which fields of its nodes were selected, in `nodes` or in `edges { node }`.

use async_graphql::{Context, Lookahead};

/// The selection below a connection.
pub struct Selected<'a, 'c> {
    ctx: &'a Context<'c>,
    /// The way from a node to what the questions are about; empty = the node itself.
    within: &'static [&'static str],
    /// The field is a plain list, or one object: it has no `nodes`.
    plain: bool,
}

impl<'a, 'c> Selected<'a, 'c> {
    /// Of the field that is being resolved.
    pub const fn of(ctx: &'a Context<'c>) -> Self {
        Self { ctx, within: &[], plain: false }
    }

    /// Of what its nodes have at the end of `path`.
    pub const fn within(ctx: &'a Context<'c>, path: &'static [&'static str]) -> Self {
        Self { ctx, within: path, plain: false }
    }

    /// Of a field that is a plain list, or one object.
    pub const fn plain(ctx: &'a Context<'c>) -> Self {
        Self { ctx, within: &[], plain: true }
    }

    /// Whether what lies at the end of a path with dots was selected of any node: `place.organisation.tenant`.
    pub fn node_path(&self, path: &str) -> bool {
        self.nodes().any(|it| path.split('.').fold(it, |it, field| it.field(field)).exists())
    }

    /// Whether any node's `field` was selected. Names are those of the schema.
    pub fn node(&self, field: &str) -> bool {
        self.nodes().any(|it| it.field(field).exists())
    }

    /// Whether `field` of any node's `child` was selected.
    pub fn node_child(&self, child: &str, field: &str) -> bool {
        self.nodes().any(|it| it.field(child).field(field).exists())
    }

    fn nodes(&self) -> impl Iterator<Item = Lookahead<'_>> {
        let here = self.ctx.look_ahead();
        let nodes = match self.plain {
            true => vec![here],
            false => vec![here.field("nodes"), here.field("edges").field("node")],
        };
        nodes.into_iter().map(|it| self.within.iter().fold(it, |it, field| it.field(field)))
    }
}
