//! Global ids: TypeIDs (specification 0.3), typed by a prefix, opaque to clients, never reformatted.

use std::ops::Deref;

use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;

/// A global id as clients see it: `cal_01h455vb4pex5vsknk084sn02q`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalId(String);

impl Deref for GlobalId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for GlobalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for GlobalId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl From<GlobalId> for String {
    fn from(id: GlobalId) -> Self {
        id.0
    }
}

/// Makes the enum of all types from their list.
macro_rules! node_types {
    ($($section:ident { $($node:ident $prefix:literal $table:ident $about:literal $writer:ident $rights:ident;)+ })+) => {
        /// Types that have a global id.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum NodeType {
            $($(#[doc = concat!($about, ".")] $node,)+)+
        }

        impl NodeType {
            /// Every type.
            pub const ALL: &'static [Self] = &[$($(Self::$node,)+)+];

            /// The prefix, for ever.
            pub const fn prefix(self) -> &'static str {
                match self { $($(Self::$node => $prefix,)+)+ }
            }
        }
    };
}

crate::for_each_node_type!(node_types);

impl NodeType {
    /// The global id of a row.
    pub fn id(self, row: Uuid) -> GlobalId {
        let id = DynamicType::new(self.prefix()).map(|kind| TypeSafeId::from_type_and_uuid(kind, row).to_string());
        GlobalId(id.unwrap_or_default())
    }

    /// The row that `id` names, if it is an id of this type.
    ///
    /// # Errors
    /// It is no id, or one of another type; the text says which was expected.
    pub fn parse(self, id: &str, field: &'static str) -> ApiResult<Uuid> {
        match parse(id) {
            Some((kind, row)) if kind == self => Ok(row),
            Some(_) | None => {
                let key = if id.is_empty() { "required-id" } else { "wrong-id" };
                let text = Text::new(key).with("value", shorten(id)).with("prefix", self.prefix());
                Err(Problem::at(UserErrorCode::Invalid, field, text).into())
            }
        }
    }

    /// Rows that `ids` name.
    ///
    /// # Errors
    /// One of them is no id of this type, or there are more than 100.
    pub fn parse_all<I: Deref<Target = String>>(self, ids: &[I], field: &'static str) -> ApiResult<Vec<Uuid>> {
        at_most_100(ids, field)?;
        ids.iter().map(|it| self.parse(it, field)).collect()
    }
}

/// The type and row that `id` names, whatever type it is.
pub fn parse(id: &str) -> Option<(NodeType, Uuid)> {
    let id: TypeSafeId<DynamicType> = id.parse().ok()?;
    let kind = NodeType::ALL.iter().copied().find(|it| it.prefix() == id.type_prefix())?;
    Some((kind, id.uuid()))
}

/// Refuses longer lists: an input list is work for the store.
///
/// # Errors
/// There are more than 100.
pub fn at_most_100<T>(list: &[T], field: &'static str) -> ApiResult<()> {
    if list.len() > 100 {
        let text = Text::new("list-too-long").with("length", list.len()).with("max", 100);
        return Err(Problem::at(UserErrorCode::LimitReached, field, text).into());
    }
    Ok(())
}

/// Enough of a wrong value to recognise it by.
fn shorten(value: &str) -> String {
    value.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_round_trips_and_keeps_its_form() {
        let row = uuid::uuid!("01890a5d-ac96-774b-bcce-b302099a8057");
        let id = NodeType::Calendar.id(row);
        assert_eq!(&*id, "cal_01h455vb4pex5vsknk084sn02q");
        assert_eq!(parse(&id), Some((NodeType::Calendar, row)));
        assert!(NodeType::Share.parse(&id, "share").is_err());
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for wrong in ["", "cal", "cal_", "cal_0", "xyz_01h455vb4pex5vsknk084sn02q", "CAL_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
