//! Several columns as rows: of scores, and of one-hot truths.

use crate::write::{batch, csv};
use crate::{Folder, Outcome};
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{ArrayRef, FixedSizeListArray, Float32Array, Float64Array, Int64Array};
use arrow_array::{LargeListArray, ListArray};
use npyz::Order;
use serde_json::{Value, json};
use std::sync::Arc;
use weighbridge::Task;
use zip::CompressionMethod::{Deflated, Stored};

pub const Z: [[f64; 3]; 5] =
    [[2.0, 0.5, -1.0], [0.0, 1.5, 0.25], [1.0, 0.0, 3.0], [0.5, 0.25, 0.0], [-2.0, 1.0, 1.0]];
pub const LABELS: [f64; 5] = [0.0, 1.0, 2.0, 1.0, 2.0];
const W: [f64; 5] = [1.0, 2.0, 0.5, 4.0, 0.0];

const METRICS: [&str; 8] = [
    "-m=accuracy",
    "-m=log_loss",
    "-m=top_k_accuracy:k=2",
    "-m=confusion_matrix",
    "--from-logits",
    "--weight=w",
    "--format=json",
    "--device=cpu",
];

/// Elements of rows by column.
fn by_column<const N: usize>(rows: &[[f64; N]]) -> Vec<Vec<f64>> {
    (0..N).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

fn one_hot() -> [[f64; 3]; 5] {
    LABELS.map(|label| [0.0, 1.0, 2.0].map(|class| f64::from(u8::from(class == label))))
}

fn f64s(x: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(x.to_vec()))
}

/// Writes columns `z0`, `z1`, `z2`, `t`, one-hot `h0`, `h1`, `h2`, and `w`.
pub fn write_csv(folder: &Folder) {
    let (z, h) = (by_column(&Z), by_column(&one_hot()));
    let table: [(&str, &[f64]); 8] = [
        ("z2", &z[2]),
        ("t", &LABELS),
        ("z0", &z[0]),
        ("z1", &z[1]),
        ("w", &W),
        ("h0", &h[0]),
        ("h1", &h[1]),
        ("h2", &h[2]),
    ];
    folder.write("data.csv", csv(&table));
    let table = table.iter().map(|(name, column)| (*name, f64s(column))).collect();
    let table = batch(table);
    folder.write_parquet("data.parquet", &table);
    folder.write_ipc_file("data.arrow", &table);
    folder.write_ipc_stream("data.ipc", &table);
}

fn evaluate(folder: &Folder, file: &str, prediction: &[&str], truth: &str) -> Outcome {
    let given: Vec<_> = prediction.iter().flat_map(|name| ["--prediction", name]).collect();
    folder.evaluate_multiclass(&[&[file, "--truth", truth], &given[..], &METRICS].concat())
}

fn expected(folder: &Folder) -> Value {
    write_csv(folder);
    let report = evaluate(folder, "data.csv", &["z*"], "t").json();
    let value = |metric: &str, side: &str| report["metrics"][metric][side].clone();
    assert_eq!(value("accuracy", "unweighted"), json!(0.6));
    assert_eq!(value("accuracy", "weighted"), json!(3.5 / 7.5));
    assert_eq!(value("top_k_accuracy:k=2", "unweighted"), json!(1.0));
    let matrix = json!([[1.0, 0.0, 0.0], [4.0, 2.0, 0.0], [0.0, 0.0, 0.5]]);
    assert_eq!(value("confusion_matrix", "weighted"), matrix);
    let log_loss: f64 = Z
        .iter()
        .zip(LABELS)
        .map(|(z, t)| z.map(f64::exp).iter().sum::<f64>().ln() - z[t as usize])
        .sum();
    let error = value("log_loss", "unweighted").as_f64().expect("a number") - log_loss / 5.0;
    assert!(error.abs() < 1e-6, "{error}"); // a sum of f32 values
    assert!(report.get("classes").is_none());
    report
}

