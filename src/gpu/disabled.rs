//! What stands in for the GPU engine in a build without the feature `gpu`: there is none.

use crate::batch::Chunk;
use crate::device::Device;
use crate::error::Error;
use crate::statistic::{Plan, Totals};

/// An engine that cannot exist.
#[derive(Debug)]
pub(crate) enum Engine {}

/// Totals on a device that cannot exist.
#[derive(Debug)]
pub(crate) enum Snapshot {}

impl Snapshot {
    pub fn is_ready(&mut self) -> Result<bool, Error> {
        match *self {}
    }

    pub fn totals(self) -> Result<(Vec<Totals>, u64), Error> {
        match self {}
    }
}

impl Engine {
    /// None where the CPU engine does the work.
    ///
    /// # Errors
    ///
    /// [`Error::NoAdapter`] if a GPU was asked for.
    pub fn open(device: &Device, checked: bool, _plan: &Plan) -> Result<Option<Self>, Error> {
        let wanted = match device.resolved()? {
            Device::Named(name) => format!("named {name:?}"),
            Device::Gpu => "of any kind".to_owned(),
            _ if checked => "to check the CPU against".to_owned(),
            _ => return Ok(None),
        };
        let found = vec!["only the CPU engine, since this build lacks the feature gpu".to_owned()];
        Err(Error::NoAdapter { wanted, found })
    }

    pub fn add(&mut self, _piece: &Chunk<'_>, _output: usize) -> Result<(), Error> {
        match *self {}
    }

    pub fn has_room(&mut self) -> Result<bool, Error> {
        match *self {}
    }

    pub fn limit_scores(&mut self, _bytes: u64) {
        match *self {}
    }

    pub fn drop_scores(&mut self) -> Result<(), Error> {
        match *self {}
    }

    pub fn commit(&mut self, _samples: usize) {
        match *self {}
    }

    pub fn abandon(&mut self) {
        match *self {}
    }

    pub fn snapshot(&mut self) -> Result<Snapshot, Error> {
        match *self {}
    }

    pub fn reset(&mut self) -> Result<(), Error> {
        match *self {}
    }

    pub fn adapter_name(&self) -> &str {
        match *self {}
    }
}
