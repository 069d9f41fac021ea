//! One-vs-rest and one-vs-one formulas, from binary formulas.

use super::{Row, formula as of_labels};
use crate::common::specs::{CLASSES, Inputs};

/// The score of a class, or its log-odds for logits, rounded so that equal log-odds stay equal.
fn score(inputs: Inputs, scores: &[f64], class: usize) -> f64 {
    if !inputs.are_logits() {
        return scores[class];
    }
    let other_classes =
        (0..CLASSES).filter(|&other| other != class).map(|other| scores[other].exp());
    let odds = scores[class].exp() / other_classes.sum::<f64>();
    (odds.ln() * 1e9).round() / 1e9
}

/// The samples of a class, with label 1, and of the classes that it is compared with, with label 0.
fn binary_problem(
    inputs: Inputs,
    rows: &[Row],
    scores: &[Vec<f64>],
    class: usize,
    other: Option<usize>,
) -> Vec<Row> {
    let samples = rows.iter().zip(scores);
    let kept = samples.filter(|(row, _)| {
        let truth = row.1 as usize;
        other.is_none_or(|other| [class, other].contains(&truth))
    });
    let sample = |(&(_, truth, weight), scores): (&Row, &Vec<f64>)| {
        (score(inputs, scores, class), f64::from(u8::from(truth as usize == class)), weight)
    };
    kept.map(sample).collect()
}

fn weight(rows: &[Row], counts: impl Fn(&Row) -> bool) -> f64 {
    rows.iter().filter(|row| counts(row)).map(|row| row.2).sum()
}

/// The value of a spec, NaN if it is undefined.
pub fn formula(spec: &str, inputs: Inputs, rows: &[Row], scores: &[Vec<f64>]) -> Option<Vec<f64>> {
    let of = |part: &&str| part.starts_with("average=") || part.starts_with("multi_class=");
    let (base_parts, other_parts): (Vec<&str>, Vec<&str>) =
        spec.split(':').partition(|part| !of(part));
    let (base, average) =
        (base_parts.join(":"), other_parts.iter().find_map(|s| s.strip_prefix("average=")));
    let value = |class, other| {
        of_labels(&base, &binary_problem(inputs, rows, scores, class, other)).expect("a formula")
    };
    let of_class = |class: usize| weight(rows, |row| row.1 as usize == class);
    let present: Vec<_> = (0..CLASSES).filter(|&class| of_class(class) > 0.0).collect();
    let mean = |numbers: Vec<(f64, f64)>| {
        let of_all = average != Some("weighted");
        let weight = |number: &(f64, f64)| if of_all { 1.0 } else { number.1 };
        let sum: f64 = numbers.iter().map(|number| number.0 * weight(number)).sum();
        vec![sum / numbers.iter().map(weight).sum::<f64>()]
    };
    if other_parts.contains(&"multi_class=ovo") {
        let pairs = present.iter().flat_map(|&a| present.iter().map(move |&b| (a, b)));
        let numbers = pairs.filter(|(a, b)| a < b).map(|(a, b)| {
            let both = [value(a, Some(b))[0], value(b, Some(a))[0]];
            ((both[0] + both[1]) / 2.0, of_class(a) + of_class(b))
        });
        return Some(mean(numbers.collect()));
    }
    if base.contains("_curve") {
        let of_class = |&class: &usize| {
            let points = value(class, None);
            let rows = points.chunks(3).map(|row| [&[class as f64], row].concat());
            rows.collect::<Vec<_>>().concat()
        };
        return Some(present.iter().map(of_class).collect::<Vec<_>>().concat());
    }
    if average == Some("none") {
        let of_class = |class| if of_class(class) > 0.0 { value(class, None)[0] } else { f64::NAN };
        return Some((0..CLASSES).map(of_class).collect());
    }
    Some(mean(present.iter().map(|&class| (value(class, None)[0], of_class(class))).collect()))
}
