//! Closed sets of projects and their money in the schema.

use crate::enums::schema_sets;

entities::project_sets!(schema_sets);
