//! Compares the documentation with the code.

mod readme;
