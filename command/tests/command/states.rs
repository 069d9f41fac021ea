//! States in files: written by one process, merged by another.

use crate::Folder;
use serde_json::{Value, json};

/// Two files, and one with the rows of both.
fn files(name: &str) -> Folder {
    let folder = Folder::new(name);
    let (first, second) = ("0.9,1,1\n0.25,0,2\n0.5,1,0\n", "0.75,0,0.5\n0.125,1,3\n");
    folder.write("a.csv", format!("p,t,w\n{first}"));
    folder.write("b.csv", format!("p,t,w\n{second}"));
    folder.write("both.csv", format!("p,t,w\n{first}{second}"));
    folder
}

const WEIGHT: &str = "--weight=w";

/// A report without the device.
fn without_device(mut report: Value) -> Value {
    report.as_object_mut().expect("a report").remove("device");
    report
}

#[test]
fn merged_states_give_the_report_of_all_the_data() {
    for kind in ["json", "state"] {
        let folder = files(&format!("states-{kind}"));
        let [a, b, all] = ["a", "b", "all"].map(|name| format!("{name}.{kind}"));
        for (file, state) in [("a.csv", &a), ("b.csv", &b)] {
            let out = format!("--state-out={state}");
            folder.evaluate_binary(&[file, WEIGHT, "-m=log_loss", "-m=accuracy", &out]).printed();
        }
        let metrics = ["-m=log_loss", "-m=accuracy"];
        let whole = [&["both.csv", WEIGHT, "--format=json"], &metrics[..]].concat();
        let whole = without_device(folder.evaluate_binary(&whole).json());
        for order in [[&a, &b], [&b, &a]] {
            let out = format!("--state-out={all}");
            let merge = ["merge", order[0], order[1], "--format=json", &out];
            assert_eq!(without_device(folder.run(&merge).json()), whole);
        }
        // The merged state is the state of all the data, and so is a state resumed with the second
        // file.
        let into = ["both.csv", WEIGHT, "-m=log_loss", "-m=accuracy", "--state-out=whole.json"];
        folder.evaluate_binary(&into).printed();
        let on = format!("--state-in={a}");
        let into = ["b.csv", WEIGHT, "-m=log_loss", "-m=accuracy", &on, "--state-out=on.json"];
        folder.evaluate_binary(&into).printed();
        folder.run(&["merge", &all, "--state-out=merged.json"]).printed();
        let [whole, on, merged] = ["whole.json", "on.json", "merged.json"].map(|f| folder.read(f));
        assert_eq!((&on, &merged), (&whole, &whole));
        // Other metrics of the same counts.
        let table = folder.run(&["merge", &a, &b, "-m=recall", "--format=json"]).json();
        assert_eq!(
            table["metrics"],
            json!({"recall": {"unweighted": 1.0 / 3.0, "weighted": 0.25}})
        );
    }
}

#[test]
fn states_contain_names_and_settings() {
    let folder = Folder::new("states-settings");
    folder.write("data.csv", "p,t\ncat,cat\ndog,cat\ndog,bird\n");
    let evaluate = |added: &[&str]| {
        let given = ["data.csv", "--prediction=p", "--truth=t", "-m=recall:average=none"];
        folder.evaluate_multiclass(&[&given[..], added].concat())
    };
    evaluate(&["--class-weight=dog=2", "--ignore-index=bird", "--state-out=a.json"]).printed();
    let state: Value = serde_json::from_str(&folder.read("a.json")).expect("JSON");
    assert_eq!(state["class_names"], json!(["cat", "dog"]));
    assert_eq!(state["class_weights"], json!([[1, 2.0]]));
    assert!(state["ignore_index"].is_i64());
    let table = folder.run(&["merge", "a.json"]).printed();
    assert!(table.contains("\n│   cat "), "{table}");

    let refused = |added: &[&str]| evaluate(&[added, &["--state-in=a.json"]].concat()).refused();
    let mismatch = |difference: &str| {
        format!(
            "cannot merge a.json with this run: different {difference}; both need the same task, \
             metrics and settings"
        )
    };
    assert_eq!(
        refused(&["--ignore-index=bird"]),
        mismatch("class weights (1=2 in a.json, all 1 in this run)")
    );
    assert_eq!(
        refused(&["--class-names=dog,cat", "--ignore-index=bird", "--class-weight=cat=2"]),
        mismatch("names of classes (cat, dog in a.json, dog, cat in this run)")
    );
    assert_eq!(
        refused(&[]),
        mismatch("names of classes (cat, dog in a.json, bird, cat, dog in this run)")
    );
}

