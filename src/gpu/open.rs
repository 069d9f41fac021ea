//! Opens devices, tests them, and creates engines on them.

use super::device::adapter::{AdapterSummary, select};
use super::device::connection::Connection;
use super::engine::Engine;
use super::target::Target;
use super::verify::{conversion, custom_value, custom_wgsl, self_test};
use crate::error::Error;
use crate::statistic::Plan;
use std::sync::Arc;

/// The engine of a plan on a device; none if the CPU engine works alone.
///
/// # Errors
///
/// [`DeviceError::NoAdapter`](crate::error::DeviceError::NoAdapter),
/// [`DeviceError::SelfTestFailed`](crate::error::DeviceError::SelfTestFailed),
/// [`BuildError`](crate::error::BuildError), or a device that fails.
pub(crate) fn open(target: Option<Target<'_>>, plan: &Plan) -> Result<Option<Engine>, Error> {
    custom_wgsl::check(plan)?;
    let adapter = match target {
        None => None,
        Some(Target::Caller(shared)) => {
            let connection = shared.connect(test_of_caller)?;
            return engine(connection, plan).map(Some);
        }
        Some(Target::Named(name)) => select(Some(name), false, "of any kind")?,
        Some(Target::Any { purpose }) => select(None, false, purpose)?,
        Some(Target::HardwareIfAny) => select(None, true, "of any kind")?,
    };
    adapter.map(|adapter| engine(connect(adapter)?, plan)).transpose()
}

/// The open device of an adapter, after its self-test.
pub(super) fn connect(adapter: AdapterSummary) -> Result<Arc<Connection>, Error> {
    Connection::open(adapter, self_test::run)
}

/// The self-test of a caller's device, which can hold batches in buffers.
fn test_of_caller(connection: &Arc<Connection>) -> Result<(), Error> {
    self_test::run(connection)?;
    conversion::run(connection)
}

/// The engine of a plan, after the self-tests of features that only some plans need.
fn engine(connection: Arc<Connection>, plan: &Plan) -> Result<Engine, Error> {
    custom_value::compare(&connection, plan)?;
    self_test::run_what_is_needed(&connection, plan)?;
    Engine::new(connection, plan)
}
