//! The datasets of the demo: real figures of the two authorities, their neighbours and the state, in the layout that offices
//! know; three public, one shared under protection. Made by the role accounts, through the same services as anybody's.

use std::path::Path;
use std::sync::Arc;

use domain::agreements::shares::NewShare;
use domain::context::op::Op;
use domain::datasets::import::load::FileOrigin;
use domain::datasets::import::operator::{OperatorImport, import_as_operator};
use domain::datasets::import::reading::ReadProgress;
use domain::datasets::indicators::service::IndicatorColumn as IndicatorPlace;
use domain::datasets::metadata::DatasetMetadata;
use domain::datasets::release::{ReleaseProposal, change_access};
use domain::datasets::service::{NewDataset, ProtectionSettings};
use entities::{
    Area, DataClass, DatasetAccess, DatasetVersionState, Frequency, ProtectionMethod, ShareLevel, agreement, dataset,
    dataset_release, dataset_version, field_of_work, tenant,
};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use kernel::ids::new_id;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use tabular::read::Profile;
use uuid::Uuid;

use crate::config::Config;
use domain::agreements::shares;
use domain::datasets;
use domain::datasets::indicators;
use domain::datasets::version_service;

const STATISTICS: &str = "© Statistische Ämter des Bundes und der Länder, Deutschland, {year}, dl-de/by-2-0 (https://www.govdata.de/dl-de/by-2-0)";
const INKAR: &str = "INKAR, © Bundesinstitut für Bau-, Stadt- und Raumforschung (BBSR), dl-de/by-2-0; via {inkr}, \
                     H. L. Nguyen, doi:10.5281/zenodo.7643755";

/// A dataset of the demo.
struct SeedDataset {
    owner: &'static str,
    title: &'static str,
    description: &'static str,
    keywords: &'static [&'static str],
    attribution: &'static str,
    year: &'static str,
    collector: &'static str,
    source: &'static str,
    url: &'static str,
    covers: (i32, i32),
    file: (&'static str, &'static str, &'static str),
    reaches: Reaches,
}

#[derive(Clone, Copy, PartialEq)]
enum Reaches {
    /// Everybody; public elsewhere already.
    Everybody,
    /// The partner, rounded.
    Partner,
}

macro_rules! file {
    ($name:literal) => {
        (
            concat!($name, ".csv"),
            include_str!(concat!("../../../seed/datasets/", $name, ".csv")),
            include_str!(concat!("../../../seed/datasets/", $name, ".toml")),
        )
    };
}

const TABLES: [SeedDataset; 4] = [
    SeedDataset {
        owner: "ostallgaeu",
        title: "Allgemeinbildende Schulen im Allgäu 2023",
        description: "Schulen, Schülerinnen und Schüler nach Schularten, für beide Behörden, ihre Nachbarn und Bayern.",
        keywords: &["Schule", "Schülerzahlen", "Schulart"],
        attribution: STATISTICS,
        year: "2025",
        collector: "Statistische Ämter des Bundes und der Länder",
        source: "Regionaldatenbank Deutschland, Tabelle 21111-01-03-4",
        url: "https://www.regionalstatistik.de",
        covers: (2023, 2023),
        file: file!("schulen"),
        reaches: Reaches::Everybody,
    },
    SeedDataset {
        owner: "kaufbeuren",
        title: "Kinder in Tageseinrichtungen und Tagespflege 2011 bis 2016",
        description: "Betreute Kinder nach Alter und Art der Betreuung; insgesamt ist jedes Kind einmal gezählt.",
        keywords: &["Kindertagesbetreuung", "Tagespflege"],
        attribution: STATISTICS,
        year: "2017",
        collector: "Statistische Ämter des Bundes und der Länder",
        source: "Regionaldatenbank Deutschland, Tabelle 22543-01-02-4",
        url: "https://www.regionalstatistik.de",
        covers: (2011, 2016),
        file: file!("kinderbetreuung"),
        reaches: Reaches::Everybody,
    },
    SeedDataset {
        owner: "ostallgaeu",
        title: KENNZAHLEN,
        description: "Acht Kennzahlen der Kreise im Allgäu, zum Vergleich der Behörden.",
        keywords: &["Kennzahlen", "INKAR", "Bildungsmonitoring"],
        attribution: INKAR,
        year: "",
        collector: "Bundesinstitut für Bau-, Stadt- und Raumforschung",
        source: "INKAR, Bereiche Bildung sowie Medizinische und soziale Versorgung",
        url: "https://www.inkar.de",
        covers: (2010, 2022),
        file: file!("kennzahlen"),
        reaches: Reaches::Everybody,
    },
    SeedDataset {
        owner: "ostallgaeu",
        title: "Schulentlassene nach Abschluss und Geschlecht 2023",
        description: "Grundlage der gemeinsamen Berufsorientierung; über die Grenze der Behörde nur gerundet.",
        keywords: &["Schulabschluss", "Berufsorientierung"],
        attribution: STATISTICS,
        year: "2025",
        collector: "Statistische Ämter des Bundes und der Länder",
        source: "Regionaldatenbank Deutschland, Tabelle 21111-02-06-4",
        url: "https://www.regionalstatistik.de",
        covers: (2023, 2023),
        file: file!("schulabgang"),
        reaches: Reaches::Partner,
    },
];
const KENNZAHLEN: &str = "Kennzahlen zu Bildung und Betreuung 2010 bis 2022";
/// The indicators that stand in one of them, by their code.
const INDICATORS: [&str; 8] = [
    "a_azubi",
    "a_betr0003_bev0003",
    "a_betr0306_bev0306",
    "a_kb_aus",
    "a_sch_a",
    "a_schul_abi",
    "a_schul_oA",
    "q_sch",
];

