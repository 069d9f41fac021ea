//! Every kind of file gives the same report.

use crate::Folder;
use crate::write::{batch, csv};
use arrow_array::types::{ArrowPrimitiveType, Float16Type};
use arrow_array::{ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array};
use npyz::Order;
use serde_json::{Value, json};
use std::sync::Arc;

const P: [f64; 4] = [1.0, 2.0, 3.0, 100.0];
const T: [f64; 4] = [0.0, 0.0, 0.0, 7.0];
const W: [f64; 4] = [1.0, 2.0, 10.0, 0.0];

fn report(folder: &Folder, file: &str) -> Value {
    without_precision(folder.evaluate(&[file, "--weight", "w", "--format", "json"]).json())
}

/// A report without the precision, which depends on the types of columns.
fn without_precision(mut report: Value) -> Value {
    report.as_object_mut().expect("a report").shift_remove("precision").expect("a precision");
    report
}

/// The report on `P`, `T` and `W`.
fn expected(folder: &Folder) -> Value {
    folder.write("expected.csv", csv(&[("p", &P), ("t", &T), ("w", &W)]));
    let report = report(folder, "expected.csv");
    let metric = &report["metrics"]["mean_squared_error"];
    assert_eq!(metric["unweighted"], json!((14.0 + 93.0 * 93.0) / 4.0));
    assert_eq!(metric["weighted"], json!(99.0 / 13.0));
    assert_eq!((&report["samples"], &report["weight_sum"]), (&json!(4), &json!(13.0)));
    assert_eq!(report["effective_samples"], json!(169.0 / 105.0));
    assert_eq!(report["device"]["engine"], json!("cpu"));
    let keys: Vec<_> = report.as_object().expect("an object").keys().collect();
    let counts = ["samples", "masked_samples", "zero_weight_samples"];
    let others = ["weight_sum", "effective_samples", "metrics"];
    assert_eq!(keys, [&["device"], &counts[..], &others].concat());
    report
}

fn f64s(x: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(x.to_vec()))
}

#[test]
fn every_format_gives_the_same_report() {
    let folder = Folder::new("formats");
    let expected = expected(&folder);
    let text: ArrayRef = Arc::new(arrow_array::StringArray::from(vec!["a", "b", "c", "d"]));
    let table = batch(vec![("w", f64s(&W)), ("name", text), ("t", f64s(&T)), ("p", f64s(&P))]);
    folder.write_parquet("data.parquet", &table);
    folder.write_ipc_file("data.arrow", &table);
    folder.write_ipc_file("data.feather", &table);
    folder.write_ipc_stream("data.ipc", &table);
    let npz = folder.npz("data.npz");
    npz.array("t", &[4], &T).array("w", &[4], &W).array("p", &[4], &P).array("x", &[2, 2], &P);
    folder.write("DATA.CSV", "w,name, t,p\n1,a,0,1\n\n2,\"b\nc\",0e0, 2\n10,,-0.0,+3\n0,d,7,1e2");
    let files = ["data.parquet", "data.arrow", "data.feather", "data.ipc", "data.npz", "DATA.CSV"];
    for file in files {
        assert_eq!(report(&folder, file), expected, "{file}");
    }
}

#[test]
fn columns_of_arrays_are_named_by_index() {
    let folder = Folder::new("arrays");
    let expected = expected(&folder);
    let by_row: Vec<f64> = (0..4).flat_map(|row| [T[row], W[row], -1.0, P[row]]).collect();
    folder.write_npy("rows.npy", &[4, 4], Order::C, &by_row);
    folder.write_npy("columns.npy", &[4, 4], Order::Fortran, &[T, W, [-1.0; 4], P].concat());
    for file in ["rows.npy", "columns.npy"] {
        let arguments = ["evaluate", file, "--task=regression", "--format=json"];
        let roles = ["--prediction=3", "--truth=0", "--weight=1"];
        let report = folder.run(&[&arguments[..], &roles].concat()).json();
        assert_eq!(without_precision(report), expected, "{file}");
    }
    folder.write_npy("line.npy", &[4], Order::C, &P);
    let arguments = ["evaluate", "line.npy", "--task=regression", "--prediction=0", "--truth=0"];
    let report = folder.run(&[&arguments[..], &["--format=json"]].concat()).json();
    assert_eq!(
        report["metrics"]["mean_squared_error"],
        json!({"unweighted": 0.0, "weighted": 0.0})
    );
}

#[test]
fn every_type_of_number_gives_the_same_report() {
    type Half = <Float16Type as ArrowPrimitiveType>::Native;
    let folder = Folder::new("types");
    let expected = expected(&folder);
    let halves: Vec<_> = P.iter().map(|&x| Half::from_f64(x)).collect();
    macro_rules! npz {
        ($($element:ty),*) => {$(
            let truths = T.map(|x| x as $element);
            let weights = W.map(|x| x as $element);
            let npz = folder.npz("data.npz").array("p", &[4, 1], &halves);
            drop(npz.array("t", &[4], &truths).array("w", &[1 * 4], &weights));
            assert_eq!(report(&folder, "data.npz"), expected, stringify!($element));

            let table: Vec<ArrayRef> = [P, T, W]
                .iter()
                .map(|x| arrow_cast::cast(&f64s(x), &type_of::<$element>()).expect("a cast"))
                .collect();
            let [p, t, w] = <[ArrayRef; 3]>::try_from(table).expect("three columns");
            folder.write_parquet("data.parquet", &batch(vec![("p", p), ("t", t), ("w", w)]));
            assert_eq!(report(&folder, "data.parquet"), expected, stringify!($element));
        )*};
    }
    npz!(f32, f64, i8, i16, i32, i64, u8, u16, u32, u64);
}