#[test]
fn invalid_states_are_refused_and_not_overwritten() {
    let folder = files("states-refused");
    let evaluate = |added: &[&str]| folder.evaluate_binary(&[&["a.csv", WEIGHT], added].concat());
    evaluate(&["-m=accuracy", "--state-out=a.json"]).printed();
    evaluate(&["-m=accuracy", "--state-out=a.state"]).printed();
    let merge = |file: &str| folder.run(&["merge", file]).refused();
    assert_eq!(merge("none.json"), "cannot open none.json: no such file or directory");
    assert_eq!(merge("."), ". is a directory: name the files in it");
    assert_eq!(
        merge("a.csv"),
        "cannot read a.csv as a state: it is not a state (evaluate --state-out writes one)"
    );
    let state = folder.read("a.json");
    folder.write("newer.json", state.replacen("\"version\": 2", "\"version\": 9", 1));
    assert!(merge("newer.json").starts_with(
        "cannot read newer.json as a state: it is a state of version 9, but this build reads version 2"
    ));
    folder.write("cut.json", &state[..state.len() / 2]);
    assert_eq!(merge("cut.json"), "cannot read cut.json as a state: the file is truncated");
    let bytes = std::fs::read(folder.path("a.state")).expect("a state");
    for len in 0..bytes.len() {
        std::fs::write(folder.path("cut.state"), &bytes[..len]).expect("a file");
        if len % 37 == 0 {
            assert!(merge("cut.state").starts_with("cannot read cut.state as a state: "), "{len}");
        }
    }
    folder.write("broken.json", state.replacen("\"confusion\": {", "\"sum\": {", 1));
    assert!(merge("broken.json").starts_with("cannot read broken.json as a state: "));
    assert_eq!(
        folder.run(&["merge", "a.json", "-m=log_loss"]).refused(),
        "cannot report log_loss from a.json: it was accumulated for accuracy; run evaluate with \
         -m log_loss"
    );
    assert_eq!(
        folder.run(&["merge", "a.json", "-m=accurate"]).refused(),
        "unknown metric \"accurate\"; did you mean accuracy?"
    );
    assert_eq!(
        folder.evaluate(&["a.csv", "--state-in=a.json"]).refused(),
        "cannot merge a.json with this run: different task (binary in a.json, regression in this \
         run); both need the same task, metrics and settings"
    );
    evaluate(&["-m=accuracy", "--threshold=0.3", "--state-out=low.json"]).printed();
    let sentence = folder.run(&["merge", "a.json", "low.json"]).refused();
    let start = "cannot merge low.json with a.json: different statistics (";
    assert!(sentence.starts_with(start), "{sentence}");
    evaluate(&["--state-out=/dev/null"]).printed();
    let beyond = evaluate(&["--state-out=none/a.json"]).refused();
    assert_eq!(beyond, "cannot write none/a.json: no such file or directory");
    // A run that fails leaves the state as it was.
    folder.write("bad.csv", "p,t,w\n0.5,1,-1\n");
    folder.evaluate_binary(&["bad.csv", WEIGHT, "--state-out=a.json"]).refused();
    assert_eq!(folder.read("a.json"), state);
}
