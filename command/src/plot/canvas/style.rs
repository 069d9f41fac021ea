//! What all pictures have in common: colours, lines and sizes of text.
//!
//! Colours are those of Okabe and Ito (2008), which the colour-blind tell apart. No colour stands
//! alone: what is weighted is solid and what is not is dashed, so that pictures survive a printer
//! without colours.

use kuva::render::color::Color;

/// Size of the title, in pixels.
pub const TITLE: u32 = 18;
/// Size of what is written at axes.
pub const LABEL: u32 = 14;
/// Size of numbers at ticks, and of names of classes.
pub const TICK: u32 = 12;
/// Size of the legend.
pub const LEGEND: u32 = 13;

/// Fonts by preference. The first is that of PNG pictures; the second is as wide, others are narrower.
pub const FONTS: &str = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";

/// Around every picture, and between its parts.
pub const MARGIN: f64 = 20.0;

/// Text, axes, and guides such as the line that no curve should fall below.
pub const INK: Color = Color::Rgb(0, 0, 0);
pub const PAPER: Color = Color::Rgb(255, 255, 255);
pub const GUIDE: Color = Color::Rgb(110, 110, 110);
pub const GUIDE_DASH: &str = "2 3";
pub const GUIDE_WIDTH: f64 = 1.5;

const BLUE: Color = Color::Rgb(0x00, 0x72, 0xb2);
const VERMILLION: Color = Color::Rgb(0xd5, 0x5e, 0x00);

/// Which value of a metric is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotalsView {
    Unweighted,
    Weighted,
    /// Both, where they are equal.
    Both,
}

impl TotalsView {
    /// As it is called in legends.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unweighted => "unweighted",
            Self::Weighted => "weighted",
            Self::Both => "unweighted and weighted",
        }
    }

    /// As its part of a picture is marked in SVG.
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

    /// Dashes and gaps; none of a solid line.
    pub fn dash(self) -> Option<&'static str> {
        (self == Self::Unweighted).then_some("7 4")
    }

    /// The dashed line lies above the solid one, which is wide enough to be seen beside it.
    pub fn width(self) -> f64 {
        if self == Self::Unweighted { 2.0 } else { 3.0 }
    }
}
