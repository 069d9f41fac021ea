//! A module: fragments of WGSL joined into one text, and the origin of each of its lines.

use super::{BITS, BITS_CONSTANTS, rendered};
use crate::error::{DeviceError, Error};
use crate::kernel::Fragment;
use crate::kernel::value::is_identifier;
use crate::statistic::MathModule;

/// A composed WGSL module: one pass over the data.
#[derive(Clone, Debug)]
pub struct Module {
    /// The whole source.
    pub wgsl: String,
    /// The name of each fragment, and its first line, counted from 1.
    pub fragments: Vec<(String, usize)>,
}

impl Module {
    pub(super) fn new() -> Self {
        Self { wgsl: String::new(), fragments: Vec::new() }
    }

    pub(in crate::gpu) fn push(&mut self, name: &str, text: &str) {
        self.fragments.push((name.to_owned(), self.wgsl.lines().count() + 1));
        self.wgsl.push_str(text);
        if !text.ends_with('\n') {
            self.wgsl.push('\n');
        }
    }

    /// Appends a fragment, after its constants.
    pub(super) fn push_fragment(&mut self, fragment: &Fragment) {
        if !fragment.constants.is_empty() {
            let name = format!("(constants of {})", fragment.path);
            self.push(&name, &rendered(fragment.constants));
        }
        self.push(fragment.path, fragment.wgsl);
    }

    pub(super) fn push_library(&mut self, library: MathModule) {
        let (name, text) = library.wgsl();
        self.push("(constants of a library)", &rendered(library.constants()));
        self.push(name, text);
    }

    /// `kernel/bits.wgsl` and these libraries, to test functions of two numbers one by one.
    pub(in crate::gpu) fn of_libraries(libraries: &[MathModule]) -> Self {
        let mut module = Self::new();
        module.push("(constants)", &rendered(&BITS_CONSTANTS));
        module.push_fragment(&BITS);
        libraries.iter().for_each(|&library| module.push_library(library));
        module
    }

    /// A device's error, with the location in `shaders/` of the first line number in it.
    pub(in crate::gpu) fn located(&self, error: Error) -> Error {
        let Error::Device(DeviceError::Failed { adapter, reason }) = error else { return error };
        let line = reason.split_once("wgsl:").and_then(|(_, rest)| {
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
        });
        let reason = match line {
            Some(line) => format!("{}: {reason}", self.locate(line)),
            None => reason,
        };
        Error::Device(DeviceError::Failed { adapter, reason })
    }

    /// The origin of a line of the whole source: `shaders/FILE.wgsl:LINE`, or the line of a custom
    /// value.
    pub fn locate(&self, line: usize) -> String {
        match self.place(line) {
            Some((name, line)) if is_identifier(name) => format!("the value {name}, line {line}"),
            Some((name, line)) => format!("shaders/{name}:{line}"),
            None => format!("line {line}"),
        }
    }

    /// The fragment that contains a line of the whole source, and the line number in the fragment.
    pub(in crate::gpu) fn place(&self, line: usize) -> Option<(&str, usize)> {
        let fragment = self.fragments.iter().rev().find(|(_, first)| *first <= line);
        fragment.map(|(name, first)| (name.as_str(), line - first + 1))
    }
}
