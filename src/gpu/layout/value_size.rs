//! The size of per-sample values in a shader.
//!
//! Compilers of shaders put every called function in place of its call, and take more time and
//! memory for each operation of a large module. So a pass has at most one large value, and several
//! sums of the same large value share a kernel.

use crate::statistic::{MathModule, Statistic, ValueFn};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Operations of a large value. SwiftShader takes 0.2 s for a pass with three gamma deviances of
/// 1,000 operations; 2.5 s and 0.5 GB for one Tweedie deviance of 5,600, 8 s and 1.9 GB for two.
const LARGE: usize = 4000;

/// The number of operations of each function of the libraries, with all that it calls.
static LIBRARIES: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    // Each library is built on those before it.
    MathModule::ALL.iter().fold(HashMap::new(), |mut sizes, library| {
        add_sizes(&mut sizes, library.wgsl().1);
        sizes
    })
});

/// Whether a pass can have only one statistic like this.
pub fn is_large(statistic: Statistic) -> bool {
    let Some(value) = statistic.value() else { return false };
    LARGE <= operations(value.function)
}

/// The number of operations of a value, with all that it calls.
fn operations(function: ValueFn) -> usize {
    let mut sizes = LIBRARIES.clone();
    for called in function.calls() {
        add_sizes(&mut sizes, called.wgsl);
    }
    let (_, text) = function.wgsl();
    let names = add_sizes(&mut sizes, text);
    names.iter().filter_map(|name| sizes.get(name)).copied().max().unwrap_or(0)
}

/// Adds the sizes of the functions in a text, in which functions precede their callers or not;
/// returns their names.
fn add_sizes(sizes: &mut HashMap<String, usize>, wgsl: &str) -> Vec<String> {
    let code: String = wgsl.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let functions: Vec<_> = code
        .split("fn ")
        .skip(1)
        .filter_map(|function| {
            let (name, rest) = function.split_once('(')?;
            Some((name.trim().to_owned(), rest.split_once('{')?.1.to_owned()))
        })
        .collect();
    // Twice, so that a function that precedes one that it calls has its full size.
    for _ in 0..2 {
        for (name, body) in &functions {
            let size = size_of(body, sizes);
            sizes.insert(name.clone(), size);
        }
    }
    functions.into_iter().map(|(name, _)| name).collect()
}

/// The number of operators and calls in a function's body, and in all that it calls.
fn size_of(body: &str, sizes: &HashMap<String, usize>) -> usize {
    let is_operator = |c: char| "+-*/&|^<>~".contains(c);
    let operators = body.split(|c| !is_operator(c)).filter(|run| !run.is_empty()).count();
    let pieces: Vec<_> = body.split('(').collect();
    let calls = pieces[..pieces.len() - 1].iter().map(|before| {
        let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        if name.is_empty() { 0 } else { 1 + sizes.get(name).copied().unwrap_or(0) }
    });
    operators + calls.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_include_what_is_called() {
        let mut sizes = HashMap::new();
        let text =
            "fn a(x: u32) -> u32 { return b(x) + b(x); }\nfn b(x: u32) -> u32 { return x * x; }";
        add_sizes(&mut sizes, text);
        assert_eq!((sizes["a"], sizes["b"]), (5, 1));
    }

    #[test]
    fn of_all_values_only_tweedie_deviances_are_large() {
        for &function in ValueFn::ALL {
            let (size, is_tweedie) = (operations(function), function == ValueFn::TweedieDeviance);
            assert_eq!(LARGE <= size, is_tweedie, "{}: {size}", function.name());
            assert!(is_tweedie || size <= LARGE / 3, "{}: {size}", function.name());
        }
    }
}
