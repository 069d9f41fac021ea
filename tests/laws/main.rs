//! Laws over the list of all metrics.

#[path = "../common/mod.rs"]
mod common;
mod masks;
mod metrics;
mod samples;
