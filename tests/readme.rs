//! What the README says of the code is made from the code: its table of metrics. `WEIGHBRIDGE_UPDATE_README=1 cargo test --test readme` writes the table anew.
//!
//! Its examples run as doc tests of the crate.

use std::path::PathBuf;
use weighbridge::Task;
use weighbridge::metric::{MetricDef, of_task, symbols};

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    std::fs::read_to_string(path()).expect("a README")
}

/// What stands between `<!-- name -->` and `<!-- /name -->`.
fn section<'a>(readme: &'a str, name: &str) -> &'a str {
    let (_, rest) = readme.split_once(&format!("<!-- {name} -->\n")).expect(name);
    rest.split_once(&format!("<!-- /{name} -->")).expect(name).0
}

fn row(task: Task, metric: &MetricDef) -> String {
    let star = if metric.standard { " \\*" } else { "" };
    let parameters: Vec<_> = metric
        .parameters_in(task, 1)
        .into_iter()
        .map(|parameter| match parameter.default() {
            Some(default) => format!("`{}={default}`", parameter.name()),
            None => format!("`{}`", parameter.name()),
        })
        .collect();
    let formula = metric.formula.replace('|', "\\|");
    format!("| `{}`{star} | {formula} | {} |\n", metric.name, parameters.join(", "))
}

/// A paragraph in lines of at most 100 characters.
fn wrapped(paragraph: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split(' ') {
        let line = lines.last_mut().expect("a line");
        match line.chars().count() {
            0 => line.push_str(word),
            len if len + 1 + word.chars().count() <= 100 => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

fn table() -> String {
    let mut table = String::new();
    for &task in Task::ALL {
        let symbols = wrapped(&format!("In the {task} task {}.", symbols(task)));
        table.push_str(&format!("\n{symbols}\n\n"));
        table.push_str(&format!("| {task} | formula | parameters |\n| --- | --- | --- |\n"));
        of_task(task).for_each(|metric| table.push_str(&row(task, metric)));
    }
    table.push('\n');
    table
}

#[test]
fn the_table_of_metrics_is_that_of_the_code() {
    let readme = readme();
    let old = section(&readme, "metrics");
    if std::env::var_os("WEIGHBRIDGE_UPDATE_README").is_some() {
        let marked = |table: &str| format!("<!-- metrics -->\n{table}<!-- /metrics -->");
        std::fs::write(path(), readme.replace(&marked(old), &marked(&table())))
            .expect("the README is writable");
        return;
    }
    assert_eq!(old, table(), "run: WEIGHBRIDGE_UPDATE_README=1 cargo test --test readme");
}

#[test]
fn the_readme_names_the_commands_and_files_that_there_are() {
    let readme = readme();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let examples = ["examples/workers.rs", "examples/custom_value.rs"];
    for file in ["tests/run.sh", "tests/data/diabetes.csv"].into_iter().chain(examples) {
        assert!(readme.contains(file), "{file} is not named");
        assert!(root.join(file).exists(), "{file} does not exist");
    }
}
