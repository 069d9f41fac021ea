//! The error of reading a name.

/// A text that is not one of the names of a type, such as [`Task`](crate::Task).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} {name:?}: it must be {expected}")]
pub struct UnknownName {
    /// What the text should name.
    pub kind: &'static str,
    /// The text.
    pub name: String,
    /// The names that are accepted.
    pub expected: String,
}

impl UnknownName {
    pub(crate) fn new(kind: &'static str, name: &str, names: &[&str]) -> Self {
        Self { kind, name: name.to_owned(), expected: alternatives(names) }
    }
}

/// Names as alternatives: `a, b or c`.
pub(crate) fn alternatives(names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}
