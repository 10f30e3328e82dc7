//! `verbund export tenant` and `verbund import tenant`: everything of an authority, out and in, with a bar on a terminal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use archive::export::export_tenant;
use archive::import::import_tenant;
use archive::problem::ArchiveResult;
use archive::progress::ArchiveProgress;
use clap::Args;
use kernel::clock::Clock;

use crate::cli::bar;
use crate::config::Config;
use crate::operator::operation;

#[derive(Args)]
pub(super) struct ExportArgs {
    /// Short name of the authority.
    slug: String,
    /// The archive to write; nothing may be there.
    #[arg(long)]
    out: PathBuf,
}

/// Writes an archive; what is in it.
pub(super) async fn export(config: &Config, args: &ExportArgs) -> Result<String, String> {
    let op = operation(config, &Clock::System).await?;
    let progress = Arc::new(ArchiveProgress::default());
    let work = export_tenant(&op, &args.slug, &config.files.folder, &args.out, &progress);
    let done = watched(work, &progress).await;
    op.store.close().await;
    let done = done.map_err(|error| error.render())?;
    let mut text = format!("{}: {} rows, {} files", args.out.display(), done.rows, done.files);
    for missing in &done.missing {
        text.push_str(&format!("\nmissing: {}", config.files.folder.join(missing).display()));
    }
    Ok(text)
}

/// Takes an archive over; what came of it.
pub(super) async fn import(config: &Config, file: &Path) -> Result<String, String> {
    let op = operation(config, &Clock::System).await?;
    let progress = Arc::new(ArchiveProgress::default());
    let done = watched(import_tenant(&op, file, &config.files.folder, &progress), &progress).await;
    op.store.close().await;
    let done = done.map_err(|error| format!("{}: nothing was stored\n{}", file.display(), error.render()))?;
    let mut text = format!("{} is here: {} rows, {} files", done.slug, done.rows, done.files);
    for (count, what) in [
        (done.there, "were here already"),
        (done.outside, "stay in the archive: they are about what is another\u{2019}s"),
        (done.other_ids as u64, "people, fields of work and scopes have another id here"),
    ] {
        if count > 0 {
            text.push_str(&format!("\n{count} {what}"));
        }
    }
    Ok(text)
}

async fn watched<T>(work: impl Future<Output = ArchiveResult<T>>, progress: &ArchiveProgress) -> ArchiveResult<T> {
    let look = || {
        let (done, total) = progress.now();
        bar::Reached { done, total, words: format!("{} %", done.saturating_mul(100) / total.max(1)) }
    };
    let done = tokio::select! {
        done = work => done,
        never = bar::draw(look) => match never {},
    };
    bar::clear();
    done
}
