//! The pipelines of a plan over samples of one form, compiled once for each device.

use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::layout::{Layout, Pass};
use crate::gpu::source;
use crate::gpu::source::Module;
use crate::statistic::{Plan, Schema};
use wgpu::{
    BindGroupLayout, BindGroupLayoutDescriptor, BindGroupLayoutEntry, BindingType,
    BufferBindingType, ComputePipeline, ComputePipelineDescriptor, PipelineCompilationOptions,
    PipelineLayout, PipelineLayoutDescriptor, ShaderModuleDescriptor, ShaderSource, ShaderStages,
};

/// What the kernels bind, all in group 0. Columns have offsets that are given with each dispatch.
#[derive(Debug)]
pub(in crate::gpu) struct Layouts {
    /// Of a pass: prediction, truth, weight, state, parameters.
    pub pass: (BindGroupLayout, PipelineLayout),
    /// Of the reduction of rows: prediction, truth, rows, parameters, state.
    pub rows: (BindGroupLayout, PipelineLayout),
    /// Of the kernel that conforms: the five inputs, class weights, what is made, state, parameters.
    pub convert: (BindGroupLayout, PipelineLayout),
    /// Of a pass that stores scores: besides, in group 1, where.
    pub stored: (BindGroupLayout, PipelineLayout),
    /// Of the kernels that put them in order: from where, to where, counts, their sums, the step.
    pub sort: (BindGroupLayout, PipelineLayout),
}

impl Layouts {
    pub fn new(connection: &Connection) -> Result<Self, Error> {
        let fixed = |ty| (ty, false);
        let read = fixed(BufferBindingType::Storage { read_only: true });
        let write = fixed(BufferBindingType::Storage { read_only: false });
        let uniform = fixed(BufferBindingType::Uniform);
        let column = (read.0, true);
        let pass = layout(connection, &[column, column, column, write, uniform])?;
        Ok(Self {
            stored: layout_beside(connection, Some(&pass.0), &[write])?,
            pass,
            sort: layout(connection, &[read, write, write, write, (uniform.0, true)])?,
            rows: layout(connection, &[column, column, write, uniform, read])?,
            convert: layout(
                connection,
                &[read, read, read, read, read, read, write, write, uniform],
            )?,
        })
    }
}

fn layout(
    connection: &Connection,
    types: &[(BufferBindingType, bool)],
) -> Result<(BindGroupLayout, PipelineLayout), Error> {
    layout_beside(connection, None, types)
}

/// The layout of a group, and of pipelines that bind it, after another group if there is one.
fn layout_beside(
    connection: &Connection,
    first: Option<&BindGroupLayout>,
    types: &[(BufferBindingType, bool)],
) -> Result<(BindGroupLayout, PipelineLayout), Error> {
    let entry = |(binding, &(ty, has_dynamic_offset))| BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer { ty, has_dynamic_offset, min_binding_size: None },
        count: None,
    };
    let entries: Vec<_> = (0..).zip(types).map(entry).collect();
    let device = &connection.device;
    connection.guarded(|| {
        let bind_group_layout = device.create_bind_group_layout(&BindGroupLayoutDescriptor {
            label: Some("weighbridge"),
            entries: &entries,
        });
        let groups: Vec<_> = first.into_iter().chain([&bind_group_layout]).map(Some).collect();
        let pipeline_layout = device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: Some("weighbridge"),
            bind_group_layouts: &groups,
            immediate_size: 0,
        });
        (bind_group_layout, pipeline_layout)
    })
}

/// The pipelines of a plan.
#[derive(Debug)]
pub(in crate::gpu) struct Pipelines {
    /// The reduction of rows, if predictions are such.
    pub rows: Option<ComputePipeline>,
    /// One for each pass of each family; none of families that do not take such samples.
    pub families: Vec<Vec<ComputePipeline>>,
}

impl Pipelines {
    /// Compiles the modules of a plan, as `edit` returns them.
    pub fn new(
        connection: &Connection,
        layouts: &Layouts,
        plan: &Plan,
        schema: Schema,
        edit: impl Fn(Module) -> Module,
    ) -> Result<Self, Error> {
        let compile = |module: Module, layout| compile(connection, edit(module), layout);
        let reduction = |()| compile(source::reduction(plan, schema), &layouts.rows.1);
        let reduction = schema.rows.then_some(()).map(reduction).transpose()?;
        let layout = Layout::new(plan);
        let of_pass = |(module, pass): (Module, &Pass)| {
            let layout = if pass.stores { &layouts.stored } else { &layouts.pass };
            compile(module, &layout.1)
        };
        let families = source::passes(plan, schema, &layout).into_iter().zip(&layout.families);
        let families = families
            .map(|(modules, own)| modules.into_iter().zip(&own.passes).map(of_pass).collect());
        Ok(Self { rows: reduction, families: families.collect::<Result<_, _>>()? })
    }
}

/// The kernel that brings buffers into the engines' form.
pub(in crate::gpu) fn convert(
    connection: &Connection,
    layouts: &Layouts,
    module: Module,
) -> Result<ComputePipeline, Error> {
    compile(connection, module, &layouts.convert.1)
}

pub(in crate::gpu) fn compile(
    connection: &Connection,
    source: Module,
    layout: &PipelineLayout,
) -> Result<ComputePipeline, Error> {
    connection.compiled(&source.wgsl, || {
        pipeline(connection, &source.wgsl, Some(layout)).map_err(|error| source.located(error))
    })
}

/// The pipeline of a module's `main`, whose layout is what it binds if none is given.
pub(in crate::gpu) fn pipeline(
    connection: &Connection,
    wgsl: &str,
    layout: Option<&PipelineLayout>,
) -> Result<ComputePipeline, Error> {
    let label = Some("weighbridge");
    let source = ShaderSource::Wgsl(wgsl.into());
    let module = connection.guarded(|| {
        connection.device.create_shader_module(ShaderModuleDescriptor { label, source })
    })?;
    connection.pipeline(&ComputePipelineDescriptor {
        label,
        layout,
        module: &module,
        entry_point: Some("main"),
        compilation_options: PipelineCompilationOptions {
            zero_initialize_workgroup_memory: false,
            ..Default::default()
        },
        cache: None,
    })
}
