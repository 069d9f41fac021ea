//! Numbers, lists and reasons as parts of a sentence.

use std::fmt::Write;
use std::io;

/// Names listed in a message.
const MAX_NAMES: usize = 12;

/// A number of things: `1 column`, `2 columns`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A number of bytes, in the units of `--score-memory`: `31 bytes`, `1.5 GiB`.
pub fn size(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    match units.into_iter().find(|(shift, _)| bytes >> shift > 0) {
        Some((shift, unit)) => {
            let number = format!("{:.1}", bytes as f64 / f64::from(1_u32 << shift));
            format!("{} {unit}", number.trim_end_matches(".0"))
        }
        None => count(bytes as usize, "byte"),
    }
}

/// Names in quotes, of many only the first.
pub fn list(names: &[String]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().take(MAX_NAMES).enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        let _ = write!(text, "{separator}{name:?}");
    }
    match names.len().saturating_sub(MAX_NAMES) {
        _ if names.is_empty() => "none".to_owned(),
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// Alternatives: `.csv, .npy or .npz`.
pub fn alternatives(names: &[String]) -> String {
    match names {
        [names @ .., last] if !names.is_empty() => format!("{} or {last}", names.join(", ")),
        names => names.concat(),
    }
}

/// An error of the operating system, without its number: `no space left on device`.
pub fn io_reason(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return "the file is truncated".to_owned();
    }
    let text = one_line(&error.to_string());
    let text = text.split(" (os error ").next().unwrap_or(&text);
    let mut letters = text.chars();
    match (letters.next(), letters.as_str()) {
        // An abbreviation stays as it is.
        (Some(first), rest) if rest.starts_with(|c: char| c.is_lowercase()) => {
            first.to_lowercase().collect::<String>() + rest
        }
        _ => text.to_owned(),
    }
}

/// Text from elsewhere as part of a sentence.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text from elsewhere, shortened with an ellipsis if it is very long.
pub fn shortened(text: &str, max_characters: usize) -> String {
    match text.char_indices().nth(max_characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let sizes = [1, 31, 1024, 3 << 29, 32_000_000_000].map(size);
        assert_eq!(sizes, ["1 byte", "31 bytes", "1 KiB", "1.5 GiB", "29.8 GiB"]);
    }

    #[test]
    fn alternatives_end_with_or() {
        let words = |names: &[&str]| {
            alternatives(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(words(&[".csv"]), ".csv");
        assert_eq!(words(&[".csv", ".npy", ".npz"]), ".csv, .npy or .npz");
    }

    #[test]
    fn io_errors_are_words() {
        let full = io::Error::other("No space left on device (os error 28)");
        assert_eq!(io_reason(&full), "no space left on device");
        assert_eq!(io_reason(&io::Error::other("EOF in a name")), "EOF in a name");
        let end = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(io_reason(&end), "the file is truncated");
    }
}
