//! Columns of the prediction and the truth are paired by the suffixes of their names.

use crate::{Folder, Outcome};
use serde_json::{Value, json};

const ADVICE: &str = "list the columns of both by name, in the same order";

fn evaluate(folder: &Folder, task: &str, added: &[&str]) -> Outcome {
    folder.run(&[&["evaluate", "data.csv", "--task", task, "--format=json"], added].concat())
}

/// The unweighted value of a metric, with the truth columns in this order.
fn value(folder: &Folder, task: &str, metric: &str, truths: &str) -> Value {
    let given = ["--prediction=p_*", "--truth", truths, "-m", metric];
    evaluate(folder, task, &given).json()["metrics"][metric]["unweighted"].clone()
}

#[test]
fn columns_matched_by_prefix_are_paired_by_suffix() {
    let folder = Folder::new("pairs");
    let cases = [
        ("multiclass", "accuracy", json!(1.0)),
        ("multilabel", "recall:average=none", json!([1.0, 0.5])),
        ("regression", "mean_absolute_error:average=none", json!([0.0, 0.5])),
    ];
    let data = [
        ["p_a,p_b,t_b,t_a\n1,0,0,1\n0,1,1,0\n", "p_a,p_b,t_a,t_b\n1,0,1,0\n0,1,0,1\n"],
        ["p_a,p_b,t_b,t_a\n1,0,1,1\n0,1,1,0\n", "p_a,p_b,t_a,t_b\n1,0,1,1\n0,1,0,1\n"],
    ];
    for (index, (task, metric, expected)) in cases.into_iter().enumerate() {
        for data in data[index.min(1)] {
            folder.write("data.csv", data);
            // The truth is reordered if one of the two is a prefix.
            for truths in ["t_*", "t_a,t_b", "t_b,t_a"] {
                assert_eq!(value(&folder, task, metric, truths), expected, "{task}: {data}");
            }
        }
    }
    // The common prefix of the names counts, not the prefix of the pattern.
    folder.write("data.csv", "p_cat,p_car,t_car,t_cat\n1,0,0,1\n0,1,1,0\n");
    assert_eq!(value(&folder, "multiclass", "accuracy", "t_ca*"), json!(1.0));
}

#[test]
fn later_files_are_paired_like_the_first() {
    let folder = Folder::new("pairs-files");
    folder.write("data.csv", "p_a,p_b,t_b,t_a\n1,0,0,1\n");
    folder.write("more.csv", "p_b,t_a,t_b,p_a\n0,1,0,1\n");
    let given = ["more.csv", "--prediction=p_*", "--truth=t_*", "-m=accuracy"];
    let report = evaluate(&folder, "multiclass", &given).json();
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
}

#[test]
fn numbered_columns_are_paired_by_position() {
    let folder = Folder::new("pairs-numbers");
    folder.write("data.csv", "z0,z1,y2,y1,a,b,t_x,t_y\n1,0,0,1,1,0,1,0\n");
    for (prediction, truth) in [("z*", "y*"), ("z0,z1", "y1,y2"), ("z*", "t_*"), ("a,b", "t_x,t_y")]
    {
        let given = ["--prediction", prediction, "--truth", truth, "-m=accuracy"];
        let report = evaluate(&folder, "multiclass", &given).json();
        assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0), "{truth}");
    }
    folder.write("data.csv", "z9,z10,y10,y9\n1,0,0,1\n");
    let given = ["--prediction=z*", "--truth=y*", "-m=accuracy"];
    let report = evaluate(&folder, "multiclass", &given).json();
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
}

#[test]
fn contradictory_names_are_refused() {
    let folder = Folder::new("pairs-refused");
    folder.write("data.csv", "p_a,p_b,t_b,t_a,t_c\n1,0,0,1,0\n");
    for task in ["multiclass", "multilabel", "regression"] {
        // Lists in different orders, and a prefix that matches other names.
        for [prediction, truth] in [["p_a,p_b", "t_b,t_a"], ["p_*", "t_b,t_c"]] {
            let given = ["--prediction", prediction, "--truth", truth];
            assert_eq!(
                evaluate(&folder, task, &given).refused(),
                format!(
                    "data.csv: column \"p_a\" of the prediction would be paired with \"t_b\" of the \
                     truth, but their names differ: {ADVICE}"
                )
            );
        }
    }
}
