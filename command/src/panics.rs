//! Panics of the libraries that decode files, turned into sentences.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

/// Keeps panics from printing a backtrace; [`guarded`] says what happened.
pub fn keep_quiet() {
    panic::set_hook(Box::new(|_| {}));
}

/// Runs `work`; a panic becomes its message.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What `work` was changing is dropped with it, so nobody sees it half changed.
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("unknown panic").to_owned()
}
