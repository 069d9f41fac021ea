//! Plots show the computed values, read off their axes as a person would.

mod curves;
mod svg;

use crate::{Folder, Outcome};
use serde_json::{Value, json};
use std::fmt::Write;
use svg::{Svg, content, corners, elements, lightness, number};

/// Scores, labels and weights.
pub fn write_binary(folder: &Folder) {
    let mut rows = "p,t,w\n".to_owned();
    for i in 0..90_u32 {
        let score = f64::from(i * 37 % 90) / 89.0;
        let label = u32::from(i * 53 % 89 < i * 37 % 90);
        writeln!(rows, "{score:.4},{label},{}", f64::from(i % 5) * 0.75).unwrap();
    }
    folder.write("data.csv", rows);
}

pub const WEIGHT: &str = "--weight=w";

/// A row of numbers.
fn numbers(row: &Value) -> Vec<f64> {
    row.as_array().expect("a row").iter().map(|x| x.as_f64().expect("a number")).collect()
}

pub fn rows(json: &Value, metric: &str, side: &str) -> Vec<Vec<f64>> {
    json["metrics"][metric][side].as_array().expect("rows").iter().map(numbers).collect()
}

#[test]
fn the_points_of_a_reliability_diagram_are_its_bins() {
    let folder = Folder::new("plot-reliability");
    write_binary(&folder);
    let metrics = ["-m=calibration_bins:bins=7", "-m=expected_calibration_error:bins=7"];
    let given = ["data.csv", WEIGHT, "--plot=p", "--format=json", "--class-names=no,ye$"];
    let report = folder.evaluate_binary(&[&given[..], &metrics].concat()).json();
    let svg = Svg::of(&folder, "p/reliability.svg");
    let (points, shares) = (svg.scale(0), svg.scale(1));
    for side in ["unweighted", "weighted"] {
        let bins = rows(&report, "calibration_bins:bins=7", side);
        let sum: f64 = bins.iter().map(|bin| bin[2]).sum();
        let groups = svg.groups(side);
        let circles = elements(groups[0], "circle");
        let line = Svg::line(groups[0]);
        assert_eq!((circles.len(), line.len()), (bins.len(), bins.len()));
        for ((bin, circle), at) in bins.iter().zip(circles).zip(line) {
            assert_eq!((number(circle, "cx"), number(circle, "cy")), at);
            points.assert_at(at, [bin[3], bin[4]]);
        }
        // The outline of bars: up at the first, along each, down at the last.
        let outline = Svg::line(groups[1]);
        assert_eq!(outline.len(), 2 * bins.len() + 2);
        for (bin, ends) in bins.iter().zip(outline[1..].chunks(2)) {
            shares.assert_at(ends[0], [bin[0], bin[2] / sum]);
            shares.assert_at(ends[1], [bin[1], bin[2] / sum]);
        }
        let error = report["metrics"]["expected_calibration_error:bins=7"][side].as_f64().unwrap();
        let legend = format!(">{side}: expected calibration error {error:.4}<");
        assert!(svg.groups("legend")[0].contains(&legend), "{legend}");
    }
    let dashed = |side: &str| svg.groups(side)[0].contains("stroke-dasharray");
    assert!(dashed("unweighted") && !dashed("weighted"));
    assert!(svg.0.contains(">frequency of ye$<"));
}

