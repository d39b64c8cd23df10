//! The colors of a pass on its page, as far as they can be read (WCAG 2.2, success criterion 1.4.3).

use pkpass::{color::Color, cover::Cover};

const WHITE: Color = [255, 255, 255];
const BLACK: Color = [0, 0, 0];

/// The least contrast of text with its background: level AA.
const LEAST_CONTRAST: f64 = 4.5;

/// The colors of a pass.
#[derive(Debug, PartialEq)]
pub(super) struct Colors {
    background: Color,
    foreground: Color,
    label: Color,
}

impl Colors {
    /// The pass's own. Black or white stands for one that is missing or cannot be read on the background.
    pub(super) fn of_pass(pass: &Cover) -> Self {
        Self::new(pass.color("backgroundColor"), pass.color("foregroundColor"), pass.color("labelColor"))
    }

    fn new(background: Option<Color>, foreground: Option<Color>, label: Option<Color>) -> Self {
        let background = background.unwrap_or(WHITE);
        let is_legible = |color: &Color| contrast(*color, background) >= LEAST_CONTRAST;
        let plain = if contrast(BLACK, background) >= contrast(WHITE, background) { BLACK } else { WHITE };
        let foreground = foreground.filter(is_legible).unwrap_or(plain);
        Self { background, foreground, label: label.filter(is_legible).unwrap_or(foreground) }
    }

    /// The rules of the style sheet for them.
    pub(super) fn rules(&self) -> String {
        let [background, foreground, label] = [self.background, self.foreground, self.label].map(to_css);
        format!(".pass{{background:{background};color:{foreground}}}.label{{color:{label}}}")
    }
}

fn to_css([red, green, blue]: Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The contrast ratio, from 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The relative luminance, from 0 to 1 (WCAG 2.2, "relative luminance").
fn luminance(color: Color) -> f64 {
    let [red, green, blue] = color.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contrast_is_that_of_wcag() {
        // Of the tables of WebAIM's contrast checker.
        for (one, other, ratio) in [
            (BLACK, WHITE, 21.0),
            (WHITE, WHITE, 1.0),
            ([0x77, 0x77, 0x77], WHITE, 4.48),
            ([0x76, 0x76, 0x76], WHITE, 4.54),
            ([255, 0, 0], WHITE, 4.0),
            ([0, 0, 255], WHITE, 8.59),
        ] {
            assert!((contrast(one, other) - ratio).abs() < 0.005, "{one:?} {other:?}: {}", contrast(one, other));
            assert!((contrast(other, one) - ratio).abs() < 0.005);
        }
    }

    #[test]
    fn colors_that_can_be_read_are_kept_and_others_are_not() {
        let brown = [176, 74, 30];
        for ((background, foreground, label), (kept_foreground, kept_label)) in [
            ((None, None, None), (BLACK, BLACK)),
            ((Some(brown), None, None), (WHITE, WHITE)),
            ((Some(brown), Some(WHITE), Some([255, 240, 220])), (WHITE, [255, 240, 220])),
            ((Some(brown), Some([180, 80, 40]), Some(brown)), (WHITE, WHITE)),
            ((Some(WHITE), Some([0x77; 3]), Some([0x76; 3])), (BLACK, [0x76; 3])),
            ((Some(BLACK), Some(WHITE), Some([60; 3])), (WHITE, WHITE)),
        ] {
            let colors = Colors::new(background, foreground, label);
            assert_eq!((colors.foreground, colors.label), (kept_foreground, kept_label), "{colors:?}");
        }
    }

    #[test]
    fn each_background_has_a_legible_text() {
        for grey in 0..=255 {
            let colors = Colors::new(Some([grey; 3]), Some([grey; 3]), None);
            assert!(contrast(colors.foreground, colors.background) >= LEAST_CONTRAST, "{colors:?}");
        }
    }
}
