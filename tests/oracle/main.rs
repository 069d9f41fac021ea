//! Compares results with independent references.

#[path = "../common/mod.rs"]
mod common;
mod double;
mod exact;
mod float;
mod formulas;
mod models;
mod reference;
mod rows;
mod totals;
