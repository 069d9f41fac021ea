//! The command as a process: its output, error messages and exit codes.

mod aggregation;
mod curves;
mod faults;
mod files;
mod formats;
mod label_names;
mod labels;
#[cfg(target_os = "linux")]
mod memory;
mod names;
mod output_weights;
mod pairs;
#[cfg(feature = "plot")]
mod plot;
mod readme;
mod row_faults;
mod rows;
mod score_kinds;
mod states;
mod usage;
mod write;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The result of a run of the command.
struct Outcome {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// An empty working directory for the command, so that messages name files without a path.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path(file), content).expect("a file for the test");
        self
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).expect("a file of the test")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_weighbridge"));
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command.env("WEIGHBRIDGE_DEVICE", "cpu").env("RUST_BACKTRACE", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.outcome(&mut self.command(arguments))
    }

    fn outcome(&self, command: &mut Command) -> Outcome {
        let output = command.output().expect("the command starts");
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
        }
    }

    /// Runs `evaluate` on regression columns p and t, with some more arguments.
    fn evaluate(&self, added: &[&str]) -> Outcome {
        let roles = ["evaluate", "--task", "regression", "--prediction", "p", "--truth", "t"];
        self.run(&[&roles, added].concat())
    }

    /// Runs `evaluate` on binary columns p and t, with some more arguments.
    fn evaluate_binary(&self, added: &[&str]) -> Outcome {
        let roles = ["evaluate", "--task", "binary", "--prediction", "p", "--truth", "t"];
        self.run(&[&roles, added].concat())
    }

    /// Runs `evaluate` on the multiclass task, with some more arguments.
    fn evaluate_multiclass(&self, added: &[&str]) -> Outcome {
        self.run(&[&["evaluate", "--task", "multiclass"], added].concat())
    }
}

impl Outcome {
    /// The error of a failed run: exit code 2, one line on stderr, nothing on stdout.
    fn refused(self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{}", self.stderr);
        let line = self.stderr.strip_suffix('\n').expect("a whole line");
        assert!(!line.contains('\n'), "one line: {line}");
        line.strip_prefix("error: ").expect("an error").to_owned()
    }

    /// The output of a successful run, with nothing on stderr.
    fn printed(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""));
        self.stdout
    }

    fn json(self) -> Value {
        serde_json::from_str(&self.printed()).expect("JSON on stdout")
    }
}
