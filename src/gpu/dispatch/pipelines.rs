//! The pipelines of a plan over samples of one schema, compiled once per device.

use crate::error::Error;
use crate::gpu::device::connection::Connection;
use crate::gpu::device::layouts::Layouts;
use crate::gpu::layout::{Layout, Pass};
use crate::gpu::source;
use crate::gpu::source::Module;
use crate::statistic::{Plan, Schema};
use wgpu::{
    ComputePipeline, ComputePipelineDescriptor, PipelineCompilationOptions, PipelineLayout,
    ShaderModuleDescriptor, ShaderSource,
};

/// The pipelines of a plan.
#[derive(Debug)]
pub(in crate::gpu) struct Pipelines {
    /// The reduction of rows, if predictions are rows.
    pub rows: Option<ComputePipeline>,
    /// One pipeline per pass of each family; empty for families that do not take samples of this
    /// schema.
    pub families: Vec<Vec<ComputePipeline>>,
}

impl Pipelines {
    /// Compiles the modules of a plan, as returned by `edit`.
    pub fn new(
        connection: &Connection,
        layouts: &Layouts,
        plan: &Plan,
        schema: Schema,
        edit: impl Fn(Module) -> Module,
    ) -> Result<Self, Error> {
        let compile = |module: Module, layout| compile(connection, edit(module), layout);
        let rows = if schema.rows {
            Some(compile(source::reduction(plan, schema), &layouts.rows.1)?)
        } else {
            None
        };
        let layout = Layout::new(plan);
        let of_pass = |(module, pass): (Module, &Pass)| {
            let layout = if pass.stores { &layouts.stored } else { &layouts.pass };
            compile(module, &layout.1)
        };
        let families = source::passes(plan, schema, &layout)?.into_iter().zip(&layout.families);
        let families = families.map(|(modules, layout)| {
            modules.into_iter().zip(&layout.passes).map(of_pass).collect()
        });
        Ok(Self { rows, families: families.collect::<Result<_, _>>()? })
    }
}

/// The pipelines of a plan for samples of each schema, compiled when they are first needed.
#[derive(Debug, Default)]
pub(in crate::gpu) struct PipelineCache {
    columns: Option<Pipelines>,
    rows: Option<Pipelines>,
    /// For rows with soft truths.
    soft: Option<Pipelines>,
}

impl PipelineCache {
    /// Compiles the pipelines for samples of a schema, unless they exist.
    pub fn prepare(
        &mut self,
        connection: &Connection,
        layouts: &Layouts,
        plan: &Plan,
        schema: Schema,
        edit: impl Fn(Module) -> Module,
    ) -> Result<(), Error> {
        let pipelines = match schema {
            Schema { soft: true, .. } => &mut self.soft,
            Schema { rows: true, .. } => &mut self.rows,
            _ => &mut self.columns,
        };
        if pipelines.is_none() {
            *pipelines = Some(Pipelines::new(connection, layouts, plan, schema, edit)?);
        }
        Ok(())
    }

    /// The pipelines for samples of a schema, after [`prepare`](Self::prepare).
    pub fn get(&self, schema: Schema) -> Result<&Pipelines, Error> {
        let pipelines = match schema {
            Schema { soft: true, .. } => &self.soft,
            Schema { rows: true, .. } => &self.rows,
            _ => &self.columns,
        };
        let missing = || Error::internal("samples were added before their pipelines were compiled");
        pipelines.as_ref().ok_or_else(missing)
    }
}

/// The kernel that converts buffers to the engines' representation.
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

/// The pipeline of a module's `main`. Without a layout, it is derived from the module.
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
