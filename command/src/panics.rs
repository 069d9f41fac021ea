//! Panics as sentences: libraries that decode files or draw may panic on bad input.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

/// File and line of the most recent panic.
static LOCATION: Mutex<Option<String>> = Mutex::new(None);

/// Keeps panics off stderr and remembers where they happened, for [`guarded`] to report.
pub fn record_locations() {
    panic::set_hook(Box::new(|info| {
        let location = info.location().map(ToString::to_string);
        if let Ok(mut last) = LOCATION.lock() {
            *last = location;
        }
    }));
}

/// Runs `work`. A panic becomes its message, with file and line.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // Whatever `work` was changing is dropped with it, so it is never seen half changed.
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let location = LOCATION.lock().ok().and_then(|mut last| last.take());
        match location {
            Some(location) => format!("{} (at {location})", message(payload.as_ref())),
            None => message(payload.as_ref()).to_owned(),
        }
    })
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("unknown panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_keeps_its_message_and_location() {
        record_locations();
        let message = guarded(|| -> () { panic!("no room") }).expect_err("a panic");
        let _ = panic::take_hook();
        assert!(message.starts_with("no room (at "), "{message}");
        assert!(message.contains("panics.rs:"), "{message}");
    }
}
