//! Drawing primitives: shapes and text, frames with axes, legends and colour bars.

pub mod frame;
pub mod legend;
pub mod picture;
mod raster;
pub mod shade;
pub mod style;
pub mod text;

/// A point in pixels from the top left corner.
pub type Point = (f64, f64);
