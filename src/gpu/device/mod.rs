//! Adapters, open devices, and reading bytes back from them.

pub mod adapter;
pub mod backends;
pub mod caller;
pub mod connection;
mod hardware;
pub mod layouts;
pub mod patience;
pub mod readback;
