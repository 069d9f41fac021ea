//! Prepares a scene for the PNG backend, so that it looks like the SVG.
//!
//! Each dash becomes a separate line: the backend starts a new dash at every point of a line, so a
//! curve of many points would look solid. Rectangles end at whole pixels to avoid white seams.

use super::Point;
use kuva::render::render::{Primitive, Scene};

/// The scene, to be drawn with `scale` pixels per unit.
pub fn prepared(mut scene: Scene, scale: f64) -> Scene {
    let snapped = |x: f64| (x * scale).round() / scale;
    let prepared = |primitive| match primitive {
        Primitive::Rect { x, y, width, height, fill, stroke, stroke_width, opacity } => {
            let (left, top) = (snapped(x), snapped(y));
            let (width, height) = (snapped(x + width) - left, snapped(y + height) - top);
            let (x, y) = (left, top);
            vec![Primitive::Rect { x, y, width, height, fill, stroke, stroke_width, opacity }]
        }
        Primitive::PolyLine { points, stroke, stroke_width, stroke_dasharray: Some(dash) } => {
            let lengths: Vec<f64> =
                dash.split_whitespace().filter_map(|length| length.parse().ok()).collect();
            let lines = split(&points, &lengths).into_iter().map(|points| {
                let (stroke, stroke_dasharray) = (stroke.clone(), None);
                Primitive::PolyLine { points, stroke, stroke_width, stroke_dasharray }
            });
            lines.collect()
        }
        other => vec![other],
    };
    scene.elements = scene.elements.into_iter().flat_map(prepared).collect();
    scene
}

/// The dashes of a line. Lengths alternate between dashes and gaps.
fn split(points: &[Point], lengths: &[f64]) -> Vec<Vec<Point>> {
    let Some((&first, _)) = points.split_first() else { return Vec::new() };
    if lengths.is_empty() || !lengths.iter().all(|&length| length > 0.0) {
        return vec![points.to_vec()];
    }
    let mut lines = Vec::new();
    let mut line = vec![first];
    let (mut index, mut left) = (0, lengths[0]);
    for (&from, &to) in points.iter().zip(&points[1..]) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let turn = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            line.push(turn);
            if index % 2 == 0 {
                lines.push(line);
            }
            line = vec![turn];
            index = (index + 1) % (2 * lengths.len());
            left = lengths[index % lengths.len()];
        }
        left -= length - done;
        line.push(to);
    }
    if index % 2 == 0 && line.len() > 1 {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::split;

    /// Dashes continue around corners.
    #[test]
    fn dashes_do_not_depend_on_points() {
        let lengths = |points: &[(f64, f64)]| -> Vec<f64> {
            let length = |line: &Vec<(f64, f64)>| {
                let steps = line.iter().zip(&line[1..]);
                steps.map(|(a, b)| (b.0 - a.0).hypot(b.1 - a.1)).sum()
            };
            split(points, &[4.0, 2.0]).iter().map(length).collect()
        };
        assert_eq!(lengths(&[(0.0, 0.0), (9.0, 0.0), (9.0, 6.0)]), [4.0, 4.0, 3.0]);
        let many: Vec<_> = (0..=60).map(|i| (f64::from(i) / 4.0, 0.0)).collect();
        assert_eq!(lengths(&many), [4.0, 4.0, 3.0]);
        assert_eq!(split(&[(0.0, 0.0)], &[4.0, 2.0]).len(), 0);
    }
}
