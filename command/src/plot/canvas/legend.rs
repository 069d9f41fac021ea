//! The legend, below the frame.

use super::Point;
use super::frame::{Area, BELOW};
use super::picture::{Picture, Stroke};
use super::style::{GUIDE, GUIDE_DASH, GUIDE_WIDTH, LEGEND, MARGIN, PAPER, Side};
use kuva::render::render::TextAnchor;

/// Height of an entry.
const ROW: f64 = 22.0;
/// Length of the sample of a line.
const SAMPLE: f64 = 42.0;

/// An entry of the legend.
pub enum Entry {
    /// A curve, with or without markers.
    Side { side: Side, text: String, marked: bool },
    /// A reference line.
    Guide(&'static str),
}

/// The height of a number of entries.
pub fn height(entries: usize) -> f64 {
    ROW * entries as f64
}

/// Draws the entries below a frame, one below the other.
pub fn draw(picture: &mut Picture, area: Area, entries: &[Entry]) {
    let top = area.bottom() + BELOW + MARGIN / 2.0;
    picture.group("legend", |picture| {
        for (index, entry) in entries.iter().enumerate() {
            let y = top + ROW * (index as f64 + 0.5);
            let line = vec![(area.left, y), (area.left + SAMPLE, y)];
            let text = match entry {
                Entry::Side { side, text, marked } => {
                    picture.line(line, Stroke::of(*side));
                    if *marked {
                        marker(picture, *side, (area.left + SAMPLE / 2.0, y), 4.0);
                    }
                    if text.is_empty() {
                        side.name().to_owned()
                    } else {
                        format!("{}: {text}", side.name())
                    }
                }
                Entry::Guide(text) => {
                    picture.line(line, guide());
                    (*text).to_owned()
                }
            };
            let at = (area.left + SAMPLE + 10.0, y + f64::from(LEGEND) * 0.36);
            picture.text(at, &text, LEGEND, TextAnchor::Start);
        }
    });
}

/// A reference line that curves are compared with.
pub fn guide() -> Stroke {
    Stroke { colour: GUIDE, width: GUIDE_WIDTH, dash: Some(GUIDE_DASH) }
}

/// A marker of a line: hollow if the line is dashed.
pub fn marker(picture: &mut Picture, side: Side, at: Point, radius: f64) {
    let fill = if side == Side::Unweighted { PAPER } else { side.colour() };
    picture.circle(at, radius, fill, side.colour());
}
