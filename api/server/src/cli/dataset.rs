//! `verbund import dataset`: a file into a dataset, with a bar on a terminal.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Args;
use domain::datasets::import::load::FileOrigin;
use domain::datasets::import::note_text;
use domain::datasets::import::operator::{OperatorImport, import_as_operator};
use domain::datasets::import::reading::ReadProgress;
use domain::operator::render_in;
use kernel::clock::Clock;
use kernel::i18n::Locale;
use tabular::read::{Profile, ReadLimits, ReadReport, propose};

use crate::cli::bar;
use crate::config::{Config, operator_locale};
use crate::operator::operation;
use domain::datasets::import::problem_text;

#[derive(Args)]
pub(super) struct DatasetArgs {
    /// The file: CSV, TSV, XLSX or ODS, also packed with gzip.
    file: PathBuf,
    /// Only prints a profile that seems to read it (TOML), with comments on what to check; nothing is imported.
    #[arg(long, conflicts_with_all = ["tenant", "dataset", "profile", "dry_run"])]
    pub(super) propose: bool,
    /// Short name of the authority.
    #[arg(long, required_unless_present = "propose")]
    tenant: Option<String>,
    /// Id (dst_…) or title of the dataset.
    #[arg(long, required_unless_present = "propose")]
    dataset: Option<String>,
    /// How to read the file (TOML).
    #[arg(long, required_unless_present = "propose")]
    profile: Option<PathBuf>,
    /// A sheet of a workbook, for a proposal.
    #[arg(long, requires = "propose", conflicts_with_all = ["tenant", "dataset", "profile", "dry_run"])]
    sheet: Option<String>,
    /// Does everything and undoes it; only tells what was found.
    #[arg(long)]
    dry_run: bool,
}

/// Imports a file; what came of it, or every problem in a line of its own.
pub(super) async fn run(
    load_config: impl FnOnce() -> Result<Config, String>,
    args: DatasetArgs,
) -> Result<String, String> {
    let locale = operator_locale();
    let named = |error: String| format!("{}: {error}", args.file.display());
    if args.propose {
        let found = propose(&args.file, args.sheet.as_deref(), ReadLimits::default());
        let found = found.map_err(|problem| named(problem_text::line(&problem, locale)))?;
        let profile = toml::to_string(&found.profile).map_err(|error| error.to_string())?;
        // Comments, so that the profile stays one wherever it is sent.
        let notes = found.notes.iter().map(|it| note_text::line(it, locale).replace(['\n', '\r'], " "));
        let notes: String = notes.map(|it| format!("# {it}\n")).collect();
        return Ok(notes + profile.trim_end());
    }
    let config = load_config()?;
    let path = args.profile.clone().unwrap_or_default();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let profile: Profile = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let origin = FileOrigin::of(&args.file).map_err(|error| named(error.to_string()))?;
    let total = u64::try_from(origin.bytes).unwrap_or_default();
    let wish = OperatorImport {
        tenant: args.tenant.clone().unwrap_or_default(),
        dataset: args.dataset.clone().unwrap_or_default(),
        path: args.file.clone(),
        origin,
        profile,
        dry_run: args.dry_run,
        folder: config.files.folder.clone(),
    };
    let op = operation(&config, &Clock::System).await?;
    let watched = Arc::new(ReadProgress::default());
    let done = tokio::select! {
        done = import_as_operator(&op, wish, &watched) => done,
        never = bar::draw(|| {
            let (rows, bytes) = (watched.rows.load(Ordering::Relaxed), watched.bytes.load(Ordering::Relaxed));
            bar::Reached { done: bytes, total, words: format!("{rows} rows") }
        }) => match never {},
    };
    bar::clear();
    op.store.close().await;
    let (report, number) = done.map_err(|error| named(render_in(&error, locale)))?;
    let lines = lines(&report, locale);
    if !report.is_fine() {
        let text = format!("{} problems, nothing was stored\n{}", report.problem_count(), lines.join("\n"));
        return Err(named(text));
    }
    let what =
        number.map_or_else(|| "nothing was stored, as asked".to_owned(), |it| format!("version {it} is a draft"));
    let mut text = format!("{} rows, {} warnings; {what}", report.rows, report.warning_count());
    for line in lines {
        text.push('\n');
        text.push_str(&line);
    }
    Ok(text)
}

fn lines(report: &ReadReport, locale: Locale) -> Vec<String> {
    report.problems.iter().chain(&report.warnings).map(|it| problem_text::line(it, locale)).collect()
}
