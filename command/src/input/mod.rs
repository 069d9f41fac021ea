//! Data files as batches of Arrow arrays.
//!
//! A [`Source`] is an open file, whose columns a [`Selection`] assigns to inputs. [`formats`] has a
//! file for each format.

mod column_pattern;
mod format;
mod formats;
mod match_columns;
mod progress;
mod role;
mod selection;
mod signature;
mod source;

pub use formats::help as formats_help;
pub use match_columns::pair;
pub use role::Role;
pub use selection::{InputColumns, Selection};
pub use source::Source;
