//! Other people's readers of calendars from PyPI (`tests/clients`), run with Python.

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

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

fn interpreter() -> PathBuf {
    folder().join(".venv/bin/python")
}

/// Whether the readers are installed (`.ci/run` does it); a case that needs them returns where not. The run says so in
/// its last lines, and with `VERBUND_REQUIRE_CLIENTS` set it is a failure.
///
/// # Panics
/// They are required and not there.
pub fn is_there() -> bool {
    let there = interpreter().exists();
    assert!(there || std::env::var_os("VERBUND_REQUIRE_CLIENTS").is_none(), "install tests/clients/requirements.txt");
    if there { &USED } else { &PASSED_OVER }.fetch_add(1, Ordering::SeqCst);
    there
}

/// What the last lines of a run say of them.
pub fn summary() -> String {
    match (USED.load(Ordering::SeqCst), PASSED_OVER.load(Ordering::SeqCst)) {
        (0, 0) => "readers from PyPI: not asked for".to_owned(),
        (used, 0) => format!("readers from PyPI: used by {used} cases"),
        (used, over) => {
            format!("readers from PyPI: NOT INSTALLED, {over} cases passed over, {used} not; .ci/run installs them")
        }
    }
}

/// Runs a script with standard input; the JSON that it prints.
///
/// # Panics
/// It fails.
pub async fn run(script: &str, input: &str) -> Value {
    let mut command = Command::new(interpreter());
    command.arg(script).current_dir(folder()).env("PYTHONIOENCODING", "utf-8");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("python starts");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.as_bytes()).await.expect("written");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {said} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}
