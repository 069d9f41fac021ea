//! Laws that every metric obeys.

#[path = "../common/mod.rs"]
mod common;
mod directions;
mod masks;
mod metrics;
mod samples;
