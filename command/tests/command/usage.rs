//! Help, lists, report formats, and wrong usage.

use crate::Folder;
use serde_json::json;

const DATA: &str = "p,t,w\n1,0,1\n2,0,2\n3,0,10\n";

#[test]
fn help_lists_commands_options_and_examples() {
    let folder = Folder::new("help");
    let help = folder.run(&["--help"]).printed();
    for word in [
        "evaluate",
        "metrics",
        "devices",
        "Examples:",
        "Exit codes: 0 success, 2 bad usage or bad data",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
    let help = folder.run(&["evaluate", "--help"]).printed();
    for word in ["--prediction", "--truth", "--weight", "--metric", "--threshold", "--from-logits"]
    {
        assert!(help.contains(word), "{word}: {help}");
    }
    for word in ["--class-weight", "--ignore-index"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    for word in ["--device", "--checked", "--format", ".parquet", "weighbridge metrics", "weight 0"]
    {
        assert!(help.contains(word), "{word}: {help}");
    }
    assert!(help.contains("\n  .arrow .ipc .feather   Arrow IPC, file or stream\n"), "{help}");
    assert!(help.contains("Usage: weighbridge evaluate "), "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 102), "{help}");
    let version = folder.run(&["--version"]).printed();
    assert_eq!(version, format!("weighbridge {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn all_metrics_are_listed() {
    let folder = Folder::new("metrics");
    let all = folder.run(&["metrics"]).printed();
    for metric in weighbridge::metric::all() {
        assert!(all.contains(metric.name) && all.contains(metric.formula), "{}", metric.name);
        for parameter in metric.parameters {
            assert!(all.contains(&format!(":{}=", parameter.name())), "{}", parameter.name());
        }
    }
    let regression = folder.run(&["metrics", "--task", "regression"]).printed();
    assert!(regression.contains("* mean_squared_error "), "{regression}");
    let binary = folder.run(&["metrics", "--task", "binary"]).printed();
    assert!(!binary.contains("mean_squared_error"), "{binary}");
}

#[test]
fn devices_are_listed() {
    let devices = Folder::new("devices").run(&["devices"]).printed();
    let set = weighbridge::InstructionSet::widest().name();
    assert!(devices.starts_with(&format!("cpu  {set}, ")), "{devices}");
    assert!(devices.contains("\n`--device auto` selects the cpu: CPU ("), "{devices}");
}

/// `WGPU_BACKEND` can exclude every adapter, and is named wherever none is found.
#[cfg(feature = "gpu")]
#[test]
fn an_environment_variable_that_excludes_adapters_is_named() {
    let folder = Folder::new("backend");
    folder.write("data.csv", DATA);
    let evaluate = ["evaluate", "data.csv", "--task=regression", "--prediction=p", "--truth=t"];
    let other = if cfg!(target_vendor = "apple") { "dx12" } else { "metal" };
    for (value, clause) in [
        ("", "WGPU_BACKEND is empty, which allows no adapter"),
        ("vulcan", "WGPU_BACKEND is \"vulcan\", which is not a graphics API"),
        (other, &format!("WGPU_BACKEND allows only {other}")),
    ] {
        let run = |device: &str, arguments: &[&str]| {
            let mut command = folder.command(arguments);
            command.env("WGPU_BACKEND", value).env("WEIGHBRIDGE_DEVICE", device);
            command.env_remove("WGPU_ADAPTER_NAME");
            folder.outcome(&mut command)
        };
        let refused = run("gpu", &evaluate).refused();
        assert!(refused.contains(clause), "{value:?}: {refused}");
        let devices = run("auto", &["devices"]).printed();
        assert!(devices.contains(&format!("\ngpu  {clause}")), "{value:?}: {devices}");
        let table = run("auto", &evaluate).printed();
        assert!(table.contains(clause), "{value:?}: {table}");
    }
}

#[test]
fn a_table_shows_both_values() {
    let folder = Folder::new("table");
    folder.write("data.csv", DATA);
    let table = folder.evaluate(&["data.csv", "--weight", "w"]).printed();
    assert!(
        table.starts_with("3 samples, sum of weights 13, effective sample size 1.60952\nCPU (")
    );
    let row = table.lines().find(|line| line.contains("│ mean_squared_error"));
    let cells: Vec<_> = row.expect("a row").split(['│', '┆']).map(str::trim).collect();
    assert_eq!(cells, ["", "mean_squared_error", "4.66667", "7.61538", ""]);
}

#[test]
fn a_real_data_set_has_the_values_of_scikit_learn() {
    let folder = Folder::new("diabetes");
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/diabetes.csv");
    let roles = ["--prediction", "yhat", "--truth", "y", "--weight", "w"];
    let table = folder.run(&[&["evaluate", data, "--task", "regression"], &roles[..]].concat());
    let table = table.printed();
    let summary =
        "442 samples, sum of weights 24889.0, effective sample size 7.29185, 28 with weight 0";
    assert_eq!(table.lines().next(), Some(summary));
    for value in ["3136.95", "1297.24", "56.0085", "36.0173"] {
        assert!(table.contains(value), "{value}: {table}"); // the values of scikit-learn
    }
}

#[cfg(not(feature = "gpu"))]
#[test]
fn a_gpu_is_refused_without_the_feature() {
    let folder = Folder::new("no-gpu");
    folder.write("data.csv", DATA);
    for device in [&["--device", "gpu"][..], &["--checked"]] {
        let sentence = folder.evaluate(&[&["data.csv"], device].concat()).refused();
        assert!(sentence.starts_with("no adapter "), "{sentence}");
        assert!(sentence.contains("this build lacks the feature gpu"), "{sentence}");
    }
}

#[test]
fn markdown_is_a_table() {
    let folder = Folder::new("markdown");
    folder.write("data.csv", DATA);
    let text = folder.evaluate(&["data.csv", "--weight", "w", "--format", "markdown"]).printed();
    let row = text.lines().find(|line| line.starts_with("| mean_squared_error"));
    let cells: Vec<_> = row.expect("a row").split('|').map(str::trim).collect();
    assert_eq!(cells, ["", "mean_squared_error", "4.66667", "7.61538", ""]);
}

#[test]
fn json_keys_are_the_requested_specs() {
    let folder = Folder::new("json");
    folder.write("data.csv", DATA);
    let metrics = ["-m", "root_mean_squared_error", "--metric", "mean_squared_error"];
    let report = folder.evaluate(&[&["data.csv", "--format=json"], &metrics[..]].concat()).json();
    let keys: Vec<_> = report["metrics"].as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["root_mean_squared_error", "mean_squared_error"]);
    // Without weights, both values are equal.
    let value = json!(14.0 / 3.0);
    let both = json!({"unweighted": value, "weighted": value});
    assert_eq!(report["metrics"]["mean_squared_error"], both);
    assert_eq!(report["weight_sum"], json!(3.0));
}

#[test]
fn undefined_values_have_a_reason() {
    let folder = Folder::new("undefined");
    folder.write("data.csv", "p,t,w\n1e80,0,1\n2,1,1\n");
    let report = folder.evaluate(&["data.csv", "--format=json", "-mmean_squared_error"]).json();
    let reason = "the value of 1 of the samples is too large: above 3.4e38, or 3.9e115 in \
                  double precision";
    assert_eq!(
        report["metrics"]["mean_squared_error"],
        json!({
            "unweighted": null,
            "weighted": null,
            "undefined": {"unweighted": reason, "weighted": reason},
        })
    );
}

#[test]
fn warnings_do_not_mix_with_json() {
    let folder = Folder::new("warnings");
    folder.write("data.csv", "p,t\n100000001,100000002\n100000003,100000005\n");
    let outcome = folder.evaluate(&["data.csv", "--format=json", "--precision=single"]);
    assert_eq!(outcome.code, Some(0));
    serde_json::from_str::<serde_json::Value>(&outcome.stdout).expect("JSON and nothing else");
    let lines: Vec<_> = outcome.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", outcome.stderr);
    let warning = "warning: rounding changed the prediction by up to 3,";
    assert!(lines[0].starts_with(warning), "{}", lines[0]);
    let table = folder.evaluate(&["data.csv", "--precision=single"]).printed();
    assert!(table.contains(warning), "{table}");
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = Folder::new("closed");
    folder.write("data.csv", DATA);
    for arguments in [
        &["metrics"][..],
        &["--help"],
        &["evaluate", "data.csv", "--task=regression", "--prediction=p", "--truth=t"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = folder.command(arguments).stdout(writer).output().expect("the command starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*stderr), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn wrong_usage_is_one_sentence() {
    let folder = Folder::new("usage");
    folder.write("data.csv", DATA);
    assert_eq!(folder.run(&[]).refused(), "no command given (see weighbridge --help)");
    assert_eq!(
        folder.run(&["evaluate", "data.csv", "--task", "regression"]).refused(),
        "the following required arguments were not provided: --prediction <COLUMN> \
         --truth <COLUMN> (see --help)"
    );
    for (added, sentence) in [
        (
            &["--task", "ranking"][..],
            "the argument '--task <TASK>' cannot be used multiple times (see --help)",
        ),
        (&["--xyz", "0=2"], "unexpected argument '--xyz' found (see --help)"),
        (
            &["--wight", "w"],
            "unexpected argument '--wight' found; tip: a similar argument exists: '--weight' \
             (see --help)",
        ),
        (
            &["--format", "xml"],
            "invalid value 'xml' for '--format <FORMAT>' [possible values: table, json, markdown] \
             (see --help)",
        ),
        (
            &["-m", "mean_square_error"],
            "unknown metric \"mean_square_error\"; did you mean mean_squared_error?",
        ),
        (&["-m", "zzz"], "unknown metric \"zzz\": `weighbridge metrics` lists all"),
        (
            &["--classes", "many"],
            "invalid value 'many' for '--classes <K>': expected a whole number below 2^32 (see \
             --help)",
        ),
        (
            &["-m", "r2_score:power=2"],
            "r2_score has no parameter \"power\" in the regression task; it has none",
        ),
        (
            &["--threshold", "0.3"],
            "--threshold is only available in the binary and multilabel tasks",
        ),
        (
            &["--from-logits"],
            "--from-logits is not available in the regression task: it has no labels",
        ),
        (
            &["--class-names", "a,b"],
            "--class-names is not available in the regression task: it has no labels",
        ),
        (&["--classes", "3"], "--classes is only available in the multiclass task"),
    ] {
        let arguments = [&["data.csv"], added].concat();
        assert_eq!(folder.evaluate(&arguments).refused(), sentence);
    }
    assert_eq!(
        folder.evaluate_binary(&["data.csv", "-m", "mean_squared_error"]).refused(),
        "metric mean_squared_error is not available in the binary task; it is available in: \
         regression"
    );
    assert_eq!(
        folder.evaluate_binary(&["data.csv", "--from-logits", "--threshold", "1"]).refused(),
        "the threshold is 1, but must be a probability between 0 and 1, both excluded, \
         since predictions are logits"
    );
    let sentence = folder.evaluate(&["data.csv", "--device", "no such adapter"]).refused();
    assert!(sentence.starts_with("no adapter"), "{sentence}");
    assert!(sentence.contains("\"no such adapter\""), "{sentence}");
}

#[test]
fn class_numbers_are_counted() {
    let folder = Folder::new("classes");
    folder.write("data.csv", "p,t,w\n0,0,1\n2,2,2\n1,2,1\n0,0,0\n2,1,4\n");
    let evaluate = |added: &[&str]| {
        let given = ["evaluate", "data.csv", "--task=multiclass", "--prediction=p", "--truth=t"];
        folder.run(&[&given, added].concat())
    };
    let metrics = ["-m=accuracy", "-m=f1_score:average=none", "-m=confusion_matrix"];
    let requested = [&["--classes=3", "--weight=w", "--format=json"], &metrics[..]].concat();
    let report = evaluate(&requested).json();
    let value = |key: &str| report["metrics"][key]["weighted"].clone();
    assert_eq!(value("accuracy"), json!(3.0 / 8.0));
    assert_eq!(value("f1_score:average=none"), json!([1.0, 0.0, 4.0 / 9.0]));
    assert_eq!(
        value("confusion_matrix"),
        json!([[1.0, 0.0, 0.0], [0.0, 0.0, 4.0], [0.0, 1.0, 2.0]])
    );
    assert_eq!(
        evaluate(&[]).refused(),
        "the multiclass task needs --classes K, the number of classes, or --class-names, unless \
         there is a prediction column for each class or all labels are names"
    );
    assert_eq!(
        evaluate(&["--classes=2"]).refused(),
        "data.csv, column \"p\", row 2: the prediction is 2: it must be 0 or 1 \
         (rows are numbered from 1, after the header)"
    );
    assert_eq!(
        evaluate(&["--classes=1"]).refused(),
        "the number of classes is 1, but must be from 2 to 1048576: classes count from 0, so it \
         is one more than the largest class"
    );
    assert_eq!(
        evaluate(&["--classes=3", "-m=recall:average=mean"]).refused(),
        "recall: average is \"mean\", but must be none, micro, macro or weighted"
    );
}

#[test]
fn metrics_are_reported_at_each_threshold() {
    let folder = Folder::new("thresholds");
    folder.write("data.csv", "p,t\n0.9,1\n0.6,1\n0.4,0\n0.2,1\n");
    let thresholds = ["--threshold=0.3", "--threshold=0.5", "--format=json"];
    let specs = ["-m", "recall", "-m", "brier_score", "-m", "precision:threshold=0.1"];
    let report = folder.evaluate_binary(&[&["data.csv"], &thresholds[..], &specs].concat()).json();
    let metrics = report["metrics"].as_object().expect("an object");
    let keys: Vec<_> = metrics.keys().map(String::as_str).collect();
    let expected =
        ["recall:threshold=0.3", "recall:threshold=0.5", "brier_score", "precision:threshold=0.1"];
    assert_eq!(keys, expected);
    let value = |key: &str| metrics[key]["weighted"].clone();
    assert_eq!(value("recall:threshold=0.3"), json!(2.0 / 3.0));
    assert_eq!(value("recall:threshold=0.5"), json!(2.0 / 3.0));
    assert_eq!(value("precision:threshold=0.1"), json!(0.75));
    // Without -m, the standard metrics are reported at each threshold.
    let report = folder.evaluate_binary(&[&["data.csv"], &thresholds[..]].concat()).json();
    let value = |key: &str| report["metrics"][key]["weighted"].clone();
    assert_eq!(value("accuracy:threshold=0.3"), json!(0.5));
    assert_eq!(value("accuracy:threshold=0.5"), json!(0.75));
    let repeated = ["data.csv", "--threshold=0.5", "--threshold=0.50"];
    assert_eq!(folder.evaluate_binary(&repeated).refused(), "--threshold is 0.5 twice");
    let sentence = folder.evaluate_binary(&["data.csv", "-m", "recall:threshold=x"]).refused();
    assert!(sentence.starts_with("recall: threshold is \"x\", but must be a number"), "{sentence}");
}

#[test]
fn an_invalid_environment_variable_is_refused() {
    let folder = Folder::new("environment");
    folder.write("data.csv", DATA);
    let arguments = ["evaluate", "data.csv", "--task=regression", "--prediction=p", "--truth=t"];
    let output = folder.command(&arguments).env("WEIGHBRIDGE_DEVICE", "abacus").output();
    let output = output.expect("the command starts");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: the environment variable WEIGHBRIDGE_DEVICE is \"abacus\", but must be auto, cpu or \
         gpu\n"
    );
}
