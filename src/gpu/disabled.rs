//! Replaces the GPU engine in a build without the feature `gpu`.

#[path = "target.rs"]
mod target;

pub(crate) use self::target::Target;

use crate::batch::Chunk;
use crate::error::{DeviceError, Error};
use crate::statistic::{Plan, Schema, Totals};
use std::marker::PhantomData;

/// An engine that cannot exist.
#[derive(Debug)]
pub(crate) enum Engine {}

/// A batch on a device that cannot exist.
pub(crate) struct PendingBatch<'a>(Engine, PhantomData<&'a mut Engine>);

/// Totals on a device that cannot exist.
#[derive(Debug)]
pub(crate) enum PendingTotals {}

/// None: nothing restricts adapters that cannot be used.
pub(crate) fn backend_restriction() -> Option<String> {
    None
}

/// None, since the CPU engine works alone.
///
/// # Errors
///
/// [`DeviceError::NoAdapter`](crate::error::DeviceError::NoAdapter) if a GPU is requested.
pub(crate) fn open(target: Option<Target<'_>>, _plan: &Plan) -> Result<Option<Engine>, Error> {
    let wanted = match target {
        None | Some(Target::HardwareIfAny) => return Ok(None),
        Some(Target::Named(name)) => format!("named {name:?}"),
        Some(Target::Any { purpose }) => purpose.to_owned(),
    };
    let found = vec!["only the CPU engine, since this build lacks the feature gpu".to_owned()];
    Err(Error::Device(DeviceError::NoAdapter { requested: wanted, found, restriction: None }))
}

impl PendingTotals {
    pub fn is_ready(&mut self) -> Result<bool, Error> {
        match *self {}
    }

    pub fn totals(self) -> Result<(Vec<Totals>, u64), Error> {
        match self {}
    }
}

impl Engine {
    pub fn has_room(&mut self) -> Result<bool, Error> {
        match *self {}
    }

    pub fn limit_scores(&mut self, _bytes: u64) {
        match *self {}
    }

    pub fn drop_scores(&mut self) {
        match *self {}
    }

    pub fn copy_totals(&mut self) -> Result<PendingTotals, Error> {
        match *self {}
    }

    pub fn reset(&mut self) -> Result<(), Error> {
        match *self {}
    }

    pub fn adapter_name(&self) -> &str {
        match *self {}
    }
}

impl<'a> PendingBatch<'a> {
    pub fn begin(engine: &'a mut Engine, _samples: usize, _schema: Schema) -> Result<Self, Error> {
        match *engine {}
    }

    pub fn add(&mut self, _chunk: &Chunk<'_>, _output: usize) -> Result<(), Error> {
        match self.0 {}
    }

    pub fn commit(self, _samples: usize) {
        match self.0 {}
    }
}
