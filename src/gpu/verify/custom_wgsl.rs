//! Checks the WGSL of custom values without a device: it must be valid, its errors have the line
//! numbers of the user's text, and its names must not clash with others.

use crate::error::{BuildError, Error};
use crate::gpu::source;
use crate::gpu::source::Module;
use crate::statistic::{CustomValue, Plan, Schema, Task, ValueFn};
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};
use wgpu::naga;
use wgpu::naga::keywords::wgsl::BUILTIN_IDENTIFIERS;
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};
use wgpu::naga::{Expression, Scalar, Span, Statement, TypeInner};

/// The input of the kernel at run time: the zero of `rounded`, and a parameter.
const GIVEN: &str = "@group(0) @binding(2) var<storage, read> _given: array<u32>;\n";

/// Values whose WGSL was found valid, with the names that it declares: each is parsed once.
static VALID: Mutex<Vec<(CustomValue, Vec<Declared>)>> = Mutex::new(Vec::new());

/// Fails if the WGSL of a custom value is not valid, or its names clash.
pub(in crate::gpu) fn check(plan: &Plan) -> Result<(), Error> {
    let mut valid = VALID.lock().unwrap_or_else(PoisonError::into_inner);
    let mut all = Vec::<(&CustomValue, Declared)>::new();
    for (value, _) in plan.custom_values() {
        let names = match valid.iter().find(|(other, _)| other == value) {
            Some((_, names)) => names.clone(),
            None => {
                let names = declared(value)?;
                valid.push((value.clone(), names.clone()));
                names
            }
        };
        let is_taken = |declared: &&Declared| {
            all.iter().any(|(other, taken)| *other != value && taken.name == declared.name)
        };
        if let Some(Declared { name, line }) = names.iter().find(is_taken) {
            return Err(invalid(value, *line, format!("another value declares {name}, too")));
        }
        all.extend(names.into_iter().map(|name| (value, name)));
    }
    Ok(())
}

/// A name that a value's text declares at module scope, and its line there.
#[derive(Clone, Debug, PartialEq)]
struct Declared {
    name: String,
    line: usize,
}

/// The names that the library's shaders declare at module scope, over all plans: every word of a
/// line that is not indented. These include names of function parameters, which would hide a value.
static TAKEN: LazyLock<Result<HashSet<String>, Error>> = LazyLock::new(|| {
    // The module of the conversion kernel never contains values.
    let fragments =
        source::fragments().into_iter().filter(|(name, _)| *name != "input/convert.wgsl");
    let fragments = fragments.map(|(_, text)| text.to_owned());
    // Constants and calls of a pass, and of the reduction of rows.
    let (columns, rows) = (Plan::new(Task::Regression, []), Plan::new(Task::Multiclass, []));
    let rows = [false, true].map(|soft| {
        let schema = Schema { soft, ..rows.schema(true) };
        source::reduction(&rows, schema)
    });
    let passes = source::modules(&columns, columns.schema(false))?.into_iter().chain(rows);
    let constants = source::constant_names().into_iter().map(str::to_owned);
    let texts: Vec<_> =
        fragments.chain(passes.map(|module| module.wgsl)).chain(constants).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let declarations = lines.filter(|line| !line.starts_with([' ', '/']));
    Ok(declarations.flat_map(words).map(str::to_owned).collect())
});

fn taken() -> Result<&'static HashSet<String>, Error> {
    TAKEN.as_ref().map_err(Clone::clone)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
}

fn invalid(value: &CustomValue, line: usize, message: impl Into<String>) -> Error {
    BuildError::InvalidValueWgsl { name: value.name(), line, message: message.into() }.into()
}

/// A module of a value with only the functions that it may use.
pub(in crate::gpu) fn alone(value: &'static CustomValue) -> Module {
    let function = ValueFn::Custom(value);
    let (name, text) = function.wgsl();
    let mut module = Module::of_libraries(function.math_modules());
    module.push("(given)", GIVEN);
    module.push(name, text);
    module
}

/// What a function of a value does that is not arithmetic on its arguments, if anything, with the
/// line in the user's text that `line` gives for a span; none for a function of the library.
///
/// Barriers within a value would be reached by some threads of a workgroup and not by others, and
/// a value that wrote to a variable of the library's shaders would change what these compute.
fn forbidden(
    function: &naga::Function,
    line: &impl Fn(Span) -> Option<usize>,
) -> Option<(&'static str, usize)> {
    let expressions = function.expressions.iter();
    let mut globals = expressions.filter(|(_, e)| matches!(e, Expression::GlobalVariable(_)));
    let global = globals.find_map(|(handle, _)| line(function.expressions.get_span(handle)));
    let global = global.map(|line| ("a value uses no variables but its own", line));
    global.or_else(|| {
        let line = forbidden_statement(&function.body, line)?;
        Some(("a value has no barriers, no discard, and nothing that threads do together", line))
    })
}

