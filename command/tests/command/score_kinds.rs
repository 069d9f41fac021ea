//! Logits that are taken for probabilities, and probabilities that are taken for logits.

use crate::Folder;
use serde_json::{Value, json};

const LOGITS: &str = "p,t\n2.0,1\n-1.5,0\n0.3,1\n-0.2,0\n";

/// tensorflow/tensorflow#41413.
#[test]
fn counts_of_logits_are_undefined_and_both_ways_out_are_named() {
    let folder = Folder::new("logits-unmarked");
    folder.write("data.csv", LOGITS);
    let evaluate = |options: &[&str]| {
        folder.evaluate_binary(&[&["data.csv", "-m=accuracy"], options].concat())
    };
    let table = evaluate(&[]).printed();
    let reason = "inputs outside the domain (predictions from 0 to 1, unless from_logits or a \
                  threshold is set) in 3 of the samples";
    assert!(table.contains(reason), "{table}");
    let hint = "\nnote: some predictions are outside [0, 1]; if they are logits, use \
                --from-logits; for counts of other scores, set a --threshold\n";
    assert!(table.ends_with(hint), "{table}");
    let accuracy = |options: &[&str], spec: &str| {
        let report = evaluate(&[options, &["--format=json"]].concat()).stdout;
        let report: Value = serde_json::from_str(&report).expect("JSON");
        report["metrics"][spec]["unweighted"].clone()
    };
    assert_eq!(accuracy(&[], "accuracy"), json!(null));
    assert_eq!(accuracy(&["--from-logits"], "accuracy"), json!(1.0));
    assert_eq!(accuracy(&["--threshold=0"], "accuracy"), json!(1.0));
    assert_eq!(accuracy(&["--threshold=0.5"], "accuracy"), json!(0.75));
    assert_eq!(accuracy(&["-m=accuracy:threshold=0"], "accuracy:threshold=0"), json!(1.0));
    for precision in ["--precision=single", "--precision=double"] {
        assert_eq!(accuracy(&[precision], "accuracy"), json!(null));
    }
}

#[test]
fn probabilities_as_logits_are_a_warning() {
    let folder = Folder::new("probabilities-as-logits");
    let warns = |data: &str, options: &[&str]| {
        folder.write("data.csv", data);
        let table = folder.evaluate_binary(&[&["data.csv"], options].concat()).printed();
        table.contains("warning: every score is within [0, 1], as probabilities are")
    };
    let probabilities = "p,t\n0.9,1\n0,0\n1,1\n0.4,0\n";
    for metric in ["-m=accuracy", "-m=log_loss", "-m=roc_auc"] {
        assert!(warns(probabilities, &["--from-logits", metric]), "{metric}");
        assert!(!warns(probabilities, &[metric]), "{metric}");
        assert!(!warns(LOGITS, &["--from-logits", metric]), "{metric}");
    }
}

#[test]
fn thresholds_that_no_probability_reaches_are_refused() {
    let folder = Folder::new("thresholds-out-of-reach");
    folder.write("data.csv", "p,t\n0.9,1\n0.2,0\n");
    for (threshold, text) in [("2", "2"), ("-1", "-1"), ("1.01", "1.01"), ("inf", "inf")] {
        let option = format!("--threshold={threshold}");
        let refused = folder.evaluate_binary(&["data.csv", &option]).refused();
        let expected = format!("the threshold is {text}, but must be a probability, from 0 to 1;");
        assert!(refused.starts_with(&expected), "{refused}");
        let option = format!("-m=accuracy:threshold={threshold}");
        let refused = folder.evaluate_binary(&["data.csv", &option]).refused();
        let expected =
            format!("accuracy: threshold is \"{text}\", but must be a number from 0 to 1");
        assert_eq!(refused, expected);
    }
}
