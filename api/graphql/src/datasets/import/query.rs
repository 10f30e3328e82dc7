//! Root fields about imports.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use domain::datasets::import::problem_text::text;
use domain::files::folder::Folder;
use domain::files::uploads::uploaded;
use domain::rights::{Operation, find_for};
use entities::{dataset, dataset_import, dataset_version};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};
use tabular::read::{ReadLimits, propose};

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::import::types::{DatasetImport, DatasetImportPreview};
use crate::lookahead::Selected;

/// Points that a look at a whole file costs.
const LOOK: usize = 500;

/// See the module.
#[derive(Default)]
pub struct DatasetImportQuery;

#[Object]
impl DatasetImportQuery {
    /// Lists the imports of a dataset, latest first. Visible to the owning authority only.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn dataset_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset whose imports are listed.")] dataset: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DatasetImport>> {
        use dataset_import::Column as C;
        let request = PageRequest::new(first, after, last, before, &format!("imports {dataset:?}"))?;
        let id = NodeType::Dataset.parse(&dataset, "dataset")?;
        let session = ctx.session().await?;
        let select = session.select::<dataset_import::Entity>().filter(C::DatasetId.eq(id));
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: true,
            nullable: false,
            key: |row: &dataset_import::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if selected.node("dataset") {
            session.load::<dataset::Entity>(rows.iter().map(|(_, it)| it.dataset_id)).await?;
        }
        if selected.node("datasetVersion") {
            session.load::<dataset_version::Entity>(rows.iter().filter_map(|(_, it)| it.version_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, DatasetImport(Arc::new(row))))))
    }

    /// Proposes an import profile for an uploaded file, with a sample and notes. Requires `DATASETS_WRITE` in the
    /// authority that owns the dataset of the upload.
    #[graphql(complexity = "LOOK + child_complexity")]
    async fn dataset_import_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Secret of the ticket with which the viewer uploaded the file.")] ticket: String,
        #[graphql(desc = "Sheet of a workbook; left out = the first one.")] sheet: Option<String>,
    ) -> ApiResult<DatasetImportPreview> {
        let session = ctx.session().await?;
        let file = uploaded(&session, ctx.data_unchecked::<Folder>(), &ticket, "ticket").await?;
        let dataset = file.row.dataset_id.ok_or_else(|| ApiError::from(Problem::not_found("ticket")))?;
        find_for::<dataset::Entity>(&session, dataset, Operation::Update, "ticket").await?;
        let look = tokio::task::spawn_blocking(move || propose(&file.path, sheet.as_deref(), ReadLimits::default()));
        let proposal = look.await.map_err(|error| ApiError::fault(format!("reader: {error}")))?;
        match proposal {
            Ok(proposal) => Ok(DatasetImportPreview::new(proposal, ctx.op()?.locale)),
            Err(problem) => Err(Problem::at(UserErrorCode::Invalid, "ticket", text(&problem)).into()),
        }
    }
}
