//! Curves in the command: exact within the score memory, in bins beyond it.

use crate::Folder;
use serde_json::{Value, json};

const DATA: &str = "s,y,w\n0.25,0,1\n0.5,0,1\n0.375,1,3\n0.75,1,1\n";

fn evaluate(folder: &Folder, options: &[&str]) -> crate::Outcome {
    let given =
        ["evaluate", "data.csv", "--task=binary", "--prediction=s", "--truth=y", "--weight=w"];
    folder.run(&[&given[..], &["--format=json"], options].concat())
}

#[test]
fn curves_are_exact_and_come_with_thresholds() {
    let folder = Folder::new("curves");
    folder.write("data.csv", DATA);
    let options = ["-m=roc_auc", "-m=ks_statistic", "-m=roc_curve"];
    let metrics = evaluate(&folder, &options).json()["metrics"].clone();
    assert_eq!(metrics["roc_auc"], json!({ "unweighted": 0.75, "weighted": 0.625 }));
    assert_eq!(metrics["ks_statistic"]["threshold"]["unweighted"], json!(0.5));
    assert_eq!(metrics["roc_curve"]["unweighted"][0], json!([0.0, 0.0, 0.75]));
}

#[test]
fn single_precision_warns_of_scores_that_become_ties() {
    let folder = Folder::new("curves-ties");
    folder.write("data.csv", "s,y,w\n0.1,0,1\n0.1000000001,1,2\n0.1,0,1\n0.5,1,1\n");
    let run =
        |options: &[&str]| evaluate(&folder, &[&["-m=roc_auc", "-m=accuracy"], options].concat());
    let single = run(&["--precision=single"]);
    let warning = "rounding to 32-bit floats left 2 of 3 distinct scores, which can change \
                   roc_auc: use double precision";
    let report: Value = serde_json::from_str(&single.stdout).expect("JSON and nothing else");
    assert_eq!(report["metrics"]["roc_auc"]["unweighted"], json!(0.75));
    assert_eq!(report["warnings"], json!([warning]));
    assert!(single.stderr.contains(&format!("warning: {warning}\n")), "{}", single.stderr);
    for precision in ["--precision=auto", "--precision=double"] {
        let report = run(&[precision]).json();
        assert_eq!(report["metrics"]["roc_auc"]["unweighted"], json!(1.0), "{precision}");
        assert_eq!(report["warnings"], json!(null), "{precision}");
    }
    // A state does not contain the scores before they were rounded.
    run(&["--precision=single", "--state-out=ties.state"]);
    let merged = folder.run(&["merge", "ties.state", "--format=json"]).json();
    assert_eq!(merged["metrics"]["roc_auc"]["unweighted"], json!(0.75));
    assert_eq!(merged["warnings"], json!(null));
    folder.write("more.csv", "s,y,w\n0.3,0,1\n");
    let resumed = run(&["--precision=single", "--state-in=ties.state", "more.csv"]);
    let resumed: Value = serde_json::from_str(&resumed.stdout).expect("JSON and nothing else");
    let warning = resumed["warnings"][0].as_str().expect("a warning");
    assert!(warning.contains("4 distinct scores that were counted (there may be"), "{warning}");
}

#[test]
fn fallback_bins_take_over_when_score_memory_is_full() {
    let folder = Folder::new("curves-memory");
    folder.write("data.csv", DATA);
    let small = ["-m=roc_auc", "--score-memory=63"];
    assert_eq!(
        evaluate(&folder, &small).refused(),
        "the scores of 4 samples need 64 bytes, but --score-memory is 63 bytes: raise it, set \
         --fallback-bins, or request bins from the start, as in -m roc_auc:bins=4096"
    );
    let options = [&small[..], &["--fallback-bins=16"]].concat();
    let auc = &evaluate(&folder, &options).json()["metrics"]["roc_auc"];
    assert_eq!(auc["weighted"], json!(0.625));
    assert!(auc["interval"]["weighted"].is_array(), "{auc}");
    let enough = ["-m=roc_auc", "--score-memory=1KiB", "--fallback-bins=16"];
    assert!(evaluate(&folder, &enough).json()["metrics"]["roc_auc"]["interval"].is_null());
    for size in ["2TB", "-1", "", "99999999999GiB"] {
        let refused =
            evaluate(&folder, &["-m=roc_auc", &format!("--score-memory={size}")]).refused();
        assert!(refused.contains("--score-memory"), "{refused}");
    }
    assert_eq!(
        evaluate(&folder, &["-m=roc_auc", "--fallback-bins=1"]).refused(),
        "--fallback-bins is 1, but must be between 2 and 65536"
    );
}
