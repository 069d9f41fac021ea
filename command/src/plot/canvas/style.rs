//! The common style of all plots: colours, lines and text sizes.
//!
//! The colours are from Okabe and Ito (2008), a colour-blind-safe palette. Weighted curves are also
//! solid and unweighted ones dashed, so that plots are legible without colours.

use kuva::render::color::Color;

/// Size of the title, in pixels.
pub const TITLE: u32 = 18;
/// Size of the titles of axes.
pub const LABEL: u32 = 14;
/// Size of tick labels and names of classes.
pub const TICK: u32 = 12;
/// Size of the legend.
pub const LEGEND: u32 = 13;

/// Fonts by preference. PNG uses the first; the second is as wide, the others are narrower.
pub const FONTS: &str = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/// Margin around a picture, and between its parts.
pub const MARGIN: f64 = 20.0;

/// Colours of text and axes, of the background, and of reference lines.
pub const INK: Color = Color::Rgb(0, 0, 0);
pub const PAPER: Color = Color::Rgb(255, 255, 255);
pub const GUIDE: Color = Color::Rgb(110, 110, 110);
pub const GUIDE_DASH: &str = "2 3";
pub const GUIDE_WIDTH: f64 = 1.5;

const BLUE: Color = Color::Rgb(0x00, 0x72, 0xb2);
const VERMILLION: Color = Color::Rgb(0xd5, 0x5e, 0x00);

/// The value of a metric that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Unweighted,
    Weighted,
    /// Both values, if they are equal.
    Both,
}

impl Side {
    /// Its name in legends.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unweighted => "unweighted",
            Self::Weighted => "weighted",
            Self::Both => "unweighted and weighted",
        }
    }

    /// Its class in SVG.
    pub fn class(self) -> &'static str {
        match self {
            Self::Unweighted => "unweighted",
            Self::Weighted => "weighted",
            Self::Both => "both",
        }
    }

    pub fn colour(self) -> Color {
        if self == Self::Unweighted { VERMILLION } else { BLUE }
    }

    /// Lengths of dashes and gaps; `None` for a solid line.
    pub fn dash(self) -> Option<&'static str> {
        (self == Self::Unweighted).then_some("7 4")
    }

    /// Width of the line: the solid one is visible beneath the dashed one.
    pub fn width(self) -> f64 {
        if self == Self::Unweighted { 2.0 } else { 3.0 }
    }
}