trait ArrowType {
    const TYPE: arrow_schema::DataType;
}

macro_rules! arrow_types {
    ($($element:ty: $name:ident),*) => {
        $(impl ArrowType for $element {
            const TYPE: arrow_schema::DataType = arrow_schema::DataType::$name;
        })*
    };
}

arrow_types!(f32: Float32, f64: Float64, i8: Int8, i16: Int16, i32: Int32, i64: Int64);
arrow_types!(u8: UInt8, u16: UInt16, u32: UInt32, u64: UInt64);

fn type_of<T: ArrowType>() -> arrow_schema::DataType {
    T::TYPE
}

#[test]
fn labels_have_several_spellings() {
    let folder = Folder::new("labels");
    // 0.75 and 0.25 are 32-bit floats, whose values are those of 64-bit floats.
    let report = |file: &str| {
        let options = [file, "--format", "json", "-m", "accuracy", "-m", "brier_score"];
        without_precision(folder.evaluate_binary(&options).json())
    };
    folder.write("plain.csv", "p,t\n0.75,1\n0.25,0\n");
    let expected = report("plain.csv");
    for (positive, negative) in [("1.0", "0.0"), ("true", "false"), ("True", "False"), ("1", " 0")]
    {
        folder.write("data.csv", format!("p,t\n0.75,{positive}\n0.25,{negative}\n"));
        assert_eq!(report("data.csv"), expected, "{positive}");
    }
    let scores: ArrayRef = Arc::new(Float32Array::from(vec![0.75, 0.25]));
    let labels: [ArrayRef; 3] = [
        Arc::new(BooleanArray::from(vec![true, false])),
        Arc::new(Int64Array::from(vec![1, 0])),
        f64s(&[1.0, 0.0]),
    ];
    for labels in labels {
        folder.write_parquet("data.parquet", &batch(vec![("p", scores.clone()), ("t", labels)]));
        assert_eq!(report("data.parquet"), expected);
    }
    drop(folder.npz("data.npz").array("p", &[2], &[0.75_f32, 0.25]).array(
        "t",
        &[2],
        &[true, false],
    ));
    assert_eq!(report("data.npz"), expected);
}

#[test]
fn long_files_are_read_to_the_end() {
    let folder = Folder::new("long");
    let rows = 150_000; // more than two batches, the last one incomplete
    let mut p: Vec<f64> = (0..rows).map(|row| (row % 1000) as f64).collect();
    let t = vec![0.0; rows];
    let by_row: Vec<f64> = p.iter().zip(&t).flat_map(|(&p, &t)| [p, t]).collect();
    let files = ["data.csv", "data.parquet", "data.arrow", "data.npz"];
    let write = |p: &[f64]| {
        folder.write("data.csv", csv(&[("p", p), ("t", &t)]));
        let table = batch(vec![("p", f64s(p)), ("t", f64s(&t))]);
        folder.write_parquet("data.parquet", &table);
        folder.write_ipc_file("data.arrow", &table);
        drop(folder.npz("data.npz").array("p", &[rows as u64], p).array("t", &[rows as u64], &t));
    };
    write(&p);
    folder.write_npy("data.npy", &[rows as u64, 2], Order::C, &by_row);
    let arguments = ["evaluate", "data.npy", "--task=regression", "--prediction=0", "--truth=1"];
    let expected = folder.run(&[&arguments[..], &["--format=json"]].concat()).json();
    assert_eq!(expected["samples"], json!(rows));
    let mean = (0..1000).map(|x| (x * x) as f64).sum::<f64>() / 1000.0;
    assert_eq!(expected["metrics"]["mean_squared_error"]["weighted"], json!(mean));
    for file in files {
        assert_eq!(folder.evaluate(&[file, "--format", "json"]).json(), expected, "{file}");
    }
    // An invalid cell far into the file is named by its row.
    p[140_000] = f64::NAN;
    write(&p);
    for file in files {
        let sentence = folder.evaluate(&[file]).refused();
        let place = format!("{file}, column \"p\", row 140001: the prediction is NaN: it must be");
        assert!(sentence.starts_with(&place), "{sentence}");
    }
}

#[test]
fn several_files_are_one_data_set() {
    let folder = Folder::new("several");
    let expected = expected(&folder);
    folder.write("first.csv", "p,t,w\n1,0,1\n2,0,2\n");
    folder.write("none.csv", "w,t,p\n");
    folder.write_parquet(
        "second.parquet",
        &batch(vec![("t", f64s(&T[2..])), ("p", f64s(&P[2..])), ("w", f64s(&W[2..]))]),
    );
    let files = ["first.csv", "none.csv", "second.parquet", "--weight", "w", "--format", "json"];
    assert_eq!(without_precision(folder.evaluate(&files).json()), expected);
    folder.write("third.csv", "p,t,w\n1,1,1\n1,,1\n");
    let files = ["first.csv", "third.csv", "--weight", "w"];
    assert_eq!(
        folder.evaluate(&files).refused(),
        "third.csv, column \"t\", row 2: the truth is missing (rows are numbered from 1, after the header)"
    );
}
