//! Shared by several test binaries.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod bounds;
pub mod columns;
pub mod custom;
pub mod devices;
pub mod families;
pub mod random;
pub mod row_values;
pub mod scored;
pub mod shuffle;
pub mod specs;
pub mod values;
