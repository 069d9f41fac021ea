//! Classes with names.

use crate::Folder;
use crate::write::batch;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use serde_json::{Value, json};
use std::sync::Arc;

const METRICS: [&str; 3] = ["-m=accuracy", "-m=recall:average=none", "-m=confusion_matrix"];

/// The report, and the names of classes in it.
fn report(folder: &Folder, added: &[&str]) -> (Value, Value) {
    let given = [added, &METRICS, &["--format=json"]].concat();
    let report = folder.evaluate_multiclass(&given).json();
    (report["metrics"].clone(), report["classes"].clone())
}

#[test]
fn labels_can_be_class_names() {
    let folder = Folder::new("names");
    folder.write("numbers.csv", "p,t\n0,0\n2,1\n1,1\n2,2\n");
    folder.write("names.csv", "p,t\ncat,cat\nowl,dog\n dog,dog\nowl,owl\n");
    folder.write("mixed.csv", "p,t\n0,cat\n2,dog\ndog,1\nowl,owl\n");
    let roles = ["--prediction=p", "--truth=t"];
    let numbers = report(&folder, &[&["numbers.csv", "--classes=3"], &roles[..]].concat());
    assert_eq!(numbers.0["recall:average=none"]["unweighted"], json!([1.0, 0.5, 1.0]));
    assert_eq!(numbers.1, Value::Null);
    let names = json!(["cat", "dog", "owl"]);
    for file in ["numbers.csv", "names.csv", "mixed.csv"] {
        for classes in
            [&["--class-names=cat,dog,owl"][..], &["--class-names=cat,dog,owl", "--classes=3"]]
        {
            let named = report(&folder, &[&[file], classes, &roles[..]].concat());
            assert_eq!(named, (numbers.0.clone(), names.clone()), "{file}");
        }
    }
    let typed: [(ArrayRef, ArrayRef); 2] = [
        (
            Arc::new(StringArray::from(vec!["cat", "owl", "dog", "owl"])),
            Arc::new(StringArray::from(vec!["cat", "dog", "dog", "owl"])),
        ),
        (
            Arc::new(Int64Array::from(vec![0, 2, 1, 2])),
            Arc::new(Int64Array::from(vec![0, 1, 1, 2])),
        ),
    ];
    for (p, t) in typed {
        folder.write_parquet("data.parquet", &batch(vec![("p", p), ("t", t)]));
        let given = [&["data.parquet", "--class-names=cat,dog,owl"], &roles[..]].concat();
        assert_eq!(report(&folder, &given), (numbers.0.clone(), names.clone()));
    }
    // Names that look like numbers are names.
    let years = |x: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(x)) };
    let (p, t) = (years(vec![2020, 7, 30, 7]), years(vec![2020, 30, 30, 7]));
    folder.write_parquet("data.parquet", &batch(vec![("p", p), ("t", t)]));
    folder.write("data.csv", "p,t\n2020,2020\n7,30\n30,30\n7,7\n");
    for file in ["data.parquet", "data.csv"] {
        let given = [&[file, "--class-names=2020,30,7"], &roles[..]].concat();
        assert_eq!(report(&folder, &given), (numbers.0.clone(), json!(["2020", "30", "7"])));
    }
}

