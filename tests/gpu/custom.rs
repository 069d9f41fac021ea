//! Custom values: their sums, their errors with line numbers, and the detection of differing twins
//! on every adapter. `tests/agreement` checks that correct values agree.

use crate::common::custom::{EXCESS, LINEX_LOSS, LOG_RATIO, PRODUCT, statistics};
use weighbridge::error::{BuildError, StateError};
use weighbridge::kernel::bits::difference;
use weighbridge::kernel::float::times;
use weighbridge::metric;
use weighbridge::statistic::{Accumulator, Constant, CustomValue, Statistic, ValueFn, ValueSpec};
use weighbridge::{Batch, Device, Error, Evaluator, EvaluatorBuilder, Task, Undefined};

fn builder() -> EvaluatorBuilder {
    Evaluator::builder(Task::Regression).device(Device::Cpu)
}

fn sum(value: &'static CustomValue) -> Statistic {
    Statistic::sum(ValueFn::Custom(value))
}

#[test]
fn means_and_sums_match_hand_computed_values() {
    let mut evaluator = builder()
        .metric("mean_error")
        .value(&PRODUCT)
        .value_with(&LINEX_LOSS, 0.5)
        .value(&PRODUCT)
        .statistics([sum(&PRODUCT)])
        .build()
        .expect("sound values");
    let batch = Batch::new(&[2.0_f32, 1.0, 3.0], &[4.0_f32, 1.0, -1.0]);
    evaluator.update(&batch.weights(&[3.0_f32, 0.5, 2.0])).expect("a batch");
    let report = evaluator.result().expect("a report");
    let names: Vec<_> = report.entries.iter().map(|entry| entry.spec.as_str()).collect();
    assert_eq!(names, ["mean_error", "product", "linex_loss:0.5"]);
    // The products are 8, 1 and −3.
    assert_eq!(report.unweighted("product"), Ok(2.0));
    assert_eq!(report.weighted("product"), Ok(18.5 / 5.5));
    let [a, b, c] = [-1.0_f64, 0.0, 2.0].map(|x| x.exp() - x - 1.0);
    let near = |value: f64, expected: f64| (value - expected).abs() < 1e-6 * expected;
    let linex = "linex_loss:0.5";
    assert!(near(report.unweighted(linex).expect("a number"), (a + b + c) / 3.0));
    assert!(near(report.weighted(linex).expect("a number"), (3.0 * a + 0.5 * b + 2.0 * c) / 5.5));
    let state = evaluator.state().expect("a state");
    assert_eq!(state.statistics, ["sum:error", "sum:linex_loss:0.5", "sum:product"]);
    let Accumulator::Sum(product) = state.totals[0].statistics[2].content else { panic!("no sum") };
    assert_eq!((product.unweighted.to_f64(), product.weighted.to_f64()), (6.0, 18.5));
}

#[test]
fn weight_zero_deletes_a_sample_and_weight_two_doubles_it() {
    let result = |prediction: &[f32], truth: &[f32], weight: &[f32]| {
        let mut evaluator = builder().value(&LOG_RATIO).build().expect("a value");
        evaluator.update(&Batch::new(prediction, truth).weights(weight)).expect("a batch");
        evaluator.result().expect("a report").weighted("log_ratio")
    };
    let once = result(&[1.0, 3.0, 3.0], &[2.0, 1.0, 1.0], &[1.0, 1.0, 1.0]);
    let twice = result(&[1.0, 3.0, f32::NAN, -1.0], &[2.0, 1.0, 0.0, 1.0], &[1.0, 2.0, 0.0, 0.0]);
    assert!(once.is_ok());
    assert_eq!(once, twice);
}

