//! Formulas over all thresholds, sample by sample.

use super::Row;

/// [false positives, true positives] above a threshold, and in total.
struct Counts {
    threshold: f64,
    above: [f64; 2],
    all: [f64; 2],
}

impl Counts {
    fn fpr(&self) -> f64 {
        self.above[0] / self.all[0]
    }

    fn tpr(&self) -> f64 {
        self.above[1] / self.all[1]
    }

    fn precision(&self) -> f64 {
        self.above[1] / (self.above[0] + self.above[1])
    }

    fn fbeta(&self, beta: f64) -> f64 {
        let [fp, tp] = self.above;
        let weight = beta * beta;
        (1.0 + weight) * tp / ((1.0 + weight) * tp + weight * (self.all[1] - tp) + fp)
    }
}

/// All thresholds, in decreasing order: the scores, and one below the smallest score.
fn thresholds(rows: &[Row]) -> Vec<Counts> {
    let mut scores: Vec<f64> = rows.iter().filter(|row| row.2 > 0.0).map(|row| row.0).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    scores.dedup();
    scores.extend(scores.last().map(|min| min.next_down()));
    let sums = |threshold: f64| {
        [0.0, 1.0].map(|label| -> f64 {
            let above = rows.iter().filter(|row| row.0 > threshold && row.1 == label);
            above.map(|row| row.2).sum()
        })
    };
    let all = sums(f64::NEG_INFINITY);
    let counts = |threshold| Counts { threshold, above: sums(threshold), all };
    scores.into_iter().map(counts).collect()
}

/// The maximum over thresholds.
fn maximum(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(f64::NEG_INFINITY, f64::max)
}

/// Points without the ones on the line between their neighbours. The sums in these tests are exact
/// in `f64`, so points can be compared directly; precision is compared in fractions.
fn corners(points: &[[f64; 2]], is_on_line: impl Fn(usize) -> bool) -> Vec<usize> {
    let inner = 1..points.len() - 1;
    (0..points.len()).filter(|index| !inner.contains(index) || !is_on_line(*index)).collect()
}

fn roc(rows: &[Row], column: fn(&Counts) -> f64) -> Vec<f64> {
    let thresholds = thresholds(rows);
    let points: Vec<_> = thresholds.iter().map(|counts| counts.above).collect();
    let is_on_line = |index: usize| {
        let [a, b, c] = [points[index - 1], points[index], points[index + 1]];
        (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])
    };
    let row = |index: usize| {
        let counts = &thresholds[index];
        [counts.fpr(), column(counts), counts.threshold]
    };
    corners(&points, is_on_line).into_iter().flat_map(row).collect()
}

fn precision_recall(rows: &[Row]) -> Vec<f64> {
    let thresholds = thresholds(rows);
    let points: Vec<_> = thresholds.iter().map(|counts| counts.above).collect();
    let is_on_line = |index: usize| {
        let [a, b, c] = [points[index - 1], points[index], points[index + 1]];
        let same_precision = |a: [f64; 2], b: [f64; 2]| a[0] * b[1] == b[0] * a[1];
        // With no score above the first threshold, precision is 1.
        let a_alike = if index == 1 { b[0] == 0.0 } else { same_precision(a, b) };
        a[1] == b[1] && b[1] == c[1] || a_alike && same_precision(b, c)
    };
    let row = |index: usize| {
        let counts = &thresholds[index];
        let precision = if index == 0 { 1.0 } else { counts.precision() };
        [counts.tpr(), precision, counts.threshold]
    };
    corners(&points, is_on_line).into_iter().flat_map(row).collect()
}

/// The mean precision while true and false positives increase together, by piecewise Gauss
/// quadrature.
fn pr_auc(rows: &[Row]) -> f64 {
    const PARTS: usize = 500;
    let nodes = [(-0.6_f64.sqrt(), 5.0 / 18.0), (0.0, 8.0 / 18.0), (0.6_f64.sqrt(), 5.0 / 18.0)];
    let thresholds = thresholds(rows);
    let areas = thresholds.windows(2).map(|pair| {
        let ([fp, tp], [next_fp, next_tp]) = (pair[0].above, pair[1].above);
        let precision = |share: f64| {
            let [fp, tp] = [fp + share * (next_fp - fp), tp + share * (next_tp - tp)];
            tp / (tp + fp)
        };
        let part = |part: usize| -> f64 {
            let at = |node: f64| (part as f64 + (1.0 + node) / 2.0) / PARTS as f64;
            nodes.iter().map(|&(node, weight)| weight * precision(at(node))).sum()
        };
        let mean = (0..PARTS).map(part).sum::<f64>() / PARTS as f64;
        (next_tp - tp) * mean / pair[0].all[1]
    });
    areas.sum()
}

/// The formula of a metric over thresholds; none for other metrics.
pub fn formula(spec: &str, rows: &[Row]) -> Option<Vec<f64>> {
    let mut parts = spec.split(':');
    let name = parts.next()?;
    let parameter = |name: &str, default: f64| {
        let values = spec.split(':').filter_map(|part| part.split_once('='));
        let value = values.filter(|(key, _)| *key == name).map(|(_, value)| value).next();
        value.map_or(default, |value| value.parse().expect("a number"))
    };
    let thresholds = thresholds(rows);
    let each = || thresholds.iter();
    let above = || each().skip(1);
    Some(vec![match name {
        "roc_curve" => return Some(roc(rows, Counts::tpr)),
        "det_curve" => return Some(roc(rows, |counts| 1.0 - counts.tpr())),
        "precision_recall_curve" => return Some(precision_recall(rows)),
        "gini" => 2.0 * super::roc_auc(rows) - 1.0,
        "roc_auc" if spec.contains("max_fpr") => {
            let max_fpr = parameter("max_fpr", 1.0);
            let parts = thresholds.windows(2).map(|pair| {
                let [x, next_x, y, next_y] =
                    [pair[0].fpr(), pair[1].fpr(), pair[0].tpr(), pair[1].tpr()];
                let part =
                    if next_x > max_fpr { ((max_fpr - x) / (next_x - x)).max(0.0) } else { 1.0 };
                part * (next_x - x) * (y + part * (next_y - y) / 2.0)
            });
            let (area, min): (f64, f64) = (parts.sum(), max_fpr * max_fpr / 2.0);
            (1.0 + (area - min) / (max_fpr - min)) / 2.0
        }
        "pr_auc" => pr_auc(rows),
        "ks_statistic" => maximum(each().map(|counts| (counts.tpr() - counts.fpr()).abs())),
        "best_fbeta_score" => maximum(each().map(|counts| counts.fbeta(parameter("beta", 1.0)))),
        "sensitivity_at_specificity" => {
            let min = parameter("specificity", 0.5);
            maximum(each().filter(|counts| 1.0 - counts.fpr() >= min).map(Counts::tpr))
        }
        "specificity_at_sensitivity" => {
            let min = parameter("sensitivity", 0.5);
            maximum(each().filter(|counts| counts.tpr() >= min).map(|counts| 1.0 - counts.fpr()))
        }
        "precision_at_recall" => {
            let min = parameter("recall", 0.5);
            maximum(above().filter(|counts| counts.tpr() >= min).map(Counts::precision))
        }
        "recall_at_precision" => {
            let min = parameter("precision", 0.5);
            maximum(above().filter(|counts| counts.precision() >= min).map(Counts::tpr))
        }
        _ => return None,
    }])
}
