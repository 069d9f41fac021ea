//! Column patterns: names, lists of names, and prefixes with a star.

/// A column that matches a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match<'a> {
    /// Its index in the file.
    pub index: usize,
    /// The pattern with its star, if it matched by prefix.
    pub prefix: Option<&'a str>,
}

/// Why a pattern matches no column.
#[derive(Debug, PartialEq)]
pub enum NotFound<'a> {
    /// No column of this name.
    Name(&'a str),
    /// No column that starts with this prefix.
    Prefix(&'a str),
    /// Several columns of this name.
    Ambiguous(&'a str, usize),
}

/// The columns that match some patterns, in order. A column whose name is exactly the pattern is
/// always meant, even if the name contains commas or stars.
pub fn find<'a>(patterns: &'a [String], names: &[&str]) -> Result<Vec<Match<'a>>, NotFound<'a>> {
    let mut found = Vec::new();
    for pattern in patterns {
        if names.contains(&pattern.as_str()) || !pattern.contains(',') {
            found.extend(find_one(pattern, names)?);
            continue;
        }
        for part in pattern.split(',') {
            found.extend(find_one(part.trim(), names)?);
        }
    }
    Ok(found)
}

/// The column of this name, or the columns with this prefix.
fn find_one<'a>(pattern: &'a str, names: &[&str]) -> Result<Vec<Match<'a>>, NotFound<'a>> {
    let mut found = names.iter().enumerate().filter(|(_, name)| **name == pattern);
    match (found.next(), found.count()) {
        (Some((index, _)), 0) => Ok(vec![Match { index, prefix: None }]),
        (Some(_), others) => Err(NotFound::Ambiguous(pattern, others + 1)),
        (None, _) => match pattern.strip_suffix('*') {
            Some(prefix) => with_prefix(prefix, pattern, names),
            None => Err(NotFound::Name(pattern)),
        },
    }
}

/// The columns with a prefix: in the order of the numbers that follow it, or else of the file.
fn with_prefix<'a>(
    prefix: &'a str,
    pattern: &'a str,
    names: &[&str],
) -> Result<Vec<Match<'a>>, NotFound<'a>> {
    let suffixes =
        names.iter().enumerate().filter_map(|(i, name)| Some((i, name.strip_prefix(prefix)?)));
    let mut found: Vec<_> = suffixes.map(|(index, suffix)| (index, number(suffix))).collect();
    if found.is_empty() {
        return Err(NotFound::Prefix(prefix));
    }
    if found.iter().all(|(_, number)| number.is_some()) {
        found.sort_by_key(|(_, number)| *number);
    }
    Ok(found.into_iter().map(|(index, _)| Match { index, prefix: Some(pattern) }).collect())
}

/// A whole number written in digits.
fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indices(patterns: &[&str], names: &[&str]) -> Vec<usize> {
        let patterns: Vec<_> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        find(&patterns, names).expect("columns").iter().map(|found| found.index).collect()
    }

    #[test]
    fn names_lists_and_prefixes_match_columns() {
        let names = ["z10", "w", "z2", "a,b", "z0", "a*", "ab", "b"];
        assert_eq!(indices(&["w"], &names), [1]);
        assert_eq!(indices(&["z0", "w"], &names), [4, 1]);
        assert_eq!(indices(&["z2, z0,w"], &names), [2, 4, 1]);
        assert_eq!(indices(&["z*"], &names), [4, 2, 0]);
        assert_eq!(indices(&["b,z*"], &names), [7, 4, 2, 0]);
        // Exactly these names.
        assert_eq!(indices(&["a,b"], &names), [3]);
        assert_eq!(indices(&["a*"], &names), [5]);
        // Not all suffixes are numbers, so the columns are in file order.
        assert_eq!(indices(&["*"], &["z10", "z2", "z"]), [0, 1, 2]);
        assert_eq!(indices(&["z*"], &["z10", "z2", "z"]), [0, 1, 2]);
    }

    #[test]
    fn patterns_without_a_match_are_named() {
        let names = ["a", "b", "b"];
        let patterns = ["c*".to_owned(), "a,b".to_owned(), "a,x".to_owned()];
        assert_eq!(find(&patterns[..1], &names), Err(NotFound::Prefix("c")));
        assert_eq!(find(&patterns[1..2], &names), Err(NotFound::Ambiguous("b", 2)));
        assert_eq!(find(&patterns[2..], &names), Err(NotFound::Name("x")));
    }
}
