//! Relay connections, once for every list.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, OutputType, SimpleObject};
use kernel::error::ApiResult;
use sea_orm::{EntityTrait, FromQueryResult, Select};
use store::{Order, PageRequest, Session};

use crate::context::ContextExt;

/// Total number of rows of a list.
#[derive(SimpleObject)]
pub struct TotalCount {
    /// Number of rows in the whole list, as far as visible to the viewer. Costs a database query of its own.
    total_count: u64,
}

impl TotalCount {
    /// So many.
    pub const fn of(total_count: u64) -> Self {
        Self { total_count }
    }
}

/// A page of `T`, with cursors and total.
pub type Paged<T> = Connection<String, T, TotalCount, EmptyFields>;

/// Reads a page and counts if that was asked for. The children of the rows are the caller's to load.
///
/// # Errors
/// The database fails, or a cursor is not of this list.
pub async fn page<E>(
    ctx: &Context<'_>,
    session: &Session,
    request: &PageRequest,
    select: Select<E>,
    order: &Order<E>,
) -> ApiResult<(Paged<Never>, Vec<(String, E::Model)>)>
where
    E: EntityTrait,
    E::Model: FromQueryResult + Sized + Send + Sync,
{
    let total = if ctx.look_ahead().field("totalCount").exists() { session.count(select.clone()).await? } else { 0 };
    let page = request.read(session, select, order).await?;
    let frame = Connection::with_additional_fields(page.has_previous, page.has_next, TotalCount::of(total));
    Ok((frame, page.cursors.into_iter().zip(page.rows).collect()))
}

/// Puts the objects of a page into its frame.
pub fn fill<T: OutputType>(frame: Paged<Never>, objects: impl IntoIterator<Item = (String, T)>) -> Paged<T> {
    let mut connection =
        Connection::with_additional_fields(frame.has_previous_page, frame.has_next_page, frame.additional_fields);
    connection.edges.extend(objects.into_iter().map(|(cursor, node)| Edge::new(cursor, node)));
    connection
}

/// The node type of a page whose rows are not objects yet.
#[derive(SimpleObject)]
pub struct Never {
    never: bool,
}

/// The list resolver of a table whose rows become objects one by one.
///
/// # Errors
/// As [`page`].
pub async fn list<E, T>(
    ctx: &Context<'_>,
    request: &PageRequest,
    select: Select<E>,
    order: &Order<E>,
    object: impl Fn(E::Model) -> T,
) -> ApiResult<Paged<T>>
where
    E: EntityTrait,
    E::Model: FromQueryResult + Sized + Send + Sync,
    T: OutputType,
{
    let session = ctx.session().await?;
    let (frame, rows) = page(ctx, &session, request, select, order).await?;
    Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, object(row)))))
}
