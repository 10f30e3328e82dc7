//! Types of the schema as objects of rows with a global id: implemented beside each type. `node.rs` and `single.rs` do the
//! rest for every type of the list in `kernel`.

use std::future::Future;
use std::sync::Arc;

use domain::rights::Row;
use kernel::error::ApiResult;
use store::{ByKey, Session};
use uuid::Uuid;

use crate::lookahead::Selected;

/// Rows with a global id that are objects of the schema.
pub trait NodeRow: ByKey<Key = Uuid> {
    /// The type in the schema.
    type Object;

    /// The object of a row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    fn by_id(session: &Session, id: Uuid) -> impl Future<Output = ApiResult<Option<Self::Object>>> + Send;

    /// Loads what was selected below rows that are loaded: a number of statements that does not depend on theirs.
    ///
    /// # Errors
    /// The database fails.
    fn preload(
        session: &Session,
        rows: &[Arc<Row<Self>>],
        selected: &Selected<'_, '_>,
    ) -> impl Future<Output = ApiResult<()>> + Send {
        let _ = (session, rows, selected);
        std::future::ready(Ok(()))
    }

    /// The project of which the row is a part.
    fn project(row: &Row<Self>) -> Option<Uuid> {
        let _ = row;
        None
    }
}

/// Makes a type of the schema the object of the rows of the same name, by a closure from row to object. The column of the
/// project follows where the row is a part of one.
macro_rules! node_object {
    ($object:ident, |$row:ident| $make:expr $(, $part:ident)?) => {
        impl $object {
            /// The object of a row, if the viewer may see it.
            ///
            /// # Errors
            /// The database fails.
            pub async fn by_id(session: &store::Session, id: uuid::Uuid) -> kernel::error::ApiResult<Option<Self>> {
                Ok(session.get::<domain::rights::nodes::$object>(id).await?.map(|$row| $make))
            }
        }

        impl $crate::node_row::NodeRow for domain::rights::nodes::$object {
            type Object = $object;

            async fn by_id(session: &store::Session, id: uuid::Uuid) -> kernel::error::ApiResult<Option<$object>> {
                $object::by_id(session, id).await
            }

            $(
                fn project(row: &domain::rights::Row<Self>) -> Option<uuid::Uuid> {
                    Some(row.$part)
                }
            )?
        }
    };
}

pub(crate) use node_object;
