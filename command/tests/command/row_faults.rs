//! Columns that cannot be rows, and invalid cells of rows.

use crate::Folder;
use crate::rows::{LABELS, Z, write_csv};
use serde_json::json;

#[test]
fn unusable_columns_are_refused() {
    let folder = Folder::new("rows-refused");
    write_csv(&folder);
    let with = |added: &[&str]| folder.evaluate_multiclass(&[&["data.csv"], added].concat());
    for (added, sentence) in [
        (
            &["--prediction=q*", "--truth=t"][..],
            "data.csv has no column that starts with \"q\" for the prediction: it has \"z2\", \
             \"t\", \"z0\", \"z1\", \"w\", \"h0\", \"h1\", \"h2\"",
        ),
        (
            &["--prediction=z*", "--truth=t", "--classes=4"],
            "data.csv has 3 columns for the prediction, but --classes is 4: there must be one for \
             each class",
        ),
        (
            &["--prediction=z*", "--truth=h0,h1"],
            "data.csv has 2 columns for the truth, but data.csv has 3 columns for the prediction: \
             there must be one for each class",
        ),
        (
            &["--prediction=z*", "--truth=t", "--class-names=a,b"],
            "data.csv has 3 columns for the prediction, but --class-names has 2 names: there must \
             be one for each class",
        ),
        (
            &["--prediction=z0,z1,z0", "--truth=t"],
            "data.csv: column \"z0\" is listed twice for the prediction",
        ),
        (
            &["--prediction=*", "--truth=t"],
            "data.csv: \"*\" for the prediction also matches column \"t\", which is the truth: \
             list the columns of the prediction by name",
        ),
        (
            &["--prediction=z*", "--truth=t", "--weight=h*"],
            "data.csv has 3 columns for the weight: give one weight per sample",
        ),
        (
            &["--prediction=t", "--truth=t", "--classes=3", "--from-logits"],
            "--from-logits needs a prediction column for each class, but column \"t\" of data.csv \
             contains classes",
        ),
        (
            &["--prediction=z*", "--truth=t", "--threshold=0.5"],
            "--threshold is only available in the binary and multilabel tasks",
        ),
    ] {
        assert_eq!(with(added).refused(), sentence);
    }
    let binary = ["evaluate", "data.csv", "--task=binary", "--prediction=z0,z1", "--truth=t"];
    assert_eq!(
        folder.run(&binary).refused(),
        "data.csv has 2 columns for the prediction, but the binary task takes one: the score of \
         label 1"
    );
    let sentence = with(&["--prediction=t", "--truth=t", "--classes=3", "-m=log_loss"]).refused();
    assert!(
        sentence.contains("log_loss needs rows of 3 scores, but the predictions are classes"),
        "{sentence}"
    );
    drop(folder.npz("data.npz").array("z", &[5, 3], &Z.concat()).array("t", &[5], &LABELS));
    let npz =
        |added: &[&str]| folder.evaluate_multiclass(&[&["data.npz", "--truth=t"], added].concat());
    assert_eq!(
        npz(&["--prediction=z", "--classes=4"]).refused(),
        "data.npz has 3 columns for the prediction, but --classes is 4: there must be one for each \
         class"
    );
    assert_eq!(
        npz(&["--prediction=z,t"]).refused(),
        "data.npz, column \"z\": it contains rows of 3 numbers, so it must be the only column of the \
         prediction"
    );
}

