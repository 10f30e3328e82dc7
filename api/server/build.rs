//! Builds the explorer's pages (`web`) with npm and leaves them where the server embeds them from. Without npm, or when
//! it fails, the plain page takes their place and says so: the server is built all the same.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

/// Where the pages are, from this crate.
const PAGES: &str = "../web";
/// What the pages are made from.
const SOURCES: [&str; 7] =
    ["index.html", "notice.mjs", "package-lock.json", "package.json", "plain", "src", "vite.config.js"];

fn main() {
    println!("cargo::rerun-if-env-changed=VERBUND_EXPLORER");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={PAGES}/{source}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder"));
    let pages = out.join("explorer");
    if let Err(reason) = built(&out.join("web"), &pages) {
        println!("cargo::warning=the explorer is the plain one: {reason}");
        plain(&pages, &reason).expect("the plain page is written");
    }
}

/// Builds the pages in `work` and moves them to `pages`.
fn built(work: &Path, pages: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=PATH");
    if env::var_os("VERBUND_EXPLORER").is_some_and(|it| it == "plain") {
        return Err("VERBUND_EXPLORER=plain was set".to_owned());
    }
    let failed = |error: io::Error| error.to_string();
    // Sources may have gone since the last time; installed packages stay, npm knows whether they fit.
    for source in SOURCES {
        remove(&work.join(source)).map_err(failed)?;
        copy(&Path::new(PAGES).join(source), &work.join(source)).map_err(failed)?;
    }
    npm(work, &["ci", "--no-audit", "--no-fund", "--ignore-scripts"])?;
    npm(work, &["run", "build"])?;
    remove(pages).map_err(failed)?;
    fs::rename(work.join("dist"), pages).map_err(failed)
}

fn npm(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let said = Command::new("npm").args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    match said {
        Ok(said) if said.status.success() => Ok(()),
        Ok(said) => {
            let text = String::from_utf8_lossy(&said.stderr).into_owned();
            let line = text.lines().find(|it| it.to_lowercase().contains("error")).unwrap_or("without a word");
            Err(format!("npm {} failed: {}", arguments[0], line.trim()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err("npm is not installed".to_owned()),
        Err(error) => Err(format!("npm does not run: {error}")),
    }
}

fn plain(pages: &Path, reason: &str) -> io::Result<()> {
    remove(pages)?;
    copy(&Path::new(PAGES).join("plain"), pages)?;
    let page = fs::read_to_string(pages.join("index.html"))?;
    let reason = reason.replace('&', "&amp;").replace('<', "&lt;");
    fs::write(pages.join("index.html"), page.replace("<!-- reason -->", &reason))?;
    fs::write(pages.join("NOTICE.txt"), "The plain explorer carries no packages of others.\n")
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap_or(to))?;
        return fs::copy(from, to).map(|_| ());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
