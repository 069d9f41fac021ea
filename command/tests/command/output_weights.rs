//! A weight for each output or label of a sample.

use crate::{Folder, Outcome};
use serde_json::{Value, json};

const ROWS: &str = "(rows are numbered from 1, after the header)";
const REGRESSION: &str = "mean_absolute_error:average=none";
const MULTILABEL: &str = "recall:average=none";

fn evaluate(folder: &Folder, file: &str, task: &str, added: &[&str]) -> Outcome {
    let roles = ["--prediction=p*", "--truth=t*", "--format=json"];
    folder.run(&[&["evaluate", file, "--task", task], &roles[..], added].concat())
}

fn weighted(outcome: Outcome, metric: &str) -> Value {
    outcome.json()["metrics"][metric]["weighted"].clone()
}

#[test]
fn each_output_and_label_can_have_its_own_weight() {
    let folder = Folder::new("output-weights");
    folder.write("data.csv", "p0,p1,t0,t1,w0,w1\n1,0,1,1,1,3\n0,1,1,1,3,1\n");
    // A float beside whole numbers, rows of an array, and a prefix in another order.
    folder.write("names.csv", "p_a,p_b,t_a,t_b,w_b,w_a\n1,0,1,1,3,1\n0,1,1,1,1.0,3\n");
    let npz = folder.npz("data.npz").array("p", &[2, 2], &[1.0, 0.0, 0.0, 1.0]);
    let npz = npz.array("t", &[2, 2], &[1.0; 4]);
    drop(npz.array("w", &[2, 2], &[1.0, 3.0, 3.0, 1.0]));
    let cases = [
        ("data.csv", "w0,w1"),
        ("data.csv", "w*"),
        ("names.csv", "w_*"),
        ("names.csv", "w_a,w_b"),
        ("data.npz", "w"),
    ];
    for (file, weight) in cases {
        let with = |task, metric| {
            let given = ["--weight", weight, "-m", metric];
            weighted(evaluate(&folder, file, task, &given), metric)
        };
        assert_eq!(with("regression", REGRESSION), json!([0.75, 0.75]), "{file}, {weight}");
        assert_eq!(with("multilabel", MULTILABEL), json!([0.25, 0.25]), "{file}, {weight}");
    }
    // The option can also be repeated.
    let given = ["--weight=w0", "--weight=w1", "-m", REGRESSION];
    let report = evaluate(&folder, "data.csv", "regression", &given);
    assert_eq!(weighted(report, REGRESSION), json!([0.75, 0.75]));
}

#[test]
fn cells_with_weight_zero_may_be_invalid() {
    let folder = Folder::new("output-weights-zero");
    let weights = ["--weight=w*", "-m", REGRESSION];
    let run = |data: &str| {
        folder.write("data.csv", data);
        evaluate(&folder, "data.csv", "regression", &weights)
    };
    let report = run("p0,p1,t0,t1,w0,w1\n1,,1,1,1,0\nnan,1,1,3,0,1\n");
    assert_eq!(weighted(report, REGRESSION), json!([0.0, 2.0]));
    assert_eq!(
        run("p0,p1,t0,t1,w0,w1\n1,,1,1,0,1\n").refused(),
        format!("data.csv, column \"p1\", row 1: the prediction is missing {ROWS}")
    );
    assert_eq!(
        run("p0,p1,t0,t1,w0,w1\n1,1,1,1,0,1\n1,1,1,1,0,\n").refused(),
        format!("data.csv, column \"w1\", row 2: the weight is missing {ROWS}")
    );
    assert_eq!(
        run("p0,p1,t0,t1,w0,w1\n1,1,1,1,0,1\n1,1,1,1,0,-1\n").refused(),
        format!(
            "data.csv, column \"w1\", row 2: the weight is -1: weights must be finite, not negative \
             and below 2^64 {ROWS}"
        )
    );
    assert_eq!(
        run("p0,p1,t0,t1,w0,w1\n1,1,1,1,0,0\n").refused(),
        "all weights are zero in column \"w*\" of data.csv"
    );
}

#[test]
fn mismatched_weight_columns_are_refused() {
    let folder = Folder::new("output-weights-refused");
    folder.write("data.csv", "p0,p1,t0,t1,w0,w1,w2\n1,0,1,1,1,3,1\n");
    for task in ["regression", "multilabel"] {
        assert_eq!(
            evaluate(&folder, "data.csv", task, &["--weight=w*"]).refused(),
            "data.csv has 3 columns for the weight: give one weight per sample, or one for each of \
             the 2 prediction columns"
        );
    }
    assert_eq!(
        evaluate(&folder, "data.csv", "multiclass", &["--weight=w0,w1"]).refused(),
        "data.csv has 2 columns for the weight: give one weight per sample"
    );
    // As a standard metric, and by name.
    for metrics in [&[][..], &["-m=exact_match"]] {
        let given = [&["--weight=w0,w1"], metrics].concat();
        assert_eq!(
            evaluate(&folder, "data.csv", "multilabel", &given).refused(),
            "data.csv has 2 columns for the weight, but one of the metrics is computed from whole \
             samples: give one weight per sample, or choose other metrics with -m"
        );
    }
}
