//! The QR code of a link, for the camera of a phone.

use crate::http::{Body, ClientError, Reply};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// The longest address, in bytes. A code has about 100 modules on a side then, and cameras fail at more on a screen.
const LONGEST: usize = 1000;

/// The light modules around a code (ISO/IEC 18004, section 9.1).
const QUIET_ZONE: i32 = 4;

const TOO_LONG: ClientError = ClientError::BadRequest("This link is longer than 1000 characters: too long for a QR code.");

/// Whether an address has a code.
pub(super) fn fits(address: &str) -> bool {
    address.len() <= LONGEST
}

/// The code of an address as a picture.
pub(super) fn picture(address: &str) -> Reply {
    // The level rises where the code does not grow by it.
    let code = fits(address).then(|| QrCode::encode_text(address, QrCodeEcc::Low).ok()).flatten();
    let Some(code) = code else { return TOO_LONG.into() };
    Reply::empty(200)
        .with("content-type", "image/svg+xml")
        .with("content-security-policy", "default-src 'none'")
        .with("cache-control", "private, no-store")
        .with("x-robots-tag", "noindex")
        .with_body(Body::Text(draw(&code)))
}

/// One path: a stroke for each run of dark modules.
fn draw(code: &QrCode) -> String {
    let side = code.size().saturating_add(QUIET_ZONE.saturating_mul(2));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path stroke=\"#000\" d=\""
    );
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let dark = (x..code.size()).take_while(|x| code.get_module(*x, y)).fold(0_i32, |run, _| run.saturating_add(1));
            if dark > 0 {
                // Writing to a `String` cannot fail. A stroke is on both sides of its line.
                let _ = write!(svg, "M{} {}.5h{dark}", x.saturating_add(QUIET_ZONE), y.saturating_add(QUIET_ZONE));
            }
            x = x.saturating_add(dark.max(1));
        }
    }
    svg + "\"/></svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(address: &str) -> String {
        let Body::Text(svg) = picture(address).body else { panic!("no picture") };
        svg
    }

    /// The dark modules of a picture, from its strokes.
    fn modules(svg: &str) -> Vec<(i32, i32)> {
        let path = svg.split("stroke=\"#000\" d=\"M").nth(1).unwrap().split('"').next().unwrap();
        let strokes = path.split('M').map(|stroke| {
            let (x, rest) = stroke.split_once(' ').unwrap();
            let (y, run) = rest.split_once(".5h").unwrap();
            (x.parse::<i32>().unwrap(), y.parse::<i32>().unwrap(), run.parse::<i32>().unwrap())
        });
        strokes.flat_map(|(start, y, run)| (0..run).map(move |x| (start.saturating_add(x), y))).collect()
    }

    #[test]
    fn the_picture_has_the_dark_modules_of_the_code_and_no_others() {
        for address in ["https://example.com/links/x".to_owned(), "x".repeat(LONGEST)] {
            let code = QrCode::encode_text(&address, QrCodeEcc::Low).unwrap();
            let all = || (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
            let dark: Vec<_> = all().filter(|(x, y)| code.get_module(*x, *y)).map(|(x, y)| (x + 4, y + 4)).collect();
            assert_eq!(modules(&svg(&address)), dark);
            assert!(svg(&address).contains(&format!("viewBox=\"0 0 {0} {0}\"", code.size() + 8)));
        }
    }

    #[test]
    fn a_longer_address_has_no_picture() {
        assert_eq!(picture(&"x".repeat(LONGEST + 1)).status, 400);
    }
}
