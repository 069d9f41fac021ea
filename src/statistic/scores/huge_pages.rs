//! Large memory in huge pages: the system then hands it out in few steps.

/// Smaller memory is left as it is.
const LARGE: usize = 1 << 22;

/// Advises the system to use huge pages for memory that has not been written yet. This changes the
/// speed only; most of the time of a sort would otherwise be page faults.
pub(super) fn advise<T>(memory: &mut [T]) {
    #[cfg(target_os = "linux")]
    {
        /// A multiple of the size of a page on every system.
        const PAGE: usize = 1 << 16;

        let bytes = size_of_val(memory);
        let start: *mut u8 = memory.as_mut_ptr().cast();
        let skipped = start.align_offset(PAGE);
        if bytes < LARGE || skipped >= bytes {
            return;
        }
        // SAFETY: the range is within `memory`, and this advice does not change what it contains.
        // It is only advice: a failure does not matter.
        unsafe { libc::madvise(start.add(skipped).cast(), bytes - skipped, libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (memory, LARGE);
}
