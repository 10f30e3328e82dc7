//! Every table of the store, and what an archive has of it.
//!
//! **A new table** needs one line here: `own::<…>()` where its rows are the authority's alone, `joint::<…>(…)` where they
//! bind several, or a line of [`LEFT`] with the reason why no archive has it. Without a line, rows with a global id that
//! their owner writes are the authority's alone, and come after all that have one. The order is that of foreign keys, parents
//! first; triggers that would change a row come after what fires them. `tests/it/archive.rs` reads the tables from the
//! database and fails for one that is missing, for a column that points to what may have another id elsewhere without being
//! named as those are ([`refers_to`]), and for a child before its parent.
//!
//! In a condition `{tenant}` is the authority, `{agreements}` are the agreements that it knows as a party, `{rounds}` are the
//! rounds under them, `{entries}` its own entries.

use std::collections::BTreeSet;

use entities as e;
use sea_orm::EntityTrait;
use store::raw_table::{DynTable, EntityTable};

/// Why rows are in an archive, and what an import does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// They are the authority's, and the archives of others may have named some: takes the place of those.
    Named,
    /// They are the authority's alone: none of them may be there.
    Own,
    /// They bind several authorities: what is there already stays.
    Joint,
    /// Others refer to them, and they are nobody's: found by these columns, made only where they are missing.
    Reference(&'static [&'static str]),
    /// They are the authority's, about what is another's and not in the archive: to be read, not to be written again.
    Outside,
}

impl PartKind {
    /// The name in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Named | Self::Own => "own",
            Self::Joint => "joint",
            Self::Reference(_) => "reference",
            Self::Outside => "outside",
        }
    }

    /// The folder in the archive.
    const fn folder(self) -> &'static str {
        match self {
            Self::Named | Self::Own | Self::Joint => "tables",
            Self::Reference(_) => "reference",
            Self::Outside => "outside",
        }
    }
}

/// What is written in the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Nothing.
    Nothing,
    /// A word.
    Word(&'static str),
    /// Words that nothing else has: a prefix and the id of the row.
    Unique(&'static str),
}

/// A column that may point to what is not in the archive: there it is empty.
pub struct Cut {
    /// The column.
    pub column: &'static str,
    /// A statement of the ids that are not there.
    pub ids: String,
    /// Columns that are empty with it.
    pub with: &'static [&'static str],
}

/// Rows of one table in an archive.
pub struct ArchivePart {
    /// The table.
    pub table: Box<dyn DynTable>,
    /// Why they are there.
    pub kind: PartKind,
    /// Which rows.
    pub condition: String,
    /// Columns that are not told.
    pub instead: Vec<(&'static str, Instead)>,
    /// Columns that may point to what is not in the archive.
    pub cuts: Vec<Cut>,
    /// A column by which rows point to rows of the same table: those that do come last.
    pub last: Option<&'static str>,
}

impl ArchivePart {
    /// Where it is in an archive.
    pub fn file(&self) -> String {
        format!("{}/{}.jsonl", self.kind.folder(), self.table.name())
    }

    /// Its conditions in the order in which rows are written.
    pub fn passes(&self) -> Vec<String> {
        match self.last {
            None => vec![self.condition.clone()],
            Some(column) => {
                ["NULL", "NOT NULL"].iter().map(|it| format!("({}) AND {column} IS {it}", self.condition)).collect()
            }
        }
    }

    fn instead(mut self, column: &'static str, instead: Instead) -> Self {
        self.instead.push((column, instead));
        self
    }

    fn cut(mut self, column: &'static str, ids: impl Into<String>) -> Self {
        self.cuts.push(Cut { column, ids: ids.into(), with: &[] });
        self
    }

    /// What was merged into a record that is not there stands for itself.
    fn unmerged(mut self, ids: &str) -> Self {
        self.cuts.push(Cut { column: "merged_into_id", ids: ids.to_owned(), with: &["merged_at", "merged_by"] });
        self
    }

    /// Of another's record it is not told what it was merged into.
    fn merge_untold(self) -> Self {
        ["merged_into_id", "merged_at", "merged_by"]
            .into_iter()
            .fold(self, |it, column| it.instead(column, Instead::Nothing))
    }

