//! Values without a truth: their mean, sum, minimum and maximum.

use crate::write::{batch, csv};
use crate::{Folder, Outcome};
use arrow_array::{ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, StringArray};
use npyz::Order;
use serde_json::{Value, json};
use std::sync::Arc;

const X: [f64; 4] = [1.5, -4.0, 9.0, 100.0];
const W: [f64; 4] = [1.0, 2.0, 0.5, 0.0];

const ROWS: &str = " (rows are numbered from 1, after the header)";

/// Aggregates column x of a file, with some more options.
fn aggregate(folder: &Folder, file: &str, added: &[&str]) -> Outcome {
    let given = ["evaluate", file, "--task", "aggregation", "--prediction", "x"];
    folder.run(&[&given[..], added].concat())
}

fn json_of(folder: &Folder, file: &str) -> Value {
    aggregate(folder, file, &["--weight", "w", "--format", "json"]).json()
}

fn f64s(x: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(x.to_vec()))
}

/// The report on `X` and `W`, compared with numbers computed by hand.
fn expected(folder: &Folder) -> Value {
    folder.write("expected.csv", csv(&[("x", &X), ("w", &W)]));
    let report = json_of(folder, "expected.csv");
    assert_eq!(
        report["metrics"],
        json!({
            "mean": {"unweighted": 26.625, "weighted": -2.0 / 3.5},
            "sum": {"unweighted": 106.5, "weighted": -2.0},
            "minimum": {"unweighted": -4.0, "weighted": -4.0},
            "maximum": {"unweighted": 100.0, "weighted": 9.0},
        })
    );
    assert_eq!((&report["samples"], &report["weight_sum"]), (&json!(4), &json!(3.5)));
    assert_eq!(report["zero_weight_samples"], json!(1));
    assert_eq!(report["effective_samples"], json!(12.25 / 5.25));
    report
}

#[test]
fn every_format_gives_the_values_computed_by_hand() {
    let folder = Folder::new("aggregation-formats");
    let expected = expected(&folder);
    let text: ArrayRef = Arc::new(StringArray::from(vec!["a", "b", "c", "d"]));
    for x in [f64s(&X), Arc::new(Float32Array::from(X.map(|x| x as f32).to_vec()))] {
        let table = batch(vec![("w", f64s(&W)), ("name", text.clone()), ("x", x)]);
        folder.write_parquet("data.parquet", &table);
        folder.write_ipc_file("data.arrow", &table);
        folder.write_ipc_stream("data.ipc", &table);
        for file in ["data.parquet", "data.arrow", "data.ipc"] {
            assert_eq!(json_of(&folder, file), expected, "{file}");
        }
    }
    folder.write("data.csv", "name,w,x\na,1,1.5\nb,2,-4\nc,0.5,9e0\nd,0,100\n");
    drop(folder.npz("data.npz").array("x", &[4], &X).array("w", &[4, 1], &W));
    for file in ["data.csv", "data.npz"] {
        assert_eq!(json_of(&folder, file), expected, "{file}");
    }
    folder.write_npy("data.npy", &[4, 2], Order::Fortran, &[W, X].concat());
    let given = ["evaluate", "data.npy", "--task=aggregation", "--prediction=1", "--weight=0"];
    assert_eq!(folder.run(&[&given[..], &["--format=json"]].concat()).json(), expected);
}

#[test]
fn several_files_are_one_data_set() {
    let folder = Folder::new("aggregation-files");
    let expected = expected(&folder);
    folder.write("first.csv", "x,w\n1.5,1\n").write("none.csv", "w,x\n");
    folder.write_parquet("rest.parquet", &batch(vec![("w", f64s(&W[1..])), ("x", f64s(&X[1..]))]));
    let added = ["none.csv", "rest.parquet", "--weight=w", "--format=json"];
    assert_eq!(aggregate(&folder, "first.csv", &added).json(), expected);
}

