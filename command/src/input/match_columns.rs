//! Which columns of two inputs belong together.
//!
//! Columns are paired by position. Their names may say otherwise: `p_a,p_b` and `t_b,t_a`.

use super::{InputColumns, Source};
use crate::error::Failure;

impl Source {
    /// Brings the columns of the truth, and several of the weight, into the order of those of the
    /// prediction, by the rests of their names after what they all begin with. Rests that are
    /// numbers and differ stay paired by position, since z0 may well belong to y1.
    ///
    /// Fails if names contradict an order that was given, or say nothing of one that was not.
    pub fn pair(&self, parts: &mut [InputColumns]) -> Result<(), Failure> {
        let Some((first, others)) = parts.split_first_mut() else { return Ok(()) };
        for other in others {
            if first.names.len() < 2 || other.names.len() != first.names.len() {
                continue;
            }
            let (wanted, own) = (rests(&first.names), rests(&other.names));
            let Some(at) = (0..own.len()).find(|&index| wanted[index] != own[index]) else {
                continue;
            };
            let is_listed = first.prefix.is_none() && other.prefix.is_none();
            let position = |rest| own.iter().position(|own| own == rest);
            match wanted.iter().map(position).collect::<Option<Vec<_>>>() {
                Some(order) if !is_listed => other.reorder(&order),
                None if is_listed || are_numbers(&wanted) || are_numbers(&own) => {}
                _ => {
                    return Err(Failure::Unpaired {
                        file: self.name(),
                        inputs: [first.input, other.input],
                        columns: [first.names[at].clone(), other.names[at].clone()],
                    });
                }
            }
        }
        Ok(())
    }
}

/// What is left of names after what they all begin with, but for digits.
fn rests(names: &[String]) -> Vec<&str> {
    let first = names.first().map_or("", String::as_str);
    let common = |name: &String| {
        let alike = first.chars().zip(name.chars()).take_while(|(a, b)| a == b);
        alike.map(|(a, _)| a.len_utf8()).sum()
    };
    let len = names.iter().map(common).min().unwrap_or(0);
    let common = first[..len].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    names.iter().map(|name| &name[common..]).collect()
}

fn are_numbers(rests: &[&str]) -> bool {
    rests.iter().all(|rest| rest.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_begin_with_ends_before_digits() {
        let rests = |names: [&str; 2]| rests(&names.map(str::to_owned)).join(" ");
        assert_eq!(rests(["p_a", "p_b"]), "a b");
        assert_eq!(rests(["z10", "z11"]), "10 11");
        assert_eq!(rests(["ä", "äö"]), " ö");
        assert_eq!(rests(["ä", "ö"]), "ä ö");
        assert_eq!(rests(["cat", "dog"]), "cat dog");
    }
}
