//! The proofs of access: the matrix for people to read, the coverage of the schema, the sweep with foreign ids.
//! Random worlds are in `worlds`, row-level security as such in `row_level_security`.

mod coverage;
mod id_arguments;
mod inputs;
mod matrix;
mod objects;
mod operations;
mod rights;
mod routes;
mod sdl;
mod sweep;
mod writers;

use verbund_tests::Case;

pub fn cases() -> Vec<Case> {
    [coverage::cases(), id_arguments::cases(), matrix::cases(), rights::cases(), sweep::cases(), writers::cases()]
        .concat()
}
