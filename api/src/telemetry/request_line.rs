//! The canonical log line of a request. Its fields are a contract, listed in ARCHITECTURE.md.

use std::time::Duration;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};

/// What a request asked for, as far as it may be logged: never variables, literals or personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// `query`, `mutation`, or `-` when the document was not read.
    pub kind: &'static str,
    /// Name of the operation, if it is a plain word; clients choose it.
    pub name: String,
}

impl Operation {
    /// The operation of `document` that `name` selects.
    pub fn of(document: &ExecutableDocument, name: Option<&str>) -> Self {
        let found = match &document.operations {
            DocumentOperations::Single(only) => Some((None, only)),
            DocumentOperations::Multiple(several) => several
                .iter()
                .find(|(it, _)| name.map_or(several.len() == 1, |name| it.as_str() == name))
                .map(|(name, operation)| (Some(name.to_string()), operation)),
        };
        let Some((own, operation)) = found else { return Self { kind: "-", name: String::new() } };
        let kind = match operation.node.ty {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        Self { kind, name: own.or_else(|| name.map(str::to_owned)).filter(|it| it.len() <= 64).unwrap_or_default() }
    }

    /// Whether it changes something.
    pub fn is_mutation(&self) -> bool {
        self.kind == "mutation"
    }
}

/// What the handler of a request tells its log line.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// `anonymous`, `person`, or `-` when nobody was asked.
    pub actor: &'static str,
    /// What was asked for.
    pub operation: Operation,
    /// Codes of top-level errors, separated by commas; empty = none.
    pub errors: String,
    /// SQL statements.
    pub statements: u32,
    /// Time spent waiting for them.
    pub database: Duration,
}

/// One request, one line.
#[derive(Debug)]
pub struct RequestLine<'a> {
    /// Names the request in errors and audit rows.
    pub request_id: &'a str,
    /// HTTP method.
    pub method: &'a str,
    /// Path, without query string.
    pub path: &'a str,
    /// HTTP status.
    pub status: u16,
    /// What the handler told.
    pub told: &'a Told,
    /// Time from reading the head to having the answer.
    pub elapsed: Duration,
    /// Bytes of the answer's body.
    pub bytes: u64,
}

impl RequestLine<'_> {
    /// Writes the line.
    pub fn write(&self) {
        let or_dash = |text: &'static str| if text.is_empty() { "-" } else { text };
        tracing::info!(
            target: "verbund::request",
            request_id = self.request_id,
            method = self.method,
            path = self.path,
            status = self.status,
            actor = or_dash(self.told.actor),
            operation_type = or_dash(self.told.operation.kind),
            operation_name = self.told.operation.name,
            errors = self.told.errors,
            statements = self.told.statements,
            database_ms = millis(self.told.database),
            elapsed_ms = millis(self.elapsed),
            bytes = self.bytes,
            "request"
        );
    }
}

/// Milliseconds with three places.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}
