//! Curves in a square: the receiver operating characteristic, and precision against recall.

use super::canvas::Point;
use super::canvas::frame::{Area, Axis, Frame, LEFT};
use super::canvas::legend::{self, Entry, guide};
use super::canvas::picture::{Picture, Stroke};
use super::canvas::style::{MARGIN, TotalsView};
use super::canvas::text;
use super::values::{Found, number, rows};
use weighbridge::Report;

/// Side of the square.
const SIZE: f64 = 460.0;
/// Where it begins, below the title.
const TOP: f64 = 50.0;

/// The least distance of points to the right or upwards, in pixels.
const APART: f64 = 0.1;

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
/// two numbers of a point, in order of the curve, in either direction. Of several classes or labels each row
/// begins with its own, and the value of `area` has a number for each.
pub fn curves(report: &Report, curve: &str, area: &str, class: Option<usize>) -> Found<Curve> {
    Found::of(report, curve, |side, value| {
        let point = |row: &&[f64]| match class {
            None => Some([*row.first()?, *row.get(1)?]),
            Some(class) if *row.first()? == class as f64 => Some([*row.get(1)?, *row.get(2)?]),
            Some(_) => None,
        };
        let mut points: Vec<_> = rows(value)?.iter().filter_map(point).collect();
        if let (Some(first), Some(last)) = (points.first(), points.last())
            && first[0] > last[0]
        {
            points.reverse();
        }
        Some(Curve { points, area: number(report, area, side, class) })
    })
}

