//! Curves in the command: exact within the score memory, in bins beyond it.

use crate::Folder;
use serde_json::json;

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