#[test]
fn long_files_are_read_to_the_end() {
    let folder = Folder::new("aggregation-long");
    let rows = 150_000; // more than two batches, the last one incomplete
    let mut x: Vec<f64> = (0..rows).map(|row| (row % 1000) as f64).collect();
    folder.write("data.csv", csv(&[("x", &x)]));
    let report = aggregate(&folder, "data.csv", &["--format=json"]).json();
    let both = |value: f64| json!({"unweighted": value, "weighted": value});
    assert_eq!(report["samples"], json!(rows));
    assert_eq!(report["metrics"]["mean"], both(499.5));
    assert_eq!(report["metrics"]["sum"], both(499.5 * rows as f64));
    assert_eq!(report["metrics"]["maximum"], both(999.0));
    x[140_000] = f64::INFINITY;
    folder.write("data.csv", csv(&[("x", &x)]));
    let sentence = aggregate(&folder, "data.csv", &[]).refused();
    assert!(sentence.starts_with("data.csv, column \"x\", row 140001: "), "{sentence}");
}

#[test]
fn metrics_are_listed_and_can_be_chosen() {
    let folder = Folder::new("aggregation-metrics");
    let listed = folder.run(&["metrics", "--task", "aggregation"]).printed();
    for metric in
        ["\n* mean ", "\n* sum ", "\n* minimum ", "\n* maximum ", "  sum_over_batch_size "]
    {
        assert!(listed.contains(metric), "{metric:?}: {listed}");
    }
    assert!(!listed.contains("mean_squared_error"), "{listed}");
    let all = folder.run(&["metrics"]).printed();
    assert!(all.contains("\nbinary: s = score, y = label"), "{all}");
    assert!(
        all.contains(
            &listed[listed
                .find("\naggregation: x = value, N = number of values\n")
                .expect("a heading")..]
        ),
        "{all}"
    );
    expected(&folder);
    let added = ["--weight=w", "--format=json", "-m=sum_over_batch_size", "-m=maximum"];
    let report = aggregate(&folder, "expected.csv", &added).json();
    assert_eq!(
        report["metrics"],
        json!({
            "sum_over_batch_size": {"unweighted": 26.625, "weighted": -0.5},
            "maximum": {"unweighted": 100.0, "weighted": 9.0},
        })
    );
    assert_eq!(
        aggregate(&folder, "expected.csv", &["-m=mean_error"]).refused(),
        "metric mean_error is not available in the aggregation task; it is available in: regression"
    );
    assert_eq!(
        folder
            .run(&[
                "evaluate",
                "expected.csv",
                "--task=binary",
                "--prediction=x",
                "--truth=w",
                "-m=mean"
            ])
            .refused(),
        "metric mean is not available in the binary task; it is available in: aggregation"
    );
}

#[test]
fn tables_show_both_values() {
    let folder = Folder::new("aggregation-tables");
    expected(&folder);
    for (format, border) in [("table", '│'), ("markdown", '|')] {
        let added = ["--weight", "w", "--format", format];
        let text = aggregate(&folder, "expected.csv", &added).printed();
        let row = |metric: &str| -> Vec<String> {
            let cells = |line: &str| -> Vec<_> {
                line.split([border, '┆']).map(|cell| cell.trim().to_owned()).collect()
            };
            let row = text.lines().map(cells).find(|row| row.get(1).is_some_and(|m| m == metric));
            row.expect(metric)[1..4].to_vec()
        };
        assert_eq!(row("mean"), ["mean", "26.6250", "-0.571429"], "{text}");
        assert_eq!(row("sum")[2], "-2", "{text}");
        assert_eq!(row("minimum")[1..], ["-4", "-4"], "{text}");
        assert_eq!(row("maximum")[1..], ["100", "9"], "{text}");
    }
}

#[cfg(feature = "gpu")]
#[test]
fn both_engines_agree() {
    if std::env::var_os("WEIGHBRIDGE_GPU").is_some_and(|value| value == "off") {
        eprintln!("skipped: WEIGHBRIDGE_GPU=off");
        return;
    }
    let folder = Folder::new("aggregation-checked");
    let expected = expected(&folder);
    let added = ["--weight=w", "--format=json", "--checked"];
    let report = aggregate(&folder, "expected.csv", &added).json();
    assert_eq!(report["metrics"], expected["metrics"]);
    assert_eq!(report["device"]["checked"], json!(true));
}