#[test]
fn a_heat_map_shows_the_numbers_of_the_confusion_matrix() {
    let folder = Folder::new("plot-confusion");
    let classes = ["cat", "dog <b> & co", "$a$ owl"];
    let mut csv = "p,t,w\n".to_owned();
    for i in 0..200_usize {
        let truth = i * i % 3;
        let prediction = if i % 4 == 0 { (i / 4) % 3 } else { truth };
        writeln!(csv, "{},{},{}", classes[prediction], classes[truth], 0.5 * (i % 6) as f64)
            .unwrap();
    }
    folder.write("data.csv", csv);
    let given = ["data.csv", "--prediction=p", "--truth=t", "--format=json", WEIGHT, "--plot=p"];
    let report =
        folder.evaluate_multiclass(&[&given[..], &["-m=confusion_matrix"]].concat()).json();
    assert_eq!(report["metrics"].as_object().unwrap().len(), 1);
    let svg = Svg::of(&folder, "p/confusion_matrix.svg");
    assert!(!folder.path("p/reliability.svg").exists(), "labels have no probabilities");
    // Classes are in alphabetical order.
    let names: Vec<_> = elements(svg.groups("names")[0], "text").into_iter().map(content).collect();
    let expected = ["$a$ owl", "cat", "dog &lt;b&gt; &amp; co"];
    assert_eq!(names, [expected, expected].concat());
    for side in ["unweighted", "weighted"] {
        let matrix = rows(&report, "confusion_matrix", side);
        let group = svg.groups(side)[0];
        let cells = elements(group, "rect");
        let texts = elements(group, "text");
        let positive: Vec<_> = matrix.concat().into_iter().filter(|x| *x > 0.0).collect();
        assert_eq!((cells.len(), texts.len()), (positive.len(), 9));
        let edge = Svg::line(group);
        let ((left, top), cell) = (edge[0], (edge[1].0 - edge[0].0) / 3.0);
        let place = |x: f64, y: f64| (((y - top) / cell) as usize, ((x - left) / cell) as usize);
        for text in &texts {
            let (row, column) = place(number(text, "x"), number(text, "y"));
            let shown: f64 = content(text).parse().expect("a number");
            let x = matrix[row][column];
            assert!((shown - x).abs() <= 0.005 * x, "{shown} and {x}");
        }
        for rect in &cells {
            let [(left, bottom), (right, top)] = corners(rect);
            let (row, column) = place((left + right) / 2.0, (top + bottom) / 2.0);
            // The larger the share of the row, the darker the cell.
            let share =
                |row: usize, column: usize| matrix[row][column] / matrix[row].iter().sum::<f64>();
            for other in &cells {
                let [(left, bottom), (right, top)] = corners(other);
                let (other_row, other_column) = place((left + right) / 2.0, (top + bottom) / 2.0);
                if share(row, column) > share(other_row, other_column) + 0.01 {
                    assert!(lightness(rect) < lightness(other));
                }
            }
        }
    }
}

#[test]
fn each_label_has_a_row() {
    let folder = Folder::new("plot-multilabel");
    folder.write("data.csv", "p0,p1,t0,t1\n0.9,0.2,1,1\n0.7,0.8,0,1\n0.1,0.3,0,0\n");
    let given =
        ["evaluate", "data.csv", "--task=multilabel", "--prediction=p0,p1", "--truth=t0,t1"];
    folder.run(&[&given[..], &["--plot=p"]].concat()).printed();
    let svg = Svg::of(&folder, "p/confusion_matrix.svg");
    let shown: Vec<_> = elements(svg.groups("both")[0], "text").into_iter().map(content).collect();
    assert_eq!(shown, ["1", "1", "0", "1", "1", "0", "1", "1"]);
    let names: Vec<_> = elements(svg.groups("names")[0], "text").into_iter().map(content).collect();
    assert_eq!(names, ["0", "1", "TN", "FP", "FN", "TP"]);
}

/// Predictions, truths and weights of a growing range.
fn regression(len: u32) -> Vec<[f32; 3]> {
    let row = |i: u32| {
        let x = f64::from(i);
        let truth = (x * 0.37).sin() * (1.0 + x / 50.0);
        let prediction = truth + (x * 0.91).cos() * (0.1 + x / 900.0);
        [prediction as f32, truth as f32, (i % 4) as f32 * 0.5]
    };
    (0..len).map(row).collect()
}

fn csv<'a>(rows: impl Iterator<Item = &'a [f32; 3]>) -> String {
    let mut text = "p,t,w\n".to_owned();
    rows.for_each(|[p, t, w]| writeln!(text, "{p},{t},{w}").unwrap());
    text
}

