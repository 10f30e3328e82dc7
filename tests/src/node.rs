//! Other people's clients and suites from npm (`tests/clients`), run with Node.js.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How many cases used them.
static USED: AtomicUsize = AtomicUsize::new(0);
/// How many were passed over.
static PASSED_OVER: AtomicUsize = AtomicUsize::new(0);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

/// Whether the clients are installed (`npm ci` in `tests/clients`); a case that needs them returns where not. The run
/// says so in its last lines, and with `VERBUND_REQUIRE_CLIENTS` set it is a failure.
///
/// # Panics
/// They are required and not there.
pub fn are_there() -> bool {
    let there = folder().join("node_modules/graphql-http").is_dir();
    assert!(there || std::env::var_os("VERBUND_REQUIRE_CLIENTS").is_none(), "run npm ci --prefix tests/clients");
    if there { &USED } else { &PASSED_OVER }.fetch_add(1, Ordering::SeqCst);
    there
}

/// Whether a browser is there as well.
///
/// # Panics
/// It is required and not there.
pub fn has_browser() -> bool {
    let there = Path::new("/usr/bin/chromium").exists();
    assert!(there || std::env::var_os("VERBUND_REQUIRE_CLIENTS").is_none(), "install Debian's chromium");
    are_there() && there
}

/// What the last lines of a run say of them.
pub fn summary() -> String {
    match (USED.load(Ordering::SeqCst), PASSED_OVER.load(Ordering::SeqCst)) {
        (0, 0) => "clients from npm: not asked for".to_owned(),
        (used, 0) => format!("clients from npm: used by {used} cases"),
        (used, over) => {
            format!(
                "clients from npm: NOT INSTALLED, {over} cases passed over, {used} not; npm ci --prefix tests/clients"
            )
        }
    }
}

/// Runs a script with arguments and standard input; the JSON that it prints.
///
/// # Panics
/// It fails.
pub async fn run(script: &str, arguments: &[&str], input: &Value) -> Value {
    let mut child = command(script).args(arguments).stdin(Stdio::piped()).spawn().expect("node starts");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.to_string().as_bytes()).await.expect("written");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {said} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn command(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(script).current_dir(folder());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// A certified OpenID provider in a process of its own.
pub struct Provider {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// `iss`.
    pub issuer: String,
}

impl Provider {
    /// Starts one with accounts: subject → claims of its access tokens.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start(accounts: &Value) -> Self {
        let mut command = command("provider.mjs");
        command.arg(accounts.to_string()).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("node starts");
        let input = process.stdin.take().expect("its input");
        let mut output = BufReader::new(process.stdout.take().expect("its output")).lines();
        let first = output.next_line().await.expect("text").expect("a first line");
        let first: Value = serde_json::from_str(&first).expect("JSON");
        let issuer = first["issuer"].as_str().expect("an issuer").to_owned();
        Self { _process: process, input, output, issuer }
    }

    /// Signs `account` in; its access token.
    pub async fn login(&mut self, account: &str) -> String {
        self.login_both(account).await.0
    }

    /// Signs `account` in; its access token and its ID token.
    ///
    /// # Panics
    /// It cannot sign in.
    pub async fn login_both(&mut self, account: &str) -> (String, String) {
        let answer = self.tell(json!({ "do": "login", "account": account })).await;
        let token = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        (token("token"), token("id"))
    }

    /// Steers it.
    ///
    /// # Panics
    /// It is gone.
    pub async fn tell(&mut self, command: Value) -> Value {
        self.input.write_all(format!("{command}\n").as_bytes()).await.expect("written");
        let line = self.output.next_line().await.expect("text").expect("an answer");
        serde_json::from_str(&line).expect("JSON")
    }
}