/// The line of the first statement that a value must not have.
fn forbidden_statement(
    block: &naga::Block,
    line: &impl Fn(Span) -> Option<usize>,
) -> Option<usize> {
    block.span_iter().find_map(|(statement, span)| match statement {
        Statement::Emit(_)
        | Statement::Break
        | Statement::Continue
        | Statement::Return { .. }
        | Statement::Store { .. }
        | Statement::Call { .. } => None,
        Statement::Block(block) => forbidden_statement(block, line),
        Statement::If { accept, reject, .. } => {
            forbidden_statement(accept, line).or_else(|| forbidden_statement(reject, line))
        }
        Statement::Switch { cases, .. } => {
            cases.iter().find_map(|case| forbidden_statement(&case.body, line))
        }
        Statement::Loop { body, continuing, .. } => {
            forbidden_statement(body, line).or_else(|| forbidden_statement(continuing, line))
        }
        _ => line(*span),
    })
}

/// The text with spaces instead of comments. Block comments nest in WGSL.
fn without_comments(text: &str) -> String {
    let (mut code, mut rest, mut depth) = (String::new(), text, 0);
    while let Some(next) = rest.chars().next() {
        let mut taken = next.len_utf8();
        if depth == 0 && rest.starts_with("//") {
            taken = rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            (depth, taken) = (depth + 1, 2);
        } else if depth > 0 && rest.starts_with("*/") {
            (depth, taken) = (depth - 1, 2);
        } else if depth == 0 || next == '\n' {
            code.push(next);
        }
        rest = &rest[taken..];
    }
    code
}

/// The names that the WGSL of a value declares, if it is valid.
fn declared(value: &'static CustomValue) -> Result<Vec<Declared>, Error> {
    let name = value.name();
    if BUILTIN_IDENTIFIERS.contains(&name) {
        let reason = "it is the name of something built into WGSL";
        return Err(BuildError::InvalidValueName { name, reason }.into());
    }
    let (module, (_, text)) = (alone(value), ValueFn::Custom(value).wgsl());
    // The line in the user's text, if the error is there.
    let line_of_text = |line: usize| match module.place(line) {
        Some((fragment, line)) if fragment == name => Some(line),
        _ => None,
    };
    let parsed = parsed(&module).map_err(|fault| {
        // Errors at the end of the text have no line.
        let line = fault.lines.iter().find_map(|&line| line_of_text(line)).unwrap_or(1);
        invalid(value, line.clamp(1, text.lines().count().max(1)), fault.message)
    })?;
    let line = |span: Span| line_of_text(line(&module, span));
    let variables = parsed.global_variables.iter();
    let variables = variables.map(|(handle, _)| parsed.global_variables.get_span(handle));
    let overrides = parsed.overrides.iter();
    let overrides = overrides.map(|(handle, _)| parsed.overrides.get_span(handle));
    if let Some(line) = variables.chain(overrides).find_map(line) {
        return Err(invalid(value, line, "a value keeps nothing between samples"));
    }
    if let Some(entry) = parsed.entry_points.first() {
        let line = text.lines().position(|line| line.contains(&entry.name)).unwrap_or(0);
        return Err(invalid(value, line + 1, "a value is a function, and no shader of its own"));
    }
    for (_, function) in parsed.functions.iter() {
        if let Some((message, line)) = forbidden(function, &line) {
            return Err(invalid(value, line, message));
        }
    }
    // A declaration named u32 would change the library's own shaders, and the parser drops such
    // names.
    let code = without_comments(text);
    if let Some(line) = code.lines().position(|line| words(line).any(|word| word == "alias")) {
        return Err(invalid(value, line + 1, "a value declares no alias"));
    }
    let functions = parsed.functions.iter();
    let functions = functions.map(|(h, f)| (f.name.as_ref(), parsed.functions.get_span(h)));
    let constants = parsed.constants.iter();
    let constants = constants.map(|(h, c)| (c.name.as_ref(), parsed.constants.get_span(h)));
    let types = parsed.types.iter();
    let types = types.map(|(h, t)| (t.name.as_ref(), parsed.types.get_span(h)));
    let names = functions.chain(constants).chain(types);
    let names = names
        .filter_map(|(name, span)| Some(Declared { name: name?.to_owned(), line: line(span)? }));
    let names: Vec<_> = names.collect();
    for Declared { name: declared, line } in &names {
        let rest = declared.strip_prefix(name);
        if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_')) {
            let message =
                format!("{declared} must be called {name}_{declared}, to clash with none");
            return Err(invalid(value, *line, message));
        }
        if taken()?.contains(declared) {
            let message = format!("the library's shaders declare {declared}, too");
            return Err(invalid(value, *line, message));
        }
    }
    let function = parsed.functions.iter().find(|(_, f)| f.name.as_deref() == Some(name));
    let is_u32 = |ty| parsed.types[ty].inner == TypeInner::Scalar(Scalar::U32);
    let takes_and_returns_bits = function.is_some_and(|(_, function)| {
        function.arguments.len() == 3
            && function.arguments.iter().all(|argument| is_u32(argument.ty))
            && function.result.as_ref().is_some_and(|result| is_u32(result.ty))
    });
    if takes_and_returns_bits {
        return Ok(names);
    }
    let line = function.and_then(|(handle, _)| line(parsed.functions.get_span(handle)));
    let signature = format!("fn {name}(prediction: u32, truth: u32, parameter: u32) -> u32");
    Err(invalid(value, line.unwrap_or(1), format!("there must be a `{signature}`")))
}