#[test]
fn residuals_are_where_the_samples_are() {
    let folder = Folder::new("plot-residuals");
    let rows = regression(400);
    folder.write("data.csv", csv(rows.iter()));
    folder.evaluate(&["data.csv", WEIGHT, "--plot=p"]).printed();
    let svg = Svg::of(&folder, "p/residuals.svg");
    for (frame, side) in ["unweighted", "weighted"].into_iter().enumerate() {
        let scale = svg.scale(frame);
        let cells: Vec<_> = elements(svg.groups(side)[0], "rect");
        let mut held = vec![0.0; cells.len()];
        for [p, t, w] in rows.iter().map(|row| row.map(f64::from)) {
            let inside = |rect: &str| {
                let [low, high] = corners(rect).map(|corner| scale.read(corner));
                [t, p - t].iter().enumerate().all(|(axis, x)| {
                    (low[axis] - scale.tolerance[axis]..high[axis] + scale.tolerance[axis])
                        .contains(x)
                })
            };
            let cell: Vec<_> = cells.iter().enumerate().filter(|(_, rect)| inside(rect)).collect();
            let weight = if side == "weighted" { w } else { 1.0 };
            // A sample near an edge seems to be in both cells.
            assert!(!cell.is_empty() || weight == 0.0, "{t} {p}");
            if let [(index, _)] = cell[..] {
                held[index] += weight;
            }
        }
        assert!(held.iter().filter(|x| **x > 0.0).count() as f64 > 0.95 * held.len() as f64);
        let lightest = (0..cells.len()).max_by_key(|cell| lightness(cells[*cell])).unwrap();
        let darkest = (0..cells.len()).min_by_key(|cell| lightness(cells[*cell])).unwrap();
        assert!(held[darkest] > held[lightest], "{} {}", held[darkest], held[lightest]);
    }
    let svg = Svg::of(&folder, "p/residual_histogram.svg");
    let scale = svg.scale(0);
    for side in ["unweighted", "weighted"] {
        let outline = Svg::line(svg.groups(side)[0]);
        let weight = |w: f64| if side == "weighted" { w } else { 1.0 };
        let sum: f64 = rows.iter().map(|[_, _, w]| weight((*w).into())).sum();
        let bars = outline[1..outline.len() - 1].chunks(2);
        assert!(bars.len() >= 8);
        for ends in bars {
            let [from, to] = [ends[0], ends[1]].map(|end| scale.read(end));
            let share = |slack: f64| {
                let held = rows.iter().filter(|[p, t, _]| {
                    let residual = f64::from(*p) - f64::from(*t);
                    (from[0] - slack..to[0] + slack).contains(&residual)
                });
                held.map(|[_, _, w]| weight((*w).into())).sum::<f64>() / sum
            };
            let [x, y] = scale.tolerance;
            assert!((share(-x) - y..=share(x) + y).contains(&from[1]), "{from:?} {to:?}");
        }
    }
}

#[test]
fn plots_do_not_depend_on_the_order_of_rows() {
    let folder = Folder::new("plot-order");
    // More than a batch.
    let rows = regression(70_000);
    folder.write("data.csv", csv(rows.iter())).write("back.csv", csv(rows.iter().rev()));
    folder.write("a.csv", csv(rows[..999].iter())).write("b.csv", csv(rows[999..].iter()));
    for (files, pictures) in [
        (&["data.csv"][..], "--plot=1"),
        (&["back.csv"], "--plot=2"),
        (&["b.csv", "a.csv"], "--plot=3"),
    ] {
        folder.evaluate(&[files, &[WEIGHT, pictures]].concat()).printed();
    }
    for picture in ["residuals.svg", "residual_histogram.svg"] {
        let [first, second, third] =
            ["1", "2", "3"].map(|dir| folder.read(&format!("{dir}/{picture}")));
        assert!(first.len() > 4000 && first == second && first == third, "{picture}");
    }
}

