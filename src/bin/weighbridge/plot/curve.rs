//! Curves in a square: the receiver operating characteristic, and precision against recall.

use super::frame::{Area, Axis, Frame, LEFT};
use super::legend::{self, Entry, guide};
use super::picture::{Picture, Stroke};
use super::style::{MARGIN, Side};
use super::text;
use super::values::{Found, rows, scalar};
use weighbridge::Report;

/// Side of the square.
const SIZE: f64 = 460.0;
/// Where it begins, below the title.
const TOP: f64 = 50.0;

/// A curve of one side, and the area that belongs to it.
#[derive(Debug, PartialEq)]
pub struct Curve {
    /// From left to right.
    pub points: Vec<[f64; 2]>,
    /// None if it is undefined.
    pub area: Option<f64>,
}

/// What kind of curve it is.
pub struct Kind {
    /// The metric whose rows begin with the two numbers of a point.
    pub curve: &'static str,
    /// The metric that is the area.
    pub area: &'static str,
    pub title: &'static str,
    pub axes: [&'static str; 2],
    /// Whether the curve is a line through its points; else it is a step from each point to the next, as
    /// high as the latter, since the area is the sum of those.
    pub is_line: bool,
    /// What a guide through the corners means, if there is one.
    pub guide: Option<&'static str>,
}

pub const ROC: Kind = Kind {
    curve: "roc_curve",
    area: "roc_auc",
    title: "Receiver operating characteristic",
    axes: ["false positive rate", "true positive rate"],
    is_line: true,
    guide: Some("scores that tell nothing"),
};

pub const PRECISION_RECALL: Kind = Kind {
    curve: "precision_recall_curve",
    area: "average_precision",
    title: "Precision and recall",
    axes: ["recall", "precision"],
    is_line: false,
    guide: None,
};

/// THE ONLY PLACE where curves are taken from the report: the two specs are those that [`Kind`] names,
/// with parameters as they were asked for. The value of `curve` is a matrix of rows that begin with the
/// two numbers of a point, in order of the curve, in either direction.
pub fn curves(report: &Report, curve: &str, area: &str) -> Found<Curve> {
    Found::of(report, curve, |side, value| {
        let mut points: Vec<_> =
            rows(value)?.iter().filter_map(|row| Some([*row.first()?, *row.get(1)?])).collect();
        if let (Some(first), Some(last)) = (points.first(), points.last())
            && first[0] > last[0]
        {
            points.reverse();
        }
        Some(Curve { points, area: scalar(report, area, side) })
    })
}

/// Draws the curves of both sides; none if there are no points.
pub fn draw(kind: &Kind, curves: &[(Side, Curve)]) -> Option<Picture> {
    if curves.iter().all(|(_, curve)| curve.points.is_empty()) {
        return None;
    }
    let mut entries: Vec<_> = curves
        .iter()
        .map(|(side, Curve { area, .. })| Entry::Side {
            side: *side,
            text: area.map(|area| format!("area {}", text::value(area))).unwrap_or_default(),
            marked: false,
        })
        .collect();
    entries.extend(kind.guide.map(Entry::Guide));
    let area = Area { left: LEFT, top: TOP, width: SIZE, height: SIZE };
    let height = area.bottom() + super::frame::BELOW + legend::height(entries.len()) + 1.5 * MARGIN;
    let mut picture = Picture::new(kind.title, area.right() + 2.0 * MARGIN, height);
    let [x, y] = kind.axes.map(Axis::of_shares);
    let frame = Frame::draw(&mut picture, area, x, y);
    if kind.guide.is_some() {
        let corners = [[0.0; 2], [1.0; 2]].map(|corner| frame.at(corner));
        picture.group("guide", |picture| picture.line(corners.to_vec(), guide()));
    }
    for (side, curve) in curves {
        let points = match kind.is_line {
            true => curve.points.clone(),
            false => steps(&curve.points),
        };
        let points = points.into_iter().map(|point| frame.at(point)).collect();
        picture.group(side.class(), |picture| picture.line(points, Stroke::of(*side)));
    }
    legend::draw(&mut picture, area, &entries);
    Some(picture)
}

/// Points, each reached by a step up or down and one to the right, which is as high as the point.
fn steps(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut steps = Vec::new();
    let mut before = 0.0;
    for &[x, y] in points {
        if x > before {
            steps.push([before, y]);
        }
        steps.push([x, y]);
        before = x;
    }
    steps
}
