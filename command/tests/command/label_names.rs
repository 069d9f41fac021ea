//! Class names in options, in arrays of text, and found in the labels.

use crate::{Folder, Outcome};
use serde_json::json;

const ROWS: &str = "(rows are numbered from 1, after the header)";

/// Evaluates columns p and t of the classes cat, dog and owl.
fn named(folder: &Folder, file: &str, added: &[&str]) -> Outcome {
    let given = [file, "--prediction=p", "--truth=t", "--class-names=cat,dog,owl", "-m=accuracy"];
    folder.evaluate_multiclass(&[&given[..], &["--format=json"], added].concat())
}

#[test]
fn options_take_class_names() {
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
fn a_label_that_is_not_a_class_can_be_ignored() {
    let folder = Folder::new("label-names-ignored");
    folder.write("data.csv", "p,t\ncat,cat\nnan,unknown\ndog,dog\n");
    let report = named(&folder, "data.csv", &["--ignore-index=unknown"]).json();
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(1.0));
    assert_eq!((&report["samples"], &report["masked_samples"]), (&json!(2), &json!(1)));
    // As a prediction it is not a class.
    folder.write("data.csv", "p,t\ncat,cat\nunknown,dog\n");
    assert_eq!(
        named(&folder, "data.csv", &["--ignore-index=unknown"]).refused(),
        format!(
            "data.csv, column \"p\", row 2: the prediction is \"unknown\", which is not one of the \
             classes: \"cat\", \"dog\", \"owl\" {ROWS}"
        )
    );
    folder.write("data.csv", "p,t\ncat,unknown\n");
    assert_eq!(
        named(&folder, "data.csv", &["--ignore-index=unknown"]).refused(),
        "no samples: --ignore-index leaves out every row of data.csv, because column \"t\" is always \
         unknown"
    );
}

#[test]
fn unknown_labels_in_options_are_refused() {
    let folder = Folder::new("label-names-refused");
    folder.write("data.csv", "p,t\n0,cat\n1,dog\n");
    for (option, text) in [("--class-weight=dgo=2", "dgo"), ("--ignore-index=dgo", "dgo")] {
        let (name, _) = option.split_once('=').expect("a value");
        let reason = match name {
            "--ignore-index" => {
                format!(
                    " is {text:?}, which is neither a class nor a label in data.csv: the classes are"
                )
            }
            _ => format!(": {text:?} is not one of the classes:"),
        };
        assert_eq!(
            named(&folder, "data.csv", &[option]).refused(),
            format!("{name}{reason} \"cat\", \"dog\", \"owl\"")
        );
    }
    folder.write("data.csv", "p,t\n0,0\n1,1\n");
    let roles = ["data.csv", "--prediction=p", "--truth=t", "--classes=2"];
    for (option, text) in [("--class-weight=dog=2", "dog"), ("--ignore-index=dog", "dog")] {
        let (name, _) = option.split_once('=').expect("a value");
        assert_eq!(
            folder.evaluate_multiclass(&[&roles[..], &[option]].concat()).refused(),
            format!(
                "{name}: {text:?} is not a class: classes are 0, 1, ..., without names (see \
                 --class-names)"
            )
        );
    }
}

#[test]
fn arrays_of_text_contain_names() {
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
        "data.npz, column \"p\": it contains text (<U3), but the prediction must be classes 0, 1, \
         ..., or names given with --class-names"
    );
    let given = ["data.npz", "--prediction=p", "--truth=t", "--class-names=cat,dog,owl"];
    assert_eq!(
        folder.evaluate_multiclass(&given).refused(),
        "data.npz, column \"p\", row 3: the prediction is \"öw\", which is not one of the classes: \
         \"cat\", \"dog\", \"owl\" (rows are numbered from 1)"
    );
}

#[test]
fn text_labels_define_the_classes() {
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
    // An ignored label is not a class.
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
        "a.csv has more than 10000 different labels: if all of them are classes, list them with \
         --class-names"
    );
}
