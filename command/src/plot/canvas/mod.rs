//! What pictures are drawn with: shapes and text, frames with axes, legends, shades.

pub mod frame;
pub mod legend;
pub mod picture;
mod raster;
pub mod shade;
pub mod style;
pub mod text;
