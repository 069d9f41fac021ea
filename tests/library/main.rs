//! The library as its users see it, on the CPU and on every adapter.

mod calibration;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod contests;
mod curves;
mod errors;
mod histograms;
mod outputs;
mod scores;
mod snapshots;
mod soft_truths;
mod state;
mod streams;
mod suite;
mod vectors;
