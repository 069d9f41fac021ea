//! Numbers as shades of one colour, from light to dark, which are in order for the colour-blind and
//! on a black-and-white printer.

use super::Point;
use super::picture::Picture;
use super::style::{INK, PAPER, TICK};
use kuva::render::color::Color;
use kuva::render::render::TextAnchor;

/// Blues of ColorBrewer (Brewer 2003), from light to dark.
const BLUES: [[u8; 3]; 9] = [
    [0xf7, 0xfb, 0xff],
    [0xde, 0xeb, 0xf7],
    [0xc6, 0xdb, 0xef],
    [0x9e, 0xca, 0xe1],
    [0x6b, 0xae, 0xd6],
    [0x42, 0x92, 0xc6],
    [0x21, 0x71, 0xb5],
    [0x08, 0x51, 0x9c],
    [0x08, 0x30, 0x6b],
];

/// Steps of the colour bar.
const STEPS: usize = 64;
/// Width of the colour bar.
const WIDTH: f64 = 14.0;
/// Space for the colour bar beside a frame, with its numbers.
pub const BAR: f64 = 100.0;

/// The shade of a number between 0 and 1.
pub fn shade(share: f64) -> Color {
    let place = share.clamp(0.0, 1.0) * (BLUES.len() - 1) as f64;
    let index = (place as usize).min(BLUES.len() - 2);
    let between = |channel: usize| {
        let [low, high] = [BLUES[index], BLUES[index + 1]].map(|blue| f64::from(blue[channel]));
        (low + (high - low) * (place - index as f64)).round() as u8
    };
    Color::Rgb(between(0), between(1), between(2))
}

/// The share above which white text is more legible than black.
const DARK: f64 = 0.7;

/// The colour of text on a shade.
pub fn ink(share: f64) -> Color {
    if share > DARK { PAPER } else { INK }
}

/// Draws a colour bar from the shade of `from` at the bottom to the shade of 1 at the top.
pub fn bar(
    picture: &mut Picture,
    (left, top): Point,
    height: f64,
    from: f64,
    ticks: &[(f64, String)],
    label: &str,
) {
    picture.group("shades", |picture| {
        for step in 0..STEPS {
            let [low, high] = [step, step + 1].map(|step| step as f64 / STEPS as f64);
            let y = |share: f64| top + height * (1.0 - share);
            // Steps overlap to avoid seams.
            let bottom = (y(low) + 0.5).min(top + height);
            let middle = (low + high) / 2.0;
            let fill = shade(from + (1.0 - from) * middle);
            picture.rectangle((left, y(high)), (left + WIDTH, bottom), fill);
        }
        for (share, text) in ticks {
            let y = top + height * (1.0 - share) + f64::from(TICK) * 0.36;
            picture.text((left + WIDTH + 5.0, y), text, TICK, TextAnchor::Start);
        }
        let middle = (left + BAR - 18.0, top + height / 2.0);
        picture.write(middle, label, TICK, TextAnchor::Middle, Some(-90.0), INK);
    });
}
