//! What pictures are drawn with: shapes and text, frames with axes, legends, shades.

pub mod frame;
pub mod legend;
pub mod picture;
mod raster;
pub mod shade;
pub mod style;
pub mod text;

/// A point in pixels, to the right and downwards.
pub type Point = (f64, f64);