#[test]
fn columns_can_be_listed_in_several_ways_and_formats() {
    let folder = Folder::new("rows");
    let expected = expected(&folder);
    for file in ["data.csv", "data.parquet", "data.arrow", "data.ipc"] {
        for prediction in [&["z*"][..], &["z0,z1,z2"], &["z0", "z1", "z2"], &["z0, z1", "z2"]] {
            for truth in ["t", "h*", "h0,h1,h2"] {
                let report = evaluate(&folder, file, prediction, truth).json();
                assert_eq!(report, expected, "{file} {prediction:?} {truth}");
            }
        }
    }
    let given = ["data.csv", "--prediction=z*", "--truth=t", "--classes=3"];
    assert_eq!(folder.evaluate_multiclass(&[&given[..], &METRICS].concat()).json(), expected);
}

#[test]
fn arrays_of_two_dimensions_are_rows() {
    let folder = Folder::new("rows-arrays");
    let expected = expected(&folder);
    let (by_row, by_column) = (Z.concat(), by_column(&Z).concat());
    let hot = one_hot().concat().iter().map(|&x| x as u8).collect::<Vec<_>>();
    for method in [Stored, Deflated] {
        for (order, elements) in [(Order::C, &by_row), (Order::Fortran, &by_column)] {
            let npz = folder.npz("data.npz").ordered("z", &[5, 3], (order, method), elements);
            let npz = npz.array("t", &[5], &LABELS).array("w", &[5], &W);
            drop(npz.array("h", &[5, 3], &hot));
            for truth in ["t", "h"] {
                let report = evaluate(&folder, "data.npz", &["z"], truth).json();
                assert_eq!(report, expected, "{order:?} {method:?} {truth}");
            }
        }
    }
    // Without names, columns have their index.
    let rows = (0..5).map(|row| [LABELS[row], Z[row][0], Z[row][1], Z[row][2], W[row]]);
    let rows: Vec<_> = rows.collect();
    folder.write_npy("rows.npy", &[5, 5], Order::C, &rows.concat());
    folder.write_npy("columns.npy", &[5, 5], Order::Fortran, &self::by_column(&rows).concat());
    for file in ["rows.npy", "columns.npy"] {
        let given = [file, "--prediction=1,2,3", "--truth=0", "--weight=4"];
        let metrics = METRICS.iter().copied().filter(|metric| *metric != "--weight=w");
        let metrics: Vec<_> = metrics.collect();
        let report = folder.evaluate_multiclass(&[&given[..], &metrics].concat()).json();
        assert_eq!(report, expected, "{file}");
    }
    // Lists of a fixed size are rows as well.
    let lists = Z.map(|row| Some(row.map(|x| Some(x as f32))));
    let lists = FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>(lists, 3);
    let table = batch(vec![("z", Arc::new(lists)), ("t", f64s(&LABELS)), ("w", f64s(&W))]);
    folder.write_parquet("data.parquet", &table);
    folder.write_ipc_file("data.arrow", &table);
    for file in ["data.parquet", "data.arrow"] {
        assert_eq!(evaluate(&folder, file, &["z"], "t").json(), expected, "{file}");
    }
}

#[test]
fn lists_of_variable_length_are_refused() {
    let folder = Folder::new("rows-lists");
    let lists = [[0.9, 0.1], [0.2, 0.8]].map(|row| Some(row.map(Some)));
    let short: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(lists));
    let long: ArrayRef = Arc::new(LargeListArray::from_iter_primitive::<Float64Type, _, _>(lists));
    for lists in [short, long] {
        let table = batch(vec![("z", lists), ("t", f64s(&[0.0, 1.0]))]);
        folder.write_parquet("data.parquet", &table);
        folder.write_ipc_file("data.arrow", &table);
        for file in ["data.parquet", "data.arrow"] {
            assert_eq!(
                folder.evaluate_multiclass(&[file, "--prediction=z", "--truth=t"]).refused(),
                format!(
                    "{file}, column \"z\": it contains lists of variable length, but every row of the \
                     prediction must have the same length: write fixed-size lists (in PyArrow, \
                     pa.list_(pa.float64(), K))"
                )
            );
        }
    }
}

#[test]
fn columns_of_several_types_are_rows() {
    let folder = Folder::new("rows-types");
    let rows = [[1.0, 0.0, 3.0], [2.0, 5.0, 1.0]];
    let columns = by_column(&rows);
    let i64s: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let f32s: ArrayRef = Arc::new(Float32Array::from(vec![3.0, 1.0]));
    let truth = f64s(&[2.0, 1.0]);
    let table = vec![("z0", i64s), ("z1", f64s(&columns[1])), ("z2", f32s), ("t", truth)];
    folder.write_parquet("data.parquet", &batch(table));
    let given = ["data.parquet", "--prediction=z*", "--truth=t", "-m=accuracy", "--format=json"];
    let report = folder.evaluate_multiclass(&given).json();
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
}

