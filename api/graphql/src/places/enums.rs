//! Closed sets of the directory in the schema.

use crate::enums::schema_sets;

entities::directory_sets!(schema_sets);
