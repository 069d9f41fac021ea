//! The public API of the library, on the CPU and on every adapter.

mod calibration;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod curves;
mod errors;
mod float_environment;
mod histograms;
mod multi_output;
mod one_vs_rest;
mod outputs;
mod precision;
mod score_kinds;
mod scores;
mod snapshots;
mod soft_truths;
mod state;
mod streams;
mod tied_scores;
mod vectors;