#[test]
fn invalid_cells_are_named_unless_their_rows_have_weight_zero() {
    let folder = Folder::new("aggregation-cells");
    let finite = "it must be finite unless its row has weight 0";
    for (value, fault) in [
        ("nan", format!("the prediction is NaN: {finite}")),
        ("-inf", format!("the prediction is -inf: {finite}")),
        ("", "the prediction is missing".to_owned()),
        (
            "1e309",
            "the prediction is 1e309: it does not fit a float: 32-bit floats end at 3.4e38, 64-bit \
             floats at 1.8e308"
                .to_owned(),
        ),
        (
            "1e999",
            "the prediction is 1e999: it does not fit a float: 32-bit floats end at 3.4e38, 64-bit \
             floats at 1.8e308"
                .to_owned(),
        ),
    ] {
        folder.write("data.csv", format!("w,x\n1,2\n3,{value}\n"));
        assert_eq!(
            aggregate(&folder, "data.csv", &["--weight=w"]).refused(),
            format!("data.csv, column \"x\", row 2: {fault}{ROWS}")
        );
        folder.write("data.csv", format!("w,x\n1,2\n0,{value}\n"));
        let mean = json_of(&folder, "data.csv")["metrics"]["mean"].clone();
        assert_eq!(
            (&mean["weighted"], &mean["unweighted"]),
            (&json!(2.0), &json!(null)),
            "{value}"
        );
    }
    folder.write("data.csv", "w,x\n1,2\n1,cat\n");
    assert_eq!(
        aggregate(&folder, "data.csv", &[]).refused(),
        format!(
            "data.csv, column \"x\", row 2: the prediction is \"cat\", which is not a number{ROWS}"
        )
    );
    for (weight, fault) in [
        ("-1", "the weight is -1: weights must be finite, not negative and below 2^64"),
        ("", "the weight is missing"),
    ] {
        folder.write("data.csv", format!("w,x\n1,2\n{weight},2\n"));
        assert_eq!(
            aggregate(&folder, "data.csv", &["--weight=w"]).refused(),
            format!("data.csv, column \"w\", row 2: {fault}{ROWS}")
        );
    }
}

#[test]
fn nothing_to_aggregate_is_refused() {
    let folder = Folder::new("aggregation-nothing");
    folder.write("data.csv", "x,w\n").write("zero.csv", "x,w\n1,0\n2,0\n");
    assert_eq!(
        aggregate(&folder, "data.csv", &[]).refused(),
        "no samples: there are no rows in data.csv"
    );
    assert_eq!(
        aggregate(&folder, "zero.csv", &["--weight=w"]).refused(),
        "all weights are zero in column \"w\" of zero.csv"
    );
}

#[test]
fn all_other_tasks_need_a_truth() {
    let folder = Folder::new("aggregation-truth");
    folder.write("data.csv", "x,t\n1,0\n0,1\n");
    assert_eq!(
        aggregate(&folder, "data.csv", &["--truth=t"]).refused(),
        "--truth is not available in the aggregation task: its values are given with --prediction"
    );
    for task in ["regression", "binary", "multiclass", "multilabel"] {
        let given = ["evaluate", "data.csv", "--task", task, "--prediction=x"];
        assert_eq!(
            folder.run(&given).refused(),
            "the following required arguments were not provided: --truth <COLUMN> (see --help)"
        );
    }
    let given = ["evaluate", "data.csv", "--task=aggregation"];
    assert_eq!(
        folder.run(&given).refused(),
        "the following required arguments were not provided: --prediction <COLUMN> (see --help)"
    );
    let help = folder.run(&["evaluate", "--help"]).printed();
    assert!(help.contains("--task aggregation --prediction loss"), "{help}");
}

