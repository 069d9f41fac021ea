//! Whether values of users' own are sound: their WGSL, alone and within the modules of a plan, and
//! their twins, sample by sample.

use super::connection::Connection;
use super::self_test::{LIMITS, SplitMix};
use super::source::{self, Module};
use crate::error::Error;
use crate::statistic::bits::{FIELD_MAX, field, flushed, magnitude};
use crate::statistic::float::SIGN;
use crate::statistic::{CustomValue, Function, Library, Plan, Task};
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};
use wgpu::naga;
use wgpu::naga::keywords::wgsl::BUILTIN_IDENTIFIERS;
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};
use wgpu::naga::{Scalar, Span, TypeInner};
use wgpu::util::{BufferInitDescriptor, DeviceExt};
use wgpu::{
    BindGroupDescriptor, BindGroupEntry, BufferUsages, ComputePassDescriptor,
    ComputePipelineDescriptor, ShaderModuleDescriptor, ShaderSource,
};

/// What `rounded` and the kernel read at run time.
const PARAMETERS: &str = "\
struct Parameters {
    zero: u32,
    given: u32,
}

@group(0) @binding(2) var<uniform> parameters: Parameters;
";

/// Threads of a workgroup.
const GROUP: usize = 64;

/// Samples that twins are compared on.
const SAMPLES: usize = 1 << 13;

/// Values whose WGSL was found valid, with the names that it declares: each is read once.
static VALID: Mutex<Vec<(CustomValue, Vec<Declared>)>> = Mutex::new(Vec::new());

/// Fails if the WGSL of a value of a user's own is not what it must be.
pub(super) fn check(plan: &Plan) -> Result<(), Error> {
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
        let twice = |own: &&Declared| {
            all.iter().any(|(other, theirs)| *other != value && theirs.name == own.name)
        };
        if let Some(Declared { name, line }) = names.iter().find(twice) {
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

/// The names that the library's shaders declare at module scope, those of all plans together.
static TAKEN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let fragments = source::fragments().into_iter().map(|(_, text)| text.to_owned());
    let constants = Library::ALL.iter().flat_map(|library| library.constants());
    let constants = constants.map(|(name, _)| (*name).to_owned());
    // Constants and calls of a pass.
    let passes = source::modules(&Plan::new(Task::Regression, [])).into_iter();
    let texts: Vec<_> = fragments.chain(passes.map(|module| module.wgsl)).collect();
    texts.iter().flat_map(|text| text.lines().filter_map(declaration)).chain(constants).collect()
});

/// The name that a line of a shader declares at module scope.
fn declaration(line: &str) -> Option<String> {
    let (keyword, rest) = match line.split_once("var<") {
        Some((before, rest)) => (before, rest.split_once("> ")?.1),
        None => line.split_once(' ')?,
    };
    let declares = ["fn", "struct", "const", "alias", ""].contains(&keyword);
    let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next()?;
    (declares || keyword.starts_with("@group")).then(|| name.to_owned())
}

fn invalid(value: &CustomValue, line: usize, message: impl Into<String>) -> Error {
    Error::InvalidWgsl { name: value.name(), line, message: message.into() }
}

/// A value with no more around it than it may use.
fn alone(value: &'static CustomValue) -> Module {
    let function = Function::Custom(value);
    let (name, text) = function.wgsl();
    let mut module = Module::of_libraries(function.libraries());
    module.push("(parameters)", PARAMETERS);
    module.push(name, text);
    module
}

