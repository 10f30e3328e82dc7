//! Measures an operation once it is bound, before anything is executed: refuses what is too deep or too dear, and charges
//! for the rest.

use std::sync::{Arc, OnceLock};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, NextValidation, ResolveInfo,
};
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{
    ObjectType, Positioned, Request, Response, Schema, ServerError, ServerResult, SubscriptionType, ValidationResult,
    Value,
};
use graphql_documents::limits::QueryLimits;
use kernel::error::{ApiError, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::{error, refused_lists};

/// Who pays for an operation. Lies in the data of the request.
pub trait Charge: Send + Sync {
    /// Takes `complexity` points; false when there are not enough.
    fn charge(&self, complexity: usize) -> bool;
}

/// The data of a request under which its [`Charge`] lies.
pub type Payer = Arc<dyn Charge>;

/// The data of a request that is only measured.
type Measured = Arc<OnceLock<usize>>;

/// The most fields that are measured to find the dearest.
const MEASURED: usize = 20;

/// The extension of the schema.
pub(super) struct Meter(pub(super) QueryLimits);

impl ExtensionFactory for Meter {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(self.0))
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Meter {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await?;
        if let Some(measured) = ctx.data_opt::<Measured>() {
            let _first = measured.set(result.complexity);
            return Err(Vec::new());
        }
        let Self(limits) = self;
        if result.depth > limits.max_depth {
            let text = Text::new("limit-depth").with("depth", result.depth).with("max", limits.max_depth);
            return Err(vec![refused(text)]);
        }
        if result.complexity > limits.max_complexity {
            return Err(vec![too_dear(TooDear { points: result.complexity, max: limits.max_complexity }, None)]);
        }
        match ctx.data_opt::<Payer>() {
            // What the answer says instead comes from the budget.
            Some(payer) if !payer.charge(result.complexity) => Err(vec![refused(Text::new("request-points"))]),
            _ => Ok(result),
        }
    }

    // One extension does it all: each costs an allocation per field.
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        refused_lists::execute(ctx, operation_name, next).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let node = info.path_node;
        next.run(ctx, info).await.map_err(|error| error::with_path(error, node))
    }
}

fn refused(text: Text) -> ServerError {
    let problem = Problem::whole(UserErrorCode::LimitReached, text);
    ServerError { source: Some(Arc::new(ApiError::from(problem))), ..ServerError::new("", None) }
}

/// An operation that costs more points than it may.
#[derive(Clone, Copy)]
struct TooDear {
    points: usize,
    max: usize,
}

fn too_dear(it: TooDear, dearest: Option<(String, usize)>) -> ServerError {
    let text = Text::new(if dearest.is_some() { "limit-points-dearest" } else { "limit-points" });
    let mut text = text.with("points", it.points).with("max", it.max);
    if let Some((field, most)) = dearest {
        text = text.with("field", field).with("most", most);
    }
    let mut error = refused(text);
    // Until its dearest field is known.
    error.extensions = Some(Default::default());
    if let Some(extensions) = &mut error.extensions {
        extensions.set("points", it.points);
        extensions.set("max", it.max);
    }
    error
}

/// The refusal among the errors of an answer that its operation is too dear.
fn refusal(response: &Response) -> Option<TooDear> {
    let extensions = response.errors.first()?.extensions.as_ref()?;
    let number = |name: &str| match extensions.get(name) {
        Some(Value::Number(number)) => number.as_u64().and_then(|it| usize::try_from(it).ok()),
        _ => None,
    };
    Some(TooDear { points: number("points")?, max: number("max")? })
}

/// Whether an operation was refused for its points.
pub fn is_too_dear(response: &Response) -> bool {
    refusal(response).is_some()
}

/// Names the dearest field of a refused operation.
pub async fn tell_dearest<Q, M, S>(schema: &Schema<Q, M, S>, document: &ExecutableDocument, response: &mut Response)
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let Some(it) = refusal(response) else { return };
    if let Some(dearest) = dearest(schema, document).await {
        response.errors = vec![too_dear(it, Some(dearest))];
    }
}

/// The dearest of the first fields that an operation does not select alone, by its path in the answer, with its points.
async fn dearest<Q, M, S>(schema: &Schema<Q, M, S>, document: &ExecutableDocument) -> Option<(String, usize)>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let mut path = Vec::new();
    let count = {
        let mut items = selected(document, &path)?;
        while let [only] = items {
            if below(only).is_none_or(|it| it.items.is_empty()) {
                break;
            }
            path.push(0);
            items = selected(document, &path)?;
        }
        items.len()
    };
    let mut dearest: Option<(String, usize)> = None;
    for index in 0..count.min(MEASURED) {
        let mut alone = document.clone();
        let DocumentOperations::Single(operation) = &mut alone.operations else { return None };
        let mut set = &mut operation.node.selection_set.node;
        let mut name = String::new();
        for at in &path {
            set = match &mut set.items.get_mut(*at)?.node {
                Selection::Field(field) => {
                    name = format!("{name}{}.", field.node.response_key().node);
                    &mut field.node.selection_set.node
                }
                Selection::InlineFragment(it) => &mut it.node.selection_set.node,
                Selection::FragmentSpread(_) => return None,
            };
        }
        let item = set.items.get(index)?.clone();
        let Selection::Field(field) = &item.node else { continue };
        name.push_str(&field.node.response_key().node);
        set.items = vec![item];
        let measured = Measured::default();
        let mut request = Request::new("").data(measured.clone());
        request.set_parsed_query(alone);
        schema.execute(request).await;
        let points = measured.get().copied().unwrap_or_default();
        if dearest.as_ref().is_none_or(|(_, most)| points > *most) {
            dearest = Some((name, points));
        }
    }
    dearest
}

/// What is selected below the fields of a path.
fn selected<'a>(document: &'a ExecutableDocument, path: &[usize]) -> Option<&'a [Positioned<Selection>]> {
    let DocumentOperations::Single(operation) = &document.operations else { return None };
    let mut set: &SelectionSet = &operation.node.selection_set.node;
    for at in path {
        set = below(set.items.get(*at)?)?;
    }
    Some(&set.items)
}

/// What a field or an inline fragment selects.
const fn below(selection: &Positioned<Selection>) -> Option<&SelectionSet> {
    match &selection.node {
        Selection::Field(field) => Some(&field.node.selection_set.node),
        Selection::InlineFragment(it) => Some(&it.node.selection_set.node),
        Selection::FragmentSpread(_) => None,
    }
}
