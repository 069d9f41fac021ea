//! Compares the README and the pages of `docs/` with the code.
//!
//! `docs/metrics.md` is generated here: `WEIGHBRIDGE_UPDATE=1 cargo test --test docs` writes it.
//! Rust examples run as doc tests of the crate, and the shown commands as tests of the command.

use std::path::{Path, PathBuf};
use weighbridge::metric::{Better, Law, MetricDef, Parameter, all, symbols};
use weighbridge::{Batch, Device, Evaluator, Task};

/// The topics with their first metric, in the order of the list of metrics.
const TOPICS: [(&str, &str); 5] = [
    ("Regression", "mean_squared_error"),
    ("Classification", "accuracy"),
    ("Calibration", "expected_calibration_error"),
    ("Curves", "roc_auc"),
    ("Aggregation", "mean"),
];

/// Longest line of prose, in characters.
const MAX_WIDTH: usize = 100;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// The paths of the pages, from the root.
fn pages() -> Vec<String> {
    let docs = std::fs::read_dir(root().join("docs")).expect("a folder docs");
    let docs = docs.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let docs = docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let fixed = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(str::to_owned);
    let mut pages: Vec<_> = fixed.into_iter().chain(docs).collect();
    pages.sort();
    pages
}

/// A paragraph in lines of at most [`MAX_WIDTH`] characters, with all but the first indented.
fn wrapped(paragraph: &str, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split(' ') {
        let line = lines.last_mut().expect("a line");
        match line.chars().count() {
            0 => line.push_str(word),
            width if width + 1 + word.chars().count() <= MAX_WIDTH => line.extend([" ", word]),
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}

/// The metrics of each topic.
fn topics() -> Vec<(&'static str, Vec<&'static MetricDef>)> {
    let mut topics: Vec<(&str, Vec<&MetricDef>)> = Vec::new();
    for metric in all() {
        match TOPICS.get(topics.len()) {
            Some(&(heading, first)) if metric.name == first => {
                topics.push((heading, vec![metric]));
            }
            _ => topics.last_mut().expect("the first metric of a topic").1.push(metric),
        }
    }
    assert_eq!(topics.len(), TOPICS.len(), "a topic does not begin with its first metric");
    topics
}

fn parameter(parameter: &dyn Parameter) -> String {
    let name = parameter.name();
    match parameter.default() {
        // A small power of two has many digits, and few in scientific notation.
        Some(text) if text.starts_with("0.0000") => {
            format!("`{name}={:e}`", text.parse::<f64>().expect("a number"))
        }
        Some(text) => format!("`{name}={text}`"),
        None => format!("`{name}`"),
    }
}

/// Whether two parameters look the same in the tables.
fn is_same(one: &dyn Parameter, other: &dyn Parameter) -> bool {
    let facts = |one: &dyn Parameter| (one.name(), one.summary(), one.default(), one.range());
    facts(one) == facts(other)
}

fn list(parameters: &[&dyn Parameter]) -> String {
    parameters.iter().map(|one| parameter(*one)).collect::<Vec<_>>().join(", ")
}

/// The range of a metric, with an arrow towards better values.
fn range(metric: &MetricDef) -> String {
    let range = match metric.range {
        [f64::NEG_INFINITY, f64::INFINITY] => "any number".to_owned(),
        [min, f64::INFINITY] => format!("≥ {min}"),
        [f64::NEG_INFINITY, max] => format!("≤ {max}"),
        [min, max] => format!("{min} to {max}"),
    };
    match metric.better {
        Better::Higher => format!("{range} ↑"),
        Better::Lower => format!("{range} ↓"),
        Better::Neither => range,
    }
}

/// A row of a table of metrics: a metric, in the tasks in which it has the same formula.
struct Row {
    name: &'static str,
    summary: &'static str,
    formula: &'static str,
    tasks: Vec<(Task, &'static MetricDef)>,
}

impl Row {
    /// The rows of a topic. Rows with the same name are adjacent, at the position of the first.
    fn all(metrics: &[&'static MetricDef]) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::new();
        for metric in metrics {
            let &&MetricDef { name, summary, formula, .. } = metric;
            let known = rows
                .iter_mut()
                .find(|row| (row.name, row.summary, row.formula) == (name, summary, formula));
            let tasks = metric.tasks.iter().map(|&task| (task, *metric));
            match known {
                Some(row) => row.tasks.extend(tasks),
                None => rows.push(Self { name, summary, formula, tasks: tasks.collect() }),
            }
        }
        let names: Vec<_> = metrics.iter().map(|metric| metric.name).collect();
        rows.sort_by_key(|row| names.iter().position(|name| *name == row.name));
        rows
    }

    /// The parameters: first those of all tasks, then those of single tasks.
    fn parameters(&self) -> String {
        let of_tasks = || self.tasks.iter().map(|&(task, metric)| metric.parameters_in(task, 1));
        let first = of_tasks().next().unwrap_or_default();
        let shared: Vec<_> = first
            .into_iter()
            .filter(|one| of_tasks().all(|some| some.iter().any(|other| is_same(*other, *one))))
            .collect();
        let mut by_task: Vec<(String, String)> = Vec::new();
        for (&(task, _), mut of_task) in self.tasks.iter().zip(of_tasks()) {
            of_task.retain(|one| !shared.iter().any(|other| is_same(*other, *one)));
            let of_task = list(&of_task);
            match by_task.iter_mut().find(|(_, known)| *known == of_task) {
                Some((tasks, _)) => tasks.push_str(&format!(", {task}")),
                None => by_task.push((task.to_string(), of_task)),
            }
        }
        by_task.retain(|(_, of_task)| !of_task.is_empty());
        let by_task = by_task.into_iter().map(|(tasks, of_task)| format!("{tasks}: {of_task}"));
        let parts: Vec<_> = [list(&shared)].into_iter().chain(by_task).collect();
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// The table of a topic: a column for each task, if there are several.
fn topic_table(metrics: &[&'static MetricDef]) -> String {
    let tasks = Task::ALL.iter().copied();
    let mut tasks: Vec<_> =
        tasks.filter(|task| metrics.iter().any(|metric| metric.tasks.contains(task))).collect();
    let has_one_task = tasks.len() == 1;
    if has_one_task {
        tasks.clear();
    }
    let columns: String = tasks.iter().map(|task| format!(" {task} |")).collect();
    let rule: String = tasks.iter().map(|_| " :-: |").collect();
    let mut table = format!("| metric |{columns} what it is | formula | range | parameters |\n");
    table.push_str(&format!("| --- |{rule} --- | --- | --- | --- |\n"));
    for row in Row::all(metrics) {
        let Row { name, summary, .. } = row;
        let is_default = row.tasks.iter().any(|(_, metric)| metric.is_default);
        let star = if has_one_task && is_default { " ★" } else { "" };
        let mark = |task: &Task| match row.tasks.iter().find(|(one, _)| one == task) {
            Some((_, metric)) if metric.is_default => " ★ |",
            Some(_) => " ● |",
            None => " |",
        };
        let marks: String = tasks.iter().map(mark).collect();
        let formula = row.formula.replace('|', "\\|");
        let cells = [summary, &formula, &range(row.tasks[0].1), &row.parameters()].join(" | ");
        table.push_str(&format!("| `{name}`{star} |{marks} {cells} |\n"));
    }
    table
}

/// Every parameter once, with its meaning and possible values.
fn parameter_table() -> String {
    let mut known: Vec<(&dyn Parameter, Vec<Task>)> = Vec::new();
    for metric in all() {
        for &task in metric.tasks {
            // Several outputs, for their additional parameter.
            for one in metric.parameters_in(task, 2) {
                match known.iter_mut().find(|(other, _)| is_same(*other, one)) {
                    Some((_, tasks)) if tasks.contains(&task) => {}
                    Some((_, tasks)) => tasks.push(task),
                    None => known.push((one, vec![task])),
                }
            }
        }
    }
    known.sort_by_key(|(one, _)| one.name());
    let mut table = "| parameter | tasks | what it does | values |\n".to_owned();
    table.push_str("| --- | --- | --- | --- |\n");
    for (one, tasks) in known {
        let tasks: Vec<_> = tasks.iter().map(ToString::to_string).collect();
        let (summary, range) = (one.summary(), one.range());
        let cell = parameter(one);
        table.push_str(&format!("| {cell} | {} | {summary} | {range} |\n", tasks.join(", ")));
    }
    table
}

/// The metrics that are exempt from a law, and why.
fn exemption_table() -> String {
    let mut table = "| metric | law | why not |\n| --- | --- | --- |\n".to_owned();
    for metric in all() {
        for (law, reason) in metric.exemptions {
            let law = match law {
                Law::Repetition => "repetition",
                Law::Deletion => "deletion",
                Law::Ones => "ones",
                Law::Scaling => "scaling",
            };
            let row = format!("| `{}` | {law} | {reason} |\n", metric.name);
            if !table.contains(&row) {
                table.push_str(&row);
            }
        }
    }
    table
}

/// `docs/metrics.md`.
fn list_of_metrics() -> String {
    let mut page = "\
# Metrics

<!-- Made by `WEIGHBRIDGE_UPDATE=1 cargo test --test docs`: do not edit. -->

Metrics are specified as `name[:key=value]...`, in the library and with `-m`. A metric marked ★ is
reported by default; all others, marked ● where a column is a task, on request. Parameters are shown
with their defaults; those without one may be left out. In formulas w is the weight, which is 1 in
unweighted values. Arrows tell whether higher values are better (↑) or lower ones (↓).

With several outputs, metrics of the regression task take `average=` as well.

"
    .to_owned();
    let sections = TOPICS.iter().map(|(heading, _)| *heading);
    for heading in sections.chain(["Symbols", "Parameters", "Laws"]) {
        page.push_str(&format!("* [{heading}](#{})\n", heading.to_lowercase()));
    }
    for (heading, metrics) in topics() {
        page.push_str(&format!("\n## {heading}\n\n{}", topic_table(&metrics)));
    }
    page.push_str("\n## Symbols\n\nWhat the letters in formulas stand for:\n\n");
    for &task in Task::ALL {
        let item = format!("* **{task}**: {}.", symbols(task));
        page.push_str(&format!("{}\n", wrapped(&item, "  ")));
    }
    page.push_str(&format!("\n## Parameters\n\n{}", parameter_table()));
    page.push_str(
        "
## Laws

The weighted values of metrics obey four laws, to the last bit; the exceptions are listed below:

* **repetition**: a sample with weight 2 is the same as two samples with weight 1;
* **deletion**: a sample with weight 0 is ignored, whatever it contains;
* **ones**: weights of 1 are the same as no weights;
* **scaling**: multiplying all weights by a power of two changes nothing.

Losses with another `reduction=` than `weighted_mean` depend on the sum of weights or the number of
samples. These metrics are exceptions, too:

",
    );
    page.push_str(&exemption_table());
    page
}

#[test]
fn the_list_of_metrics_matches_the_code() {
    let path = root().join("docs/metrics.md");
    if std::env::var_os("WEIGHBRIDGE_UPDATE").is_some() {
        std::fs::write(path, list_of_metrics()).expect("the page is writable");
        return;
    }
    let update = "run: WEIGHBRIDGE_UPDATE=1 cargo test --test docs";
    assert_eq!(read("docs/metrics.md"), list_of_metrics(), "{update}");
}

#[test]
fn the_table_of_names_has_every_metric() {
    let names = read("docs/names.md");
    let (first_cells, _) = names.split_once("## Where values differ").expect("a section");
    let first_cells: Vec<_> =
        first_cells.lines().filter_map(|line| line.strip_prefix("| ")?.split('|').next()).collect();
    for metric in all() {
        let name = format!("`{}`", metric.name);
        assert!(first_cells.iter().any(|cell| cell.contains(&name)), "{name} has no row");
    }
}

#[test]
fn the_example_in_the_readme_prints_the_shown_output() {
    let readme = read("README.md");
    let (_, shown) = readme.split_once("<!-- example -->\n```text\n").expect("an example");
    let (shown, _) = shown.split_once("```\n<!-- /example -->").expect("its end");

    let metrics = ["accuracy", "f1_score", "roc_auc"];
    let builder = Evaluator::builder(Task::Binary).metrics(metrics).device(Device::Cpu);
    let mut evaluator = builder.build().expect("an evaluator");
    let (scores, labels) = ([0.9_f32, 0.2, 0.6, 0.4], [1_u8, 0, 0, 1]);
    let batch = Batch::new(&scores, &labels).weights(&[1.0_f32, 1.0, 0.5, 2.0]);
    evaluator.update(&batch).expect("a batch");
    let report = evaluator.result().expect("a report").to_string();

    // Everything except the CPU's name and number of threads.
    let values = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with("CPU (")).map(str::to_owned).collect()
    };
    assert_eq!(values(report.trim_end()), values(shown.trim_end()));
}

#[test]
fn the_readme_is_short_and_names_exist() {
    let readme = read("README.md");
    assert!(readme.len() <= 10 * 1024, "the README has {} bytes", readme.len());
    for file in ["tests/run.sh", "tests/data/diabetes.csv", "docs/metrics.md"] {
        assert!(readme.contains(file), "{file} is not named");
    }
}

/// The anchors of a page: its headings, as GitHub and crates.io generate them.
fn anchors(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn links_have_targets() {
    let mut links = 0;
    for page in pages() {
        let text = read(&page);
        let folder = root().join(Path::new(&page).parent().expect("a folder"));
        for rest in text.split("](").skip(1) {
            let (target, _) = rest.split_once(')').expect("the end of a link");
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { root().join(&page) } else { folder.join(file) };
            assert!(path.exists(), "{page} links to {target}, which does not exist");
            if !anchor.is_empty() {
                let text = std::fs::read_to_string(&path).expect("a page");
                let known = anchors(&text);
                assert!(known.iter().any(|one| one == anchor), "{page} links to {target}");
            }
            links += 1;
        }
    }
    assert!(links > 50, "{links} links were found");
}

/// A path of the repository in backticks, without placeholders.
fn path_of(code: &str) -> Option<&str> {
    const FOLDERS: [&str; 8] = [
        "src/",
        "shaders/",
        "command/",
        "tests/",
        "benches/",
        "examples/",
        "integrations/",
        "docs/",
    ];
    let is_path = FOLDERS.iter().any(|folder| code.starts_with(folder));
    let plain = !code.contains("NAME")
        && !code.contains("TOPIC")
        && !code.contains(['*', '…', '{', ' ', '\n']);
    (is_path && plain).then_some(code)
}

#[test]
fn paths_exist() {
    for page in pages() {
        let text = read(&page);
        let codes = text.split('`').skip(1).step_by(2);
        for path in codes.filter_map(path_of) {
            assert!(root().join(path).exists(), "{page} names {path}, which does not exist");
        }
    }
}

#[test]
fn prose_is_wrapped() {
    for page in pages() {
        let mut in_code = false;
        for (line, text) in (1..).zip(read(&page).lines()) {
            in_code ^= text.starts_with("```");
            let is_prose = !in_code && !text.starts_with(['|', '<']);
            let width = text.chars().count();
            assert!(!is_prose || width <= MAX_WIDTH, "{page}:{line} has {width} characters");
        }
    }
}

/// The files of a folder with this extension, and of the folders in it.
fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_build = path.ends_with("target");
        if path.is_dir() && !is_build {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
}

/// Rows of tables have one line each.
#[test]
fn comments_are_wrapped() {
    let mut comments = 0;
    for extension in ["rs", "wgsl"] {
        let mut paths = Vec::new();
        files(&root(), extension, &mut paths);
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("a file");
            for (line, text) in (1..).zip(text.lines()) {
                let Some(comment) = text.trim_start().strip_prefix("//") else { continue };
                let is_row = comment.trim_start_matches(['/', '!']).trim_start().starts_with('|');
                let (width, path) = (text.chars().count(), path.display());
                assert!(is_row || width <= MAX_WIDTH, "{path}:{line} has {width} characters");
                comments += 1;
            }
        }
    }
    assert!(comments > 5_000, "only {comments} lines of comments");
}
