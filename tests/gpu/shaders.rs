//! Checks the shaders without a GPU: every composed module parses and validates, its bindings match
//! the host's, no file is orphaned, and values use no built-in whose result differs between
//! devices.

use crate::common::custom;
use crate::common::row_values::{values_of, values_of_rows};
use crate::common::values::values;
use naga::valid::{Capabilities, ValidationFlags, Validator};
use std::collections::BTreeSet;
use std::path::Path;
use weighbridge::internals::examples;
use weighbridge::internals::kernel::ScoreKind;
use weighbridge::internals::source::{Module, convert, fragments, modules, sort};
use weighbridge::internals::statistic::{FamilyKind, Plan, Schema, ScoreScale};
use weighbridge::statistic::{Binning, MathModule, Statistic, Task, ValueFn, ValueSpec};

/// Every statistic alone, and all of each task at once.
fn plans() -> Vec<Plan> {
    let of_values: [fn(ValueSpec) -> Statistic; 3] =
        [Statistic::Sum, Statistic::Maximum, Statistic::Extremes];
    let of_values = of_values.into_iter().flat_map(|kind| values().map(kind));
    let needs_rows = |statistic: &Statistic| statistic.row_needs().rows;
    let mut all = Vec::new();
    for statistic in of_values.chain([5, 16, 300].map(examples).concat()) {
        if !needs_rows(&statistic) && !all.contains(&statistic) {
            all.push(statistic);
        }
    }
    all.extend(custom::statistics());
    let mut plans = vec![Plan::new(Task::Regression, []), Plan::new(Task::Binary, [])];
    for &task in Task::ALL {
        plans.extend(all.iter().map(|&statistic| Plan::new(task, [statistic])));
        plans.push(Plan::new(task, all.iter().copied()));
    }
    for classes in [2, 5, 300] {
        let of_rows = examples(classes).into_iter().filter(needs_rows);
        let rows = values_of_rows().map(Statistic::Sum).chain(of_rows);
        let plan = |statistics: &[Statistic]| {
            Plan::new(Task::Multiclass, statistics.iter().copied()).with_classes(classes)
        };
        plans.extend(rows.clone().map(|statistic| plan(&[statistic])));
        for scores in [ScoreKind::Logits, ScoreKind::Probabilities] {
            let kinds = [ScoreKind::Any, scores];
            let fit = |statistic: &Statistic| kinds.contains(&statistic.row_needs().scores);
            plans.push(plan(&rows.clone().filter(fit).collect::<Vec<_>>()));
        }
    }
    for of_logits in [false, true] {
        let binning = Binning::adaptive(of_logits, 4096);
        let statistics = [Statistic::Histogram { binning }, Statistic::Scores];
        let scale = if of_logits { ScoreScale::LogOdds } else { ScoreScale::Given };
        let classes = 5;
        let plan = Plan::new(Task::Multiclass, []).with_classes(classes);
        let plan = plan
            .with_binary_problems(FamilyKind::OneVsRest { classes, scale }, statistics)
            .with_binary_problems(FamilyKind::OneVsOne { classes, scale }, statistics);
        plans.push(plan);
    }
    for outputs in [1, 5, 300] {
        let of_vectors = values_of(ValueFn::OF_VECTORS).map(Statistic::Sum);
        let plan = |statistics: &[Statistic]| {
            Plan::new(Task::Regression, statistics.iter().copied()).with_outputs(outputs)
        };
        plans.extend(of_vectors.clone().map(|statistic| plan(&[statistic])));
        let squared_error = Statistic::sum(ValueFn::SquaredError);
        plans.push(plan(&of_vectors.chain([squared_error]).collect::<Vec<_>>()));
    }
    plans
}

/// The modules of a plan over columns, over rows if the plan allows them, and with soft truths, and
/// the modules that convert buffers and sort stored scores.
fn modules_of(plan: &Plan) -> Vec<Module> {
    let needs_rows = plan.row_needs().rows;
    let has_scores = plan.task == Task::Multiclass;
    let of = |schema: Schema| modules(plan, schema).expect("modules");
    let rows = (has_scores || needs_rows).then(|| of(plan.schema(true)));
    let soft = has_scores.then(|| of(Schema { soft: true, ..plan.schema(true) }));
    let columns = (!needs_rows || plan.task == Task::Regression).then(|| of(plan.schema(false)));
    // These are the same for all plans.
    let independent = plan.families.iter().all(|family| family.statistics.is_empty());
    let independent =
        independent.then(|| [convert(false), convert(true)].into_iter().chain(sort()).collect());
    columns.into_iter().chain(rows).chain(soft).chain(independent).flatten().collect()
}

