//! `node` and `nodes`: any object by its global id, through the same policy as every list.

use async_graphql::futures_util::future::BoxFuture;
use async_graphql::{Context, ID, Interface, Object};
use domain::rights::nodes;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, at_most_100, parse};
use kernel::i18n::Text;
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_types::{CalendarEntry, CalendarEntryBusy, CalendarEntryFull, CalendarEntrySummary};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::node_row::NodeRow;
use crate::tenants::types::Tenant;

macro_rules! node_interface {
    (special { $($special:tt)+ } regular { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ }) => {
        /// Object with a global id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
        pub enum Node {
            /// An authority.
            Tenant(Tenant),
            /// An entry, everything.
            CalendarEntryFull(CalendarEntryFull),
            /// An entry, its outline.
            CalendarEntrySummary(CalendarEntrySummary),
            /// An entry, only its time.
            CalendarEntryBusy(CalendarEntryBusy),
            $(
                #[doc = concat!($about, ".")]
                $node(<nodes::$node as NodeRow>::Object),
            )+
        }
    };
}

kernel::for_each_node_type!(node_interface);

impl From<CalendarEntry> for Node {
    fn from(entry: CalendarEntry) -> Self {
        match entry {
            CalendarEntry::Full(it) => Self::CalendarEntryFull(it),
            CalendarEntry::Summary(it) => Self::CalendarEntrySummary(it),
            CalendarEntry::Busy(it) => Self::CalendarEntryBusy(it),
        }
    }
}

/// See the module.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Returns an object by its global id; null if there is none visible to the viewer.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the object.")] id: ID,
    ) -> Option<Result<Node, ApiError>> {
        find(ctx, &id).await.transpose()
    }

    /// Returns objects by their global ids, in the order of the ids; null for each id without an object visible to the
    /// viewer.
    #[graphql(complexity = "ids.len().saturating_mul(child_complexity).saturating_add(1)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids of the objects, at most 100.")] ids: Vec<ID>,
    ) -> ApiResult<Vec<Option<Node>>> {
        at_most_100(&ids, "ids")?;
        let session = ctx.session().await?;
        let mut parsed = Vec::new();
        for id in &ids {
            parsed.push(parse(id).ok_or_else(|| no_id(id, "ids"))?);
        }
        load_all(&session, &parsed, &Selected::plain(ctx)).await?;
        let mut nodes = Vec::new();
        for (kind, row) in parsed {
            nodes.push(by_type(&session, kind, row).await?);
        }
        Ok(nodes)
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> ApiResult<Option<Node>> {
    let (kind, row) = parse(id).ok_or_else(|| no_id(id, "id"))?;
    let session = ctx.session().await?;
    load_one(&session, kind, row, &Selected::plain(ctx)).await?;
    by_type(&session, kind, row).await
}

/// Loads one row and what was selected below it, as [`load_all`] does.
async fn load_one(session: &Session, kind: NodeType, id: Uuid, selected: &Selected<'_, '_>) -> ApiResult<()> {
    let projects = below(session, kind, id, selected).await?;
    load_projects(session, projects, selected).await
}

/// Loads the projects of which rows are parts, where something of them was selected.
async fn load_projects(session: &Session, projects: Vec<Uuid>, selected: &Selected<'_, '_>) -> ApiResult<()> {
    if selected.node("project") || selected.node("viewerCan") {
        session.load::<nodes::Project>(projects).await?;
    }
    Ok(())
}

/// An object of a known type, if the viewer may know of it, with what was selected below it loaded.
pub async fn one<R: NodeRow>(ctx: &Context<'_>, id: Uuid) -> ApiResult<Option<R::Object>> {
    let session = ctx.session().await?;
    let selected = Selected::plain(ctx);
    let projects = preload::<R>(&session, vec![id], &selected).await?;
    load_projects(&session, projects, &selected).await?;
    R::by_id(&session, id).await
}

fn no_id(id: &ID, field: &'static str) -> ApiError {
    let value: String = id.chars().take(40).collect();
    Problem::at(UserErrorCode::Invalid, field, Text::new("no-id").with("value", value)).into()
}

/// Ids of one type.
fn of_type(ids: &[(NodeType, Uuid)], kind: NodeType) -> Vec<Uuid> {
    ids.iter().filter(|it| it.0 == kind).map(|it| it.1).collect()
}

macro_rules! node_loading {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        /// Loads the rows, and what was selected below them: a number of statements that does not depend on theirs.
        async fn load_all(
            session: &Session,
            ids: &[(NodeType, Uuid)],
            selected: &Selected<'_, '_>,
        ) -> ApiResult<()> {
            $($(load::<nodes::$node>(session, of_type(ids, NodeType::$node)).await?;)+)+
            let mut projects = Vec::new();
            $($(projects.extend(preload::<nodes::$node>(session, of_type(ids, NodeType::$node), selected).await?);)+)+
            load_projects(session, projects, selected).await
        }

        /// Loads a row and what was selected below it, and returns the project of which it is a part.
        fn below<'a>(
            session: &'a Session,
            kind: NodeType,
            id: Uuid,
            selected: &'a Selected<'_, '_>,
        ) -> BoxFuture<'a, ApiResult<Vec<Uuid>>> {
            match kind { $($(NodeType::$node => preload::<nodes::$node>(session, vec![id], selected),)+)+ }
        }

        fn by_type(session: &Session, kind: NodeType, id: Uuid) -> BoxFuture<'_, ApiResult<Option<Node>>> {
            match kind { $($(NodeType::$node => node_of::<nodes::$node>(session, id),)+)+ }
        }
    };
}

kernel::for_each_node_type!(node_loading);

// Each type's work is boxed: futures of all types in one frame would fill the stack.

fn node_of<R>(session: &Session, id: Uuid) -> BoxFuture<'_, ApiResult<Option<Node>>>
where
    R: NodeRow<Object: Into<Node>>,
{
    Box::pin(async move { Ok(R::by_id(session, id).await?.map(Into::into)) })
}

fn load<R: NodeRow>(session: &Session, ids: Vec<Uuid>) -> BoxFuture<'_, ApiResult<()>> {
    Box::pin(session.load::<R>(ids))
}

/// Loads what was selected below loaded rows of one type, and returns the projects of which they are parts.
fn preload<'a, R: NodeRow>(
    session: &'a Session,
    ids: Vec<Uuid>,
    selected: &'a Selected<'_, '_>,
) -> BoxFuture<'a, ApiResult<Vec<Uuid>>> {
    Box::pin(async move {
        let mut rows = Vec::new();
        for id in ids {
            rows.extend(session.get::<R>(id).await?);
        }
        R::preload(session, &rows, selected).await?;
        Ok(rows.iter().filter_map(|it| R::project(it)).collect())
    })
}
