//! Other people's libraries from PyPI (`tests/clients/requirements.txt`), run with Python in a folder of their own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// How many cases used them.
static USED: AtomicUsize = AtomicUsize::new(0);
/// How many were passed over.
static PASSED_OVER: AtomicUsize = AtomicUsize::new(0);

/// How to install them, said where they are not there.
const INSTALL: &str = "python3 -m venv tests/clients/.venv && tests/clients/.venv/bin/pip install --requirement \
                       tests/clients/requirements.txt";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

fn program() -> PathBuf {
    folder().join(".venv/bin/python")
}

/// Whether the libraries are installed; a case that needs them returns where not. The run says so in its last lines, and
/// with `VERBUND_REQUIRE_CLIENTS` set it is a failure.
///
/// # Panics
/// They are required and not there.
pub fn is_there() -> bool {
    let there = program().exists();
    assert!(there || std::env::var_os("VERBUND_REQUIRE_CLIENTS").is_none(), "run {INSTALL}");
    if there { &USED } else { &PASSED_OVER }.fetch_add(1, Ordering::SeqCst);
    there
}

/// What the last lines of a run say of them.
pub fn summary() -> String {
    match (USED.load(Ordering::SeqCst), PASSED_OVER.load(Ordering::SeqCst)) {
        (0, 0) => "libraries from PyPI: not asked for".to_owned(),
        (used, 0) => format!("libraries from PyPI: used by {used} cases"),
        (used, over) => format!("libraries from PyPI: NOT INSTALLED, {over} cases passed over, {used} not; {INSTALL}"),
    }
}

/// Runs a script with standard input; the JSON that it prints.
///
/// # Panics
/// It fails.
pub async fn run(script: &str, input: &Value) -> Value {
    let mut command = Command::new(program());
    command.arg(script).current_dir(folder()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("python starts");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.to_string().as_bytes()).await.expect("written");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {said} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}