    const fn last(mut self, column: &'static str) -> Self {
        self.last = Some(column);
        self
    }
}

/// The table to which a column points whose rows may have other ids in another installation.
pub fn refers_to(column: &str) -> Option<&'static str> {
    Some(match column {
        "person_id" | "granted_by" | "confirmed_by" | "proposer_id" => "person",
        "field_of_work_id" => "field_of_work",
        "programme_id" => "funding_programme",
        "scope_id" | "inner_scope_id" => "scope",
        _ => return None,
    })
}

/// Tables that no archive has, and why.
pub const LEFT: [(&str, &str); 5] = [
    ("feed", "a feed is a secret; of secrets only fingerprints are kept, and programs are given new ones"),
    ("holiday", "reference data that comes with the program: `verbund import reference`"),
    ("idempotency_record", "remembers requests of clients of this installation, for their repetition"),
    ("indicator", "reference data that comes with the program; datasets name indicators by code"),
    ("outbox_event", "the order of commits in this installation; cursors of subscribers are of no use elsewhere"),
];

/// What archives themselves leave in the trail; it belongs to the installation.
pub const EXPORT: &str = "export tenant";
/// See [`EXPORT`].
pub const IMPORT: &str = "import tenant";

const TENANT: &str = "tenant_id = {tenant}";
const PROPOSALS: &str = "round_id IN {rounds} AND entry_id IN {entries}";
const COMMENTS: &str = "round_id IN {rounds} AND (entry_id IS NULL OR entry_id IN {entries}) AND (proposal_id IS NULL \
                        OR proposal_id IN (SELECT id FROM change_proposal WHERE {proposals}))";
const REQUESTS: &str = "(tenant_id = {tenant} OR to_tenant_id = {tenant})";
const IMPORTS: &str = "tenant_id = {tenant} AND state IN ('SUCCEEDED', 'FAILED', 'CANCELLED')";
/// Public places of others that own rows name.
const PLACES: &str = "tenant_id <> {tenant} AND scope_id = {public} AND (\
                      id IN (SELECT learning_place_id FROM calendar_entry WHERE tenant_id = {tenant}) OR \
                      id IN (SELECT learning_place_id FROM education_offer WHERE tenant_id = {tenant}) OR \
                      id IN (SELECT learning_place_id FROM project_link WHERE tenant_id = {tenant}) OR \
                      id IN (SELECT place_id FROM project WHERE id IN {projects}) OR \
                      id IN (SELECT place_id FROM change_proposal WHERE {proposals}))";
/// Public organisations of others that own rows name.
const ORGANISATIONS: &str = "tenant_id <> {tenant} AND scope_id = {public} AND (\
                             id IN (SELECT organisation_id FROM learning_place WHERE tenant_id = {tenant}) OR \
                             id IN (SELECT organisation_id FROM education_offer WHERE tenant_id = {tenant}))";
const DEPENDENCIES: &str = "depends_on_id IN (SELECT id FROM work_package WHERE tenant_id = {tenant})";
const SHARES_OF_OWN: &str = "funding_id IN (SELECT id FROM funding WHERE tenant_id = {tenant})";
/// Both records are the authority's own: it proposes to itself.
const MERGES: &str = "to_tenant_id = {tenant}";
/// Places that no archive of this authority has: others' that are not public.
const HIDDEN_PLACES: &str =
    "SELECT p.id FROM learning_place p WHERE p.tenant_id <> {tenant} AND p.scope_id <> {public}";

fn part<E>(kind: PartKind, condition: impl Into<String>) -> ArchivePart
where
    E: EntityTrait,
    E::Model: Send + Sync,
    E::ActiveModel: Default + Send + Sync,
{
    ArchivePart {
        table: Box::new(EntityTable::<E>::new()),
        kind,
        condition: condition.into(),
        instead: Vec::new(),
        cuts: Vec::new(),
        last: None,
    }
}

/// Rows that are the authority's alone, by `tenant_id`.
fn own<E>() -> ArchivePart
where
    E: EntityTrait,
    E::Model: Send + Sync,
    E::ActiveModel: Default + Send + Sync,
{
    part::<E>(PartKind::Own, TENANT)
}

/// Rows that bind several authorities.
fn joint<E>(condition: impl Into<String>) -> ArchivePart
where
    E: EntityTrait,
    E::Model: Send + Sync,
    E::ActiveModel: Default + Send + Sync,
{
    part::<E>(PartKind::Joint, condition)
}