/// The reason why a module is not valid, and the lines that it may concern.
struct Fault {
    lines: Vec<usize>,
    message: String,
}

fn line(module: &Module, span: Span) -> usize {
    span.location(&module.wgsl).line_number as usize
}

/// Parses a module and checks that it is valid on every device.
fn parsed(module: &Module) -> Result<naga::Module, Fault> {
    let parsed = naga::front::wgsl::parse_str(&module.wgsl).map_err(|error| Fault {
        lines: error.labels().map(|(span, _)| line(module, span)).collect(),
        message: error.message().to_owned(),
    })?;
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    match validator.validate(&parsed) {
        Ok(_) => Ok(parsed),
        Err(error) => {
            // From the inner expression to the function that contains it.
            let mut spans: Vec<_> = error.spans().map(|(span, _)| *span).collect();
            spans.sort_by_key(|span| span.to_range().map(|range| range.len()));
            let lines: Vec<_> = spans.into_iter().map(|span| line(module, span)).collect();
            let first: &dyn std::error::Error = error.as_inner();
            let reasons = std::iter::successors(Some(first), |error| error.source());
            let mut reasons: Vec<_> = reasons.map(ToString::to_string).collect();
            if reasons.len() > 1 {
                reasons.remove(0); // that some function is invalid
            }
            // naga refers to expressions by numbers.
            let text = lines.first().and_then(|line| module.wgsl.lines().nth(line - 1));
            let text = text.map(|text| format!(" (in `{}`)", text.trim())).unwrap_or_default();
            Err(Fault { lines, message: reasons.join(": ") + &text })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::examples::examples;
    use crate::statistic::{Statistic, ValueSpec};

    #[test]
    fn every_name_that_shaders_declare_is_taken() {
        let value = |function: ValueFn| {
            let ranges = function.parameter_ranges();
            ValueSpec { function, parameter: (*ranges[0].end()).into() }
        };
        let sums = |functions: &'static [ValueFn]| {
            functions.iter().map(move |&function| Statistic::Sum(value(function)))
        };
        let of_rows = |example: &Statistic| example.row_needs().rows;
        let (of_rows, of_columns): (Vec<_>, Vec<_>) = examples(2).into_iter().partition(of_rows);
        let columns = Plan::new(Task::Binary, sums(ValueFn::OF_SAMPLES).chain(of_columns));
        let rows = Plan::new(Task::Multiclass, sums(ValueFn::OF_ROWS).chain(of_rows));
        let mut names = 0;
        let soft = Schema { soft: true, ..rows.schema(true) };
        let modules = [
            source::modules(&columns, columns.schema(false)),
            source::modules(&rows, rows.schema(true)),
            source::modules(&rows, soft),
        ];
        for module in modules.map(|modules| modules.expect("modules")).concat() {
            let Ok(parsed) = parsed(&module) else { panic!("a module is not valid") };
            let functions = parsed.functions.iter().map(|(_, function)| function.name.as_ref());
            let constants = parsed.constants.iter().map(|(_, constant)| constant.name.as_ref());
            let types = parsed.types.iter().map(|(_, kind)| kind.name.as_ref());
            let variables = parsed.global_variables.iter().map(|(_, global)| global.name.as_ref());
            let entries = parsed.entry_points.iter().map(|entry| Some(&entry.name));
            let all = functions.chain(constants).chain(types).chain(variables).chain(entries);
            // Names in custom WGSL cannot start with an underscore either.
            for name in all.flatten().filter(|name| !name.starts_with('_')) {
                assert!(taken().expect("names").contains(name), "{name} is not taken");
                names += 1;
            }
        }
        assert!(names > 100, "only {names} names");
    }
}
