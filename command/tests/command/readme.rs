//! The commands in the README and in `docs/`: their options exist, and they print the output below
//! them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How commands start: installed, or run from a clone.
const STARTS: [&str; 3] =
    ["weighbridge ", "cargo run --release -- ", "cargo run --release --features plot -- "];

/// A command of a page.
struct Shown {
    page: String,
    arguments: Vec<String>,
    /// The output below the command, if there is one.
    output: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The README and every page of `docs/`.
fn pages() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs")).expect("a folder docs");
    let docs = docs.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<_> = docs.filter(|path| path.extension() == Some("md".as_ref())).collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

/// Splits a line at spaces, except within single quotes, as a shell does.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    let mut words = vec![String::new()];
    for (index, part) in quoted {
        if index % 2 == 1 {
            words.last_mut().expect("a word").push_str(part);
            continue;
        }
        for (index, part) in part.split(' ').enumerate() {
            if index > 0 {
                words.push(String::new());
            }
            words.last_mut().expect("a word").push_str(part);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The commands in the shell blocks of a page. An output belongs to the last command of its block.
fn commands(page: &Path) -> Vec<Shown> {
    let text = std::fs::read_to_string(page).expect("a page");
    let mut commands = Vec::new();
    for block in text.split("```sh\n").skip(1) {
        let (lines, after) = block.split_once("\n```").expect("the end of a block");
        let lines = lines.replace("\\\n", " ");
        let shown = lines.lines().filter_map(|line| {
            let line = STARTS.iter().find_map(|start| line.strip_prefix(start))?;
            let page = page.file_name().expect("a name").to_string_lossy().into_owned();
            Some(Shown { page, arguments: words(line), output: None })
        });
        commands.extend(shown);
        if let Some(output) = after.trim_start().strip_prefix("<!-- output -->\n") {
            let (output, _) = output.split_once("<!-- /output -->").expect("the end of an output");
            let (_, output) = output.trim().split_once('\n').expect("a block");
            let output = output.trim_end_matches("```").trim_end();
            commands.last_mut().expect("a command").output = Some(output.to_owned());
        }
    }
    commands
}

fn run(arguments: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_weighbridge"))
        .args(arguments)
        .current_dir(root())
        .env("WEIGHBRIDGE_DEVICE", "cpu")
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn commands_print_the_output_below_them() {
    let mut outputs = 0;
    for shown in pages().iter().flat_map(|page| commands(page)) {
        let Some(output) = shown.output else { continue };
        // Everything except the name of the CPU and its threads.
        let values = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.contains("CPU (")).map(str::to_owned).collect()
        };
        let printed = run(&shown.arguments);
        assert_eq!(values(printed.trim_end()), values(&output), "in {}", shown.page);
        outputs += 1;
    }
    assert!(outputs >= 5, "the pages show {outputs} outputs");
}

#[test]
fn shown_commands_have_options_that_exist() {
    let mut commands_seen = 0;
    for Shown { page, arguments, .. } in pages().iter().flat_map(|page| commands(page)) {
        let help = run(&[arguments[0].clone(), "--help".to_owned()]);
        let known = |option: &str| help.split([' ', '\n', ',']).any(|word| word == option);
        for option in arguments.iter().filter(|argument| argument.starts_with("--")) {
            let built = cfg!(feature = "plot") || !option.starts_with("--plot");
            assert!(!built || known(option), "{page} shows {option}, which does not exist");
        }
        commands_seen += 1;
    }
    assert!(commands_seen >= 9, "the pages show {commands_seen} commands");
}

#[test]
fn the_docs_list_every_file_extension() {
    let docs = std::fs::read_to_string(root().join("docs/command.md")).expect("a page");
    let help = run(&["evaluate".to_owned(), "--help".to_owned()]);
    let lines = help.lines().filter(|line| line.starts_with("  ."));
    let extensions =
        lines.flat_map(|line| line.split_whitespace().take_while(|word| word.starts_with('.')));
    let extensions: Vec<_> = extensions.collect();
    assert!(extensions.len() >= 7, "{extensions:?}");
    for extension in extensions {
        assert!(docs.contains(&format!("`{extension}`")), "{extension}");
    }
}

/// `WEIGHBRIDGE_UPDATE=1 cargo test -p weighbridge-cli --features plot readme` updates it.
#[cfg(feature = "plot")]
#[test]
fn the_plot_in_the_readme_is_up_to_date() {
    let folder = crate::Folder::new("readme");
    let line = "evaluate tests/data/cancer.csv --task binary --prediction score --truth label \
                --weight importance -m roc_auc --plot";
    let plots = folder.path("plots");
    run(&[words(line), vec![plots.to_string_lossy().into_owned()]].concat());
    let drawn = std::fs::read(plots.join("roc.svg")).expect("a picture");
    let path = root().join("docs/images/roc.svg");
    if std::env::var_os("WEIGHBRIDGE_UPDATE").is_some() {
        std::fs::write(path, drawn).expect("the picture is writable");
        return;
    }
    let shown = std::fs::read(path).expect("the picture of the README");
    let again = "WEIGHBRIDGE_UPDATE=1 cargo test -p weighbridge-cli --features plot readme";
    assert!(drawn == shown, "docs/images/roc.svg is out of date; run: {again}");
}
