//! What is in the catalogue: datasets that everybody may see, with a published version whose figures everybody may see.

pub mod settings;

use std::collections::HashMap;

use ::catalogue::about::{Catalogue, CatalogueDataset, CataloguePage, Contact, Distribution, Publisher};
use chrono::{DateTime, Utc};
use entities::{
    ContentKind, DatasetAccess, DatasetVersionState, ShareLevel, dataset, dataset_content, dataset_version, tenant,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use store::Session;
use tabular::export::ExportFormat;
use tabular::licence::Licence;
use uuid::Uuid;

use crate::datasets::catalogue::settings::CatalogueSettings as Settings;
use crate::datasets::files::made::Cache;
use crate::datasets::files::{about, contents, protection};
use crate::datasets::service::string_list;

/// What the catalogue knows of a dataset.
pub enum Listed {
    /// It is in it.
    There(Box<CatalogueDataset>),
    /// It was in it once.
    Gone,
    /// It never was, or nobody may know.
    Nothing,
}

/// The catalogue as it was set up.
pub fn catalogue(settings: &Settings, base: &str, modified: Option<DateTime<Utc>>) -> Catalogue {
    let some = |it: &String| (!it.is_empty()).then(|| it.clone());
    Catalogue {
        base: base.to_owned(),
        title: settings.title.clone(),
        description: settings.description.clone(),
        publisher: Publisher {
            id: "publisher".to_owned(),
            name: settings.publisher.clone(),
            homepage: some(&settings.publisher_url),
        },
        contributor: some(&settings.contributor_id),
        modified,
    }
}

/// A page of the catalogue. The number of statements does not depend on how much is in it.
///
/// # Errors
/// The database fails.
pub async fn list(
    session: &Session,
    settings: &Settings,
    cache: &Cache,
    base: &str,
    number: u64,
) -> ApiResult<(Catalogue, CataloguePage, Vec<CatalogueDataset>)> {
    let total = session.count(published(session)).await?;
    let page = CataloguePage { number, size: settings.page_size, total };
    // By age: what comes is on the last page, and what a portal has read of the others stays true.
    let rows = published(session)
        .order_by_asc(dataset::Column::CreatedAt)
        .order_by_asc(dataset::Column::Id)
        .offset(page.size.saturating_mul(number - 1))
        .limit(page.size);
    let rows = session.all(rows).await?;
    let datasets = described(session, cache, base, rows).await?;
    Ok((catalogue(settings, base, last_modified(session).await?), page, datasets))
}

/// One dataset.
///
/// # Errors
/// The database fails.
pub async fn listed(session: &Session, cache: &Cache, base: &str, id: Uuid) -> ApiResult<Listed> {
    let Some(row) = session.get::<dataset::Entity>(id).await? else { return Ok(Listed::Nothing) };
    if row.access != DatasetAccess::Public && row.withdrawn_at.is_none() {
        return Ok(Listed::Nothing);
    }
    let there = match row.withdrawn_at {
        None => described(session, cache, base, vec![(*row).clone()]).await?.pop(),
        Some(_) => None,
    };
    Ok(match there {
        Some(there) => Listed::There(Box::new(there)),
        None if row.published_at.is_some() => Listed::Gone,
        None => Listed::Nothing,
    })
}

/// Public datasets with something published, and not withdrawn.
fn published(session: &Session) -> Select<dataset::Entity> {
    use dataset_version::Column as V;
    let version = Query::select()
        .expr(Expr::val(1))
        .from(dataset_version::Entity)
        .inner_join(
            dataset_content::Entity,
            Expr::col((dataset_content::Entity, dataset_content::Column::VersionId))
                .equals((dataset_version::Entity, V::Id)),
        )
        .and_where(Expr::col((dataset_version::Entity, V::DatasetId)).equals((dataset::Entity, dataset::Column::Id)))
        .and_where(V::State.eq(DatasetVersionState::Published))
        .and_where(session.seen_from::<dataset_content::Entity>(ShareLevel::Full))
        .to_owned();
    session
        .select::<dataset::Entity>()
        .filter(dataset::Column::Access.eq(DatasetAccess::Public))
        .filter(dataset::Column::WithdrawnAt.is_null())
        .filter(Expr::exists(version))
}

/// When something changed last, what was withdrawn included.
async fn last_modified(session: &Session) -> ApiResult<Option<DateTime<Utc>>> {
    let dataset = session.select::<dataset::Entity>().order_by_desc(dataset::Column::UpdatedAt).limit(1);
    let version =
        session.select::<dataset_version::Entity>().order_by_desc(dataset_version::Column::UpdatedAt).limit(1);
    let dataset = session.one(dataset).await?.map(|it| it.updated_at);
    let version = session.one(version).await?.map(|it| it.updated_at);
    Ok(Ord::max(dataset, version))
}

/// Datasets in their newest version whose figures are in sight; others are left out.
async fn described(
    session: &Session,
    cache: &Cache,
    base: &str,
    rows: Vec<dataset::Model>,
) -> ApiResult<Vec<CatalogueDataset>> {
    let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
    session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    let versions = session
        .select::<dataset_version::Entity>()
        .filter(session.is_one_of(dataset_version::Column::DatasetId, &ids))
        .filter(dataset_version::Column::State.eq(DatasetVersionState::Published));
    let versions = session.all(versions).await?;
    let version_ids: Vec<_> = versions.iter().map(|it| it.id).collect();
    let mut figures: HashMap<Uuid, dataset_content::Model> = HashMap::new();
    for content in contents(session, &version_ids).await? {
        // Of exempt tables everybody sees both; the exact one is what is sent.
        if content.kind == ContentKind::Exact || !figures.contains_key(&content.version_id) {
            figures.insert(content.version_id, content);
        }
    }
    let mut datasets = Vec::with_capacity(rows.len());
    for row in rows {
        let newest = versions
            .iter()
            .filter(|it| it.dataset_id == row.id && figures.contains_key(&it.id))
            .max_by_key(|it| (it.major, it.minor));
        let Some((version, content)) = newest.and_then(|it| Some((it, figures.get(&it.id)?))) else { continue };
        let owner = session.get::<tenant::Entity>(row.tenant_id).await?;
        let distributions = distributions(cache, base, &row, version, content, owner.as_ref()).await;
        let publisher = Publisher {
            id: NodeType::Tenant.id(row.tenant_id).to_string(),
            name: owner.as_ref().map(|it| it.legal_name.clone()).unwrap_or_default(),
            homepage: owner.as_ref().and_then(|it| it.website.clone()),
        };
        datasets.push(entry(row, version, content, publisher, distributions));
    }
    Ok(datasets)
}

/// The files of a version. Length and checksum are told of those that were made already.
async fn distributions(
    cache: &Cache,
    base: &str,
    row: &dataset::Model,
    version: &dataset_version::Model,
    content: &dataset_content::Model,
    owner: Option<&std::sync::Arc<tenant::Model>>,
) -> Vec<Distribution> {
    // As the files themselves say it: their address does not depend on who asks.
    let about = about(row, version, content, owner, cache.base());
    let mut distributions = Vec::new();
    for format in ExportFormat::ALL.into_iter().filter(|it| it.has_rows()) {
        let made = cache.known(content, &about, format).await;
        distributions.push(Distribution {
            format,
            address: format!("{base}/datasets/{}/versions/{}.{}", about.id, about.version, format.suffix()),
            bytes: made.as_ref().map(|it| it.bytes),
            sha256: made.map(|it| it.sha256),
        });
    }
    distributions
}

fn entry(
    row: dataset::Model,
    version: &dataset_version::Model,
    content: &dataset_content::Model,
    publisher: Publisher,
    distributions: Vec<Distribution>,
) -> CatalogueDataset {
    let protection = (content.kind == ContentKind::Protected).then(|| protection(&row)).flatten();
    let provenance = [&row.collector, &row.source, &row.method, &row.derived_from, &protection];
    CatalogueDataset {
        id: NodeType::Dataset.id(row.id).to_string(),
        provenance: provenance.into_iter().flatten().cloned().collect(),
        keywords: string_list(&row.keywords),
        publisher,
        contact: Contact { name: row.contact_name, email: row.contact_email, url: row.contact_url },
        licence: row.licence.as_deref().and_then(Licence::of),
        attribution: row.attribution,
        version: format!("{}.{}", version.major, version.minor),
        version_note: version.note.clone(),
        source_url: row.source_url,
        covers_from: row.covers_from,
        covers_until: row.covers_until,
        region: row.region,
        frequency: row.frequency.map(|it| it.as_str().to_owned()),
        landing_page: row.landing_page,
        issued: row.published_at,
        modified: Ord::max(row.updated_at, version.updated_at),
        title: row.title,
        description: row.description,
        language: row.language,
        distributions,
    }
}
