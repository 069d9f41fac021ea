//! Errors of states.

/// Why a state cannot be merged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The state was made with other settings.
    #[error(
        "{what}: the state has {}, but this evaluator has {}; states can be merged only if made with the \
         same task, metrics and settings",
        or_none(theirs),
        or_none(ours)
    )]
    Mismatch {
        /// The settings that differ.
        what: &'static str,
        /// Those of this evaluator.
        ours: String,
        /// Those of the state.
        theirs: String,
    },

    /// The totals of the state do not fit its statistics.
    #[error("the state is inconsistent: it is damaged, or was edited by hand")]
    Inconsistent,
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