#[test]
fn plots_change_neither_the_report_nor_the_state() {
    let folder = Folder::new("plot-report");
    write_binary(&folder);
    let given = ["data.csv", WEIGHT, "-m=accuracy", "--format=json"];
    let run = |added: &[&str]| folder.evaluate_binary(&[&given[..], added].concat()).printed();
    let plain = run(&["--state-out=plain.json"]);
    assert_eq!(run(&["--state-out=drawn.json", "--plot=a/b"]), plain);
    assert_eq!(folder.read("drawn.json"), folder.read("plain.json"));
    // The same plots again.
    assert_eq!(run(&["--plot=c"]), plain);
    let reliability = folder.read("c/reliability.svg");
    assert!(reliability.starts_with("<svg ") && reliability.ends_with("</svg>\n"));
    for picture in ["reliability", "confusion_matrix"] {
        let [first, second] = ["a/b", "c"].map(|dir| folder.read(&format!("{dir}/{picture}.svg")));
        assert_eq!(first, second);
    }
}

#[test]
fn png_plots_have_twice_the_pixels() {
    let folder = Folder::new("plot-png");
    folder.write("data.csv", csv(regression(50).iter()));
    folder.evaluate(&["data.csv", "--plot=p"]).printed();
    folder.evaluate(&["data.csv", "--plot=p", "--plot-format=png"]).printed();
    let svg = Svg::of(&folder, "p/residual_histogram.svg");
    let head = svg.0.split('>').next().unwrap();
    let expected = ["width", "height"].map(|name| 2.0 * number(head, name));
    let png = std::fs::read(folder.path("p/residual_histogram.png")).expect("a picture");
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let word = |at: usize| f64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
    assert_eq!([word(16), word(20)], expected);
    assert!(png.len() > 10_000, "{} bytes hold no axes and text", png.len());
}

#[test]
fn each_output_has_its_plots() {
    let folder = Folder::new("plot-outputs");
    folder.write("data.csv", "p_a,p_b,t_a,t_b,w_a,w_b\n1,2,3,4,1,1\n2,2,1,9,3,0\n5,1,2,2,1,1\n");
    let given = ["evaluate", "data.csv", "--task=regression", "--prediction=p_*", "--truth=t_*"];
    folder.run(&[&given[..], &["--weight=w_*", "--plot=p"]].concat()).printed();
    for (output, name) in [(0, "p_a"), (1, "p_b")] {
        let svg = Svg::of(&folder, &format!("p/residuals_{output}.svg"));
        assert!(svg.0.contains(&format!("<title>Residuals, {name}</title>")));
        assert_eq!(elements(svg.groups("unweighted")[0], "rect").len(), 3);
        assert_eq!(elements(svg.groups("weighted")[0], "rect").len(), 3 - output);
    }
}

/// The warnings of a run that also printed its report.
fn warned(outcome: Outcome) -> Vec<String> {
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    assert!(report["metrics"]["accuracy"]["weighted"].is_number());
    let sentence = |line: &str| line.strip_prefix("warning: ").expect("a warning").to_owned();
    outcome.stderr.lines().map(sentence).collect()
}