#[test]
fn score_columns_name_the_classes() {
    let folder = Folder::new("names-columns");
    let scores = ["0.9,0.1,0", "0.1,0.2,0.7", "0,1,0"];
    let write = |file: &str, header: &str, labels: [&str; 3]| {
        let rows = scores.iter().zip(labels).map(|(scores, label)| format!("{scores},{label}\n"));
        folder.write(file, format!("{header},t\n{}", rows.collect::<String>()));
    };
    write("names.csv", "p_cat,p_dog,p_owl", ["p_cat", "p_dog", "p_dog"]);
    write("rests.csv", "p_cat,p_dog,p_owl", ["cat", "dog", "dog"]);
    write("numbers.csv", "p_cat,p_dog,p_owl", ["0", "1", "1"]);
    let given = |file| report(&folder, &[file, "--prediction=p_*", "--truth=t"]);
    let (metrics, classes) = given("numbers.csv");
    assert_eq!(metrics["recall:average=none"]["unweighted"][1], json!(0.5));
    assert_eq!(classes, Value::Null);
    let names = json!(["p_cat", "p_dog", "p_owl"]);
    for file in ["names.csv", "rests.csv"] {
        assert_eq!(given(file), (metrics.clone(), names.clone()), "{file}");
    }
    let plain = report(&folder, &["names.csv", "--prediction=p_cat,p_dog,p_owl", "--truth=t"]);
    assert_eq!(plain, (metrics.clone(), names));
    let chosen = ["--prediction=p_*", "--truth=t", "--class-names=cat,dog,owl"];
    let chosen = report(&folder, &[&["rests.csv"], &chosen[..]].concat());
    assert_eq!(chosen, (metrics, json!(["cat", "dog", "owl"])));
}

#[test]
fn two_names_are_labels_0_and_1() {
    let folder = Folder::new("names-binary");
    let report = |file: &str, names: &[&str]| {
        let given = [&[file, "--format=json"], names].concat();
        let mut report = folder.evaluate_binary(&given).json();
        let classes = report["classes"].take();
        (report["metrics"].take(), classes)
    };
    folder.write("numbers.csv", "p,t\n0.9,1\n0.6,0\n0.2,0\n");
    folder.write("names.csv", "p,t\n0.9,yes\n0.6,no\n0.2,no\n");
    let (expected, none) = report("numbers.csv", &[]);
    assert_eq!(none, Value::Null);
    let names = ["--class-names", "no,yes"];
    for file in ["numbers.csv", "names.csv"] {
        assert_eq!(report(file, &names), (expected.clone(), json!(["no", "yes"])));
    }
    // Booleans by their names, in whatever order.
    let truth: ArrayRef = Arc::new(BooleanArray::from(vec![false, true, true]));
    let scores: ArrayRef = Arc::new(Float64Array::from(vec![0.9, 0.6, 0.2]));
    folder.write_parquet("data.parquet", &batch(vec![("p", scores), ("t", truth)]));
    let swapped = report("data.parquet", &["--class-names=true,false"]);
    assert_eq!(swapped, (expected, json!(["true", "false"])));
    assert_eq!(
        folder.evaluate_binary(&["names.csv", "--class-names=no,yes,maybe"]).refused(),
        "--class-names has 3 names, but the binary task needs two: of label 0 and of label 1"
    );
}

#[test]
fn unknown_names_are_refused() {
    let folder = Folder::new("names-unknown");
    let rows = "(rows are numbered from 1, after the header)";
    folder.write("data.csv", "a,b,t,w\n1,0,a,1\n0,1,c,0\n0,1,c,1\n");
    let scores = ["data.csv", "--prediction=a,b", "--truth=t"];
    assert_eq!(
        folder.evaluate_multiclass(&[&scores[..], &["--weight=w"]].concat()).refused(),
        format!(
            "data.csv, column \"t\", row 3: the truth is \"c\", which is not one of the classes: \
             \"a\", \"b\" {rows}"
        )
    );
    assert_eq!(
        folder
            .evaluate_multiclass(&["data.csv", "--prediction=t", "--truth=t", "--classes=2"])
            .refused(),
        format!(
            "data.csv, column \"t\", row 1: the prediction is \"a\", which is not a number: if labels \
             are names, list them with --class-names {rows}"
        )
    );
    let named = |names| [&scores[..], &["--class-names", names]].concat();
    assert_eq!(
        folder.evaluate_multiclass(&named("a,a")).refused(),
        "--class-names contains \"a\" twice"
    );
    assert_eq!(
        folder.evaluate_multiclass(&named("a, ")).refused(),
        "the name of class 1 in --class-names is empty"
    );
    assert_eq!(
        folder.evaluate_multiclass(&named("x,y")).refused(),
        format!(
            "data.csv, column \"t\", row 1: the truth is \"a\", which is not one of the classes: \
             \"x\", \"y\" {rows}"
        )
    );
    let text: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    folder.write_parquet("data.parquet", &batch(vec![("t", text)]));
    assert_eq!(
        folder
            .evaluate_multiclass(&["data.parquet", "--prediction=t", "--truth=t", "--classes=2"])
            .refused(),
        "data.parquet, column \"t\": it contains text (Utf8), but the prediction must be classes 0, \
         1, ..., or names given with --class-names"
    );
}

