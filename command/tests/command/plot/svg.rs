//! Plots as text, with the values read off their axes.

use crate::Folder;

/// A plot as text.
pub struct Svg(pub String);

/// Maps pixels to values, with a tolerance.
pub struct Scale {
    pub origin: [f64; 2],
    pub per_pixel: [f64; 2],
    /// Pixels have two decimals, here and at the two ticks that define the scale.
    pub tolerance: [f64; 2],
}

impl Scale {
    pub fn read(&self, (x, y): (f64, f64)) -> [f64; 2] {
        [self.origin[0] + x * self.per_pixel[0], self.origin[1] + y * self.per_pixel[1]]
    }

    #[track_caller]
    pub fn assert_at(&self, at: (f64, f64), expected: [f64; 2]) {
        for ((read, expected), tolerance) in
            self.read(at).into_iter().zip(expected).zip(self.tolerance)
        {
            assert!((read - expected).abs() <= tolerance, "{read} and {expected}");
        }
    }
}

/// The value of an attribute.
pub fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap_or(("", "\""));
    rest.split_once('"').expect("an end").0
}

pub fn number(element: &str, name: &str) -> f64 {
    attribute(element, name).parse().expect("a number")
}

/// The elements with a name, each with its text.
pub fn elements<'a>(svg: &'a str, name: &str) -> Vec<&'a str> {
    let name = format!("<{name}");
    let elements = svg.split(name.as_str()).skip(1);
    elements.map(|rest| rest.split('<').next().expect("an element")).collect()
}

/// The text of an element.
pub fn content(element: &str) -> &str {
    element.split_once('>').expect("an end").1
}

/// Corners of a rectangle.
pub fn corners(rect: &str) -> [(f64, f64); 2] {
    let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(rect, name));
    [(x, y + height), (x + width, y)]
}

/// The lightness of a colour.
pub fn lightness(rect: &str) -> u32 {
    let fill = u32::from_str_radix(&attribute(rect, "fill")[1..], 16).expect("a colour");
    (fill >> 16) + (fill >> 8 & 255) + (fill & 255)
}

impl Svg {
    pub fn of(folder: &Folder, file: &str) -> Self {
        Self(folder.read(file))
    }

    /// The content of each group of a class.
    pub fn groups(&self, class: &str) -> Vec<&str> {
        let start = format!("<g class=\"{class}\"");
        let groups = self.0.split(start.as_str()).skip(1);
        groups.map(|group| group.split("</g>").next().expect("a group")).collect()
    }

    /// Points of the first line of a group.
    pub fn line(group: &str) -> Vec<(f64, f64)> {
        let path = elements(group, "path")[0];
        let path = attribute(path, "d").to_owned();
        let mut numbers = path
            .split_whitespace()
            .filter_map(|word| word.trim_start_matches(['M', 'L']).parse::<f64>().ok());
        std::iter::from_fn(|| Some((numbers.next()?, numbers.next()?))).collect()
    }

    /// The scale of a frame, by index.
    pub fn scale(&self, frame: usize) -> Scale {
        let axes = self.groups("axes")[frame].to_owned();
        let texts = elements(&axes, "text");
        let ticks = |anchor: &str, name: &str| -> Vec<(f64, f64)> {
            let is_tick = |text: &&&str| {
                attribute(text, "text-anchor") == anchor && !text.contains("transform")
            };
            let tick = |text: &&str| Some((number(text, name), content(text).parse().ok()?));
            texts.iter().filter(is_tick).filter_map(tick).collect()
        };
        // Labels of the y axis are a little below their ticks.
        let lines: Vec<_> = elements(&axes, "line").iter().map(|line| number(line, "y1")).collect();
        let nearest = |y: f64| {
            let distance = |line: &&f64| (*line - y + 4.0).abs();
            *lines.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).expect("a line")
        };
        let scale = |ticks: Vec<(f64, f64)>| {
            let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
            let per_pixel = (last.1 - first.1) / (last.0 - first.0);
            (first.1 - first.0 * per_pixel, per_pixel)
        };
        let x = scale(ticks("middle", "x"));
        let y = ticks("end", "y").into_iter().map(|(y, value)| (nearest(y), value)).collect();
        let y = scale(y);
        let tolerance = [x.1, y.1].map(|per_pixel| 0.03 * per_pixel.abs());
        Scale { origin: [x.0, y.0], per_pixel: [x.1, y.1], tolerance }
    }
}