/// The names that the WGSL of a value declares, if it is valid.
fn declared(value: &'static CustomValue) -> Result<Vec<Declared>, Error> {
    let name = value.name();
    if BUILTIN_IDENTIFIERS.contains(&name) {
        let reason = "it is the name of something built into WGSL";
        return Err(Error::InvalidValueName { name, reason });
    }
    let (module, (_, text)) = (alone(value), Function::Custom(value).wgsl());
    // Its line in the user's text, if it stands there.
    let own = |line: usize| match module.place(line) {
        Some((fragment, line)) if fragment == name => Some(line),
        _ => None,
    };
    let parsed = parsed(&module).map_err(|fault| {
        // What is still open at the end has no line of its own.
        let line = fault.lines.iter().find_map(|&line| own(line)).unwrap_or(1);
        invalid(value, line.clamp(1, text.lines().count().max(1)), fault.message)
    })?;
    let line = |span: Span| own(line(&module, span));
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
        if TAKEN.contains(declared) {
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

/// Why a module is not valid: the lines that this may concern, and the reason.
struct Fault {
    lines: Vec<usize>,
    message: String,
}

fn line(module: &Module, span: Span) -> usize {
    span.location(&module.wgsl).line_number as usize
}

/// A module that is valid on every device.
fn parsed(module: &Module) -> Result<naga::Module, Fault> {
    let parsed = naga::front::wgsl::parse_str(&module.wgsl).map_err(|error| Fault {
        lines: error.labels().map(|(span, _)| line(module, span)).collect(),
        message: error.message().to_owned(),
    })?;
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    match validator.validate(&parsed) {
        Ok(_) => Ok(parsed),
        Err(error) => {
            // From a statement to the function that it stands in.
            let mut spans: Vec<_> = error.spans().map(|(span, _)| *span).collect();
            spans.sort_by_key(|span| span.to_range().map(|range| range.len()));
            let lines = spans.into_iter().map(|span| line(module, span)).collect();
            let first: &dyn std::error::Error = error.as_inner();
            let reasons = std::iter::successors(Some(first), |error| error.source());
            let reasons: Vec<_> = reasons.map(ToString::to_string).collect();
            Err(Fault { lines, message: reasons.join(": ") })
        }
    }
}

/// Fails with the first input for which the twins of a value of a user's own differ.
pub(super) fn compare(connection: &Connection, plan: &Plan) -> Result<(), Error> {
    for (value, parameter) in plan.custom_values() {
        let (name, parameter) = (value.name(), parameter.to_bits());
        let compared = (value.clone(), parameter, plan.form());
        if connection.compared().contains(&compared) {
            continue;
        }
        let mut module = alone(value);
        // No name of a user's begins with an underscore.
        let kernel = format!(
            "@group(0) @binding(0) var<storage, read> _inputs: array<vec2<u32>>;\n\
             @group(0) @binding(1) var<storage, read_write> _results: array<u32>;\n\
             @compute @workgroup_size({GROUP})\n\
             fn main(@builtin(global_invocation_id) id: vec3<u32>) {{\n\
             \x20   let sample = _inputs[id.x];\n\
             \x20   _results[id.x] = {name}(sample.x, sample.y, parameters.given);\n}}\n"
        );
        module.push("(kernel)", &kernel);
        let inputs = inputs(plan);
        let results = run(connection, &module.wgsl, &inputs, parameter, SAMPLES)
            .map_err(|error| module.located(error))?;
        for (&[prediction, truth], &wgsl) in inputs.iter().zip(&results) {
            let rust = value.raw(prediction, truth, parameter);
            if value.canonical(rust) != value.canonical(wgsl) {
                let adapter = connection.adapter.name.clone();
                let error =
                    Error::TwinsDiffer { name, adapter, prediction, truth, parameter, rust, wgsl };
                return Err(error);
            }
        }
        connection.compared().push(compared);
    }
    Ok(())
}

/// What a module makes of inputs: `words` results. It binds the inputs at 0, the results at 1, and
/// at 2 a zero and a parameter; each of its threads, 64 to a workgroup, takes one of the inputs.
pub(super) fn run(
    connection: &Connection,
    wgsl: &str,
    inputs: &[[u32; 2]],
    parameter: u32,
    words: usize,
) -> Result<Vec<u32>, Error> {
    debug_assert!(inputs.len().is_multiple_of(GROUP));
    let Connection { device, queue, .. } = connection;
    let module = connection.guarded(|| {
        device.create_shader_module(ShaderModuleDescriptor {
            label: Some("functions"),
            source: ShaderSource::Wgsl(wgsl.into()),
        })
    })?;
    let pipeline = connection.pipeline(&ComputePipelineDescriptor {
        label: Some("functions"),
        layout: None,
        module: &module,
        entry_point: Some("main"),
        compilation_options: Default::default(),
        cache: None,
    })?;
    // Poisoned, so that a result that was never written does not look like one.
    let poison = vec![0xa5; 4 * words];
    let parameters = [0, parameter, 0, 0];
    let buffer = |contents: &[u8], usage| {
        device.create_buffer_init(&BufferInitDescriptor { label: None, contents, usage })
    };
    let (submission, readback) = connection.guarded(|| {
        let buffers = [
            buffer(bytemuck::cast_slice(inputs), BufferUsages::STORAGE),
            buffer(&poison, BufferUsages::STORAGE | BufferUsages::COPY_SRC),
            buffer(bytemuck::cast_slice(&parameters), BufferUsages::UNIFORM),
        ];
        let readback = buffer(&poison, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        let resources = buffers.iter().map(|buffer| buffer.as_entire_binding());
        let entries: Vec<_> = resources
            .zip(0..)
            .map(|(resource, binding)| BindGroupEntry { binding, resource })
            .collect();
        let bind_group = device.create_bind_group(&BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bind_group, &[]);
        pass.dispatch_workgroups((inputs.len() / GROUP) as u32, 1, 1);
        drop(pass);
        encoder.copy_buffer_to_buffer(&buffers[1], 0, &readback, 0, poison.len() as u64);
        let submission = queue.submit([encoder.finish()]);
        (submission, readback)
    })?;
    let (sender, mut receiver) = futures::channel::oneshot::channel();
    connection.guarded(|| {
        readback.map_async(wgpu::MapMode::Read, .., move |result| {
            let _ = sender.send(result); // the receiver waits below, or has given up
        });
    })?;
    let mapped = connection.wait_for(Some(submission), || receiver.try_recv().ok().flatten())?;
    mapped.map_err(|error| connection.failed(error))?;
    let view = readback.get_mapped_range(..).map_err(|error| connection.failed(error))?;
    Ok(bytemuck::pod_collect_to_vec(&view))
}

/// Samples of every kind that a plan's columns can hold: first plain ones, in quarters from -2 to 2,
/// each against each; then limits, each against each; then any.
fn inputs(plan: &Plan) -> Vec<[u32; 2]> {
    let mut random = SplitMix(0x0074_7769_6e73);
    let plain: Vec<_> = (-8..=8_i8).map(|quarters| (f32::from(quarters) / 4.0).to_bits()).collect();
    let limits = LIMITS.iter().flat_map(|&limit| {
        let limit = magnitude(limit).min(f32::MAX.to_bits());
        [limit, limit | SIGN]
    });
    let limits: Vec<_> = limits.collect();
    let square = |numbers: Vec<u32>| -> Vec<[u32; 2]> {
        numbers
            .iter()
            .flat_map(|&first| numbers.iter().map(move |&second| [first, second]))
            .collect()
    };
    let mut samples = square(plain);
    samples.extend(square(limits));
    for sample in samples.len()..SAMPLES {
        let mut number = |kind: usize| match kind {
            0 => random.near_one(),
            1 => random.near_zero(),
            2 => random.of_any_size(),
            _ => random.next(),
        };
        let (first, second) = (number(sample % 4), number(sample / 4 % 5));
        // Or the prediction itself, or what is close to it.
        let close = first.wrapping_add(second % 5).wrapping_sub(2);
        samples.push([first, if sample / 4 % 5 == 4 { close } else { second }]);
    }
    let mut regular = |bits: u32, classes: Option<u32>| match classes {
        Some(classes) => ((random.next() % classes) as f32).to_bits(),
        None if field(bits) == FIELD_MAX => 0,
        None => flushed(bits),
    };
    let [predictions, truths] = [plan.form().prediction_classes(), plan.form().truth_classes()];
    samples.into_iter().map(|[p, t]| [regular(p, predictions), regular(t, truths)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::{Moment, SampleValue, Statistic};

    #[test]
    fn every_name_that_shaders_declare_is_taken() {
        let value = |function: Function| {
            let range = function.parameter_range();
            SampleValue { function, parameter: *range.end() }
        };
        let sums = Function::ALL.iter().map(|&function| Statistic::Sum(value(function)));
        let others = [
            Statistic::Moment(Moment::Product),
            Statistic::Maximum(value(Function::AbsoluteError)),
            Statistic::Calibration { probability: value(Function::Probability), bins: 3 },
            Statistic::Margins { classes: 2 },
        ];
        let plan = Plan::new(Task::Binary, sums.chain(others));
        let mut names = 0;
        for module in source::modules(&plan) {
            let Ok(parsed) = parsed(&module) else { panic!("a module is not valid") };
            let functions = parsed.functions.iter().map(|(_, function)| function.name.as_ref());
            let constants = parsed.constants.iter().map(|(_, constant)| constant.name.as_ref());
            let types = parsed.types.iter().map(|(_, kind)| kind.name.as_ref());
            let variables = parsed.global_variables.iter().map(|(_, global)| global.name.as_ref());
            let entries = parsed.entry_points.iter().map(|entry| Some(&entry.name));
            let all = functions.chain(constants).chain(types).chain(variables).chain(entries);
            // Nor does any name of a user's begin with an underscore.
            for name in all.flatten().filter(|name| !name.starts_with('_')) {
                assert!(TAKEN.contains(name), "{name} is not taken");
                names += 1;
            }
        }
        assert!(names > 100, "only {names} names");
    }
}
