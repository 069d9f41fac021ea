//! The device for the GPU engine.

/// A device to open.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// A hardware adapter if there is one; else the CPU engine is used.
    HardwareIfAny,
    /// Any adapter, hardware before software. An error reports the purpose.
    Any { purpose: &'static str },
    /// The adapter whose name contains this text, ignoring case.
    Named(&'a str),
    /// A caller's device.
    #[cfg(feature = "gpu")]
    Caller(&'a super::SharedDevice),
}