#[test]
fn invalid_cells_of_rows_are_named() {
    let folder = Folder::new("rows-faults");
    let header = "z0,z1,z2,t,h0,h1,h2,w";
    let rows = " (rows are numbered from 1, after the header)";
    let hot = "exactly one element of a one-hot row must be 1, all others 0";
    for (row, truth, fault) in [
        ("1,0,,0,1,0,0,1", "t", "column \"z2\", row 2: the prediction is missing".to_owned()),
        (
            "1,x,0,0,1,0,0,1",
            "t",
            "column \"z1\", row 2: the prediction is \"x\", which is not a number".to_owned(),
        ),
        (
            "1,nan,0,0,1,0,0,1",
            "t",
            "column \"z1\", row 2: the prediction is NaN: it must be finite unless its row has \
             weight 0"
                .to_owned(),
        ),
        (
            "1,2,1e309,0,1,0,0,1",
            "t",
            "column \"z2\", row 2: the prediction is 1e309: it does not fit a float: \
             32-bit floats end at 3.4e38, 64-bit floats at 1.8e308"
                .to_owned(),
        ),
        (
            "1,2,3,3,1,0,0,1",
            "t",
            "column \"t\", row 2: the truth is 3: it must be a whole number from 0 to 2".to_owned(),
        ),
        (
            "1,2,3,0.5,1,0,0,1",
            "t",
            "column \"t\", row 2: the truth is 0.5: it must be a whole number from 0 to 2"
                .to_owned(),
        ),
        (
            "1,2,3,0,0,0,0,1",
            "h*",
            format!("columns \"h0\", \"h1\", \"h2\", row 2: the truth is 0 0 0: {hot}"),
        ),
        (
            "1,2,3,0,1,0,1,1",
            "h*",
            format!("columns \"h0\", \"h1\", \"h2\", row 2: the truth is 1 0 1: {hot}"),
        ),
        ("1,2,3,0,1,0,,1", "h*", "column \"h2\", row 2: the truth is missing".to_owned()),
    ] {
        folder.write("data.csv", format!("{header}\n1,0,0,0,1,0,0,1\n{row}\n"));
        let given = ["data.csv", "--prediction=z*", "--truth", truth, "--weight=w"];
        let given = [&given[..], &["-m=accuracy", "--format=json"]].concat();
        let sentence = folder.evaluate_multiclass(&given).refused();
        assert_eq!(sentence, format!("data.csv, {fault}{rows}"), "{row}");
        // A row with weight 0 is ignored, unless its text cannot be parsed.
        let weightless = format!("{}0", &row[..row.len() - 1]);
        folder.write("data.csv", format!("{header}\n1,0,0,0,1,0,0,1\n{weightless}\n"));
        let outcome = folder.evaluate_multiclass(&given);
        if row.contains('x') {
            outcome.refused();
        } else {
            assert_eq!(outcome.json()["metrics"]["accuracy"]["weighted"], json!(1.0), "{row}");
        }
    }
    let z = [1.0, 0.0, 2.0, 0.0, f64::INFINITY, 1.0];
    drop(folder.npz("data.npz").array("z", &[2, 3], &z).array("t", &[2], &[0, 1]));
    assert_eq!(
        folder.evaluate_multiclass(&["data.npz", "--prediction=z", "--truth=t"]).refused(),
        "data.npz, column \"z[1]\", row 2: the prediction is inf: it must be finite unless its row \
         has weight 0 (rows are numbered from 1)"
    );
}

#[test]
fn invalid_probabilities_are_reported() {
    let folder = Folder::new("rows-probabilities");
    let evaluate = |rows: &str| {
        folder.write("data.csv", format!("z0,z1,t\n{rows}"));
        let given = ["data.csv", "--prediction=z*", "--truth=t", "-m=log_loss", "-m=accuracy"];
        folder.evaluate_multiclass(&given).printed()
    };
    let table = evaluate("0.75,0.25,0\n1.5,-0.5,0\n");
    assert!(table.contains("undefined (weighted), inputs outside the domain ("), "{table}");
    let hint =
        "\nnote: some predictions are outside [0, 1]; if they are logits, use --from-logits\n";
    assert!(table.ends_with(hint), "{table}");
    let table = evaluate("0.75,0.25,0\n0.5,0.25,1\n");
    let warning = "warning: the probabilities of 1 of the samples do not sum to 1 in log_loss";
    assert!(table.contains(warning), "{table}");
}
