//! ROC and precision-recall curves, in a square frame.

use super::canvas::Point;
use super::canvas::frame::{Area, Axis, Frame, LEFT};
use super::canvas::legend::{self, Entry, guide};
use super::canvas::picture::{Picture, Stroke};
use super::canvas::style::{MARGIN, Side};
use super::canvas::text;
use super::values::{SideValues, number, rows};
use weighbridge::Report;

/// Side length of the square.
const SIZE: f64 = 460.0;
/// Top of the square, below the title.
const TOP: f64 = 50.0;

/// Least distance of points that are drawn, in pixels along an axis.
const MIN_DISTANCE: f64 = 0.1;

/// A curve of one side, and the area under it.
#[derive(Debug, PartialEq)]
pub struct Curve {
    /// From left to right.
    pub points: Vec<[f64; 2]>,
    /// `None` if it is undefined.
    pub area: Option<f64>,
}

/// A kind of curve.
pub struct Kind {
    /// The metric whose rows start with the two coordinates of a point.
    pub curve: &'static str,
    /// The metric that is the area under the curve.
    pub area: &'static str,
    /// The name of that metric in the legend.
    pub area_name: &'static str,
    pub title: &'static str,
    pub axes: [&'static str; 2],
    /// Whether the curve is a line through its points. Otherwise it is drawn as steps, each as high
    /// as the point at its right end, because the area is the sum of these steps.
    pub is_line: bool,
    /// The meaning of the diagonal, if it is drawn.
    pub guide: Option<&'static str>,
}

pub const ROC: Kind = Kind {
    curve: "roc_curve",
    area: "roc_auc",
    area_name: "AUC",
    title: "Receiver operating characteristic",
    axes: ["false positive rate", "true positive rate"],
    is_line: true,
    guide: Some("chance"),
};

pub const PRECISION_RECALL: Kind = Kind {
    curve: "precision_recall_curve",
    area: "average_precision",
    area_name: "average precision",
    title: "Precision-recall curve",
    axes: ["recall", "precision"],
    is_line: false,
    guide: None,
};

/// Reads a curve and its area from the report; nothing else reads curves. The specs are the metrics
/// that [`Kind`] names, with the requested parameters. The value of `curve` is a matrix whose rows
/// start with the two coordinates of a point, in the order of the curve, in either direction. If
/// there are several classes or labels, each row starts with its class, and the value of `area` has
/// a number for each.
pub fn curves(report: &Report, curve: &str, area: &str, class: Option<usize>) -> SideValues<Curve> {
    SideValues::read(report, curve, |side, value| {
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

/// Draws the curves of both sides; `None` if there are no points.
pub fn draw(kind: &Kind, title: &str, curves: &[(Side, Curve)]) -> Option<Picture> {
    if curves.iter().all(|(_, curve)| curve.points.is_empty()) {
        return None;
    }
    let mut entries: Vec<_> = curves
        .iter()
        .map(|(side, Curve { area, .. })| Entry::Side {
            side: *side,
            text: area
                .map(|area| format!("{} {}", kind.area_name, text::value(area)))
                .unwrap_or_default(),
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
        let points = if kind.is_line { curve.points.clone() } else { steps(&curve.points) };
        let points = distinct(points.into_iter().map(|point| frame.at(point)));
        picture.group(side.class(), |picture| picture.line(points, Stroke::of(*side)));
    }
    legend::draw(&mut picture, area, &entries);
    Some(picture)
}

/// The corners of steps: to each point, first up or down, and then to the right.
fn steps(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut steps = Vec::new();
    let mut previous = 0.0;
    for &[x, y] in points {
        if x > previous {
            steps.push([previous, y]);
        }
        steps.push([x, y]);
        previous = x;
    }
    steps
}

/// The points without those too close to the previous one to be visible: a curve can have a point
/// for each sample.
fn distinct(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut points = points.peekable();
    let mut kept: Vec<Point> = Vec::new();
    while let Some((x, y)) = points.next() {
        let is_end = kept.is_empty() || points.peek().is_none();
        let is_near = |&(a, b): &Point| (x - a).abs().max((y - b).abs()) < MIN_DISTANCE;
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

    type Outcome = Result<Value, Undefined>;

    fn report(entries: [(&str, Outcome, Outcome); 2]) -> Report {
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

    fn matrix(points: &[[f64; 2]]) -> Outcome {
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
        assert_eq!(found.missing, []);
        let svg = draw(&ROC, ROC.title, &found.sides).expect("a picture").svg();
        assert_drawn(&line(&svg, "unweighted"), &UNWEIGHTED);
        assert_drawn(&line(&svg, "weighted"), &WEIGHTED);
        assert_drawn(&line(&svg, "guide"), &[[0.0, 0.0], [1.0, 1.0]]);
        assert!(svg.contains(">unweighted: AUC 0.7654<") && svg.contains(">weighted: AUC 0.5000<"));
        assert!(svg.contains(">false positive rate<") && svg.contains(">true positive rate<"));
    }

    /// The area below the steps is the average precision: Σ (recall − recall before) · precision.
    #[test]
    fn precision_is_drawn_as_steps() {
        let points = [[0.25, 1.0], [0.5, 0.5], [0.5, 0.25], [1.0, 0.4]];
        let curve = |area| Curve { points: points.to_vec(), area };
        let svg = draw(&PRECISION_RECALL, PRECISION_RECALL.title, &[(Side::Both, curve(None))])
            .expect("a picture")
            .svg();
        let steps =
            [[0.0, 1.0], [0.25, 1.0], [0.25, 0.5], [0.5, 0.5], [0.5, 0.25], [0.5, 0.4], [1.0, 0.4]];
        assert_drawn(&line(&svg, "both"), &steps);
        assert!(svg.contains(">unweighted and weighted<"));
    }

    #[test]
    fn points_closer_than_a_pixel_are_dropped() {
        let n = 300_000;
        let points: Vec<_> =
            (0..=n).map(|i| f64::from(i) / f64::from(n)).map(|x| [x, x.sqrt()]).collect();
        let curve = Curve { points, area: None };
        let svg = draw(&ROC, ROC.title, &[(Side::Both, curve)]).expect("a picture").svg();
        let line = line(&svg, "both");
        assert!((4600..9300).contains(&line.len()), "{}", line.len());
        for (a, b) in line.iter().zip(&line[1..]) {
            // No wider gap than the dropped points and one step between points leave.
            assert!(
                (b.0 - a.0).abs().max((b.1 - a.1).abs())
                    < MIN_DISTANCE + SIZE / f64::from(n).sqrt() + 0.01
            );
        }
        assert_drawn(&[line[0], line[line.len() - 1]], &[[0.0, 0.0], [1.0, 1.0]]);
    }

    #[test]
    fn an_undefined_side_is_missing() {
        let one_label = || Undefined::OneLabel { label: 1 };
        let report = report([
            ("roc_curve", matrix(&UNWEIGHTED), Err(one_label())),
            ("roc_auc", Ok(0.5.into()), Err(one_label())),
        ]);
        let found = curves(&report, "roc_curve", "roc_auc", None);
        let gap = MissingCurve {
            side: Side::Weighted,
            spec: "roc_curve".to_owned(),
            reason: one_label(),
        };
        assert_eq!(found.missing, [gap]);
        let svg = draw(&ROC, ROC.title, &found.sides).expect("a picture").svg();
        assert!(svg.contains("class=\"unweighted\"") && !svg.contains("class=\"weighted\""));
        let nothing = curves(&report, "roc_curve:bins=2", "roc_auc", None);
        assert!(draw(&ROC, ROC.title, &nothing.sides).is_none());
    }
}
