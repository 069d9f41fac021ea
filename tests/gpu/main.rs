//! Features of the GPU engine: shaders, custom values, and the caller's buffers.

mod buffers;
#[path = "../common/mod.rs"]
mod common;
mod custom;
mod loops;
mod shaders;
