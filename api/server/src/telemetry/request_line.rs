//! The canonical log line of a request. Its fields are a contract, listed in ARCHITECTURE.md.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};

/// What a request asked for, as far as it may be logged: never variables, literals or personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestOperation {
    /// `query`, `mutation`, or `-` when the document was not read.
    pub kind: &'static str,
    /// Name of the operation, if it is a plain word; clients choose it.
    pub name: String,
}

impl RequestOperation {
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

    /// Whether it goes on.
    pub fn is_subscription(&self) -> bool {
        self.kind == "subscription"
    }

    /// Whether it changes something.
    pub fn is_mutation(&self) -> bool {
        self.kind == "mutation"
    }
}

/// What the handler of a request tells its log line.
#[derive(Clone, Debug, Default)]
pub struct RequestFields {
    /// `anonymous`, `person`, or `-` when nobody was asked.
    pub actor: &'static str,
    /// What was asked for.
    pub operation: RequestOperation,
    /// Codes of top-level errors, separated by commas; empty = none.
    pub errors: String,
    /// Codes of refusals that the client can act on, separated by commas; empty = none.
    pub user_errors: String,
    /// SQL statements.
    pub statements: u32,
    /// Time in which at least one of them was awaited.
    pub database: Duration,
}

/// Fields of an answer that goes on after its head: they are read when it ends.
#[derive(Clone, Debug, Default)]
pub struct LiveFields(Arc<Mutex<RequestFields>>);

impl LiveFields {
    /// Fields as they are at the head of the answer.
    pub fn new(fields: RequestFields) -> Self {
        Self(Arc::new(Mutex::new(fields)))
    }

    /// The fields as they are now.
    pub fn fields(&self) -> RequestFields {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes them.
    pub fn update(&self, change: impl FnOnce(&mut RequestFields)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// One request, one line.
#[derive(Debug)]
pub struct RequestLine<'a> {
    /// Names the request in errors and audit rows.
    pub request_id: &'a str,
    /// Names the trace that the request belongs to.
    pub trace_id: &'a str,
    /// HTTP method.
    pub method: &'a str,
    /// Path, without query string.
    pub path: &'a str,
    /// HTTP status.
    pub status: u16,
    /// What the handler told.
    pub told: &'a RequestFields,
    /// Time from reading the head of the request to having that of the answer.
    pub head: Duration,
    /// Time from reading the head of the request to the end of the answer.
    pub elapsed: Duration,
    /// Bytes of the answer's body that left, compressed where it was.
    pub bytes: u64,
}

impl RequestLine<'_> {
    /// Writes the line.
    pub fn write(&self) {
        let or_dash = |text: &'static str| if text.is_empty() { "-" } else { text };
        tracing::info!(
            target: "verbund::request",
            request_id = self.request_id,
            trace_id = self.trace_id,
            method = self.method,
            path = self.path,
            status = self.status,
            actor = or_dash(self.told.actor),
            operation_type = or_dash(self.told.operation.kind),
            operation_name = self.told.operation.name,
            errors = self.told.errors,
            user_errors = self.told.user_errors,
            statements = self.told.statements,
            database_ms = millis(self.told.database),
            head_ms = millis(self.head),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn told(fields: &RequestFields) -> serde_json::Value {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .finish();
        let line = RequestLine {
            request_id: "a-request",
            trace_id: "a-trace",
            method: "POST",
            path: "/graphql",
            status: 200,
            told: fields,
            head: Duration::from_millis(12),
            elapsed: Duration::from_micros(12_345),
            bytes: 99,
        };
        tracing::subscriber::with_default(subscriber, || line.write());
        let mut line: serde_json::Value = serde_json::from_slice(&written.0.lock().unwrap()).unwrap();
        line.as_object_mut().unwrap().remove("timestamp").unwrap();
        line
    }

    #[test]
    fn the_fields_of_the_line_are_a_contract() {
        let document = async_graphql::parser::parse_query("mutation Make { __typename }").unwrap();
        let whole = RequestFields {
            actor: "person",
            operation: RequestOperation::of(&document, None),
            errors: "BAD_USER_INPUT".to_owned(),
            user_errors: "FORBIDDEN,INVALID".to_owned(),
            statements: 3,
            database: Duration::from_nanos(1_500_400),
        };
        let expected = serde_json::json!({
            "level": "INFO", "target": "verbund::request", "message": "request", "request_id": "a-request",
            "trace_id": "a-trace", "method": "POST", "path": "/graphql", "status": 200, "actor": "person", "operation_type": "mutation",
            "operation_name": "Make", "errors": "BAD_USER_INPUT",
            "user_errors": "FORBIDDEN,INVALID", "statements": 3, "database_ms": 1.5, "head_ms": 12.0,
            "elapsed_ms": 12.345, "bytes": 99,
        });
        assert_eq!(told(&whole), expected);
        let nothing = told(&RequestFields::default());
        assert_eq!((&nothing["actor"], &nothing["operation_type"]), (&"-".into(), &"-".into()));
    }

    #[test]
    fn an_operation_is_found_by_its_name() {
        let document = async_graphql::parser::parse_query("query A { __typename } mutation B { __typename }").unwrap();
        let found = |name| (RequestOperation::of(&document, name).kind, RequestOperation::of(&document, name).name);
        assert_eq!(found(Some("A")), ("query", "A".to_owned()));
        assert_eq!(found(Some("B")), ("mutation", "B".to_owned()));
        assert_eq!(found(Some("C")), ("-", String::new()));
        assert_eq!(found(None), ("-", String::new()));
        let long = RequestOperation::of(&document, Some(&"C".repeat(100)));
        assert_eq!(long.name, "", "what clients choose is bounded");
    }
}