#[test]
fn results_for_inputs_that_are_not_numbers_are_defined() {
    let result = |value, samples: &[(f32, f32)]| {
        let mut evaluator = builder().value(value).build().expect("a value");
        let (prediction, truth): (Vec<_>, Vec<_>) = samples.iter().copied().unzip();
        evaluator.update(&Batch::new(&prediction, &truth)).expect("a batch");
        let report = evaluator.result().expect("a report");
        report.entries[0].unweighted.clone().map(|value| value.scalar().expect("a number"))
    };
    let outside =
        |count, domain: &str| Err(Undefined::OutsideDomain { count, domain: domain.to_owned() });
    let above = "predictions and truths above 0";
    assert_eq!(result(&LOG_RATIO, &[(1.0, 1.0), (0.0, 1.0), (1.0, -1.0)]), outside(2, above));
    // Infinity minus infinity, and a negative result of a value declared as never negative.
    let excess = "predictions no smaller than truths";
    assert_eq!(result(&EXCESS, &[(1e30, 1e30), (1.0, 0.5)]), outside(1, excess));
    assert_eq!(result(&EXCESS, &[(1.0, 2.0)]), outside(1, excess));
    assert_eq!(result(&EXCESS, &[(1e-30, 1e-20), (2.0, 1.0)]), Ok(1.5));
    assert_eq!(result(&PRODUCT, &[(1e30, 1e30)]), Err(Undefined::Overflow { count: 1 }));
    // Results that are far too small, slightly too small, and −0.
    assert_eq!(result(&PRODUCT, &[(1e-30, 1e-30), (1e-20, 1e-18), (0.0, -1.0)]), Ok(0.0));
}