#[test]
fn label_options_are_refused() {
    let folder = Folder::new("aggregation-options");
    folder.write("data.csv", "x,y\n1,2\n");
    for (option, sentence) in [
        ("--threshold=0.5", "--threshold is only available in the binary and multilabel tasks"),
        ("--classes=3", "--classes is only available in the multiclass task"),
        ("--from-logits", "--from-logits"),
        ("--class-names=a,b", "--class-names"),
        ("--class-weight=0=2", "--class-weight"),
        ("--ignore-index=1", "--ignore-index"),
    ] {
        let sentence = match sentence.contains(' ') {
            true => sentence.to_owned(),
            false => {
                format!("{sentence} is not available in the aggregation task: it has no labels")
            }
        };
        assert_eq!(aggregate(&folder, "data.csv", &[option]).refused(), sentence);
    }
}

#[test]
fn one_column_of_numbers_is_aggregated() {
    let folder = Folder::new("aggregation-columns");
    folder.write("data.csv", "x,y\n1,2\n");
    let several = |file: &str, width: usize| {
        format!(
            "{file} has {width} columns for the prediction, but the aggregation task takes one: run \
             it once for each column"
        )
    };
    let given = ["--prediction=y"];
    assert_eq!(aggregate(&folder, "data.csv", &given).refused(), several("data.csv", 2));
    drop(folder.npz("data.npz").array("x", &[2, 3], &[0.0; 6]));
    assert_eq!(aggregate(&folder, "data.npz", &[]).refused(), several("data.npz", 3));
    let given = ["--weight=x,y"];
    assert_eq!(
        aggregate(&folder, "data.csv", &given).refused(),
        "data.csv has 2 columns for the weight: give one weight per sample"
    );
    let given = ["evaluate", "data.csv", "--task=aggregation", "--prediction=loss"];
    assert_eq!(
        folder.run(&given).refused(),
        "data.csv has no column \"loss\" for the prediction: it has \"x\", \"y\""
    );
    for (x, held) in [
        (Arc::new(BooleanArray::from(vec![true])) as ArrayRef, "booleans"),
        (Arc::new(StringArray::from(vec!["1"])), "text (Utf8)"),
    ] {
        folder.write_parquet("data.parquet", &batch(vec![("x", x)]));
        assert_eq!(
            aggregate(&folder, "data.parquet", &[]).refused(),
            format!(
                "data.parquet, column \"x\": it contains {held}, but the prediction must be numbers"
            )
        );
    }
}

/// Rounding each value is a small relative error, which needs no warning.
#[test]
fn each_f64_value_is_rounded_on_its_own() {
    let folder = Folder::new("aggregation-narrowing");
    let values = [(1_i64 << 24) + 1, (1 << 24) + 3];
    let expected = f64::from(1 << 24) + 2.0; // ties to even: 2^24 and 2^24 + 4
    let i64s: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
    for x in [i64s, f64s(&values.map(|x| x as f64))] {
        folder.write_parquet("data.parquet", &batch(vec![("x", x)]));
        let report =
            aggregate(&folder, "data.parquet", &["--format=json", "--precision=single"]).json();
        assert_eq!(report["metrics"]["mean"]["unweighted"], json!(expected));
        let report = aggregate(&folder, "data.parquet", &["--format=json"]).json();
        assert_eq!(report["metrics"]["mean"]["unweighted"], json!(f64::from((1 << 24) + 2)));
    }
    // Values that round to zero do.
    let folder = Folder::new("aggregation-tiny");
    folder.write("data.csv", "x\n1e-50\n-1e-300\n1e-40\n0\n4\n");
    let table = aggregate(&folder, "data.csv", &["--precision=single"]).printed();
    let warning = "warning: numbers in at least 3 of the samples are so small that they count as \
                   zero in mean, sum, minimum, maximum";
    assert!(table.contains(warning), "{table}");
    let report = aggregate(&folder, "data.csv", &["--format=json", "--precision=single"]);
    let metrics = &serde_json::from_str::<Value>(&report.stdout).expect("JSON")["metrics"];
    assert_eq!(metrics["mean"]["weighted"], json!(0.8));
    assert_eq!(metrics["minimum"]["weighted"], json!(0.0));
}
