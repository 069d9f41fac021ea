//! Changes of shaders by tests.

use super::Module;
use std::fmt;

/// A change of modules before they are compiled, for tests.
#[derive(Default)]
pub(in crate::gpu) struct ShaderPatch(
    #[cfg(test)] pub Option<Box<dyn Fn(Module) -> Module + Send + Sync>>,
);

impl ShaderPatch {
    pub fn apply(&self, module: Module) -> Module {
        #[cfg(test)]
        if let Some(edit) = &self.0 {
            return edit(module);
        }
        module
    }
}

impl fmt::Debug for ShaderPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShaderPatch")
    }
}
