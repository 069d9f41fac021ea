//! Formulas of the multiclass task over predicted and true classes.

use super::{Row, sum};
use crate::common::specs::CLASSES;

/// The value of a class from its hits, its weights in truth and prediction, and the total weight.
fn of_class(metric: &str, beta: f64, [hits, truth, predicted, all]: [f64; 4]) -> f64 {
    let (fp, fn_) = (predicted - hits, truth - hits);
    let tn = all - hits - fp - fn_;
    match metric {
        "precision" => hits / (hits + fp),
        "recall" => hits / (hits + fn_),
        "specificity" => tn / (tn + fp),
        "jaccard_index" => hits / (hits + fp + fn_),
        _ => (1.0 + beta * beta) * hits / ((1.0 + beta * beta) * hits + beta * beta * fn_ + fp),
    }
}

/// The formula of a spec; none if it is not implemented here.
pub fn formula(spec: &str, rows: &[Row]) -> Option<Vec<f64>> {
    let (metric, rest) = spec.split_once(':').unwrap_or((spec, ""));
    let parameter =
        |key: &str| rest.split(':').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
    let beta = parameter("beta").map_or(1.0, |beta| beta.parse().unwrap());
    let is = |x: f64, class: usize| f64::from(u8::from(x == class as f64));
    let all = sum(rows, |_, _| 1.0);
    let class = |class: usize| {
        let hits = sum(rows, |p, t| is(p, class) * is(t, class));
        [hits, sum(rows, |_, t| is(t, class)), sum(rows, |p, _| is(p, class)), all]
    };
    let classes: Vec<_> = (0..CLASSES).map(class).collect();
    let share = |one: &dyn Fn(usize) -> f64, other: &dyn Fn(usize) -> f64| -> f64 {
        (0..CLASSES).map(|class| one(class) * other(class)).sum::<f64>() / (all * all)
    };
    let truth = |class: usize| classes[class][1];
    let predicted = |class: usize| classes[class][2];
    let hits = classes.iter().map(|class| class[0]).sum::<f64>();
    Some(vec![match metric {
        "accuracy" => hits / all,
        "hamming_loss" => 1.0 - hits / all,
        "balanced_accuracy" => {
            let present: Vec<_> = classes.iter().filter(|class| class[1] > 0.0).collect();
            present.iter().map(|class| class[0] / class[1]).sum::<f64>() / present.len() as f64
        }
        "matthews_correlation" => {
            let covariance = hits / all - share(&truth, &predicted);
            covariance
                / ((1.0 - share(&truth, &truth)) * (1.0 - share(&predicted, &predicted))).sqrt()
        }
        "cohen_kappa" => {
            let distance = |i: f64, j: f64| match parameter("weights").unwrap_or("none") {
                "none" => f64::from(u8::from(i != j)),
                "linear" => (i - j).abs(),
                _ => (i - j) * (i - j),
            };
            let pairs = (0..CLASSES).flat_map(|i| (0..CLASSES).map(move |j| (i, j)));
            let chance = |(i, j)| truth(i) * predicted(j) * distance(i as f64, j as f64);
            1.0 - sum(rows, distance) * all / pairs.map(chance).sum::<f64>()
        }
        "confusion_matrix" => {
            let row = |i: usize| (0..CLASSES).map(move |j| sum(rows, |p, t| is(p, j) * is(t, i)));
            return Some((0..CLASSES).flat_map(row).collect());
        }
        "precision" | "recall" | "specificity" | "jaccard_index" | "f1_score" | "fbeta_score" => {
            let instead = parameter("zero_division").map_or(0.0, |value| value.parse().unwrap());
            let alone =
                parameter("average") == Some("none") && parameter("zero_division").is_none();
            let of = |class: &[f64; 4]| {
                let value = of_class(metric, beta, *class);
                if value.is_nan() && !alone { instead } else { value }
            };
            let values: Vec<_> = classes.iter().map(of).collect();
            let total = |index: usize| classes.iter().map(|class| class[index]).sum::<f64>();
            match parameter("average").unwrap_or("macro") {
                "none" => return Some(values),
                "micro" => of_class(metric, beta, [0, 1, 2, 3].map(total)),
                "macro" if parameter("absent") == Some("zero") => {
                    values.iter().sum::<f64>() / CLASSES as f64
                }
                "macro" => {
                    let present = |class: &&[f64; 4]| class[1] + class[2] > 0.0;
                    let present: Vec<_> = classes.iter().filter(present).map(of).collect();
                    present.iter().sum::<f64>() / present.len() as f64
                }
                _ => classes.iter().map(|class| class[1] / all * of(class)).sum(),
            }
        }
        _ => return None,
    }])
}