fn parsed(module: &Module) -> naga::Module {
    naga::front::wgsl::parse_str(&module.wgsl).unwrap_or_else(|error| {
        let line = error.location(&module.wgsl).map_or(0, |location| location.line_number);
        panic!("{}: {}", module.locate(line as usize), error.emit_to_string(&module.wgsl))
    })
}

#[test]
fn every_module_parses_and_validates_without_optional_features() {
    for plan in plans() {
        for module in modules_of(&plan) {
            let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
            if let Err(error) = validator.validate(&parsed(&module)) {
                panic!("{plan:?}: {}", error.emit_to_string(&module.wgsl));
            }
        }
    }
}

#[test]
fn bindings_and_workgroups_match_the_host_and_fit_every_device() {
    for plan in plans() {
        for module in modules_of(&plan) {
            let parsed = parsed(&module);
            let bindings: BTreeSet<_> = parsed
                .global_variables
                .iter()
                .filter_map(|(_, variable)| {
                    let binding = variable.binding?;
                    Some((binding.group, binding.binding, variable.name.clone()?))
                })
                .collect();
            // A pass over columns, over reduced rows, and one-vs-rest, the row reduction, the
            // conversion kernel, and the sort kernels.
            let names: [&[_]; 6] = [
                &["predictions", "truths", "weights", "state", "parameters"],
                &["rows", "", "weights", "state", "parameters"],
                &["rows", "scores", "weights", "state", "parameters"],
                &["predictions", "truths", "rows", "parameters", "state"],
                &[
                    "predictions",
                    "truths",
                    "weights",
                    "masks",
                    "lengths",
                    "class_weights",
                    "made",
                    "state",
                    "parameters",
                ],
                &["source", "destination", "counts", "sums", "step"],
            ];
            let expected = names.map(|names| {
                let named = (0..).zip(names).filter(|(_, name)| !name.is_empty());
                named.map(|(binding, name)| (0, binding, (*name).to_owned())).collect()
            });
            // A pass that stores scores also has the position.
            let mut bindings = bindings;
            bindings.remove(&(1, 0, "stored".to_owned()));
            assert!(expected.contains(&bindings), "{bindings:?}");

            let workgroup_bytes: u32 = parsed
                .global_variables
                .iter()
                .filter(|(_, variable)| variable.space == naga::AddressSpace::WorkGroup)
                .map(|(_, variable)| parsed.types[variable.ty].inner.size(parsed.to_ctx()))
                .sum();
            assert!(workgroup_bytes <= 16_384, "{workgroup_bytes} bytes of workgroup memory");
            let [entry] = parsed.entry_points.as_slice() else { panic!("not one entry point") };
            assert_eq!(entry.name, "main");
            assert!(entry.workgroup_size.iter().product::<u32>() <= 256);
        }
    }
}

