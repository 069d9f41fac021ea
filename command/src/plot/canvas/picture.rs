//! A picture of shapes and text, which is rendered as SVG or PNG.

use super::Point;
use super::raster::prepared;
use super::style::{FONTS, INK, Side, TITLE};
use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::color::Color;
use kuva::render::render::{Primitive, Scene, TextAnchor};

/// PNG pixels per SVG pixel, for screens and printers.
const SCALE: f64 = 2.0;
/// Most pixels of a PNG.
const MAX_PIXELS: f64 = 4e7;

pub struct Picture {
    title: String,
    pub(super) scene: Scene,
}

/// Colour, width and dashes of a line.
pub struct Stroke {
    pub colour: Color,
    pub width: f64,
    pub dash: Option<&'static str>,
}

impl Stroke {
    /// The stroke of a side.
    pub fn of(side: Side) -> Self {
        Self { colour: side.colour(), width: side.width(), dash: side.dash() }
    }
}

impl Picture {
    /// An empty picture with a title.
    pub fn new(title: &str, width: f64, height: f64) -> Self {
        let mut scene = Scene::new(width, height);
        scene.font_family = Some(FONTS.to_owned());
        let mut picture = Self { title: title.to_owned(), scene };
        picture.text((width / 2.0, 30.0), title, TITLE, TextAnchor::Middle);
        picture
    }

    /// Draws a group of shapes with a class.
    pub fn group(&mut self, class: &str, draw: impl FnOnce(&mut Self)) {
        self.marked(format!("class=\"{class}\""), draw);
    }

    /// Draws a group of adjacent rectangles without white seams between them.
    pub fn mosaic(&mut self, class: &str, draw: impl FnOnce(&mut Self)) {
        self.marked(format!("class=\"{class}\" shape-rendering=\"crispEdges\""), draw);
    }

    fn marked(&mut self, attributes: String, draw: impl FnOnce(&mut Self)) {
        let extra_attrs = Some(attributes);
        self.scene.add(Primitive::GroupStart { transform: None, title: None, extra_attrs });
        draw(self);
        self.scene.add(Primitive::GroupEnd);
    }

    /// Text on a baseline.
    pub fn text(&mut self, at: Point, text: &str, size: u32, anchor: TextAnchor) {
        self.write(at, text, size, anchor, None, INK);
    }

    /// Text in a colour, rotated clockwise by some degrees.
    pub fn write(
        &mut self,
        (x, y): Point,
        text: &str,
        size: u32,
        anchor: TextAnchor,
        rotate: Option<f64>,
        colour: Color,
    ) {
        // Text between two dollar signs would be read as a formula.
        let content = text.replace('$', "\\$");
        let color = Some(colour);
        self.scene.add(Primitive::Text { x, y, content, size, anchor, rotate, bold: false, color });
    }

    /// A line through points.
    pub fn line(&mut self, points: Vec<Point>, stroke: Stroke) {
        self.scene.add(Primitive::PolyLine {
            points,
            stroke: stroke.colour,
            stroke_width: stroke.width,
            stroke_dasharray: stroke.dash.map(str::to_owned),
        });
    }

    /// A filled rectangle between two corners.
    pub fn rectangle(&mut self, (left, top): Point, (right, bottom): Point, fill: Color) {
        let (width, height) = (right - left, bottom - top);
        let (stroke, stroke_width, opacity) = (None, None, None);
        let (x, y) = (left, top);
        self.scene.add(Primitive::Rect {
            x,
            y,
            width,
            height,
            fill,
            stroke,
            stroke_width,
            opacity,
        });
    }

    /// A marker.
    pub fn circle(&mut self, (cx, cy): Point, r: f64, fill: Color, stroke: Color) {
        let (fill_opacity, stroke, stroke_width) = (None, Some(stroke), Some(2.0));
        self.scene.add(Primitive::Circle { cx, cy, r, fill, fill_opacity, stroke, stroke_width });
    }

    /// The picture as scalable SVG, with its title for screen readers.
    pub fn svg(&self) -> String {
        let svg = SvgBackend::new().render_scene(&self.scene);
        let (head, shapes) = svg.split_once('>').unwrap_or((&svg, ""));
        let head = head.replacen("<svg ", "<svg role=\"img\" ", 1);
        let (width, height) = (self.scene.width, self.scene.height);
        let title = self.title.replace('&', "&amp;").replace('<', "&lt;");
        format!("{head} viewBox=\"0 0 {width} {height}\"><title>{title}</title>{shapes}\n")
    }

    /// The picture as PNG, with text in a font that is part of the program.
    pub fn png(self) -> Result<Vec<u8>, String> {
        let Scene { width, height, .. } = self.scene;
        let scale = SCALE.min((MAX_PIXELS / (width * height)).sqrt());
        RasterBackend::new().with_scale(scale as f32).render_scene(&prepared(self.scene, scale))
    }
}