/// What an archive has, in the order in which it is written and read.
pub fn parts() -> Vec<ArchivePart> {
    let mut rows = [owned(), planning(), datasets(), projects()].into_iter().flatten().collect::<Vec<_>>();
    let left = LEFT.iter().map(|it| it.0);
    let named: BTreeSet<_> = rows.iter().map(|it| it.table.name()).chain(left).map(str::to_owned).collect();
    rows.extend(owned_nodes().into_iter().filter(|it| !named.contains(it.table.name())));
    rows.extend(last());
    let used = |table: &str| used(&rows, table);
    let (persons, fields, scopes) = (used("person"), used("field_of_work"), used("scope"));
    let place_owners = format!(
        "SELECT tenant_id FROM learning_place WHERE {PLACES} UNION SELECT tenant_id FROM organisation WHERE {ORGANISATIONS}"
    );
    let foreign_fields = format!("tenant_id <> {{tenant}} AND ({fields})");
    let scopes = format!("tenant_id = {{tenant}} OR (tenant_id IS NOT NULL AND ({scopes}))");
    let mut parts = vec![
        // Of others no more than what everybody may know of them, and that they do not take part here.
        part::<e::tenant::Entity>(
            PartKind::Reference(&["id"]),
            format!(
                "id <> {{tenant}} AND (id IN (SELECT tenant_id FROM agreement_party WHERE agreement_id IN {{agreements}}) \
                 OR id IN ({place_owners}) OR id IN (SELECT tenant_id FROM field_of_work WHERE {foreign_fields}))"
            ),
        )
        .instead("status", Instead::Word("SUSPENDED"))
        .instead("website", Instead::Nothing),
        part::<e::person::Entity>(PartKind::Reference(&["issuer", "subject"]), persons),
        part::<e::region::Entity>(
            PartKind::Reference(&["ags"]),
            "ags IN {regions} OR ags IN (SELECT parent_ags FROM region WHERE ags IN {regions})",
        )
        .last("parent_ags"),
        part::<e::funding_programme::Entity>(PartKind::Reference(&["key"]), used("funding_programme")),
        part::<e::field_of_work::Entity>(
            PartKind::Reference(&["tenant_id", "key"]),
            format!("tenant_id IS NULL OR ({foreign_fields})"),
        ),
        part::<e::tenant::Entity>(PartKind::Named, "id = {tenant}"),
        joint::<e::scope::Entity>(scopes.clone()),
    ];
    parts.extend(rows);
    // What scopes carry across refers to agreements, and nothing refers to it.
    let ways = format!("agreement_id IN {{agreements}} AND scope_id IN (SELECT id FROM scope WHERE {scopes})");
    parts.push(joint::<e::scope_share::Entity>(ways));
    for part in &mut parts {
        part.condition = spelt_out(&part.condition);
        for cut in &mut part.cuts {
            cut.ids = spelt_out(&cut.ids);
        }
    }
    parts
}

macro_rules! owned_node {
    ($table:ident owner) => {
        Some(own::<e::$table::Entity>())
    };
    ($table:ident $writer:ident) => {
        None
    };
}

macro_rules! owned_nodes {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        /// Rows with a global id that their owner writes.
        fn owned_nodes() -> Vec<ArchivePart> {
            [$($(owned_node!($table $writer),)+)+].into_iter().flatten().collect()
        }
    };
}

kernel::for_each_node_type!(owned_nodes);

