//! Invalid cells are named by file, column and row.

use crate::Folder;
use crate::write::batch;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use serde_json::json;
use std::sync::Arc;

const ROWS: &str = " (rows are numbered from 1, after the header)";

#[test]
fn invalid_cells_of_regression_are_named() {
    let folder = Folder::new("cells");
    let finite = "it must be finite unless its row has weight 0";
    let fits = "it does not fit a float: 32-bit floats end at 3.4e38, 64-bit floats at 1.8e308";
    let valid = "weights must be finite, not negative and below 2^64";
    for (row, column, fault) in [
        (",1,1", "p", "the prediction is missing".to_owned()),
        ("1,,1", "t", "the truth is missing".to_owned()),
        ("1,1,", "w", "the weight is missing".to_owned()),
        (",1,", "p", "the prediction is missing".to_owned()),
        ("NA,1,1", "p", "the prediction is missing".to_owned()),
        ("1,None,1", "t", "the truth is missing".to_owned()),
        ("Anna,1,1", "p", "the prediction is \"Anna\", which is not a number".to_owned()),
        ("1,true,1", "t", "the truth is \"true\", which is not a number".to_owned()),
        ("1,1,1 kg", "w", "the weight is \"1 kg\", which is not a number".to_owned()),
        ("nan,1,1", "p", format!("the prediction is NaN: {finite}")),
        ("1,inf,1", "t", format!("the truth is inf: {finite}")),
        ("-inf,1,1", "p", format!("the prediction is -inf: {finite}")),
        ("1e309,1,1", "p", format!("the prediction is 1e309: {fits}")),
        ("1,-4e308,1", "t", format!("the truth is -4e308: {fits}")),
        ("1e999,1,1", "p", format!("the prediction is 1e999: {fits}")),
        ("1,1,-1", "w", format!("the weight is -1: {valid}")),
        ("1,1,NaN", "w", format!("the weight is NaN: {valid}")),
        ("1,1,inf", "w", format!("the weight is inf: {valid}")),
        ("1,1,18446744073709551616", "w", format!("the weight is 18446744073709551616: {valid}")),
        ("1,1,1e300", "w", format!("the weight is 1e300: {valid}")),
    ] {
        folder.write("data.csv", format!("p,t,w\n1,1,1\n1,1,0\n{row}\n1,1,1\n"));
        assert_eq!(
            folder.evaluate(&["data.csv", "--weight", "w"]).refused(),
            format!("data.csv, column {column:?}, row 3: {fault}{ROWS}")
        );
    }
}

#[test]
fn invalid_labels_are_named() {
    let folder = Folder::new("invalid-labels");
    for (label, fault) in [
        ("2", "the truth is 2: it must be 0 or 1"),
        ("-1", "the truth is -1: it must be 0 or 1"),
        ("0.5", "the truth is 0.5: it must be 0 or 1"),
        ("nan", "the truth is NaN: it must be 0 or 1"),
        ("", "the truth is missing"),
        (
            "yes",
            "the truth is \"yes\", which is not a number: if labels are names, list them with \
             --class-names",
        ),
    ] {
        folder.write("data.csv", format!("p,t,w\n0.3,1,1\n0.5,{label},1\n"));
        assert_eq!(
            folder.evaluate_binary(&["data.csv"]).refused(),
            format!("data.csv, column \"t\", row 2: {fault}{ROWS}")
        );
        // A row with weight 0 is ignored, unless its text cannot be parsed.
        folder.write("data.csv", format!("p,t,w\n0.3,1,1\n0.5,{label},0\n"));
        let outcome = folder.evaluate_binary(&["data.csv", "--weight", "w", "--format", "json"]);
        match label {
            "yes" => drop(outcome.refused()),
            _ => assert_eq!(outcome.json()["samples"], json!(2)),
        }
    }
}

#[test]
fn rows_with_weight_zero_may_be_invalid() {
    let folder = Folder::new("weightless");
    for cells in [",1", "1,", "nan,1", "1,inf", "1e309,1", "NA,NA"] {
        folder.write("data.csv", format!("p,t,w\n{cells},0\n3,1,2\n"));
        let report = folder.evaluate(&["data.csv", "--weight", "w", "--format", "json"]).json();
        let metric = &report["metrics"]["mean_squared_error"];
        assert_eq!((&metric["unweighted"], &metric["weighted"]), (&json!(null), &json!(4.0)));
        let reason = &metric["undefined"];
        assert_eq!(
            *reason,
            json!({"unweighted": "NaN or infinity in 1 of the samples"}),
            "{cells}"
        );
    }
    // So is a row whose weight is zero as a 32-bit float, in single precision.
    folder.write("data.csv", "p,t,w\nnan,1,1e-60\n3,1,2\n");
    let options = ["data.csv", "--weight", "w", "--precision", "single"];
    let table = folder.evaluate(&options).printed();
    let summary = table.lines().next().expect("a line");
    assert!(summary.ends_with(", 1 with weight 0"), "{summary}");
}

