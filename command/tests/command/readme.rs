//! The README shows what the command prints.

/// What stands between `<!-- name -->` and `<!-- /name -->`.
fn section<'a>(readme: &'a str, name: &str) -> &'a str {
    let (_, rest) = readme.split_once(&format!("<!-- {name} -->\n")).expect(name);
    rest.split_once(&format!("<!-- /{name} -->")).expect(name).0
}

#[test]
fn the_command_prints_what_the_readme_shows() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).expect("a README");
    let mut commands = 0;
    let mut rest = readme.as_str();
    while let Some((_, found)) = rest.split_once("cargo run --release -- ") {
        let (command, after) = found.split_once('\n').expect("a whole line");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_weighbridge"))
            .args(command.split(' '))
            .current_dir(root)
            .env("WEIGHBRIDGE_DEVICE", "cpu")
            .output()
            .expect("the command runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let shown = section(after, "output").trim().trim_start_matches("```text\n");
        let shown = shown.trim_end_matches("```").trim_end();
        // All but the name of the CPU and its threads.
        let values = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.starts_with("CPU (")).map(str::to_owned).collect()
        };
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(values(printed.trim_end()), values(shown));
        commands += 1;
        rest = after;
    }
    assert!(commands >= 2, "the README shows {commands} commands");
}