/// The authority and what it agreed with others.
fn owned() -> Vec<ArchivePart> {
    let place_in_sight = "SELECT p.id FROM learning_place p WHERE p.tenant_id <> {tenant} AND p.scope_id <> {public} AND p.id IN \
                          (SELECT learning_place_id FROM calendar_entry WHERE tenant_id = {tenant})";
    vec![
        part::<e::field_of_work::Entity>(PartKind::Named, TENANT),
        own::<e::member::Entity>(),
        own::<e::role_grant::Entity>(),
        own::<e::role_grant_field::Entity>(),
        joint::<e::agreement::Entity>("id IN {agreements}"),
        joint::<e::agreement_party::Entity>("agreement_id IN {agreements}"),
        // Accounts of the other parties stay here.
        joint::<e::agreement_signature::Entity>("agreement_id IN {agreements}").instead("signer_id", Instead::Nothing),
        joint::<e::agreement_field::Entity>("agreement_id IN {agreements}"),
        own::<e::tenant_closure::Entity>(),
        part::<e::organisation::Entity>(PartKind::Reference(&["id"]), ORGANISATIONS).merge_untold(),
        part::<e::organisation::Entity>(PartKind::Named, TENANT)
            .unmerged("SELECT o.id FROM organisation o WHERE o.tenant_id <> {tenant}"),
        own::<e::organisation_person::Entity>(),
        part::<e::learning_place::Entity>(PartKind::Reference(&["id"]), PLACES)
            .instead("organisation_id", Instead::Nothing)
            .merge_untold(),
        part::<e::learning_place::Entity>(PartKind::Named, TENANT)
            .cut(
                "organisation_id",
                "SELECT o.id FROM organisation o WHERE o.tenant_id <> {tenant} AND o.scope_id <> {public}",
            )
            .unmerged("SELECT p.id FROM learning_place p WHERE p.tenant_id <> {tenant}"),
        own::<e::learning_place_origin::Entity>(),
        own::<e::external_id::Entity>(),
        own::<e::directory_revision::Entity>(),
        part::<e::merge_proposal::Entity>(PartKind::Own, format!("{TENANT} AND {MERGES}")),
        part::<e::merge_proposal::Entity>(PartKind::Outside, format!("{REQUESTS} AND NOT ({TENANT} AND {MERGES})")),
        joint::<e::project::Entity>("id IN {projects}").cut("place_id", HIDDEN_PLACES),
        joint::<e::project_partner::Entity>("project_id IN {projects}"),
        own::<e::project_document::Entity>(),
        own::<e::document_version::Entity>(),
        own::<e::project_archive::Entity>(),
        own::<e::calendar::Entity>(),
        own::<e::external_calendar::Entity>(),
        own::<e::calendar_entry::Entity>().last("series_id").cut("learning_place_id", place_in_sight),
        own::<e::calendar_occurrence::Entity>(),
        own::<e::education_offer::Entity>()
            .cut(
                "organisation_id",
                "SELECT o.id FROM organisation o WHERE o.tenant_id <> {tenant} AND o.scope_id <> {public}",
            )
            .cut("learning_place_id", HIDDEN_PLACES),
        own::<e::education_offer_date::Entity>(),
        own::<e::conflict_acknowledgement::Entity>(),
    ]
}

/// Plans and rounds: after the entries, whose trigger takes sign-offs back.
fn planning() -> Vec<ArchivePart> {
    let place_in_sight = "SELECT p.id FROM learning_place p WHERE p.tenant_id <> {tenant} AND p.scope_id <> {public} AND p.id IN \
                          (SELECT place_id FROM change_proposal WHERE {proposals})";
    vec![
        own::<e::annual_plan::Entity>(),
        own::<e::annual_plan_calendar::Entity>(),
        joint::<e::coordination_round::Entity>("id IN {rounds}").instead("reopened_by", Instead::Nothing),
        own::<e::round_plan::Entity>(),
        own::<e::plan_snapshot::Entity>(),
        own::<e::plan_snapshot_entry::Entity>(),
        joint::<e::change_proposal::Entity>(PROPOSALS).last("counters_id").cut("place_id", place_in_sight),
        joint::<e::coordination_comment::Entity>(COMMENTS),
        part::<e::change_proposal::Entity>(PartKind::Outside, format!("{TENANT} AND NOT ({PROPOSALS})")),
        part::<e::coordination_comment::Entity>(PartKind::Outside, format!("{TENANT} AND NOT ({COMMENTS})")),
    ]
}

