//! Curves: every point of the report is drawn, and the legend has the area.

use super::svg::{Svg, content, elements};
use super::{WEIGHT, rows, write_binary};
use crate::Folder;
use std::fmt::Write;

/// A curve, its area, the name of the area in the legend, and the file of the plot.
const CURVES: [[&str; 4]; 2] = [
    ["roc_curve", "roc_auc", "AUC", "roc"],
    ["precision_recall_curve", "average_precision", "average precision", "precision_recall"],
];

/// Fails unless all points of a side are drawn and the legend has the area. Steps of precision have
/// additional corners.
#[track_caller]
fn assert_drawn(svg: &Svg, side: &str, points: &[Vec<f64>], area: &str) {
    let (scale, line) = (svg.scale(0), Svg::line(svg.groups(side)[0]));
    for point in points {
        let near = |at: &&(f64, f64)| {
            let read = scale.read(**at);
            (0..2).all(|axis| (read[axis] - point[axis]).abs() <= 0.001)
        };
        assert!(line.iter().any(|at| near(&at)), "{side} {point:?}");
    }
    assert!((points.len()..=2 * points.len() + 1).contains(&line.len()));
    assert!(svg.groups("legend")[0].contains(&format!(">{side}: {area}<")));
}

#[test]
fn curves_go_through_the_points_of_the_report() {
    let folder = Folder::new("plot-curves");
    write_binary(&folder);
    for [curve, area, name, file] in CURVES {
        let given = ["data.csv", WEIGHT, "--plot=p", "--format=json"];
        let [curve, area] = [curve, area].map(|metric| format!("{metric}:bins=64"));
        let metrics = ["-m", &curve, "-m", &area];
        let report = folder.evaluate_binary(&[&given[..], &metrics].concat()).json();
        let svg = Svg::of(&folder, &format!("p/{file}.svg"));
        for side in ["unweighted", "weighted"] {
            let area = report["metrics"][&area][side].as_f64().expect("an area");
            assert_drawn(&svg, side, &rows(&report, &curve, side), &format!("{name} {area:.4}"));
        }
    }
}

/// Three scores, a class or three labels, and a weight.
fn write_classes(folder: &Folder) {
    let mut text = "p0,p1,p2,class,t0,t1,t2,w\n".to_owned();
    for i in 0..120_u32 {
        let score = |k: u32| f64::from((i * 37 + k * 41) % 121) / 60.0;
        let class = if i % 4 == 0 { i / 4 % 3 } else { (i * 37 % 121 + i % 7) / 43 };
        let labels = [0, 1, 2].map(|k| u32::from(score(k) + f64::from(i * 13 % 7) / 5.0 > 1.6));
        let (weight, [a, b, c]) = (f64::from(1 + i % 5) / 2.0, labels);
        let scores = [0, 1, 2].map(|k| format!("{:.4}", score(k))).join(",");
        writeln!(text, "{scores},{class},{a},{b},{c},{weight}").unwrap();
    }
    folder.write("data.csv", text);
}

#[test]
fn each_class_and_each_label_has_its_curve() {
    let folder = Folder::new("plot-classes");
    write_classes(&folder);
    for (task, truth, average, named) in [
        ("multiclass", "class", "", ["red", "green", "blue"]),
        ("multilabel", "t0,t1,t2", ":average=none", ["p0", "p1", "p2"]),
    ] {
        for [curve, area, area_name, file] in CURVES {
            let curve = format!("{curve}{average}");
            let area = format!("{area}:average=none");
            let mut given = vec!["evaluate", "data.csv", "--task", task, "--prediction=p0,p1,p2"];
            given.extend(["--truth", truth, WEIGHT, "--plot=p", "--format=json"]);
            given.extend(["-m", &curve, "-m", &area]);
            if task == "multiclass" {
                given.extend(["--from-logits", "--class-names=red,green,blue"]);
            }
            let report = folder.run(&given).json();
            for (class, name) in named.iter().enumerate() {
                let svg = Svg::of(&folder, &format!("p/{file}_{class}.svg"));
                assert!(svg.0.contains(&format!(", {name}<")), "{task} {name}");
                for side in ["unweighted", "weighted"] {
                    let points = rows(&report, &curve, side).into_iter();
                    let own =
                        points.filter(|row| row[0] == class as f64).map(|row| row[1..].to_vec());
                    let area = report["metrics"][&area][side][class].as_f64().expect("an area");
                    let own: Vec<_> = own.collect();
                    assert!(own.len() > 10, "{task} {class}");
                    assert_drawn(&svg, side, &own, &format!("{area_name} {area:.4}"));
                }
            }
        }
    }
}

#[test]
fn a_class_without_samples_has_no_curve() {
    let folder = Folder::new("plot-absent");
    folder.write("data.csv", "p0,p1,p2,t\n0.7,0.2,0.1,0\n0.2,0.5,0.3,1\n0.6,0.3,0.1,1\n");
    let given = ["evaluate", "data.csv", "--task=multiclass", "--prediction=p0,p1,p2", "--truth=t"];
    let outcome = folder.run(&[&given[..], &["--plot=p"]].concat());
    assert_eq!(outcome.code, Some(0));
    let warning = "p/roc_2.svg is not drawn: a curve needs samples of the class and of others";
    assert!(outcome.stderr.contains(warning), "{}", outcome.stderr);
    let svg = Svg::of(&folder, "p/roc_0.svg");
    let texts: Vec<_> = elements(&svg.0, "text").into_iter().map(content).collect();
    assert!(texts.contains(&"Receiver operating characteristic, class 0"), "{texts:?}");
}

#[test]
fn curves_of_many_classes_are_not_drawn() {
    let folder = Folder::new("plot-many");
    let scores: Vec<_> = (0..20).map(|k| format!("p{k}")).collect();
    let row = vec!["0.05"; 20].join(",");
    folder.write("data.csv", format!("{},t\n{row},3\n{row},7\n", scores.join(",")));
    let prediction = format!("--prediction={}", scores.join(","));
    let given = ["evaluate", "data.csv", "--task=multiclass", &prediction, "--truth=t", "--plot=p"];
    let outcome = folder.run(&given);
    assert_eq!(outcome.code, Some(0));
    let warning = "roc_curve is not drawn: 20 curves, and at most 16 are drawn";
    assert!(outcome.stderr.contains(warning), "{}", outcome.stderr);
    assert!(!folder.path("p/roc_0.svg").exists());
}