#[test]
fn no_shader_file_is_orphaned() {
    fn files(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of shaders") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, found);
            } else {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
                let path = path.strip_prefix(root).expect("below shaders").to_owned();
                found.insert(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    let mut found = BTreeSet::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders"), &mut found);
    let known: BTreeSet<_> = fragments().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, known);
    // A library is part of the modules of values that use it, and there may be none.
    let idle = |name: &str| {
        MathModule::ALL.iter().any(|library| {
            library.wgsl().0 == name
                && !ValueFn::ALL.iter().any(|function| function.math_modules().contains(library))
        })
    };
    for (name, _) in fragments().into_iter().filter(|(name, _)| !idle(name)) {
        let used = plans()
            .iter()
            .flat_map(modules_of)
            .any(|module| module.fragments.iter().any(|(fragment, _)| fragment == name));
        assert!(used, "no plan uses shaders/{name}");
    }
}

/// Forbidden constructs in values: operations that devices round differently, and floats that have
/// not passed a barrier.
fn forbidden(wgsl: &str) -> Vec<&'static str> {
    let code: String = wgsl
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let builtins = [
        "sqrt(",
        "inverseSqrt(",
        "fma(",
        "log(",
        "log2(",
        "exp(",
        "exp2(",
        "pow(",
        "sin(",
        "cos(",
        "tan(",
        "tanh(",
        "length(",
        "distance(",
        "normalize(",
        "dot(",
        "mix(",
        "smoothstep(",
        "bitcast<f32>",
        ": f32",
        "f16",
    ];
    let mut found: Vec<_> = builtins.into_iter().filter(|builtin| code.contains(builtin)).collect();
    if code.contains('/') {
        found.push("/");
    }
    // Every float operation is alone within `rounded( … )`: one operator, operands from
    // `number( … )` or a literal.
    for (at, _) in code.match_indices("number(") {
        let line = code[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if !code[line..at].contains("rounded(") {
            found.push("number( outside of rounded(");
        }
    }
    for statement in code.split(';').filter(|statement| statement.contains("rounded(")) {
        let operators = [" + ", " - ", " * "].iter().map(|op| statement.matches(op).count());
        if operators.sum::<usize>() != 1 || statement.matches("rounded(").count() != 1 {
            found.push("rounded( around more or less than one operation");
        }
    }
    found
}

#[test]
fn values_use_only_individually_rounded_operations() {
    let values = ValueFn::ALL.iter().map(|function| function.wgsl());
    let libraries = MathModule::ALL.iter().map(|library| library.wgsl());
    for (name, wgsl) in values.chain(libraries) {
        assert_eq!(forbidden(wgsl), Vec::<&str>::new(), "shaders/{name}");
    }
    assert_eq!(forbidden("let x = sqrt(y); // log("), ["sqrt("]);
    assert_eq!(forbidden("let x = rounded(number(y) / number(z));").first(), Some(&"/"));
    assert!(!forbidden("let x = rounded(number(a) * number(b) + number(c));").is_empty());
    assert!(!forbidden("let x = number(a);").is_empty());
}

/// SwiftShader's compiler takes much longer for each branch of a module, and values are called
/// several times in it. `&&` and `||` are branches too.
#[test]
fn values_have_no_branches() {
    let values = ValueFn::ALL.iter().map(|function| function.wgsl());
    let libraries = MathModule::ALL.iter().map(|library| library.wgsl());
    for (name, wgsl) in values.chain(libraries) {
        for branch in ["&&", "||", "if ", "for ", "loop ", "while ", "switch "] {
            let code = wgsl.lines().map(|line| line.split("//").next().unwrap_or_default());
            let found = code.filter(|line| line.contains(branch)).count();
            assert_eq!(found, 0, "shaders/{name} has {branch:?}");
        }
    }
}

/// SwiftShader's compiler takes more than twice the time for each statistic whose functions return
/// early.
#[test]
fn no_function_of_a_pass_returns_early() {
    use naga::{Block, Statement};
    // A return at the end of a branch at the end of a function is not early.
    fn returns_early(block: &Block, at_end: bool) -> bool {
        block.iter().enumerate().any(|(index, statement)| {
            let at_end = at_end && index + 1 == block.len();
            match statement {
                Statement::Return { .. } => !at_end,
                Statement::Block(block) => returns_early(block, at_end),
                Statement::If { accept, reject, .. } => {
                    returns_early(accept, at_end) || returns_early(reject, at_end)
                }
                Statement::Switch { cases, .. } => {
                    cases.iter().any(|case| returns_early(&case.body, at_end))
                }
                Statement::Loop { body, continuing, .. } => {
                    returns_early(body, false) || returns_early(continuing, false)
                }
                _ => false,
            }
        })
    }
    for plan in plans().iter().filter(|plan| plan.families.iter().any(|f| !f.statistics.is_empty()))
    {
        for module in modules_of(plan) {
            for (_, function) in parsed(&module).functions.iter() {
                let name = function.name.as_deref().unwrap_or_default();
                assert!(!returns_early(&function.body, true), "{name} returns early");
            }
        }
    }
}

#[test]
fn twins_have_files_of_the_same_name() {
    for function in ValueFn::ALL {
        let (file, wgsl) = function.wgsl();
        let name = function.name();
        assert_eq!(file, format!("kernel/value/{name}.wgsl"));
        let begin = format!("// Twin of src/kernel/value/{name}.rs: ");
        assert!(wgsl.starts_with(&begin), "shaders/{file} does not name its twin");
        let of_row = [ValueFn::OF_ROWS, ValueFn::OF_VECTORS].concat().contains(function);
        let inputs = if of_row { "row: RowSummary" } else { "prediction: u32, truth: u32" };
        assert!(wgsl.contains(&format!("fn {name}({inputs}, parameter: u32)")));
        let twin = format!("{}/src/kernel/value/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let twin = std::fs::read_to_string(&twin).unwrap_or_else(|error| panic!("{twin}: {error}"));
        assert!(twin.contains(&format!("pub fn {name}(")), "{name} has no twin");
        // The value in double precision comes last, and has no twin.
        let (single, _) = twin.split_once("in double precision.").expect("both precisions");
        assert_eq!(names(wgsl), names(single), "{name}: the twins' statements differ");
    }
}

/// The names that statements define, in order.
fn names(text: &str) -> Vec<String> {
    let lets = text.lines().filter_map(|line| line.trim().strip_prefix("let "));
    lets.filter_map(|rest| rest.split([' ', ':', '=']).next().map(str::to_owned)).collect()
}

/// Each function in a text: its name, and the names that its statements define.
fn functions(text: &str) -> Vec<(String, Vec<String>)> {
    let mut bodies: Vec<_> = text.split("fn ").skip(1).collect();
    bodies.retain(|body| body.contains('('));
    let name = |body: &str| body.split('(').next().unwrap_or_default().to_owned();
    bodies.into_iter().map(|body| (name(body), names(body))).collect()
}

#[test]
fn libraries_match_function_by_function() {
    // Only needed in WGSL: correctly rounded quotients and roots, and conversions from integers of
    // 64 or 128 bits.
    let own_way = [
        "quotient",
        "square_root",
        "units",
        "number_of",
        "normalized",
        "nearly_one",
        "placed",
        "number_of_units",
        "problem_score",
    ];
    // Only needed in Rust: a conversion that vectorises, the inverse of a key, a check of the
    // host's, and a constant.
    let in_rust_alone = ["whole_part", "unordered", "valid_weight", "two_to"];
    // The twin of a custom value's result is one of several functions of a file.
    let is_library = |file: &str| {
        file.starts_with("kernel/")
            && !file.starts_with("kernel/value/")
            && file != "kernel/custom.wgsl"
    };
    let libraries = fragments().into_iter().filter(|(file, _)| is_library(file));
    let mut files = 0;
    for (file, wgsl) in libraries {
        let twin = format!("{}/src/{}", env!("CARGO_MANIFEST_DIR"), file.replace(".wgsl", ".rs"));
        let twin = std::fs::read_to_string(&twin).unwrap_or_else(|error| panic!("{twin}: {error}"));
        let in_wgsl = functions(wgsl);
        let mut compared = 0;
        for (name, statements) in functions(&twin) {
            if in_rust_alone.contains(&name.as_str()) {
                continue;
            }
            let found = in_wgsl.iter().find(|(other, _)| *other == name);
            let (_, other) = found.unwrap_or_else(|| panic!("{file} has no {name}"));
            if !own_way.contains(&name.as_str()) {
                assert_eq!(other, &statements, "{name}: the twins' statements differ");
            }
            compared += 1;
        }
        assert!(compared >= in_wgsl.len().min(5), "{file}: only {compared} functions");
        files += 1;
    }
    assert!(files > 7, "only {files} libraries");
}

#[test]
fn a_line_of_a_module_is_found_in_its_file() {
    let plan = Plan::new(Task::Regression, [Statistic::sum(ValueFn::SquaredError)]);
    let module = &modules(&plan, plan.schema(false)).expect("modules")[0];
    let line = 1 + module.wgsl.lines().position(|line| line.contains("let squared = ")).unwrap();
    let (_, bits) = fragments()[0];
    let expected = 1 + bits.lines().position(|line| line.contains("let squared = ")).unwrap();
    assert_eq!(module.locate(line), format!("shaders/kernel/bits.wgsl:{expected}"));
}
