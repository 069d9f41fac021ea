//! Names of classes where options take labels, and in files where they are rarer.

use crate::{Folder, Outcome};
use serde_json::json;

const ROWS: &str = "(rows count from 1, after the header)";

/// Evaluates columns p and t of the classes cat, dog and owl.
fn named(folder: &Folder, file: &str, added: &[&str]) -> Outcome {
    let given = [file, "--prediction=p", "--truth=t", "--class-names=cat,dog,owl", "-m=accuracy"];
    folder.evaluate_multiclass(&[&given[..], &["--format=json"], added].concat())
}

#[test]
fn options_take_names_of_classes() {
    let folder = Folder::new("label-names");
    folder.write("data.csv", "p,t\ncat,cat\ndog,owl\ndog,dog\n");
    folder.write("scores.csv", "p_cat,p_dog,p_owl,t\n1,0,0,cat\n0,1,0,owl\n0,1,0,dog\n");
    let scores = |added: &[&str]| {
        let given = ["scores.csv", "--prediction=p_*", "--truth=t", "-m=accuracy", "--format=json"];
        folder.evaluate_multiclass(&[&given[..], added].concat())
    };
    let outcomes = |added: &[&str]| [named(&folder, "data.csv", added), scores(added)];
    for weights in ["cat=0.5,owl=3", "0=0.5,owl=3"] {
        for outcome in outcomes(&["--class-weight", weights]) {
            assert_eq!(outcome.json()["metrics"]["accuracy"]["weighted"], json!(1.5 / 4.5));
        }
    }
    for outcome in outcomes(&["--ignore-index=owl"]) {
        let report = outcome.json();
        assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
        assert_eq!(report["masked_samples"], json!(1));
    }
    folder.write("data.csv", "p,t\n0.9,yes\n0.2,yes\n0.2,no\n");
    let given = ["data.csv", "--class-names=no,yes", "-m=accuracy", "--format=json"];
    let weighed = folder.evaluate_binary(&[&given[..], &["--class-weight=yes=3"]].concat());
    assert_eq!(weighed.json()["metrics"]["accuracy"]["weighted"], json!(4.0 / 7.0));
}

#[test]
fn a_label_that_is_no_class_can_be_ignored() {
    let folder = Folder::new("label-names-ignored");
    folder.write("data.csv", "p,t\ncat,cat\nnan,unknown\ndog,dog\n");
    let report = named(&folder, "data.csv", &["--ignore-index=unknown"]).json();
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
    assert_eq!((&report["samples"], &report["masked_samples"]), (&json!(2), &json!(1)));
    // As a prediction it is no class.
    folder.write("data.csv", "p,t\ncat,cat\nunknown,dog\n");
    assert_eq!(
        named(&folder, "data.csv", &["--ignore-index=unknown"]).refused(),
        format!(
            "data.csv, column \"p\", row 2: the prediction is \"unknown\", which is no class: classes \
             are \"cat\", \"dog\", \"owl\" {ROWS}"
        )
    );
    folder.write("data.csv", "p,t\ncat,unknown\n");
    assert_eq!(
        named(&folder, "data.csv", &["--ignore-index=unknown"]).refused(),
        "no samples: in all rows of data.csv column \"t\" is unknown, which --ignore-index leaves out"
    );
}

#[test]
fn labels_that_are_none_are_refused() {
    let folder = Folder::new("label-names-refused");
    folder.write("data.csv", "p,t\n0,cat\n1,dog\n");
    for (option, text) in [("--class-weight=dgo=2", "dgo"), ("--ignore-index=dgo", "dgo")] {
        let (name, _) = option.split_once('=').expect("a value");
        let otherwise = if name == "--ignore-index" { ", nor a truth in data.csv" } else { "" };
        assert_eq!(
            named(&folder, "data.csv", &[option]).refused(),
            format!(
                "{name} names {text:?}, which is no class{otherwise}: classes are \"cat\", \"dog\", \"owl\""
            )
        );
    }
    folder.write("data.csv", "p,t\n0,0\n1,1\n");
    let roles = ["data.csv", "--prediction=p", "--truth=t", "--classes=2"];
    for (option, text) in [("--class-weight=dog=2", "dog"), ("--ignore-index=dog", "dog")] {
        let (name, _) = option.split_once('=').expect("a value");
        assert_eq!(
            folder.evaluate_multiclass(&[&roles[..], &[option]].concat()).refused(),
            format!(
                "{name} names {text:?}, which is no class: classes are 0, 1, ..., and have names only \
                 where --class-names or columns of scores give them"
            )
        );
    }
}

