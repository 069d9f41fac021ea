//! A frame with axes, which maps pairs of numbers to pixels.

use super::Point;
use super::picture::Picture;
use super::style::{LABEL, TICK};
use super::text;
use kuva::render::axis::{add_axes_and_grid, add_labels_and_title};
use kuva::render::layout::{ComputedLayout, Layout, TickFormat};
use std::sync::Arc;

/// Space left of a frame, for tick labels and the title of the axis.
pub const LEFT: f64 = 100.0;
/// Space below a frame, for tick labels and the title of the axis.
pub const BELOW: f64 = 46.0;

/// Position and size of a frame.
#[derive(Clone, Copy)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// An axis: its title, range and ticks.
pub struct Axis {
    pub label: String,
    pub range: [f64; 2],
    /// Distance of ticks; chosen automatically if `None`.
    pub step: Option<f64>,
}

impl Axis {
    /// An axis from 0 to 1.
    pub fn of_shares(label: &str) -> Self {
        Self { label: label.to_owned(), range: [0.0, 1.0], step: Some(0.2) }
    }

    /// An axis from one number to another, with a small margin.
    pub fn around(label: &str, [low, high]: [f64; 2]) -> Self {
        let margin = match high - low {
            0.0 if high == 0.0 => 1.0,
            0.0 => 0.5 * high.abs(),
            span => 0.03 * span,
        };
        Self { label: label.to_owned(), range: [low - margin, high + margin], step: None }
    }

    /// The power of ten in which the axis is drawn: the plotting crate treats a range shorter than
    /// 2^-52 as empty.
    fn unit(&self) -> f64 {
        let span = self.range[1] - self.range[0];
        if (1e-6..1e6).contains(&span) { 1.0 } else { 10_f64.powf(span.log10().floor()) }
    }

    /// The range in units, and the format of numbers in units, for the plotting crate.
    fn scaled(&self) -> ([f64; 2], TickFormat) {
        let ([low, high], unit) = (self.range, self.unit());
        let format = move |x: f64| text::tick(x * unit, high - low);
        ([low / unit, high / unit], TickFormat::Custom(Arc::new(format)))
    }
}

pub struct Frame {
    pub area: Area,
    layout: ComputedLayout,
    /// The units of the layout, of x and y.
    units: [f64; 2],
}

impl Frame {
    /// Draws axes, ticks and a faint grid.
    pub fn draw(picture: &mut Picture, area: Area, x: Axis, y: Axis) -> Self {
        let units = [x.unit(), y.unit()];
        let ([left, right], x_format) = x.scaled();
        let ([bottom, top], y_format) = y.scaled();
        let mut layout = Layout::new((left, right), (bottom, top))
            .with_width(area.right())
            .with_height(area.bottom() + BELOW)
            .with_force_margins(area.left, 0.0)
            .with_force_margins_y(area.top, BELOW)
            .with_x_axis_min(left)
            .with_x_axis_max(right)
            .with_y_axis_min(bottom)
            .with_y_axis_max(top)
            .with_box_axes()
            .with_label_size(LABEL)
            .with_tick_size(TICK)
            .with_grid_line_width(0.6)
            .with_x_tick_format(x_format)
            .with_y_tick_format(y_format)
            .with_x_label(x.label)
            .with_y_label(y.label);
        layout.x_tick_step = x.step;
        layout.y_tick_step = y.step;
        let computed = ComputedLayout::from_layout(&layout);
        picture.group("axes", |picture| {
            add_axes_and_grid(&mut picture.scene, &computed, &layout);
            add_labels_and_title(&mut picture.scene, &computed, &layout);
        });
        Self { area, layout: computed, units }
    }

    /// The point of a pair of numbers.
    pub fn at(&self, [x, y]: [f64; 2]) -> Point {
        (self.layout.map_x(x / self.units[0]), self.layout.map_y(y / self.units[1]))
    }
}