#[test]
fn a_maximum_needs_a_value_that_is_never_negative() {
    let maximum = |value| {
        Statistic::Maximum(ValueSpec {
            function: ValueFn::Custom(value),
            parameter: Constant::ZERO,
        })
    };
    assert!(builder().statistics([maximum(&EXCESS)]).build().is_ok());
    let error = builder().statistics([maximum(&PRODUCT)]).build().expect_err("it can be negative");
    let expected = "maximum: value is \"product\", but must be a value that is never negative";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_parameter_lies_within_its_range() {
    let error = builder().value(&LINEX_LOSS).build().expect_err("no parameter");
    let expected = "linex_loss: parameter is \"0\", but must be a number from 1.25e-1 to 8e0";
    assert_eq!(error.to_string(), expected);
    assert!(builder().value_with(&PRODUCT, 1.0).build().is_err());
}

const fn named(name: &'static str) -> CustomValue {
    CustomValue::new(name, "", |_, _, _| 0)
}

#[test]
fn names_are_identifiers_that_are_not_taken() {
    static NAMES: [CustomValue; 8] = [
        named(""),
        named("mean-error"),
        named("_error"),
        named("grösse"),
        named("my__error"),
        named("absolute_error"),
        named("mean_absolute_error"),
        named("accuracy"),
    ];
    for value in &NAMES {
        let error = builder().value(value).build().expect_err("the name is bad");
        let Error::Build(BuildError::InvalidValueName { name, .. }) = error else {
            panic!("{error}")
        };
        assert_eq!(name, value.name());
        assert!(builder().statistics([sum(value)]).build().is_err());
    }
    // Every name in the library.
    for name in ValueFn::ALL.iter().map(|function| function.name()) {
        let value = Box::leak(Box::new(named(name)));
        assert!(matches!(
            builder().value(value).build(),
            Err(Error::Build(BuildError::InvalidValueName { .. }))
        ));
    }
    for name in metric::all().map(|metric| metric.name) {
        let value = Box::leak(Box::new(named(name)));
        assert!(matches!(
            builder().value(value).build(),
            Err(Error::Build(BuildError::InvalidValueName { .. }))
        ));
    }
}

#[test]
fn two_values_with_one_name_are_an_error_but_one_value_twice_is_not() {
    let copy: &'static CustomValue = Box::leak(Box::new(PRODUCT.clone()));
    let report = builder().value(&PRODUCT).value(copy).build().expect("one value");
    assert_eq!(report.specs().len(), 1);
    let other: &'static CustomValue = Box::leak(Box::new(PRODUCT.clone().domain("anything")));
    for builder in [builder().value(&PRODUCT).value(other), builder().statistics([sum(other)])] {
        let error = builder.value(&PRODUCT).build().expect_err("two values");
        let expected =
            "a custom value cannot be named \"product\": two different values have this name";
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn states_merge_only_if_their_values_are_the_same() {
    let build = |value| {
        let mut evaluator = builder().value(value).build().expect("a value");
        evaluator.update(&Batch::new(&[2.0_f32], &[1.0_f32])).expect("a batch");
        evaluator
    };
    let mut product = build(&PRODUCT);
    let state = product.state().expect("a state");
    product.merge(&state).expect("the same value");
    assert_eq!(product.result().expect("a report").samples, 2);
    let mismatch = build(&EXCESS).merge(&state);
    assert!(matches!(mismatch, Err(Error::State(StateError::Mismatch { .. }))));
}

mod wgsl {
    use super::*;
    use crate::common::devices::adapters;

    /// A value with this WGSL.
    fn written(wgsl: &'static str) -> &'static CustomValue {
        Box::leak(Box::new(CustomValue::new("mine", wgsl, |_, _, _| 0)))
    }

    const HEAD: &str = "fn mine(prediction: u32, truth: u32, parameter: u32) -> u32 {\n";

    fn message(text: &str) -> String {
        let wgsl: &'static str = Box::leak(text.to_owned().into_boxed_str());
        let built = builder().value(written(wgsl)).build();
        let error = built.expect_err(text);
        assert!(matches!(error, Error::Build(BuildError::InvalidValueWgsl { .. })), "{error:?}");
        error.to_string()
    }

    #[test]
    fn errors_show_the_line_and_what_is_wrong() {
        let body = |body: &str| message(&format!("{HEAD}{body}\n}}"));
        for (error, expected) in [
            (body("    return truth"), "the custom value mine, line 3: expected `;`, found \"}\""),
            (
                body("\n\n  let x = 1 +;"),
                "the custom value mine, line 4: expected expression, found \";\"",
            ),
            (
                body("    let d = truth;\n    return indifference(d);"),
                "the custom value mine, line 3: no definition in scope for identifier: \
                 `indifference`",
            ),
            // Libraries must be declared.
            (
                body("    return ln(truth);"),
                "the custom value mine, line 2: no definition in scope for identifier: `ln`",
            ),
            (
                body("    let d: f32 = truth;\n    return 0u;"),
                "the custom value mine, line 2: the type of `d` is expected to be `f32`, but got \
                 `u32`",
            ),
            (
                body("    let target = 1u;\n    return target;"),
                "the custom value mine, line 2: name `target` is a reserved keyword",
            ),
            (
                "".to_owned() + &message(""),
                "the custom value mine, line 1: there must be a `fn mine(prediction: u32, truth: \
                 u32, parameter: u32) -> u32`",
            ),
            (
                message("\nfn mine(prediction: u32, truth: u32) -> u32 { return truth; }"),
                "the custom value mine, line 2: there must be a `fn mine(prediction: u32, truth: \
                 u32, parameter: u32) -> u32`",
            ),
        ] {
            assert_eq!(error, expected);
        }
        // A type that does not match, and an incomplete text.
        let error = body("    let d = truth;\n    return bitcast<f32>(d);");
        assert!(
            error.starts_with("the custom value mine, line 3: The `return` expression "),
            "{error}"
        );
        assert!(error.ends_with(" (in `return bitcast<f32>(d);`)"), "{error}");
        let error = message(HEAD);
        assert!(error.starts_with("the custom value mine, line 1: "), "{error}");
    }

    #[test]
    fn values_are_functions_and_clash_with_nothing() {
        let beside = |other: &str| message(&format!("{other}\n{HEAD}    return 0u;\n}}"));
        for (error, expected) in [
            (
                beside("\nvar<private> mine_sum: u32;"),
                "the custom value mine, line 2: a value keeps nothing between samples",
            ),
            (
                beside("override mine_factor: u32 = 1u;"),
                "the custom value mine, line 1: a value keeps nothing between samples",
            ),
            (
                beside("\n@compute @workgroup_size(1) fn mine_shader() {}"),
                "the custom value mine, line 2: a value is a function, and no shader of its own",
            ),
            (
                beside("fn part(x: u32) -> u32 { return x; }"),
                "the custom value mine, line 1: part must be called mine_part, to clash with none",
            ),
            (
                beside("const minefield = 1u;"),
                "the custom value mine, line 1: minefield must be called mine_minefield, to clash \
                 with none",
            ),
            (
                beside("// no\nalias mine_part = u32;"),
                "the custom value mine, line 2: a value declares no alias",
            ),
            (
                beside("/* // */ alias mine_part = u32; /* /* */ alias */"),
                "the custom value mine, line 1: a value declares no alias",
            ),
            (
                beside("struct Part { x: u32 }"),
                "the custom value mine, line 1: Part must be called mine_Part, to clash with none",
            ),
            (
                beside("fn max(x: u32, y: u32) -> u32 { return x; }"),
                "the custom value mine, line 1: max must be called mine_max, to clash with none",
            ),
            (
                beside("fn field(x: u32) -> u32 { return x; }"),
                "the custom value mine, line 1: redefinition of `field`",
            ),
        ] {
            assert_eq!(error, expected);
        }
    }

    /// Barriers in a value were reached by some threads of a workgroup and not by others: a mean of
    /// 5 came out as 3.9.
    #[test]
    fn values_do_nothing_together_with_other_threads() {
        for statement in [
            "workgroupBarrier();",
            "storageBarrier();",
            "if truth > 1u { loop { textureBarrier(); break; } }",
            "switch truth { case 1u: { discard; } default: {} }",
        ] {
            let error = message(&format!("{HEAD}    {statement}\n    return 0u;\n}}"));
            let expected = "the custom value mine, line 2: a value has no barriers, no discard, and \
                            nothing that threads do together";
            assert_eq!(error, expected, "{statement}");
        }
    }

    /// The zero of the rounding barrier is a variable of the library.
    #[test]
    fn values_use_no_variables_of_the_library() {
        for statement in ["zero = 1u;", "let x = _given[0];", "let place = &zero;"] {
            let error = message(&format!("{HEAD}    {statement}\n    return 0u;\n}}"));
            let expected = "the custom value mine, line 2: a value uses no variables but its own";
            assert_eq!(error, expected, "{statement}");
        }
    }

    /// Values must not use other names of a module, because these change with the plan.
    #[test]
    fn values_see_only_their_inputs() {
        for name in ["limbs[0]", "state[0]", "sample.weight", "weights[0].x", "parameters.samples"]
        {
            let error = message(&format!("{HEAD}    return u32({name});\n}}"));
            assert!(error.starts_with("the custom value mine, line 2: "), "{error}");
        }
    }

    const fn one(name: &'static str, wgsl: &'static str) -> CustomValue {
        CustomValue::new(name, wgsl, |_, _, _| 0)
    }

    #[test]
    fn names_used_by_shaders_are_errors_with_their_line() {
        static MULTIPLY: CustomValue = one(
            "multiply",
            "fn multiply(prediction: u32, truth: u32, parameter: u32) -> u32 { return 0u; }",
        );
        let error = builder().value(&MULTIPLY).build().expect_err("a name of the kernel");
        assert_eq!(
            error.to_string(),
            "the custom value multiply, line 1: the library's shaders declare multiply, too"
        );
        static SAMPLE: CustomValue = one(
            "sample",
            "fn sample(prediction: u32, truth: u32, parameter: u32) -> u32 { return 0u; }",
        );
        let error = builder().value(&SAMPLE).build().expect_err("what the kernel calls its sample");
        assert_eq!(
            error.to_string(),
            "the custom value sample, line 1: the library's shaders declare sample, too"
        );
        static TWO: CustomValue = one(
            "multiply_two",
            "fn multiply_two(prediction: u32, truth: u32, parameter: u32) -> u32 { return 0u; }",
        );
        static MULTIPLE: CustomValue = one(
            "multiple",
            "const multiple_two = 2u;
             fn multiple(prediction: u32, truth: u32, parameter: u32) -> u32 { return 0u; }",
        );
        static MULTIPLE_TWO: CustomValue = one(
            "multiple_two",
            "fn multiple_two(prediction: u32, truth: u32, parameter: u32) -> u32 { return 0u; }",
        );
        assert!(builder().value(&TWO).value(&MULTIPLE).build().is_ok());
        assert!(builder().value(&TWO).value(&MULTIPLE_TWO).build().is_ok());
        let built = builder().value(&MULTIPLE).value(&MULTIPLE_TWO).build();
        let error = built.expect_err("one name twice").to_string();
        assert_eq!(
            error,
            "the custom value multiple_two, line 1: another value declares multiple_two, too"
        );
        static CLAMP: CustomValue = one(
            "clamp",
            "fn clamp(prediction: u32, truth: u32, parameter: u32) -> u32 { return 0u; }",
        );
        let error = builder().value(&CLAMP).build().expect_err("a name of WGSL's own");
        let expected = "a custom value cannot be named \"clamp\": it is the name of something \
                        built into WGSL";
        assert_eq!(error.to_string(), expected);
    }

    const ABSOLUTE: &str = "fn mine(prediction: u32, truth: u32, parameter: u32) -> u32 {
        return magnitude(difference(prediction, truth));
    }";

    fn differ(twin: fn(u32, u32, u32) -> u32, wgsl: &'static str) -> Vec<String> {
        let value: &'static CustomValue =
            Box::leak(Box::new(CustomValue::new("mine", wgsl, twin).parameters(0.0, 4.0)));
        let errors = adapters().into_iter().map(|device| {
            let Device::Named(adapter) = device.clone() else { unreachable!() };
            let built = builder().device(device).value_with(value, 2.0).build();
            let error = built.expect_err("the twins differ");
            assert!(
                matches!(error, Error::Build(BuildError::ValueTwinsDiffer { .. })),
                "{error:?}"
            );
            error.to_string().replace(&adapter, "ADAPTER")
        });
        errors.collect()
    }

    #[test]
    fn differing_twins_are_reported_with_the_first_input_and_both_results() {
        // One of the twins ignores the sign.
        for error in differ(|prediction, truth, _| difference(prediction, truth), ABSOLUTE) {
            let (beginning, rest) =
                error.split_once(" its Rust function returns ").expect("results");
            assert!(beginning.starts_with("the custom value mine: for prediction "), "{error}");
            assert!(beginning.ends_with(" and parameter 2.0 (0x40000000)"), "{error}");
            let number = |text: &str| -> f32 {
                text.split([' ', ',']).next().expect("a word").parse().expect("a number")
            };
            let after = |text: &str| number(beginning.split_once(text).expect("an input").1);
            let expected = after("prediction ") - after("truth ");
            assert!(expected < 0.0, "{error}");
            assert_eq!(number(rest), expected, "{error}");
            let wgsl = rest.split_once("on ADAPTER returns ").expect("the adapter").1;
            assert_eq!(number(wgsl), -expected, "{error}");
            assert!(
                wgsl.ends_with("each operation on floats in WGSL must be within rounded( )"),
                "{error}"
            );
        }
    }

    #[test]
    fn twins_that_differ_rarely_or_slightly_are_found() {
        // Differences in the last bit, only for equal inputs, only for large inputs, and by the
        // parameter.
        let one_off: fn(u32, u32, u32) -> u32 =
            |p, t, _| (difference(p, t) & 0x7fff_ffff) + u32::from(p > 0x3f80_0000 && p != t);
        let at_zero: fn(u32, u32, u32) -> u32 =
            |p, t, _| if p == t { 0x3f80_0000 } else { difference(p, t) & 0x7fff_ffff };
        let large: fn(u32, u32, u32) -> u32 = |p, t, _| {
            let d = difference(p, t) & 0x7fff_ffff;
            if d == 0x7f80_0000 { 0x7f7f_ffff } else { d }
        };
        let scaled: fn(u32, u32, u32) -> u32 =
            |p, t, parameter| times(difference(p, t) & 0x7fff_ffff, parameter);
        for twin in [one_off, at_zero, large, scaled] {
            differ(twin, ABSOLUTE);
        }
    }

    #[test]
    fn a_fused_or_reordered_operation_differs_from_the_twin() {
        // Without barriers, one of the software adapters simplifies (a + b) - a to b.
        let folded = "fn mine(prediction: u32, truth: u32, parameter: u32) -> u32 {
            let sum = number(prediction) + number(truth);
            return bitcast<u32>(sum - number(prediction));
        }";
        let value: &'static CustomValue =
            Box::leak(Box::new(CustomValue::new("mine", folded, |prediction, truth, _| {
                let [p, t] = [prediction, truth].map(f32::from_bits);
                ((p + t) - p).to_bits()
            })));
        for device in adapters() {
            let lavapipe = matches!(&device, Device::Named(name) if name.starts_with("llvmpipe"));
            let built = builder().device(device).value(value).build();
            if lavapipe {
                assert!(
                    matches!(built, Err(Error::Build(BuildError::ValueTwinsDiffer { .. }))),
                    "{built:?}"
                );
            }
        }
    }

    #[test]
    fn correct_values_pass_in_every_task_and_give_the_same_state() {
        for device in adapters() {
            for task in [Task::Regression, Task::Binary, Task::Multiclass] {
                let build = |device, checked| {
                    let some = statistics().into_iter().step_by(4);
                    let builder = Evaluator::builder(task).classes(3).statistics(some);
                    let builder = builder.value(&PRODUCT).device(device).checked(checked);
                    builder.build().expect("sound values")
                };
                let mut evaluators = [build(Device::Cpu, false), build(device.clone(), true)];
                let truth = [0.0_f32, 1.0, 1.0, 0.0];
                let batch = Batch::new(&[1.0_f32, 2.0, 0.0, 1.0], &truth);
                let states = evaluators.each_mut().map(|evaluator| {
                    evaluator.update(&batch).expect("a batch");
                    evaluator.state().expect("a state")
                });
                assert_eq!(states[0], states[1]);
            }
        }
    }
}
