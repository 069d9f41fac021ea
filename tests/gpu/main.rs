//! What only the GPU engine has: shaders, values of a user's own, and buffers of the caller.

mod buffers;
#[path = "../common/mod.rs"]
mod common;
mod custom;
mod shaders;