/// Makes and fills the datasets.
///
/// # Errors
/// A step is refused, or the database fails.
pub(super) async fn fill(op: &Op, config: &Config) -> ApiResult<()> {
    for table in &TABLES {
        let account = |name: &str| {
            let subject = format!("{name}@{}", table.owner);
            let actor = Actor::Person { issuer: config.auth.local.issuer.clone(), subject };
            Op::new(op.store.clone(), op.clock.clone(), actor, format!("demo-{}", new_id()), Locale::De)
        };
        let (steward, admin) = (account("steward"), account("admin"));
        let owner = owner(&steward, table.owner).await?;
        let field = field(&steward, table).await?;
        let id = datasets::service::create(&steward, new_dataset(table, owner, field), None).await?;
        import(op, config, table).await?;
        let (draft, version) = draft(&steward, id).await?;
        version_service::publish(&steward, draft, version).await?;
        if table.title == KENNZAHLEN {
            let place = |code: &str| IndicatorPlace {
                code: code.to_owned(),
                measure: "wert".to_owned(),
                selector: Some(("kennzahl".to_owned(), code.to_owned())),
                definition: None,
                edition: None,
            };
            indicators::service::set(&steward, id, row(&steward, id).await?.version, INDICATORS.map(place).to_vec())
                .await?;
        }
        match table.reaches {
            Reaches::Everybody => {
                let checklist = json!({
                    "licence": true, "contact": true, "purpose": true, "legalBasis": true, "retention": true, "disclosure": true,
                });
                domain::datasets::release::propose(&steward, ReleaseProposal { dataset: id, checklist }, None).await?;
                let release = release(&admin, id).await?;
                domain::datasets::release::approve(&admin, release.id, release.version).await?;
            }
            Reaches::Partner => {
                change_access(&admin, id, row(&admin, id).await?.version, DatasetAccess::Shared).await?;
                shares::create(&admin, share(&admin, owner, id).await?, None).await?;
            }
        }
        steward.finish().await?;
        admin.finish().await?;
    }
    Ok(())
}

/// What partners get belongs to a field of work of the agreement.
async fn field(op: &Op, table: &SeedDataset) -> ApiResult<Option<Uuid>> {
    if table.reaches == Reaches::Everybody {
        return Ok(None);
    }
    let session = op.session().await?;
    let select = session.select::<field_of_work::Entity>().filter(field_of_work::Column::Key.eq("orientation"));
    Ok(session.one(select).await?.map(|it| it.id))
}