/// Draws the curves of both sides; none if there are no points.
pub fn draw(kind: &Kind, title: &str, curves: &[(TotalsView, Curve)]) -> Option<Picture> {
    if curves.iter().all(|(_, curve)| curve.points.is_empty()) {
        return None;
    }
    let mut entries: Vec<_> = curves
        .iter()
        .map(|(side, Curve { area, .. })| Entry::TotalsView {
            side: *side,
            text: area.map(|area| format!("area {}", text::value(area))).unwrap_or_default(),
            marked: false,
        })
        .collect();
    entries.extend(kind.guide.map(Entry::Guide));
    let area = Area { left: LEFT, top: TOP, width: SIZE, height: SIZE };
    let height =
        area.bottom() + super::canvas::frame::BELOW + legend::height(entries.len()) + 1.5 * MARGIN;
    let mut picture = Picture::new(title, area.right() + 2.0 * MARGIN, height);
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
        let points = apart(points.into_iter().map(|point| frame.at(point)));
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

/// The points but for those that are not seen to be others than the point before, since a curve can have
/// one for each sample.
fn apart(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut points = points.peekable();
    let mut kept: Vec<Point> = Vec::new();
    while let Some((x, y)) = points.next() {
        let is_end = kept.is_empty() || points.peek().is_none();
        let is_near = |&(a, b): &Point| (x - a).abs().max((y - b).abs()) < APART;
        if is_end || !kept.last().is_some_and(is_near) {
            kept.push((x, y));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::values::MissingCurve;
    use weighbridge::metric::{Axes, Interval, Value};
    use weighbridge::report::MetricResult;
    use weighbridge::{Device, Evaluator, Task};
    use weighbridge::{Report, Undefined};

    type OfSide = Result<Value, Undefined>;

    fn report(entries: [(&str, OfSide, OfSide); 2]) -> Report {
        let entry = |(spec, unweighted, weighted): (&str, _, _)| MetricResult {
            spec: spec.to_owned(),
            axes: Axes::Columns(&[]),
            unweighted,
            weighted,
        };
        let builder = Evaluator::builder(Task::Binary).device(Device::Cpu);
        let mut report = builder.build().unwrap().result().unwrap();
        report.entries = entries.map(entry).into();
        report
    }

    fn matrix(points: &[[f64; 2]]) -> OfSide {
        Ok(points.iter().map(|[x, y]| vec![*x, *y, 0.5]).collect::<Vec<_>>().into())
    }

    /// The line of a side, in pixels.
    fn line(svg: &str, side: &str) -> Vec<(f64, f64)> {
        let (_, group) = svg.split_once(&format!("<g class=\"{side}\">")).expect("a group");
        let (_, path) = group.split_once("d=\"M ").expect("a path");
        let (path, _) = path.split_once('"').expect("an end");
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let point = |text: &str| {
            let (x, y) = text.trim().split_once(' ').expect("two numbers");
            (number(x), number(y))
        };
        path.split('L').map(point).collect()
    }

    fn assert_drawn(line: &[(f64, f64)], points: &[[f64; 2]]) {
        assert_eq!(line.len(), points.len());
        for ((x, y), point) in line.iter().zip(points) {
            let expected = [LEFT + SIZE * point[0], TOP + SIZE * (1.0 - point[1])];
            // SVG has two decimals.
            assert!((x - expected[0]).abs() < 0.0051 && (y - expected[1]).abs() < 0.0051);
        }
    }

    const UNWEIGHTED: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 0.6], [0.3, 0.9], [1.0, 1.0]];
    const WEIGHTED: [[f64; 2]; 3] = [[0.0, 0.0], [0.125, 0.75], [1.0, 1.0]];

    #[test]
    fn the_line_goes_through_the_points_of_the_report() {
        let area = |area: f64| Ok(Value::from(Interval::exactly(area)));
        let mut reversed = WEIGHTED;
        reversed.reverse();
        let report = report([
            ("roc_curve", matrix(&UNWEIGHTED), matrix(&reversed)),
            ("roc_auc", area(0.7654321), area(0.5)),
        ]);
        let found = curves(&report, "roc_curve", "roc_auc", None);
        assert_eq!(found.gaps, []);
        let svg = draw(&ROC, ROC.title, &found.sides).expect("a picture").svg();
        assert_drawn(&line(&svg, "unweighted"), &UNWEIGHTED);
        assert_drawn(&line(&svg, "weighted"), &WEIGHTED);
        assert_drawn(&line(&svg, "guide"), &[[0.0, 0.0], [1.0, 1.0]]);
        assert!(
            svg.contains(">unweighted: area 0.7654<") && svg.contains(">weighted: area 0.5000<")
        );
        assert!(svg.contains(">false positive rate<") && svg.contains(">true positive rate<"));
    }

    /// The area below the steps is the average precision: Σ (recall − recall before) · precision.
    #[test]
    fn precision_is_drawn_as_steps() {
        let points = [[0.25, 1.0], [0.5, 0.5], [0.5, 0.25], [1.0, 0.4]];
        let curve = |area| Curve { points: points.to_vec(), area };
        let svg =
            draw(&PRECISION_RECALL, PRECISION_RECALL.title, &[(TotalsView::Both, curve(None))])
                .expect("a picture")
                .svg();
        let steps =
            [[0.0, 1.0], [0.25, 1.0], [0.25, 0.5], [0.5, 0.5], [0.5, 0.25], [0.5, 0.4], [1.0, 0.4]];
        assert_drawn(&line(&svg, "both"), &steps);
        assert!(svg.contains(">unweighted and weighted<"));
    }

    #[test]
    fn points_of_one_pixel_are_few() {
        let n = 300_000;
        let points: Vec<_> =
            (0..=n).map(|i| f64::from(i) / f64::from(n)).map(|x| [x, x.sqrt()]).collect();
        let curve = Curve { points, area: None };
        let svg = draw(&ROC, ROC.title, &[(TotalsView::Both, curve)]).expect("a picture").svg();
        let line = line(&svg, "both");
        assert!((4600..9300).contains(&line.len()), "{}", line.len());
        for (a, b) in line.iter().zip(&line[1..]) {
            // No further apart than what was left out, and the step from one point to the next there.
            assert!(
                (b.0 - a.0).abs().max((b.1 - a.1).abs())
                    < APART + SIZE / f64::from(n).sqrt() + 0.01
            );
        }
        assert_drawn(&[line[0], line[line.len() - 1]], &[[0.0, 0.0], [1.0, 1.0]]);
    }

    #[test]
    fn what_is_undefined_is_a_gap() {
        let one_label = || Undefined::OneLabel { label: 1 };
        let report = report([
            ("roc_curve", matrix(&UNWEIGHTED), Err(one_label())),
            ("roc_auc", Ok(0.5.into()), Err(one_label())),
        ]);
        let found = curves(&report, "roc_curve", "roc_auc", None);
        let gap = MissingCurve {
            side: TotalsView::Weighted,
            spec: "roc_curve".to_owned(),
            reason: one_label(),
        };
        assert_eq!(found.gaps, [gap]);
        let svg = draw(&ROC, ROC.title, &found.sides).expect("a picture").svg();
        assert!(svg.contains("class=\"unweighted\"") && !svg.contains("class=\"weighted\""));
        let nothing = curves(&report, "roc_curve:bins=2", "roc_auc", None);
        assert!(draw(&ROC, ROC.title, &nothing.sides).is_none());
    }
}