/// Rows so wide that batches are shorter, over several of them; columns in the order of numbers.
#[test]
fn wide_rows_are_read_to_the_end() {
    let folder = Folder::new("rows-wide");
    let (rows, classes) = (9000, 120);
    let hits = |row: usize| if row.is_multiple_of(3) { (row + 1) % classes } else { row % classes };
    let column = |class: usize| -> Vec<_> {
        (0..rows).map(|row| f64::from(u8::from(hits(row) == class))).collect()
    };
    let labels: Vec<_> = (0..rows).map(|row| (row % classes) as f64).collect();
    let names: Vec<_> = (0..classes).map(|class| format!("z{class}")).collect();
    let columns: Vec<_> = (0..classes).map(column).collect();
    let mut order: Vec<_> = (0..classes).collect();
    order.sort_by_key(|&class| &names[class]); // z0, z1, z10, z100, ...
    let mut table: Vec<_> =
        order.iter().map(|&class| (names[class].as_str(), &columns[class][..])).collect();
    table.push(("t", &labels));
    let typed = table.iter().map(|(name, column)| (*name, f64s(column))).collect();
    folder.write_parquet("data.parquet", &batch(typed));
    folder.write("data.csv", csv(&table));
    let shape = [rows as u64, classes as u64];
    let order = (Order::Fortran, Deflated);
    let npz = folder.npz("data.npz").array("t", &[rows as u64], &labels);
    drop(npz.ordered("z", &shape, order, &columns.concat()));
    for (file, prediction) in [("data.parquet", "z*"), ("data.csv", "z*"), ("data.npz", "z")] {
        let given = [file, "--truth=t", "-m=accuracy", "--format=json", "--prediction"];
        let report = folder.evaluate_multiclass(&[&given[..], &[prediction]].concat()).json();
        assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(2.0 / 3.0), "{file}");
    }
}

#[test]
fn real_data_sets_have_the_values_of_scikit_learn() {
    let wine = include_str!("../../../tests/data/wine_logits.json");
    let multilabel = include_str!("../../../tests/data/multilabel.json");
    for (file, case, prediction, truth) in
        [("wine_logits.csv", wine, "z*", "label"), ("multilabel.csv", multilabel, "p_*", "y_*")]
    {
        let case: Value = serde_json::from_str(case).expect("JSON");
        check(file, &case, prediction, truth);
    }
}

fn check(file: &str, case: &Value, prediction: &str, truth: &str) {
    let folder = Folder::new(file);
    let data = format!("{}/../tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let task = case["task"].as_str().expect("a task");
    let metrics = case["metrics"].as_object().expect("an object");
    let of_task = Task::ALL.iter().find(|of| of.name() == task).expect("a task");
    let listed = weighbridge::metric::of_task(*of_task).map(|metric| metric.name);
    let listed = listed.collect::<Vec<_>>();
    let is_listed = |spec: &str| listed.contains(&spec.split(':').next().unwrap_or_default());
    // The cases also contain metrics that the library does not have yet.
    let metrics = || metrics.iter().filter(|(spec, _)| is_listed(spec));
    let specs: Vec<_> = metrics().map(|(spec, _)| format!("-m={spec}")).collect();
    let specs = specs.iter().map(String::as_str);
    let flags = case["flags"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let given = ["evaluate", &data, "--task", task, "--prediction", prediction, "--truth", truth];
    let given = given.into_iter().chain(["--weight=w", "--format=json"]).chain(flags).chain(specs);
    let report = folder.run(&given.collect::<Vec<_>>()).json();
    for (spec, values) in metrics() {
        for side in ["unweighted", "weighted"] {
            let interval = &report["metrics"][spec]["interval"][side];
            if let ([low, high], [exact]) =
                (&numbers_or_none(interval)[..], &numbers(&values[side])[..])
            {
                assert!(
                    low - 1e-11 <= *exact && exact - 1e-11 <= *high,
                    "{spec}, {side}: {interval}"
                );
                continue;
            }
            let (ours, theirs) = (&report["metrics"][spec][side], &values[side]);
            let (ours, theirs) = (numbers(ours), numbers(theirs));
            assert_eq!(ours.len(), theirs.len(), "{spec}");
            for (ours, theirs) in ours.into_iter().zip(theirs) {
                // Per-sample values and weights are f32.
                let bound = 1e-5 * theirs.abs();
                assert!((ours - theirs).abs() <= bound, "{spec}, {side}: {ours}, not {theirs}");
            }
        }
    }
}

/// The numbers of a value that may be null.
fn numbers_or_none(value: &Value) -> Vec<f64> {
    if value.is_null() { Vec::new() } else { numbers(value) }
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().expect("a number")],
    }
}

