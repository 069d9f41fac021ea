//! Class weights and ignored labels.

use crate::{Folder, Outcome};
use serde_json::json;

const ROWS: &str = " (rows are numbered from 1, after the header)";

/// Evaluates columns p and t of three classes.
fn classes(folder: &Folder, added: &[&str]) -> Outcome {
    let given = ["evaluate", "data.csv", "--task=multiclass", "--prediction=p", "--truth=t"];
    folder.run(&[&given[..], &["--classes=3", "--format=json"], added].concat())
}

#[test]
fn class_weights_multiply_the_weights_of_rows() {
    let folder = Folder::new("class-weights");
    folder.write("data.csv", "p,t,w\n0,0,1\n1,2,2\n1,1,4\n");
    let accuracy = |added: &[&str]| {
        let report = classes(&folder, &[&["-m=accuracy"], added].concat()).json();
        let metric = &report["metrics"]["accuracy"];
        (metric["unweighted"].clone(), metric["weighted"].clone(), report["weight_sum"].clone())
    };
    let two_thirds = || json!(2.0 / 3.0);
    let without = accuracy(&["--class-weight", "0=0.5,2=3"]);
    assert_eq!(without, (two_thirds(), json!(1.5 / 4.5), json!(4.5)));
    let with = accuracy(&["--weight=w", "--class-weight=0=0.5", "--class-weight=2=3"]);
    assert_eq!(with, (two_thirds(), json!(4.5 / 10.5), json!(10.5)));
    // A class with weight zero is ignored in weighted values.
    folder.write("data.csv", "p,t,w\n0,0,1\n,2,2\nnan,2,1\n1,1,4\n");
    let report = classes(&folder, &["-m=accuracy", "--class-weight=2=0"]).json();
    assert_eq!(report["metrics"]["accuracy"]["weighted"], json!(1.0));
    assert_eq!(report["metrics"]["accuracy"]["unweighted"], json!(null));
    assert_eq!(report["zero_weight_samples"], json!(2));
}

#[test]
fn rows_with_the_ignored_label_may_be_invalid() {
    let folder = Folder::new("ignored");
    for label in ["-100", "255", "2"] {
        folder.write(
            "data.csv",
            format!("p,t,w\n0,0,1\n0,{label},1\n1,0,3\n,{label},1\nnan,{label},-1\n1,{label},\n"),
        );
        let requested = ["-m=accuracy", "--weight=w", "--ignore-index", label];
        let report = classes(&folder, &requested).json();
        let value = json!({"unweighted": 0.5, "weighted": 0.25});
        assert_eq!(report["metrics"]["accuracy"], value, "{label}");
        assert_eq!((&report["samples"], &report["masked_samples"]), (&json!(2), &json!(4)));
        // Without the option, these rows are refused.
        classes(&folder, &requested[..2]).refused();
    }
    folder.write("data.csv", "p,t\n0.3,0\n1e999,-1\n0.8,1\n");
    let table = folder.evaluate_binary(&["data.csv", "--ignore-index", "-1"]).printed();
    let summary = "2 samples, sum of weights 2, effective sample size 2, 1 masked";
    assert_eq!(table.lines().next(), Some(summary));
}

#[test]
fn invalid_class_weights_and_labels_are_refused() {
    let folder = Folder::new("wrong-labels");
    folder.write("data.csv", "p,t,w\n0,0,1\n0,1,1e15\n");
    let malformed = "for '--class-weight <L=W,...>': expected a class and its weight, such as 1=5";
    let nameless = "is not a class: classes are 0, 1, ..., without names (see --class-names)";
    for (added, sentence) in [
        (&["--class-weight", "1"][..], format!("invalid value '1' {malformed} (see --help)")),
        (&["--class-weight", "0=1,b=x"], format!("invalid value 'b=x' {malformed} (see --help)")),
        (&["--class-weight", "0=1,=2"], format!("invalid value '=2' {malformed} (see --help)")),
        (&["--class-weight", "0=1,b=2"], format!("--class-weight: \"b\" {nameless}")),
        (&["--class-weight", "0=1,-1=2"], format!("--class-weight: \"-1\" {nameless}")),
        (
            &["--class-weight", "3=1"],
            "a weight is given for class 3, but the classes are 0 to 2".to_owned(),
        ),
        (
            &["--class-weight", "1=-2"],
            "the weight of class 1 is -2: weights must be finite, not negative and below 2^64"
                .to_owned(),
        ),
        (
            &["--class-weight", "1=2,1=2"],
            "class 1 is given two weights: there must be one per class".to_owned(),
        ),
        (
            &["--class-weight", "1=1e6", "--weight", "w"],
            format!(
                "data.csv, column \"w\", row 2: the weight is 1e15: multiplied by 1000000, the weight of \
                 class 1, it must be below 2^64{ROWS}"
            ),
        ),
        (
            &["--class-weight", "0=0,1=0"],
            "all weights are zero: --class-weight gives weight 0 to every class in data.csv"
                .to_owned(),
        ),
        (&["--ignore-index", "cat"], format!("--ignore-index: \"cat\" {nameless}")),
    ] {
        assert_eq!(classes(&folder, added).refused(), sentence);
    }
    folder.write("data.csv", "p,t\n0,1\n2,1\n");
    assert_eq!(
        classes(&folder, &["--ignore-index=1"]).refused(),
        "no samples: --ignore-index leaves out every row of data.csv, because column \"t\" is always 1"
    );
    for option in ["class-weight=1=1", "ignore-index=1"] {
        let (name, _) = option.split_once('=').expect("a value");
        assert_eq!(
            folder.evaluate(&["data.csv", &format!("--{option}")]).refused(),
            format!("--{name} is not available in the regression task: it has no labels")
        );
    }
}
