//! Values of a row that its owner sets: one declaration from which they are read, checked, changed, written and recorded.

/// Declares the values of a table's rows that its owner sets, and the change of them.
///
/// `columns` are columns of the row under the names of the schema, each with the check of [`kernel::text`] that it takes, if
/// any; `others` are values that are made of the row and of the arguments. Problems are at the name of the field in the
/// schema. Made are `of` (the values of a row), `tidy` (the checks), `put` (the columns into a row), `snapshot` (the columns
/// as audit trail and history have them), and the patch with `applied`.
macro_rules! values {
    (
        $(#[$doc:meta])*
        $values:ident, $patch:ident of $table:ident;
        columns { $($(#[$column_doc:meta])* $field:ident: $type:ty = $column:ident $(, $check:ident $(($max:expr))?)?;)+ }
        others($row:ident $(, $argument:ident: $argument_type:ty)*) {
            $($(#[$other_doc:meta])* $other:ident: $other_type:ty = $made:expr;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $values {
            $($(#[$column_doc])* pub $field: $type,)+
            $($(#[$other_doc])* pub $other: $other_type,)*
        }

        impl $values {
            /// Values of a row.
            pub(crate) fn of($row: &$table::Model $(, $argument: $argument_type)*) -> Self {
                Self { $($field: $row.$column.clone(),)+ $($other: $made,)* }
            }

            /// Brings the columns into their form, or collects what is wrong with them.
            ///
            /// # Errors
            /// A fault.
            pub(crate) fn tidy(&mut self, problems: &mut kernel::error::Problems) -> kernel::error::ApiResult<()> {
                $($(
                    let checked = kernel::text::$check(self.$field.clone(), kernel::field_name!($field) $(, $max)?);
                    if let Some(value) = problems.take(checked)? {
                        self.$field = value;
                    }
                )?)+
                Ok(())
            }

            /// Writes the columns into a row.
            pub(crate) fn put(&self, row: &mut $table::Model) {
                $(row.$column = self.$field.clone();)+
            }

            /// The columns as audit trail and history have them.
            pub(crate) fn snapshot(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut snapshot = serde_json::Map::new();
                $(snapshot.insert(kernel::field_name!($field).to_owned(), serde_json::json!(self.$field));)+
                snapshot
            }
        }

        #[doc = concat!("Changes to [`", stringify!($values), "`].")]
        #[derive(Clone, Debug, Default)]
        pub struct $patch {
            $($(#[$column_doc])* pub $field: kernel::patch::Patch<$type>,)+
            $($(#[$other_doc])* pub $other: kernel::patch::Patch<$other_type>,)*
        }

        impl $patch {
            /// The values after the change.
            pub(crate) fn applied(self, before: &$values) -> $values {
                $values {
                    $($field: self.$field.or_clone(&before.$field),)+
                    $($other: self.$other.or_clone(&before.$other),)*
                }
            }
        }
    };
}
pub(crate) use values;
