//! Colors as Wallet reads them: `rgb(255, 128, 0)`, `#FF8000` or `#F80` (apple/pass-builder).

use crate::json;

/// Red, green and blue.
pub type Color = [u8; 3];

/// Reads a color of `pass.json`.
#[must_use]
pub fn parse(text: &str) -> Option<Color> {
    match text.as_bytes().trim_ascii() {
        [b'#', red, green, blue] => Some([pair(*red, *red)?, pair(*green, *green)?, pair(*blue, *blue)?]),
        [b'#', red, red_low, green, green_low, blue, blue_low] => {
            Some([pair(*red, *red_low)?, pair(*green, *green_low)?, pair(*blue, *blue_low)?])
        }
        [b'r' | b'R', b'g' | b'G', b'b' | b'B', b'(', parts @ .., b')'] => {
            let mut parts = parts.split(|byte| *byte == b',').map(|part| u8::try_from(json::decimal(part.trim_ascii())?).ok());
            let color = [parts.next()??, parts.next()??, parts.next()??];
            parts.next().is_none().then_some(color)
        }
        _ => None,
    }
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    u8::try_from(value(high)?.checked_mul(16)?.checked_add(value(low)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn colors_have_three_forms() {
        for text in ["rgb(255, 128, 0)", "RGB(255,128,0)", " rgb( 255 ,128 , 0 ) ", "#FF8000", "#ff8000", " #f80 "] {
            let color = parse(text).unwrap();
            assert!(color == [255, 128, 0] || text.contains("f80 ") && color == [255, 136, 0], "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_colors() {
        for text in
            ["", "#", "#12", "#1234", "#12345g", "#+1+1+1", "rgb(256,0,0)", "rgb(0,0)", "rgb(0,0,0,0)", "rgb(-1,0,0)", "red"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
