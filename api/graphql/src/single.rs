//! One root field for each type with a global id: `project(id:)`, `calendar(id:)` and so on, each the same as `node` with
//! the type already known. An authority has a root field of its own, which also takes its short name.

use async_graphql::{Context, ID, Object};
use domain::rights::nodes;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::calendars::entry_types::CalendarEntry;
use crate::node;
use crate::node_row::NodeRow;

/// An object of the type that `kind` names, if the viewer may know of it.
async fn one<R: NodeRow>(ctx: &Context<'_>, kind: NodeType, id: &ID) -> Option<ApiResult<R::Object>> {
    let found = async { node::one::<R>(ctx, kind.parse(id, "id")?).await };
    found.await.transpose()
}

macro_rules! single_roots {
    (special { $($special:tt)+ } regular { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ }) => {
        /// Root fields of single objects.
        #[derive(Default)]
        pub struct SingleQuery;

        #[Object]
        impl SingleQuery {
            /// A calendar entry by its global id, at the viewer's level of access. Null where there is none, or none visible to the viewer.
            async fn calendar_entry(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Global id.")] id: ID,
            ) -> Option<ApiResult<CalendarEntry>> {
                one::<nodes::CalendarEntry>(ctx, NodeType::CalendarEntry, &id).await
            }

            $(
                #[doc = concat!($about, " by its global id. Null where there is none, or none visible to the viewer.")]
                async fn $table(
                    &self,
                    ctx: &Context<'_>,
                    #[graphql(desc = "Global id.")] id: ID,
                ) -> Option<ApiResult<<nodes::$node as NodeRow>::Object>> {
                    one::<nodes::$node>(ctx, NodeType::$node, &id).await
                }
            )+
        }
    };
}

kernel::for_each_node_type!(single_roots);
