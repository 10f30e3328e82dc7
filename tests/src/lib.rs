//! What the integration tests stand on: real databases, the real server, and clients in the roles of its users.

pub mod app;
pub mod client;
pub mod cluster;
pub mod database;
pub mod demo;
pub mod dice;
pub mod harness;
pub mod live;
pub mod node;
pub mod pages;
pub mod plenty;
pub mod projects;
pub mod python;
pub mod rows;
pub mod scratch;
pub mod stub;
pub mod tables;
pub mod tables_in;
pub mod world;

pub use app::TestApp;
pub use client::{Client, Reply};
pub use database::Engine;
pub use dice::Dice;
pub use harness::{Case, amount, both};
pub use live::{Events, Socket};
pub use rows::{Rows, row_of};
pub use stub::Stub;
pub use world::World;
