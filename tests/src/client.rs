//! A GraphQL client in the role of somebody.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Sends GraphQL requests with one token, or with none.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    language: &'static str,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as it came.
    pub text: String,
}

impl Client {
    /// A client of the endpoint `url`.
    pub fn new(http: reqwest::Client, url: String, token: Option<String>) -> Self {
        Self { http, url, token, language: "en" }
    }

    /// The same client asking for texts in another language.
    #[must_use]
    pub fn speaking(&self, language: &'static str) -> Self {
        Self { language, ..self.clone() }
    }

    /// Sends a document without variables.
    pub async fn ask(&self, query: &str) -> Reply {
        self.send(query, json!({})).await
    }

    /// Sends a document with variables.
    pub async fn send(&self, query: &str, variables: Value) -> Reply {
        self.post(&json!({ "query": query, "variables": variables }).to_string(), &[]).await
    }

    /// Sends a body as it is, with headers that replace the usual ones.
    pub async fn post(&self, body: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("accept-language", self.language)
            .body(body.to_owned());
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut request = request.build().expect("a request that can be built");
        for (name, value) in headers {
            let name: reqwest::header::HeaderName = name.parse().expect("a header name");
            request.headers_mut().insert(name, value.parse().expect("a header value"));
        }
        let response = self.http.execute(request).await.expect("the server answers");
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Reply { status, headers, text: response.text().await.expect("a body") }
    }

    /// Sends a mutation with one `input` and expects it to succeed; the payload.
    pub async fn mutate(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let payload = self.try_mutate(mutation, input, selection).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation} was refused");
        payload
    }

    /// Sends a mutation with one `input`; the payload, whatever it says.
    pub async fn try_mutate(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation M($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
        );
        let reply = self.send(&query, json!({ "input": input })).await;
        reply.data()[mutation].clone()
    }
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// `data` of an answer without errors.
    pub fn data(&self) -> Value {
        let body = self.json();
        assert!(body.get("errors").is_none(), "unexpected errors: {}", self.text);
        assert_eq!(self.status, 200, "{}", self.text);
        body["data"].clone()
    }

    /// Codes of the top-level errors.
    pub fn codes(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|it| it["extensions"]["code"].as_str().unwrap_or("-").to_owned()).collect()
    }

    /// Top-level errors as `CODE reason field`, in their order.
    pub fn refusals(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let word = |it: &Value, name: &str| it["extensions"][name].as_str().unwrap_or("-").to_owned();
        errors.iter().map(|it| ["code", "reason", "field"].map(|name| word(it, name)).join(" ")).collect()
    }

    /// SQL statements that the operation took, from the `Server-Timing` header.
    pub fn statements(&self) -> u32 {
        let timing = self.headers.get("server-timing").expect("the server tells what an operation cost");
        let count = timing.split("desc=\"").nth(1).and_then(|it| it.split(' ').next());
        count.and_then(|it| it.parse().ok()).expect("a number of statements")
    }
}

/// Codes of a payload's `userErrors`.
pub fn codes(payload: &Value) -> Vec<&str> {
    payload["userErrors"].as_array().into_iter().flatten().filter_map(|it| it["code"].as_str()).collect()
}

/// A payload's `userErrors` as `CODE field`, in their order.
pub fn said(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().cloned().unwrap_or_default();
    let say = |it: &Value| format!("{} {}", it["code"].as_str().unwrap_or("-"), it["field"].as_str().unwrap_or("-"));
    errors.iter().map(say).collect()
}

/// An id of the same type that nothing has.
pub fn unknown(id: &str) -> String {
    let prefix = id.split('_').next().expect("a prefix");
    format!("{prefix}_01h455vb4pex5vsknk084sn02q")
}