#[test]
fn a_plot_that_fails_is_a_warning() {
    let folder = Folder::new("plot-undrawn");
    write_binary(&folder);
    folder.write("file", "mine");
    let run = |added: &[&str]| {
        let given = ["data.csv", WEIGHT, "-m=accuracy", "--format=json"];
        warned(folder.evaluate_binary(&[&given[..], added].concat()))
    };
    assert_eq!(
        run(&["--plot=file"]),
        ["no plots are drawn: file is a file, but --plot needs a directory"]
    );
    assert_eq!(folder.read("file"), "mine");
    let [sentence] = &run(&["--plot=file/p"])[..] else { panic!("one sentence") };
    let start = "no plots are drawn: cannot create the directory file/p: ";
    assert!(sentence.starts_with(start), "{sentence}");
    // A plot that cannot be written, beside one that can.
    std::fs::create_dir_all(folder.path("p/confusion_matrix.svg")).expect("a folder");
    let sentences = run(&["--plot=p"]);
    let [sentence] = &sentences[..] else { panic!("one sentence: {sentences:?}") };
    assert!(sentence.starts_with("cannot write p/confusion_matrix.svg: "), "{sentence}");
    assert!(sentence.ends_with("; choose a writable directory"), "{sentence}");
    assert!(folder.read("p/reliability.svg").contains("class=\"weighted\""));
    assert!(!folder.path("p/confusion_matrix.svg.part").exists());
    // Logits without --from-logits.
    folder.write("data.csv", "p,t,w\n3.5,1,1\n-2,0,1\n0.1,0,2\n");
    let sentences = run(&["--plot=p", "--threshold=0.5"]);
    let sentence = sentences.iter().find(|sentence| sentence.contains("reliability")).expect("one");
    assert_eq!(
        sentence,
        "p/reliability.svg is not drawn (the existing file is older): calibration_bins is undefined \
         (inputs outside the domain (predictions from 0 to 1) in 2 of the samples); it needs \
         probabilities between 0 and 1; if predictions are logits, use --from-logits"
    );
    // One side can be drawn.
    folder.write("data.csv", "p,t,w\n3.5,1,0\n0.2,0,1\n0.1,1,2\n");
    let sentences = run(&["--plot=q", "--threshold=0.5"]);
    let lacks =
        "q/reliability.svg is drawn without the unweighted calibration_bins, which is undefined";
    assert!(sentences.iter().any(|sentence| sentence.starts_with(lacks)), "{sentences:?}");
    let svg = Svg::of(&folder, "q/reliability.svg");
    assert!(svg.groups("unweighted").is_empty() && !svg.groups("weighted").is_empty());
}

#[test]
fn residuals_that_are_not_finite_are_counted() {
    let folder = Folder::new("plot-lost");
    folder.write("data.csv", "p,t,w\n1,2,1\nnan,2,0\n3,inf,0\n");
    let given = ["data.csv", WEIGHT, "-m=mean_error", "--format=json", "--plot=p"];
    let outcome = folder.evaluate(&given);
    assert_eq!(
        outcome.stderr,
        "warning: 2 samples left out of the residual plots: the prediction or truth is NaN or infinite\n"
    );
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    assert_eq!(report["metrics"]["mean_error"]["weighted"], json!(-1.0));
    let svg = Svg::of(&folder, "p/residuals.svg");
    assert_eq!(elements(svg.groups("both")[0], "rect").len(), 1);
}

#[test]
fn wrong_usage_of_plots_is_refused() {
    let folder = Folder::new("plot-usage");
    folder.write("data.csv", "p,t\n0.5,1\n0.25,0\n");
    let given = ["evaluate", "data.csv", "--task=aggregation", "--prediction=p", "--plot=p"];
    assert_eq!(
        folder.run(&given).refused(),
        "--plot is not available in the aggregation task: there is no truth to compare predictions with"
    );
    let refused = |added: &[&str]| folder.evaluate(&[&["data.csv"], added].concat()).refused();
    let sentence = refused(&["--plot=p", "--state-in=a.state"]);
    assert!(sentence.contains("'--plot <DIR>' cannot be used with '--state-in"), "{sentence}");
    let sentence = refused(&["--plot-format=png"]);
    assert!(sentence.contains("--plot <DIR>"), "{sentence}");
    let sentence = refused(&["--plot=p", "--plot-format=gif"]);
    assert!(sentence.contains("[possible values: svg, png]"), "{sentence}");
    assert!(!folder.path("p").exists());
    folder.write("classes.csv", "p,t\n1,2\n299,0\n");
    let given = ["classes.csv", "--prediction=p", "--truth=t", "--classes=300", "-m=accuracy"];
    let outcome =
        folder.evaluate_multiclass(&[&given[..], &["--plot=p", "--format=json"]].concat());
    assert_eq!(
        warned(outcome),
        [
            "confusion_matrix is not drawn: 300 rows, and at most 256 are drawn; -m confusion_matrix \
             --format json reports all of them"
        ]
    );
}
