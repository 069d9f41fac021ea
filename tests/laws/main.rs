//! Laws that every metric obeys.

#[path = "../common/mod.rs"]
mod common;
mod masks;
mod metrics;
mod samples;
