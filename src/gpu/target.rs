//! Which device the GPU engine is to work on.

/// A device to open.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// A hardware adapter if there is one; else the CPU engine works.
    HardwareIfAny,
    /// An adapter, hardware before software. An error says what for.
    Any { purpose: &'static str },
    /// The adapter whose name contains this text, in any case of letters.
    Named(&'a str),
    /// A caller's device.
    #[cfg(feature = "gpu")]
    Caller(&'a super::SharedDevice),
}