#[test]
fn labels_and_outputs_are_rows() {
    let folder = Folder::new("rows-outputs");
    folder.write("data.csv", "p0,p1,t0,t1\n0.9,0.2,1,0\n0.4,0.7,1,0\n");
    let evaluate = |task: &str, added: &[&str]| {
        let given = ["evaluate", "data.csv", "--task", task, "--format=json"];
        folder.run(&[&given[..], &["--prediction=p*", "--truth=t*"], added].concat())
    };
    let labels = ["-m=recall:average=none:zero_division=0", "--class-names=cat,dog"];
    let report = evaluate("multilabel", &labels).json();
    let recall = &report["metrics"]["recall:average=none:zero_division=0"]["unweighted"];
    assert_eq!((recall, &report["classes"]), (&json!([0.5, 0.0]), &json!(["cat", "dog"])));
    let report = evaluate("regression", &["-m=max_error:average=none"]).json();
    let errors = numbers(&report["metrics"]["max_error:average=none"]["unweighted"]);
    assert_eq!(errors, [0.6, 0.7]);
    let rows =
        "row 1: the truth is 2: it must be 0 or 1 (rows are numbered from 1, after the header)";
    folder.write("data.csv", "p0,p1,t0,t1\n0.9,0.2,1,2\n0.4,,1,2\n");
    assert_eq!(
        evaluate("multilabel", &["-m=recall"]).refused(),
        "data.csv, column \"p1\", row 2: the prediction is missing (rows are numbered from 1, after the \
         header)"
    );
    let ignored = ["-m=recall:average=micro", "--ignore-index=2"];
    let report = evaluate("multilabel", &ignored).json();
    assert_eq!(report["metrics"]["recall:average=micro"]["unweighted"], json!(0.5));
    folder.write("data.csv", "p0,p1,t0,t1\n0.9,0.2,1,2\n");
    assert_eq!(
        evaluate("multilabel", &["-m=recall"]).refused(),
        format!("data.csv, column \"t1\", {rows}")
    );
    assert_eq!(
        evaluate("multilabel", &["--class-names=a"]).refused(),
        "data.csv has 2 columns for the prediction, but --class-names has 1 name: there must be one \
         for each class"
    );
}

#[test]
fn several_files_have_the_columns_of_the_first() {
    let folder = Folder::new("rows-files");
    folder.write("a.csv", "z_x,z_y,t\n1,0,0\n0,1,1\n").write("b.csv", "t,z_y,z_x\n0,0,1\n");
    folder.write("c.csv", "t,z_y,z_x,z_w\n0,0,1,0\n").write("d.csv", "t,z_y,z_w\n0,0,1\n");
    let evaluate = |file| {
        let given = ["a.csv", file, "--prediction=z_*", "--truth=t", "-m=accuracy"];
        folder.evaluate_multiclass(&[&given[..], &["--format=json"]].concat())
    };
    let report = evaluate("b.csv").json();
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
    let differ = "and a.csv have different columns for the prediction:";
    let first = "\"z_x\", \"z_y\" in a.csv";
    assert_eq!(
        evaluate("c.csv").refused(),
        format!("c.csv {differ} \"z_y\", \"z_x\", \"z_w\" in c.csv, {first}")
    );
    assert_eq!(
        evaluate("d.csv").refused(),
        format!("d.csv {differ} \"z_y\", \"z_w\" in d.csv, {first}")
    );
}
