//! Which columns are meant: names, lists of names, and prefixes with a star.

/// A column that was chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen<'a> {
    /// Its index in the file.
    pub index: usize,
    /// What it was asked for with, if that is a prefix, with its star.
    pub prefix: Option<&'a str>,
}

/// What is not there.
#[derive(Debug, PartialEq)]
pub enum NotFound<'a> {
    /// No column of this name.
    Name(&'a str),
    /// No column that begins so.
    Prefix(&'a str),
    /// Several columns of this name.
    Ambiguous(&'a str, usize),
}

/// The columns asked for, in order. A column of exactly the name that is asked for is always meant,
/// whatever commas and stars the name has.
pub fn choose<'a>(asked: &'a [String], names: &[&str]) -> Result<Vec<Chosen<'a>>, NotFound<'a>> {
    let mut chosen = Vec::new();
    for asked in asked {
        if names.contains(&asked.as_str()) || !asked.contains(',') {
            chosen.extend(one(asked, names)?);
            continue;
        }
        for part in asked.split(',') {
            chosen.extend(one(part.trim(), names)?);
        }
    }
    Ok(chosen)
}

/// The column of this name, or those that begin so.
fn one<'a>(asked: &'a str, names: &[&str]) -> Result<Vec<Chosen<'a>>, NotFound<'a>> {
    let mut found = names.iter().enumerate().filter(|(_, name)| **name == asked);
    match (found.next(), found.count()) {
        (Some((index, _)), 0) => Ok(vec![Chosen { index, prefix: None }]),
        (Some(_), more) => Err(NotFound::Ambiguous(asked, more + 1)),
        (None, _) => match asked.strip_suffix('*') {
            Some(prefix) => beginning(prefix, asked, names),
            None => Err(NotFound::Name(asked)),
        },
    }
}

/// The columns that begin so: in the order of the numbers that follow, or else of the file.
fn beginning<'a>(
    prefix: &'a str,
    asked: &'a str,
    names: &[&str],
) -> Result<Vec<Chosen<'a>>, NotFound<'a>> {
    let rests =
        names.iter().enumerate().filter_map(|(i, name)| Some((i, name.strip_prefix(prefix)?)));
    let mut found: Vec<_> = rests.map(|(index, rest)| (index, number(rest))).collect();
    if found.iter().all(|(_, number)| number.is_some()) {
        found.sort_by_key(|(_, number)| *number);
    }
    match found.is_empty() {
        true => Err(NotFound::Prefix(prefix)),
        false => {
            let chosen = |(index, _)| Chosen { index, prefix: Some(asked) };
            Ok(found.into_iter().map(chosen).collect())
        }
    }
}

/// A whole number that is written in digits.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(asked: &[&str], names: &[&str]) -> Vec<usize> {
        let asked: Vec<_> = asked.iter().map(|&asked| asked.to_owned()).collect();
        choose(&asked, names).expect("columns").iter().map(|chosen| chosen.index).collect()
    }

    #[test]
    fn names_lists_and_prefixes_are_columns() {
        let names = ["z10", "w", "z2", "a,b", "z0", "a*", "ab", "b"];
        assert_eq!(indices(&["w"], &names), [1]);
        assert_eq!(indices(&["z0", "w"], &names), [4, 1]);
        assert_eq!(indices(&["z2, z0,w"], &names), [2, 4, 1]);
        assert_eq!(indices(&["z*"], &names), [4, 2, 0]);
        assert_eq!(indices(&["b,z*"], &names), [7, 4, 2, 0]);
        // Exactly these names.
        assert_eq!(indices(&["a,b"], &names), [3]);
        assert_eq!(indices(&["a*"], &names), [5]);
        // No numbers follow, so the file's order counts.
        assert_eq!(indices(&["*"], &["z10", "z2", "z"]), [0, 1, 2]);
        assert_eq!(indices(&["z*"], &["z10", "z2", "z"]), [0, 1, 2]);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let names = ["a", "b", "b"];
        let asked = ["c*".to_owned(), "a,b".to_owned(), "a,x".to_owned()];
        assert_eq!(choose(&asked[..1], &names), Err(NotFound::Prefix("c")));
        assert_eq!(choose(&asked[1..2], &names), Err(NotFound::Ambiguous("b", 2)));
        assert_eq!(choose(&asked[2..], &names), Err(NotFound::Name("x")));
    }
}
