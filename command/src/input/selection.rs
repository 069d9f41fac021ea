//! The columns of a file that are read, by input.

use super::column_pattern::{self, Match, NotFound};
use super::format::Column;
use super::role::Role;
use super::source::Source;
use crate::error::Failure;
use arrow_array::ArrayRef;
use weighbridge::error::Input;

/// The columns that are read, and the input that each belongs to.
pub struct Selection {
    /// Indices in the file, in ascending order without repetitions.
    pub columns: Vec<usize>,
    /// The columns of each input.
    pub inputs: Vec<InputColumns>,
}

/// The columns of one input.
pub struct InputColumns {
    pub input: Input,
    /// The names of the columns, in order.
    pub names: Vec<String>,
    /// Their common prefix, if one pattern matched them all.
    pub prefix: Option<String>,
    /// Numbers in each row, of all columns together.
    pub width: usize,
    /// Positions in [`Selection::columns`].
    positions: Vec<usize>,
}

impl InputColumns {
    /// The columns of an input, if it has any.
    pub fn find(inputs: &[Self], input: Input) -> Option<&Self> {
        inputs.iter().find(|columns| columns.input == input)
    }

    /// The names of the columns, or one name with the width of its rows.
    fn describe(&self) -> Vec<String> {
        match &self.names[..] {
            [name] if self.width > 1 => vec![format!("{name}[{}]", self.width)],
            names => names.to_vec(),
        }
    }

    /// Reorders the columns.
    pub fn reorder(&mut self, order: &[usize]) {
        self.names = order.iter().map(|&at| self.names[at].clone()).collect();
        self.positions = order.iter().map(|&at| self.positions[at]).collect();
    }
}

impl Selection {
    /// Finds the columns of each role.
    pub fn find(source: &Source, roles: &[Role]) -> Result<Self, Failure> {
        let matches: Vec<_> =
            roles.iter().map(|role| find(source, role)).collect::<Result<_, _>>()?;
        check_shared(source, roles, &matches)?;
        let mut columns: Vec<_> = matches.iter().flatten().map(|found| found.index).collect();
        check_lengths(source, &columns)?;
        columns.sort_unstable();
        columns.dedup();
        let input = |(role, matches): (&Role, &Vec<Match<'_>>)| InputColumns {
            input: role.input,
            names: matches.iter().map(|found| source.columns[found.index].name.clone()).collect(),
            prefix: common_prefix(matches),
            width: matches.iter().map(|found| source.columns[found.index].width).sum(),
            positions: matches
                .iter()
                .map(|found| columns.partition_point(|&column| column < found.index))
                .collect(),
        };
        let inputs = roles.iter().zip(&matches).map(input).collect();
        Ok(Self { columns, inputs })
    }

