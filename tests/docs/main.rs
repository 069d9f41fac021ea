//! Compares the documentation with the code.

mod imports;
mod readme;
