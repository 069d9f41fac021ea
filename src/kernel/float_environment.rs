//! The floating-point environment of a thread: rounding mode, and whether subnormals are flushed.

use self::control::Control;

/// Sets the IEEE 754 environment (round to nearest even, subnormals kept) until it is dropped, and
/// then restores the one before.
///
/// Other code in the process may set another one: `torch.set_flush_denormal`, or libraries built
/// with `-ffast-math`. New threads inherit it. Results would then depend on who calls.
#[derive(Debug)]
#[must_use]
pub(crate) struct StandardFloats {
    before: Option<Control>,
}

impl StandardFloats {
    /// Sets the standard environment; does nothing if it is set already.
    #[inline]
    pub fn set() -> Self {
        let before = control::read();
        if control::is_standard(before) {
            return Self { before: None };
        }
        control::write(control::STANDARD);
        Self { before: Some(before) }
    }
}

impl Drop for StandardFloats {
    #[inline]
    fn drop(&mut self) {
        if let Some(before) = self.before {
            control::write(before);
        }
    }
}

/// The control and status register of SSE and AVX.
#[cfg(target_arch = "x86_64")]
mod control {
    use std::arch::asm;

    pub type Control = u32;

    /// Round to nearest, subnormals kept, exceptions masked.
    pub const STANDARD: Control = 0x1f80;
    /// Flags of what has happened, which change nothing.
    const STATUS: Control = 0x3f;

    pub fn is_standard(control: Control) -> bool {
        control & !STATUS == STANDARD
    }

    pub fn read() -> Control {
        let mut control = 0;
        // SAFETY: writes the four bytes of `control`.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut control, options(nostack)) };
        control
    }

    pub fn write(control: Control) {
        // SAFETY: reads four bytes, which are a value that the register had, or the standard one.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const control, options(nostack)) };
    }
}

/// The floating-point control register.
#[cfg(target_arch = "aarch64")]
mod control {
    use std::arch::asm;

    pub type Control = u64;

    /// Round to nearest, subnormals kept, NaN propagated, exceptions masked.
    pub const STANDARD: Control = 0;

    pub fn is_standard(control: Control) -> bool {
        control == STANDARD
    }

    pub fn read() -> Control {
        let control;
        // SAFETY: reads a register.
        unsafe { asm!("mrs {}, fpcr", out(reg) control, options(nostack)) };
        control
    }

    pub fn write(control: Control) {
        // SAFETY: writes a value that the register had, or the standard one.
        unsafe { asm!("msr fpcr, {}", in(reg) control, options(nostack)) };
    }
}

/// Other architectures are left as they are.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod control {
    pub type Control = u32;

    pub const STANDARD: Control = 0;

    pub fn is_standard(_: Control) -> bool {
        true
    }

    pub fn read() -> Control {
        STANDARD
    }

    pub fn write(_: Control) {}
}