fn new_dataset(table: &SeedDataset, tenant: Uuid, field: Option<Uuid>) -> NewDataset {
    let day = |year, month, day| chrono::NaiveDate::from_ymd_opt(year, month, day);
    let exempt = table.reaches == Reaches::Everybody;
    let protection = if exempt {
        ProtectionSettings {
            method: ProtectionMethod::Exempt,
            parameter: None,
            dimensions: Vec::new(),
            exempt_source: Some(format!("{}, {}", table.source, table.url)),
        }
    } else {
        ProtectionSettings {
            method: ProtectionMethod::Rounding,
            parameter: Some(5),
            dimensions: ["jahr", "ags", "abschluss", "geschlecht"].map(str::to_owned).to_vec(),
            exempt_source: None,
        }
    };
    NewDataset {
        tenant,
        field,
        class: DataClass::Aggregated,
        about: DatasetMetadata {
            title: table.title.to_owned(),
            description: Some(table.description.to_owned()),
            keywords: table.keywords.iter().map(|it| (*it).to_owned()).collect(),
            contact_name: Some("Bildungsbüro".to_owned()),
            contact_email: Some(format!("bildungsbuero@{}.example", table.owner)),
            contact_url: None,
            licence: Some("dl-by-de/2.0".to_owned()),
            attribution: Some(table.attribution.replace("{year}", table.year)),
            collector: Some(table.collector.to_owned()),
            source: Some(table.source.to_owned()),
            source_url: Some(table.url.to_owned()),
            method: None,
            derived_from: Some("Zeilen ausgewählt und umgestellt; Werte unverändert".to_owned()),
            region: Some(if table.owner == "kaufbeuren" { "09762" } else { "09777" }.to_owned()),
            covers_from: day(table.covers.0, 1, 1),
            covers_until: day(table.covers.1, 12, 31),
            frequency: Some(Frequency::Annual),
            landing_page: None,
            language: "de".to_owned(),
            purpose: Some("Kommunales Bildungsmonitoring".to_owned()),
            legal_basis: Some("Kooperationsvereinbarung über die Bildungsregion, Abschnitt Datenaustausch".to_owned()),
            retention_until: None,
        },
        protection,
    }
}

/// Imports the embedded file of a table, as an office drops one.
async fn import(op: &Op, config: &Config, table: &SeedDataset) -> ApiResult<()> {
    let (name, text, profile) = table.file;
    let profile: Profile =
        toml::from_str(profile).map_err(|error| ApiError::fault(format!("profile of {name}: {error}")))?;
    let folder: &Path = &config.files.folder;
    // A folder of its own: whoever loads a demo beside this one does not meet it.
    let own = folder.join(format!("demo-{}", new_id()));
    let path = own.join(name);
    let failed = |error: std::io::Error| ApiError::fault(format!("{}: {error}", path.display()));
    std::fs::create_dir_all(&own).map_err(failed)?;
    std::fs::write(&path, text).map_err(failed)?;
    let import = OperatorImport {
        tenant: table.owner.to_owned(),
        dataset: table.title.to_owned(),
        path: path.clone(),
        origin: FileOrigin::of(&path).map_err(failed)?,
        profile,
        dry_run: false,
        folder: folder.to_owned(),
    };
    let (report, number) = import_as_operator(op, import, &Arc::new(ReadProgress::default())).await?;
    std::fs::remove_dir_all(&own).map_err(failed)?;
    match number {
        Some(_) => Ok(()),
        None => Err(ApiError::fault(format!("{name} was not imported: {:?}", report.problems))),
    }
}

async fn share(op: &Op, tenant: Uuid, id: Uuid) -> ApiResult<NewShare> {
    let session = op.session().await?;
    let agreement = session.one(session.select::<agreement::Entity>()).await?;
    Ok(NewShare {
        tenant,
        agreement: agreement.ok_or_else(|| ApiError::fault("the demo has no agreement"))?.id,
        area: Area::Datasets,
        calendar: None,
        dataset: Some(id),
        project: None,
        field: None,
        grantee: None,
        grantee_role: None,
        level: ShareLevel::Full,
        valid_from: None,
        valid_until: None,
        reason: Some("Gemeinsame Berufsorientierung".to_owned()),
    })
}

async fn owner(op: &Op, slug: &str) -> ApiResult<Uuid> {
    let session = op.session().await?;
    let select = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let found = session.one(select).await?;
    Ok(found.ok_or_else(|| ApiError::fault(format!("no authority {slug:?} in the demo")))?.id)
}

async fn row(op: &Op, id: Uuid) -> ApiResult<dataset::Model> {
    let session = op.session().await?;
    let found = session.one(session.select::<dataset::Entity>().filter(dataset::Column::Id.eq(id))).await?;
    drop(session);
    op.finish().await?;
    found.ok_or_else(|| ApiError::fault("a dataset of the demo is gone"))
}

async fn draft(op: &Op, id: Uuid) -> ApiResult<(Uuid, i32)> {
    let session = op.session().await?;
    let select = session
        .select::<dataset_version::Entity>()
        .filter(dataset_version::Column::DatasetId.eq(id))
        .filter(dataset_version::Column::State.eq(DatasetVersionState::Draft));
    let found = session.one(select).await?.ok_or_else(|| ApiError::fault("a dataset of the demo has no draft"))?;
    Ok((found.id, found.version))
}

async fn release(op: &Op, id: Uuid) -> ApiResult<dataset_release::Model> {
    let session = op.session().await?;
    let select = session.select::<dataset_release::Entity>().filter(dataset_release::Column::DatasetId.eq(id));
    session.one(select).await?.ok_or_else(|| ApiError::fault("a dataset of the demo has no release"))
}
