//! Results against references that are written a second time, or come from elsewhere.

#[path = "../common/mod.rs"]
mod common;
mod exact;
mod float;
mod formulas;
mod reference;
mod rows;
mod totals;
