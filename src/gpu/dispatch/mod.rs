//! The resources of a dispatch: compiled pipelines, bind groups, and staging memory for samples.

pub mod bindings;
pub mod kernels;
pub mod pipelines;
pub mod staging;
