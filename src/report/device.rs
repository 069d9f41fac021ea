//! The device in a report.

use serde::Serialize;

/// The device that did the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceSummary {
    /// `cpu` or `gpu`; `gpu` if both ran.
    pub engine: &'static str,
    /// The CPU's instruction set and threads, the adapter's name, or both.
    pub name: String,
    /// Whether both engines ran, and their states were equal bit for bit.
    pub checked: bool,
    /// What restricts the adapters, if `auto` found none that it uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
