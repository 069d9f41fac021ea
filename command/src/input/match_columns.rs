//! Pairing the columns of the inputs.
//!
//! Columns are paired by position, unless their names contradict it: `p_a,p_b` and `t_b,t_a`.

use super::selection::InputColumns;
use super::source::Source;
use crate::error::Failure;

/// Brings the columns of the truth, and those of the weight if there are several, into the
/// order of the prediction columns. They are matched by suffix: the part of the name after the
/// common prefix. Suffixes that are different numbers are paired by position, since z0 may well
/// belong to y1.
///
/// Fails if the names contradict a given order, or if columns matched by prefix have different
/// suffixes.
pub fn pair(source: &Source, inputs: &mut [InputColumns]) -> Result<(), Failure> {
    let Some((first, others)) = inputs.split_first_mut() else { return Ok(()) };
    for other in others {
        if first.names.len() < 2 || other.names.len() != first.names.len() {
            continue;
        }
        let (expected, found) = (suffixes(&first.names), suffixes(&other.names));
        let Some(at) = (0..found.len()).find(|&index| expected[index] != found[index]) else {
            continue;
        };
        let is_listed = first.prefix.is_none() && other.prefix.is_none();
        let position = |suffix| found.iter().position(|found| found == suffix);
        match expected.iter().map(position).collect::<Option<Vec<_>>>() {
            Some(order) if !is_listed => other.reorder(&order),
            None if is_listed || are_numbers(&expected) || are_numbers(&found) => {}
            _ => {
                return Err(Failure::Unpaired {
                    file: source.name(),
                    inputs: [first.input, other.input],
                    columns: [first.names[at].clone(), other.names[at].clone()],
                });
            }
        }
    }
    Ok(())
}

/// The names without their common prefix, which does not end in a digit.
fn suffixes(names: &[String]) -> Vec<&str> {
    let first = names.first().map_or("", String::as_str);
    let common = |name: &String| {
        let equal = first.chars().zip(name.chars()).take_while(|(a, b)| a == b);
        equal.map(|(a, _)| a.len_utf8()).sum()
    };
    let len = names.iter().map(common).min().unwrap_or(0);
    let common = first[..len].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    names.iter().map(|name| &name[common..]).collect()
}

fn are_numbers(suffixes: &[&str]) -> bool {
    suffixes.iter().all(|suffix| suffix.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_prefix_does_not_end_in_a_digit() {
        let suffixes = |names: [&str; 2]| suffixes(&names.map(str::to_owned)).join(" ");
        assert_eq!(suffixes(["p_a", "p_b"]), "a b");
        assert_eq!(suffixes(["z10", "z11"]), "10 11");
        assert_eq!(suffixes(["ä", "äö"]), " ö");
        assert_eq!(suffixes(["ä", "ö"]), "ä ö");
        assert_eq!(suffixes(["cat", "dog"]), "cat dog");
    }
}