#[test]
fn arrays_of_text_hold_names() {
    let folder = Folder::new("label-names-npz");
    let labels = ["cat", "dog", "öw"];
    let names = "--class-names=cat,dog,öw";
    for descr in ["<U3", ">U4", "|S3"] {
        drop(folder.npz("data.npz").text("t", descr, &labels).text("p", "<U3", &labels));
        let given = ["data.npz", "--prediction=p", "--truth=t", names, "-m=accuracy"];
        let added = ["--ignore-index=dog", "--format=json"];
        let report = folder.evaluate_multiclass(&[&given[..], &added].concat()).json();
        assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0), "{descr}");
        assert_eq!((&report["samples"], &report["masked_samples"]), (&json!(2), &json!(1)));
    }
    let given = ["data.npz", "--prediction=p", "--truth=t", "--classes=3"];
    assert_eq!(
        folder.evaluate_multiclass(&given).refused(),
        "data.npz, column \"p\": it holds text (<U3), but the prediction must be classes 0, 1, ..., \
         or the names that --class-names gives"
    );
    let given = ["data.npz", "--prediction=p", "--truth=t", "--class-names=cat,dog,owl"];
    assert_eq!(
        folder.evaluate_multiclass(&given).refused(),
        "data.npz, column \"p\", row 3: the prediction is \"öw\", which is no class: classes are \
         \"cat\", \"dog\", \"owl\" (rows count from 1)"
    );
}

#[test]
fn labels_of_text_name_the_classes() {
    let folder = Folder::new("label-names-found");
    let roles = ["--prediction=p", "--truth=t", "-m=recall:average=none", "--format=json"];
    let run = |files: &[&str], added: &[&str]| {
        folder.evaluate_multiclass(&[files, &roles[..], added].concat())
    };
    folder.write("a.csv", "p,t\nowl, cat\ndog,dog\n").write("b.csv", "p,t\nöw,owl\n");
    let report = run(&["a.csv", "b.csv"], &["--class-weight=dog=2"]).json();
    assert_eq!(report["classes"], json!(["cat", "dog", "owl", "öw"]));
    assert_eq!(
        report["metrics"]["recall:average=none"]["unweighted"],
        json!([0.0, 1.0, 0.0, null])
    );
    drop(folder.npz("data.npz").text("t", "<U3", &["dog", "cat"]).text("p", "<U3", &["dog"; 2]));
    let report = run(&["data.npz"], &[]).json();
    assert_eq!(report["classes"], json!(["cat", "dog"]));
    // What is ignored is no class.
    folder.write("a.csv", "p,t\ncat,unknown\ndog,dog\n");
    let report = run(&["a.csv"], &["--ignore-index=unknown"]).json();
    assert_eq!(report["classes"], json!(["cat", "dog"]));
    folder.write("a.csv", "p,t\nowl,owl\nowl,dog\ndog,dog\n");
    let report = run(&["a.csv"], &["--ignore-index=owl"]).json();
    assert_eq!((&report["classes"], &report["samples"]), (&json!(["dog", "owl"]), &json!(2)));
    // Labels that may be numbers are not sorted as text.
    for labels in ["0,1", "0,cat", "cat,1"] {
        folder.write("a.csv", format!("p,t\n{labels}\n"));
        let sentence = run(&["a.csv"], &[]).refused();
        assert!(sentence.starts_with("the multiclass task needs --classes K"), "{sentence}");
    }
    let rows: String = (0..10_001).map(|row| format!("x{row},x0\n")).collect();
    folder.write("a.csv", format!("p,t\n{rows}"));
    assert_eq!(
        run(&["a.csv"], &[]).refused(),
        "labels in a.csv are of more than 10000 names: if all are classes, give them with --class-names"
    );
}
