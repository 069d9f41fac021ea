//! The reliability diagram: observed frequency against predicted probability, above a histogram of
//! the predictions.

use super::canvas::frame::{Area, Axis, BELOW, Frame, LEFT};
use super::canvas::legend::{self, Entry, guide, marker};
use super::canvas::picture::{Picture, Stroke};
use super::canvas::style::{MARGIN, Side};
use super::canvas::text;
use super::values::{SideValues, rows, scalar};
use weighbridge::{Report, Task};

const WIDTH: f64 = 460.0;
const TOP: f64 = 50.0;
const HEIGHT: f64 = 400.0;
const HISTOGRAM: f64 = 130.0;
/// Most bins that have large markers.
const MAX_LARGE_MARKERS: usize = 40;

/// The metrics that it shows.
pub const METRICS: [&str; 2] = ["calibration_bins", "expected_calibration_error"];

/// A bin that is not empty.
#[derive(Debug, PartialEq)]
struct Bin {
    from: f64,
    to: f64,
    weight: f64,
    probability: f64,
    frequency: f64,
}

/// The bins of one side.
#[derive(Debug, PartialEq)]
pub struct Bins {
    bins: Vec<Bin>,
    error: Option<f64>,
}

/// The bins in a report.
pub fn bins(report: &Report, bins: &str, error: &str) -> SideValues<Bins> {
    let bin = |row: &&[f64]| match **row {
        [from, to, weight, probability, frequency] => {
            Some(Bin { from, to, weight, probability, frequency })
        }
        _ => None,
    };
    SideValues::read(report, bins, |side, value| {
        let bins = rows(value)?.iter().filter_map(bin).collect();
        Some(Bins { bins, error: scalar(report, error, side) })
    })
}

/// Draws the bins of both sides. `positive` is the name of label 1, if it has one.
pub fn draw(task: Task, positive: Option<&str>, sides: &[(Side, Bins)]) -> Option<Picture> {
    if sides.is_empty() {
        return None;
    }
    let mut entries: Vec<_> = sides
        .iter()
        .map(|(side, Bins { error, .. })| Entry::Side {
            side: *side,
            text: error
                .map(|error| format!("expected calibration error {}", text::value(error)))
                .unwrap_or_default(),
            marked: true,
        })
        .collect();
    entries.push(Entry::Guide("perfectly calibrated"));
    let area = Area { left: LEFT, top: TOP, width: WIDTH, height: HEIGHT };
    let below = Area { top: area.bottom() + MARGIN, height: HISTOGRAM, ..area };
    let height = below.bottom() + BELOW + legend::height(entries.len()) + 1.5 * MARGIN;
    let mut picture = Picture::new("Reliability diagram", area.right() + 2.0 * MARGIN, height);
    let label = positive.map_or_else(|| "label 1".to_owned(), text::name);
    let [x, y] = match task {
        Task::Binary => {
            [format!("mean predicted probability of {label}"), format!("frequency of {label}")]
        }
        _ => ["mean probability of the predicted class", "frequency of correct predictions"]
            .map(str::to_owned),
    };
    // The x axis is shared with the histogram below, which has its label.
    let frame = Frame::draw(&mut picture, area, Axis::of_shares(""), Axis::of_shares(&y));
    let corners = [[0.0; 2], [1.0; 2]].map(|corner| frame.at(corner));
    picture.group("guide", |picture| picture.line(corners.to_vec(), guide()));
    for (side, Bins { bins, .. }) in sides {
        let points: Vec<_> =
            bins.iter().map(|bin| frame.at([bin.probability, bin.frequency])).collect();
        picture.group(side.class(), |picture| {
            picture.line(points.clone(), Stroke::of(*side));
            let radius = if points.len() > MAX_LARGE_MARKERS { 2.0 } else { 4.0 };
            points.into_iter().for_each(|at| marker(picture, *side, at, radius));
        });
    }
    histogram(&mut picture, below, &x, sides);
    legend::draw(&mut picture, below, &entries);
    Some(picture)
}

/// The share of each bin.
fn histogram(picture: &mut Picture, area: Area, label: &str, sides: &[(Side, Bins)]) {
    let shares = |bins: &[Bin]| -> Vec<(f64, f64, f64)> {
        let sum: f64 = bins.iter().map(|bin| bin.weight).sum();
        bins.iter().map(|bin| (bin.from, bin.to, bin.weight / sum)).collect()
    };
    let sides: Vec<_> = sides.iter().map(|(side, bins)| (*side, shares(&bins.bins))).collect();
    let all = sides.iter().flat_map(|(_, shares)| shares);
    let most = all.map(|(_, _, share)| *share).fold(0.0, f64::max);
    let y = Axis { label: "share".to_owned(), range: [0.0, 1.1 * most], step: None };
    let frame = Frame::draw(picture, area, Axis::of_shares(label), y);
    for (side, shares) in sides {
        super::histogram::outline(picture, &frame, side, &shares);
    }
}