    /// Brings the columns of a file into the order of the first file's. Fails if a prefix matches
    /// other columns here.
    pub fn align(
        &mut self,
        source: &Source,
        roles: &[Role],
        (first_source, first): (&Source, &Self),
    ) -> Result<(), Failure> {
        let inputs = self.inputs.iter_mut().zip(&first.inputs).zip(roles);
        for ((columns, expected), role) in inputs {
            let position = |name| {
                let at = columns.names.iter().position(|found| found == name)?;
                Some(columns.positions[at])
            };
            let positions = expected.names.iter().map(position).collect::<Option<Vec<_>>>();
            let same_number = columns.names.len() == expected.names.len();
            match positions {
                Some(positions) if same_number && columns.width == expected.width => {
                    columns.positions = positions;
                    columns.names.clone_from(&expected.names);
                }
                _ => {
                    return Err(Failure::OtherColumns {
                        file: source.name(),
                        first: first_source.name(),
                        input: role.input,
                        ours: columns.describe(),
                        theirs: expected.describe(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Fails if a column has a type that its role cannot use. `has_names` tells whether labels may
    /// be names.
    pub fn check(&self, source: &Source, roles: &[Role], has_names: bool) -> Result<(), Failure> {
        for (columns, role) in self.inputs.iter().zip(roles) {
            for &position in &columns.positions {
                let column = &source.columns[self.columns[position]];
                role.check(column, columns.width, has_names, &source.name())?;
            }
        }
        Ok(())
    }

    /// The arrays of each input.
    pub fn arrays(&self, arrays: &[ArrayRef]) -> Vec<Vec<ArrayRef>> {
        let arrays_of =
            |columns: &InputColumns| columns.positions.iter().map(|&p| arrays[p].clone()).collect();
        self.inputs.iter().map(arrays_of).collect()
    }
}

/// Finds the columns of a role.
fn find<'a>(source: &Source, role: &'a Role) -> Result<Vec<Match<'a>>, Failure> {
    let (file, input) = (source.name(), role.input);
    let names: Vec<_> = source.columns.iter().map(|column| column.name.as_str()).collect();
    let matches = column_pattern::find(&role.patterns, &names)
        .map_err(|error| not_found(source, error, input))?;
    let width_of_all = matches.iter().map(|found| source.columns[found.index].width).sum();
    for (at, Match { index, .. }) in matches.iter().enumerate() {
        let Column { name: column, width, .. } = &source.columns[*index];
        // Whether there are names is not known yet.
        role.check(&source.columns[*index], width_of_all, true, &file)?;
        let column = column.clone();
        if matches[..at].iter().any(|earlier| earlier.index == *index) {
            return Err(Failure::RepeatedColumn { file, column, input });
        }
        if *width > 1 && matches.len() > 1 {
            return Err(Failure::RowsBesideColumns { file, column, input, width: *width });
        }
    }
    Ok(matches)
}

fn not_found(source: &Source, error: NotFound<'_>, input: Input) -> Failure {
    let file = source.name();
    let known: Vec<_> = source.columns.iter().map(|column| column.name.clone()).collect();
    match error {
        NotFound::Name(column) => {
            let nearest = nearest(column, &known);
            Failure::MissingColumn { file, column: column.to_owned(), input, nearest, known }
        }
        NotFound::Prefix(prefix) => {
            Failure::UnmatchedPrefix { file, prefix: prefix.to_owned(), input, known }
        }
        NotFound::Ambiguous(column, count) => {
            Failure::AmbiguousColumn { file, column: column.to_owned(), input, count }
        }
    }
}

/// Refuses a prefix that also matches the column of another role.
fn check_shared(
    source: &Source,
    roles: &[Role],
    matches: &[Vec<Match<'_>>],
) -> Result<(), Failure> {
    let all = || {
        let by_input = roles.iter().zip(matches);
        by_input.flat_map(|(role, found)| found.iter().map(move |found| (role.input, found)))
    };
    for (input, Match { index, prefix }) in all() {
        let Some(pattern) = prefix else { continue };
        let other = all().find(|(other, found)| *other != input && found.index == *index);
        let Some((other, _)) = other else { continue };
        return Err(Failure::SharedColumn {
            file: source.name(),
            pattern: (*pattern).to_owned(),
            input,
            column: source.columns[*index].name.clone(),
            other,
        });
    }
    Ok(())
}

fn check_lengths(source: &Source, indices: &[usize]) -> Result<(), Failure> {
    let mut columns = indices.iter().map(|&index| &source.columns[index]);
    let Some(first) = columns.next() else { return Ok(()) };
    match columns.find(|column| column.rows != first.rows) {
        None => Ok(()),
        Some(second) => Err(Failure::UnequalLengths {
            file: source.name(),
            first: first.name.clone(),
            first_rows: first.rows.unwrap_or_default(),
            second: second.name.clone(),
            second_rows: second.rows.unwrap_or_default(),
        }),
    }
}

/// The prefix of all matches, if it is the same.
fn common_prefix(matches: &[Match<'_>]) -> Option<String> {
    let pattern = matches.first()?.prefix?;
    let is_common = matches.iter().all(|found| found.prefix == Some(pattern));
    is_common.then(|| pattern.strip_suffix('*').unwrap_or(pattern).to_owned())
}

/// The most similar name, if it is similar enough for a suggestion.
fn nearest(name: &str, names: &[String]) -> Option<String> {
    let name = name.to_lowercase();
    names
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&name, &candidate.trim().to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.clone())
}
