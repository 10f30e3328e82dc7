//! The running server: HTTP, signing in, configuration, telemetry, jobs beside requests, the command line, the examination of an
//! installation, and the seed of the demo.

pub mod app;
pub mod auth;
pub mod cli;
pub mod config;
pub mod doctor;
mod http;
pub mod jobs;
pub mod operator;
pub mod seed;
pub mod telemetry;