#[test]
fn typed_columns_are_checked_like_text() {
    let folder = Folder::new("typed");
    let f64s = |x: Vec<Option<f64>>| -> ArrayRef { Arc::new(Float64Array::from(x)) };
    let write = |p: ArrayRef, t: ArrayRef, w: ArrayRef| {
        folder.write_parquet("data.parquet", &batch(vec![("p", p), ("t", t), ("w", w)]));
    };
    let fine = || f64s(vec![Some(1.0), Some(0.0)]);
    let evaluate = || folder.evaluate(&["data.parquet", "--weight", "w"]);

    write(f64s(vec![None, None]), fine(), fine());
    let missing =
        "data.parquet, column \"p\", row 1: the prediction is missing (rows are numbered from 1)";
    assert_eq!(evaluate().refused(), missing);

    write(fine(), f64s(vec![Some(1.0), None]), fine());
    evaluate().printed(); // the row has weight 0

    write(fine(), fine(), f64s(vec![Some(1.0), None]));
    let missing =
        "data.parquet, column \"w\", row 2: the weight is missing (rows are numbered from 1)";
    assert_eq!(evaluate().refused(), missing);

    write(fine(), fine(), f64s(vec![Some(1.0), Some(-0.5)]));
    assert_eq!(
        evaluate().refused(),
        "data.parquet, column \"w\", row 2: the weight is -0.5: weights must be finite, not \
         negative and below 2^64 (rows are numbered from 1)"
    );

    write(fine(), Arc::new(StringArray::from(vec!["1", "2"])), fine());
    assert_eq!(
        evaluate().refused(),
        "data.parquet, column \"t\": it contains text (Utf8), but the truth must be numbers"
    );

    write(Arc::new(BooleanArray::from(vec![true, false])), fine(), fine());
    assert_eq!(
        evaluate().refused(),
        "data.parquet, column \"p\": it contains booleans, but the prediction must be numbers"
    );
}

/// Integers have no NaN to represent a missing value.
#[test]
fn missing_integers_are_refused_and_integer_weights_count() {
    let folder = Folder::new("integers");
    let i64s = |x: [Option<i64>; 2]| -> ArrayRef { Arc::new(Int64Array::from(x.to_vec())) };
    let (one, missing) = (i64s([Some(1), Some(1)]), i64s([Some(1), None]));
    let place = "data.parquet, column";
    for (p, t, w, sentence) in [
        (&missing, &one, &one, format!("{place} \"p\", row 2: the prediction is missing")),
        (&one, &missing, &one, format!("{place} \"t\", row 2: the truth is missing")),
        (&one, &one, &missing, format!("{place} \"w\", row 2: the weight is missing")),
    ] {
        let columns = vec![("p", p.clone()), ("t", t.clone()), ("w", w.clone())];
        folder.write_parquet("data.parquet", &batch(columns));
        let arguments = ["data.parquet", "--weight", "w"];
        assert_eq!(
            folder.evaluate(&arguments).refused(),
            format!("{sentence} (rows are numbered from 1)")
        );
    }
    let weight = i64s([Some(2), Some(0)]);
    let columns = vec![("p", missing.clone()), ("t", missing), ("w", weight)];
    folder.write_parquet("data.parquet", &batch(columns));
    let report = folder.evaluate(&["data.parquet", "--weight", "w", "--format", "json"]).json();
    let metric = &report["metrics"]["mean_squared_error"];
    assert_eq!((&metric["unweighted"], &metric["weighted"]), (&json!(null), &json!(0.0)));
}

#[test]
fn data_without_samples_or_weight_is_refused() {
    let folder = Folder::new("nothing");
    folder.write("data.csv", "p,t,w\n").write("zero.csv", "p,t,w\n1,2,0\n2,2,0\n");
    assert_eq!(
        folder.evaluate(&["data.csv"]).refused(),
        "no samples: there are no rows in data.csv"
    );
    assert_eq!(
        folder.evaluate(&["data.csv", "data.csv"]).refused(),
        "no samples: there are no rows in data.csv, data.csv"
    );
    let none: ArrayRef = Arc::new(Float64Array::from(Vec::<f64>::new()));
    folder.write_parquet("data.parquet", &batch(vec![("p", none.clone()), ("t", none)]));
    assert_eq!(
        folder.evaluate(&["data.parquet"]).refused(),
        "no samples: there are no rows in data.parquet"
    );
    assert_eq!(
        folder.evaluate(&["zero.csv", "--weight", "w"]).refused(),
        "all weights are zero in column \"w\" of zero.csv"
    );
}