#[test]
fn tables_show_names_and_grids() {
    let folder = Folder::new("names-table");
    folder.write("data.csv", "p,t,w\n0,0,1\n1,1,0.5\n0,1,2\n");
    let roles = ["data.csv", "--prediction=p", "--truth=t", "--weight=w"];
    let named = [&roles[..], &["--class-names=cat,dog"], &METRICS].concat();
    let table = folder.evaluate_multiclass(&named).printed();
    let lines: Vec<_> = table.lines().skip(2).collect();
    let expected = "\
┌─────────────────────┬────────────┬──────────┐
│ metric              ┆ unweighted ┆ weighted │
╞═════════════════════╪════════════╪══════════╡
│ accuracy            ┆   0.666667 ┆ 0.428571 │
│ recall:average=none ┆            ┆          │
│   cat               ┆          1 ┆        1 │
│   dog               ┆   0.500000 ┆ 0.200000 │
└─────────────────────┴────────────┴──────────┘
confusion_matrix, unweighted
┌────────────────────┬─────┬─────┐
│ truth \\ prediction ┆ cat ┆ dog │
╞════════════════════╪═════╪═════╡
│ cat                ┆   1 ┆   0 │
│ dog                ┆   1 ┆   1 │
└────────────────────┴─────┴─────┘
confusion_matrix, weighted
┌────────────────────┬─────┬──────────┐
│ truth \\ prediction ┆ cat ┆      dog │
╞════════════════════╪═════╪══════════╡
│ cat                ┆   1 ┆        0 │
│ dog                ┆   2 ┆ 0.500000 │
└────────────────────┴─────┴──────────┘";
    assert_eq!(lines.join("\n"), expected);
    // Without names, the numbers of classes.
    let numbered = [&roles[..], &["--classes=2"], &METRICS].concat();
    let table = folder.evaluate_multiclass(&numbered).printed();
    assert!(table.contains("│   1                 ┆   0.500000 ┆ 0.200000 │"), "{table}");
    assert!(table.contains("│ truth \\ prediction ┆ 0 ┆ 1 │"), "{table}");
    let markdown = [&named[..], &["--format=markdown"]].concat();
    let markdown = folder.evaluate_multiclass(&markdown).printed();
    let grid = "confusion_matrix, weighted\n\n| truth \\ prediction | cat |      dog |\n";
    assert!(markdown.contains(grid), "{markdown}");
}

