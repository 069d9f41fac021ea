//! Shaders that are broken on purpose.

use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::engine::Engine;
use crate::gpu::source::Module;
use crate::statistic::Plan;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A text of a shader, what replaces it in the broken shader, and which comparison must detect
/// that.
#[derive(Clone, Copy, Debug)]
pub(in crate::gpu) struct Mutant<D = ()> {
    /// The fault, in words.
    pub what: &'static str,
    pub detector: D,
    pub sound: &'static str,
    pub broken: &'static str,
}

pub(in crate::gpu) const fn mutant<D>(
    what: &'static str,
    detector: D,
    sound: &'static str,
    broken: &'static str,
) -> Mutant<D> {
    Mutant { what, detector, sound, broken }
}

impl<D> Mutant<D> {
    /// A shader with the text, which must occur exactly once, replaced.
    pub fn patched(&self, wgsl: &str) -> String {
        let places = wgsl.matches(self.sound).count();
        assert_eq!(places, 1, "{}: {:?} is not in one place", self.what, self.sound);
        wgsl.replace(self.sound, self.broken)
    }

    /// An engine with the text replaced in all of its shaders that contain `only`, and the number
    /// of replacements.
    pub fn engine(
        &self,
        connection: &Arc<Connection>,
        plan: &Plan,
        only: &'static str,
    ) -> Result<(Engine, usize), Error> {
        let places = Arc::new(AtomicUsize::new(0));
        let (sound, broken, found) = (self.sound, self.broken, places.clone());
        let edit = move |mut module: Module| {
            if module.wgsl.contains(only) {
                found.fetch_add(module.wgsl.matches(sound).count(), Ordering::Relaxed);
                module.wgsl = module.wgsl.replace(sound, broken);
            }
            module
        };
        let engine = Engine::edited(connection.clone(), plan, edit)?;
        Ok((engine, places.load(Ordering::Relaxed)))
    }

    /// The same without a fault.
    pub fn unbroken(self) -> Self {
        Self { broken: self.sound, ..self }
    }
}