fn datasets() -> Vec<ArchivePart> {
    let others = |column: &str, table: &str| {
        format!(
            "SELECT t.id FROM {table} t WHERE t.tenant_id <> {{tenant}} AND t.id IN \
             (SELECT {column} FROM data_request WHERE {REQUESTS})"
        )
    };
    vec![
        own::<e::dataset::Entity>(),
        own::<e::dataset_version::Entity>(),
        own::<e::dataset_content::Entity>(),
        own::<e::dataset_indicator::Entity>(),
        // An import names the ticket of its file; the secret of a ticket that was used is of no use to anybody.
        part::<e::file_ticket::Entity>(
            PartKind::Own,
            format!("{TENANT} AND id IN (SELECT ticket_id FROM dataset_import WHERE {IMPORTS})"),
        )
        .instead("secret_hash", Instead::Unique("used:"))
        .instead("path", Instead::Nothing),
        part::<e::dataset_import::Entity>(PartKind::Own, IMPORTS),
        own::<e::dataset_release::Entity>(),
        own::<e::former_publication::Entity>(),
        own::<e::share::Entity>(),
        joint::<e::data_request::Entity>(REQUESTS)
            .cut("dataset_id", others("dataset_id", "dataset"))
            .cut("share_id", others("share_id", "share")),
    ]
}

/// What is the authority's in projects, whoever leads them.
fn projects() -> Vec<ArchivePart> {
    let foreign = |table: &str| format!("SELECT t.id FROM {table} t WHERE t.tenant_id <> {{tenant}}");
    vec![
        own::<e::project_step::Entity>(),
        own::<e::project_member::Entity>(),
        own::<e::work_package::Entity>(),
        part::<e::work_package_dependency::Entity>(PartKind::Own, format!("{TENANT} AND {DEPENDENCIES}")),
        part::<e::work_package_dependency::Entity>(PartKind::Outside, format!("{TENANT} AND NOT ({DEPENDENCIES})")),
        own::<e::milestone::Entity>().cut("work_package_id", foreign("work_package")),
        own::<e::status_report::Entity>(),
        own::<e::project_indicator::Entity>(),
        own::<e::indicator_measurement::Entity>(),
        own::<e::project_link::Entity>()
            .cut("calendar_entry_id", foreign("calendar_entry"))
            .cut("dataset_id", foreign("dataset"))
            .cut("learning_place_id", HIDDEN_PLACES),
        own::<e::funding::Entity>(),
        joint::<e::own_share::Entity>(SHARES_OF_OWN),
        part::<e::own_share::Entity>(PartKind::Outside, format!("{TENANT} AND NOT ({SHARES_OF_OWN})")),
        own::<e::budget_line::Entity>().cut("funding_id", foreign("funding")),
        own::<e::obligation::Entity>(),
    ]
}

fn last() -> Vec<ArchivePart> {
    vec![part::<e::audit_event::Entity>(PartKind::Own, format!("{TENANT} AND action NOT IN ('{EXPORT}', '{IMPORT}')"))]
}

/// Condition that the rows of `parts` refer to a row of a table. What was done is told by whom without saying more of it.
fn used(parts: &[ArchivePart], table: &str) -> String {
    let mut ways = Vec::new();
    for part in parts.iter().filter(|it| matches!(it.kind, PartKind::Own | PartKind::Named | PartKind::Joint)) {
        let columns = part.table.columns();
        for column in columns.iter().filter(|it| refers_to(it.name) == Some(table)) {
            if (part.table.name(), column.name) != ("audit_event", "person_id") {
                ways.push(format!(
                    "id IN (SELECT {} FROM {} WHERE {})",
                    column.name,
                    part.table.name(),
                    part.condition
                ));
            }
        }
    }
    ways.join(" OR ")
}

/// A condition with the names of sets spelt out.
fn spelt_out(condition: &str) -> String {
    condition
        .replace("{regions}", &format!("(SELECT region_ags FROM learning_place WHERE {TENANT} OR ({PLACES}))"))
        .replace(
            "{projects}",
            "(SELECT j.id FROM project j WHERE j.tenant_id = {tenant} \
             UNION SELECT t.project_id FROM project_partner t WHERE t.tenant_id = {tenant})",
        )
        .replace("{proposals}", PROPOSALS)
        .replace("{rounds}", "(SELECT r.id FROM coordination_round r WHERE r.agreement_id IN {agreements})")
        .replace("{entries}", "(SELECT n.id FROM calendar_entry n WHERE n.tenant_id = {tenant})")
        // A draft of others is known to nobody but them.
        .replace(
            "{agreements}",
            "(SELECT y.agreement_id FROM agreement_party y JOIN agreement a ON a.id = y.agreement_id \
             WHERE y.tenant_id = {tenant} AND (a.tenant_id = {tenant} OR a.scope_id IN (SELECT w.scope_id FROM scope_share w)))",
        )
}