#[test]
fn undefined_classes_have_a_reason_and_others_a_value() {
    let folder = Folder::new("names-undefined");
    folder.write("data.csv", "p,t,w\n0,0,1\n1,1,0\n0,1,2\n");
    let roles = ["data.csv", "--prediction=p", "--truth=t", "--weight=w"];
    let roles = [&roles[..], &["--class-names=cat,dog,owl", "-m=precision:average=none"]].concat();
    let table = folder.evaluate_multiclass(&roles).printed();
    let expected = "\
│ precision:average=none ┆            ┆           │
│   cat                  ┆   0.500000 ┆  0.333333 │
│   dog                  ┆          1 ┆ undefined │
│   owl                  ┆  undefined ┆ undefined │
└────────────────────────┴────────────┴───────────┘
undefined (unweighted), division by zero: no predictions of the class: \
precision:average=none [owl]
undefined (weighted), division by zero: no predictions of the class: \
precision:average=none [dog, owl]";
    assert!(table.trim_end().ends_with(expected), "{table}");
    let report = folder.evaluate_multiclass(&[&roles[..], &["--format=json"]].concat()).json();
    let reason = "division by zero: no predictions of the class";
    let expected = json!({
        "unweighted": [0.5, 1.0, null],
        "weighted": [1.0 / 3.0, null, null],
        "undefined": {"unweighted": {reason: [2]}, "weighted": {reason: [1, 2]}},
    });
    assert_eq!(report["metrics"]["precision:average=none"], expected);
    // Of many undefined classes, a few are named.
    folder.write("data.csv", "p,t\n0,0\n");
    for (classes, listed) in [("--classes=6", "5"), ("--classes=9", "5 and 3 more")] {
        let given = ["data.csv", "--prediction=p", "--truth=t", classes, "-m=recall:average=none"];
        let table = folder.evaluate_multiclass(&given).printed();
        let note = format!("no samples of the class: recall:average=none [1, 2, 3, 4, {listed}]");
        assert!(table.trim_end().ends_with(&note), "{table}");
    }

    // A label without weight has no row.
    folder.write("labels.csv", "a,b,x,y,u,v\n0.9,0.1,1,0,0,1\n0.3,0.2,1,0,0,2\n");
    let given = ["labels.csv", "--prediction=a,b", "--truth=x,y", "--weight=u,v"];
    let task = ["evaluate", "--task=multilabel", "-m=confusion_matrix"];
    let table = folder.run(&[&task[..], &given].concat()).printed();
    let expected = "
confusion_matrix, weighted
┌───────┬───────────┬───────────┬───────────┬───────────┐
│ label ┆        TN ┆        FP ┆        FN ┆        TP │
╞═══════╪═══════════╪═══════════╪═══════════╪═══════════╡
│ 0     ┆ undefined ┆ undefined ┆ undefined ┆ undefined │
│ 1     ┆         3 ┆         0 ┆         0 ┆         0 │
└───────┴───────────┴───────────┴───────────┴───────────┘
undefined (weighted), all weights are zero: confusion_matrix [0]";
    assert!(table.contains(expected), "{table}");
}

#[test]
fn unusual_names_do_not_break_tables() {
    let folder = Folder::new("names-odd");
    folder.write("data.csv", "p_a|b,\"p_c\nd\",t\n0.6,0.4,\"c\nd\"\n0.3,0.7,\"c\nd\"\n");
    let given = ["data.csv", "--prediction=p_*", "--truth=t", "-m=recall:average=none"];
    let table = folder.evaluate_multiclass(&given).printed();
    assert!(table.contains("\n│   p_c\\nd            ┆   0.500000 ┆  0.500000 │\n"), "{table}");
    assert!(table.ends_with("recall:average=none [p_a|b]\n"), "{table}");
    let given = [&given[..], &["-m=confusion_matrix", "--format=markdown"]].concat();
    let markdown = folder.evaluate_multiclass(&given).printed();
    assert!(markdown.contains("\n|   p_a\\|b            | "), "{markdown}");
    assert!(markdown.contains("\n| truth \\ prediction | p_a\\|b | p_c\\nd |\n"), "{markdown}");
}

#[test]
fn long_vectors_and_matrices_are_shortened_in_tables_only() {
    let folder = Folder::new("names-many");
    folder.write("data.csv", "p,t\n0,0\n1999,1999\n");
    let given =
        ["data.csv", "--prediction=p", "--truth=t", "-m=recall:average=none:zero_division=0"];
    let evaluate = |added: &[&str]| folder.evaluate_multiclass(&[&given[..], added].concat());
    let table = evaluate(&["--classes=200000"]).printed();
    assert!(table.contains("  … 199950 more: all are in the JSON"), "{table}");
    assert!(table.lines().count() < 70, "{table}");
    let report = evaluate(&["--classes=200000", "--format=json"]).json();
    let values = &report["metrics"]["recall:average=none:zero_division=0"]["unweighted"];
    assert_eq!(values.as_array().map(Vec::len), Some(200_000));
    let table = evaluate(&["--classes=2000", "-m=confusion_matrix"]).printed();
    let caption =
        "confusion_matrix, unweighted and weighted, the first 20 of 2000: all are in the JSON";
    assert!(table.contains(caption), "{table}");
    assert!(table.lines().all(|line| line.chars().count() < 200), "{table}");
}
