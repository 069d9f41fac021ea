//! What lines mean, below the frame, where no data is.

use super::Point;
use super::frame::{Area, BELOW};
use super::picture::{Picture, Stroke};
use super::style::{GUIDE, GUIDE_DASH, GUIDE_WIDTH, LEGEND, MARGIN, PAPER, TotalsView};
use kuva::render::render::TextAnchor;

/// Height of a line of the legend.
const ROW: f64 = 22.0;
/// Length of a line that stands for one in the frame.
const SAMPLE: f64 = 42.0;

/// What a line means.
pub enum Entry {
    TotalsView { side: TotalsView, text: String, marked: bool },
    Guide(&'static str),
}

/// The height of so many entries.
pub fn height(entries: usize) -> f64 {
    ROW * entries as f64
}

/// Draws a line for each entry below a frame, one below the other.
pub fn draw(picture: &mut Picture, area: Area, entries: &[Entry]) {
    let top = area.bottom() + BELOW + MARGIN / 2.0;
    picture.group("legend", |picture| {
        for (index, entry) in entries.iter().enumerate() {
            let y = top + ROW * (index as f64 + 0.5);
            let line = vec![(area.left, y), (area.left + SAMPLE, y)];
            let text = match entry {
                Entry::TotalsView { side, text, marked } => {
                    picture.line(line, Stroke::of(*side));
                    if *marked {
                        marker(picture, *side, (area.left + SAMPLE / 2.0, y), 4.0);
                    }
                    match text.is_empty() {
                        true => side.name().to_owned(),
                        false => format!("{}: {text}", side.name()),
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

/// A line that curves are compared with.
pub fn guide() -> Stroke {
    Stroke { colour: GUIDE, width: GUIDE_WIDTH, dash: Some(GUIDE_DASH) }
}

/// A point of a line: hollow where the line is dashed.
pub fn marker(picture: &mut Picture, side: TotalsView, at: Point, radius: f64) {
    let fill = if side == TotalsView::Unweighted { PAPER } else { side.colour() };
    picture.circle(at, radius, fill, side.colour());
}
