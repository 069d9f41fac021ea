//! The columns of a file for some roles.

use super::column_pattern::{Chosen, NotFound, choose};
use super::{Column, Source};
use crate::error::Failure;
use crate::samples::Role;
use arrow_array::ArrayRef;
use weighbridge::error::Input;

/// The columns for some roles: which they are, and where each role finds its own.
pub struct Selection {
    /// Indices in the file: ascending, each once.
    pub columns: Vec<usize>,
    /// What each role has.
    pub parts: Vec<InputColumns>,
}

/// The columns of one role.
pub struct InputColumns {
    /// What they are.
    pub input: Input,
    /// Their names, in order.
    pub names: Vec<String>,
    /// What all their names begin with, if they were asked for so.
    pub prefix: Option<String>,
    /// How many numbers they have in a row.
    pub width: usize,
    /// Their positions in the selection's columns.
    positions: Vec<usize>,
}

impl InputColumns {
    /// That of an input, if it has columns.
    pub fn of(parts: &[Self], input: Input) -> Option<&Self> {
        parts.iter().find(|part| part.input == input)
    }

    /// Brings the columns into another order.
    pub fn reorder(&mut self, order: &[usize]) {
        self.names = order.iter().map(|&at| self.names[at].clone()).collect();
        self.positions = order.iter().map(|&at| self.positions[at]).collect();
    }
}

impl Selection {
    /// The arrays of each role.
    pub fn arrays(&self, arrays: &[ArrayRef]) -> Vec<Vec<ArrayRef>> {
        let own = |part: &InputColumns| part.positions.iter().map(|&p| arrays[p].clone()).collect();
        self.parts.iter().map(own).collect()
    }
}

impl Source {
    /// Finds the columns of each role.
    pub fn select(&self, roles: &[Role]) -> Result<Selection, Failure> {
        let chosen: Vec<_> = roles.iter().map(|role| self.find(role)).collect::<Result<_, _>>()?;
        self.check_shared(roles, &chosen)?;
        let mut columns: Vec<_> = chosen.iter().flatten().map(|chosen| chosen.index).collect();
        self.check_lengths(&columns)?;
        columns.sort_unstable();
        columns.dedup();
        let part = |(role, chosen): (&Role, &Vec<Chosen<'_>>)| InputColumns {
            input: role.input,
            names: chosen.iter().map(|chosen| self.columns[chosen.index].name.clone()).collect(),
            prefix: common_prefix(chosen),
            width: chosen.iter().map(|chosen| self.columns[chosen.index].width).sum(),
            positions: chosen
                .iter()
                .map(|chosen| columns.partition_point(|&column| column < chosen.index))
                .collect(),
        };
        let parts = roles.iter().zip(&chosen).map(part).collect();
        Ok(Selection { columns, parts })
    }

    /// Brings a selection into the order of the first file's. Fails if the columns differ: what a
    /// prefix finds might.
    pub fn align(
        &self,
        selection: &mut Selection,
        roles: &[Role],
        first: (&Self, &Selection),
    ) -> Result<(), Failure> {
        let parts = selection.parts.iter_mut().zip(&first.1.parts).zip(roles);
        for ((part, first_part), role) in parts {
            let position = |name| {
                let at = part.names.iter().position(|own| own == name)?;
                Some(part.positions[at])
            };
            let positions = first_part.names.iter().map(position).collect::<Option<Vec<_>>>();
            let as_many =
                (part.names.len(), part.width) == (first_part.names.len(), first_part.width);
            let Some(positions) = positions.filter(|_| as_many) else {
                return Err(Failure::OtherColumns {
                    file: self.name(),
                    first: first.0.name(),
                    input: role.input,
                    ours: self.described(part),
                    theirs: first.0.described(first_part),
                });
            };
            part.positions = positions;
            part.names.clone_from(&first_part.names);
        }
        Ok(())
    }

