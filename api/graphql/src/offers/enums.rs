//! Closed sets of education offers in the schema.

use crate::enums::schema_sets;

entities::offer_sets!(schema_sets);