    /// Fails if what a column holds cannot be what its role needs.
    pub fn check(&self, selection: &Selection, roles: &[Role], named: bool) -> Result<(), Failure> {
        for (part, role) in selection.parts.iter().zip(roles) {
            for &position in &part.positions {
                let column = &self.columns[selection.columns[position]];
                role.check(column, part.width, named, &self.name())?;
            }
        }
        Ok(())
    }

    /// Names of columns, those of rows with their width.
    fn described(&self, part: &InputColumns) -> Vec<String> {
        match &part.names[..] {
            [name] if part.width > 1 => vec![format!("{name}[{}]", part.width)],
            names => names.to_vec(),
        }
    }

    fn find<'a>(&self, role: &'a Role) -> Result<Vec<Chosen<'a>>, Failure> {
        let (file, input) = (self.name(), role.input);
        let names: Vec<_> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let known = || self.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let chosen = choose(&role.asked, &names).map_err(|unfound| match unfound {
            NotFound::Name(column) => {
                let (column, known) = (column.to_owned(), known());
                let nearest = nearest(&column, &known);
                Failure::MissingColumn { file: file.clone(), column, input, nearest, known }
            }
            NotFound::Prefix(prefix) => {
                let (prefix, known) = (prefix.to_owned(), known());
                Failure::NothingBegins { file: file.clone(), prefix, input, known }
            }
            NotFound::Ambiguous(column, count) => {
                let column = column.to_owned();
                Failure::AmbiguousColumn { file: file.clone(), column, input, count }
            }
        })?;
        let width_of_all = chosen.iter().map(|chosen| self.columns[chosen.index].width).sum();
        for (at, Chosen { index, .. }) in chosen.iter().enumerate() {
            let Column { name: column, width, .. } = &self.columns[*index];
            // Whether there are names is not known yet.
            role.check(&self.columns[*index], width_of_all, true, &file)?;
            let column = column.clone();
            if chosen[..at].iter().any(|earlier| earlier.index == *index) {
                return Err(Failure::RepeatedColumn { file, column, input });
            }
            if *width > 1 && chosen.len() > 1 {
                return Err(Failure::RowsBesideColumns { file, column, input, width: *width });
            }
        }
        Ok(chosen)
    }

    /// Refuses a prefix that takes in the column of another role.
    fn check_shared(&self, roles: &[Role], chosen: &[Vec<Chosen<'_>>]) -> Result<(), Failure> {
        let all =
            || roles.iter().zip(chosen).flat_map(|(r, c)| c.iter().map(move |c| (r.input, c)));
        for (input, Chosen { index, prefix }) in all() {
            let Some(asked) = prefix else { continue };
            let other = all().find(|(other, chosen)| *other != input && chosen.index == *index);
            let Some((other, _)) = other else { continue };
            return Err(Failure::SharedColumn {
                file: self.name(),
                asked: (*asked).to_owned(),
                input,
                column: self.columns[*index].name.clone(),
                other,
            });
        }
        Ok(())
    }

    fn check_lengths(&self, indices: &[usize]) -> Result<(), Failure> {
        let mut columns = indices.iter().map(|&index| &self.columns[index]);
        let Some(first) = columns.next() else { return Ok(()) };
        match columns.find(|column| column.rows != first.rows) {
            None => Ok(()),
            Some(second) => Err(Failure::UnequalLengths {
                file: self.name(),
                first: first.name.clone(),
                first_rows: first.rows.unwrap_or_default(),
                second: second.name.clone(),
                second_rows: second.rows.unwrap_or_default(),
            }),
        }
    }
}

/// What all names begin with, if one prefix found them all.
fn common_prefix(chosen: &[Chosen<'_>]) -> Option<String> {
    let prefix = chosen.first()?.prefix?;
    let alike = chosen.iter().all(|chosen| chosen.prefix == Some(prefix));
    alike.then(|| prefix.strip_suffix('*').unwrap_or(prefix).to_owned())
}

/// The most similar name, if any is similar enough to be meant.
fn nearest(name: &str, names: &[String]) -> Option<String> {
    let name = name.to_lowercase();
    names
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&name, &candidate.trim().to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.clone())
}
