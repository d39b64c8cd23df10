//! Images: whether they are whole PNG files, and not larger than what Wallet shows of them.
//!
//! Sources: the PNG specification (W3C, third edition, section 5); apple/pass-builder 63efd0f and Apple's Human Interface
//! Guidelines for sizes in points. A file `…@2x.png` has two pixels a point.

use super::{
    report::Notes,
    warning::{Warning, WarningCode},
};

/// The images that Wallet shows, and their largest width and height in points. Those of `strip` are of store cards and coupons.
const IMAGES: [(&str, u32, u32); 9] = [
    ("artwork", 358, 448),
    ("background", 345, 505),
    ("footer", 286, 15),
    ("icon", 38, 38),
    ("logo", 160, 50),
    ("primaryLogo", 126, 30),
    ("secondaryLogo", 135, 12),
    ("strip", 375, 144),
    ("thumbnail", 90, 90),
];

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// What the check of an image waits for. Each part is eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Signature,
    /// The length and the type of a chunk.
    Chunk,
    /// Width and height, at the start of the chunk `IHDR`.
    Size,
    /// Nothing more: the chunk `IEND` was there.
    End,
    /// Nothing more: it is no PNG.
    Other,
}

/// The check of one image, whose bytes arrive in pieces.
#[derive(Debug)]
pub(super) struct ImageCheck {
    stem: &'static str,
    /// The largest width and height in pixels.
    most: (u32, u32),
    next: Part,
    /// The bytes of the part so far.
    held: [u8; 8],
    filled: usize,
    /// How many bytes come before the next part.
    skip: usize,
    size: Option<(u32, u32)>,
}

impl ImageCheck {
    /// Begins the check of a file. `None` if it is no image that Wallet knows.
    pub(super) fn new(file: &str) -> Option<Self> {
        let (stem, scale) = stem_and_scale(file)?;
        let (stem, width, height) = IMAGES.into_iter().find(|(name, ..)| *name == stem)?;
        let most = (width.saturating_mul(scale), height.saturating_mul(scale));
        Some(Self { stem, most, next: Part::Signature, held: [0; 8], filled: 0, skip: 0, size: None })
    }

    /// Takes the next bytes of the file.
    pub(super) fn update(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() && !matches!(self.next, Part::End | Part::Other) {
            let skipped = self.skip.min(piece.len());
            self.skip = self.skip.saturating_sub(skipped);
            piece = piece.get(skipped..).unwrap_or_default();
            let room = self.held.get_mut(self.filled..).unwrap_or_default();
            let taken = room.len().min(piece.len());
            for (held, byte) in room.iter_mut().zip(piece) {
                *held = *byte;
            }
            self.filled = self.filled.saturating_add(taken);
            piece = piece.get(taken..).unwrap_or_default();
            if self.filled == self.held.len() {
                self.filled = 0;
                self.read_part();
            }
        }
    }

    fn read_part(&mut self) {
        let [a, b, c, d, rest @ ..] = self.held;
        let first = u32::from_be_bytes([a, b, c, d]);
        match self.next {
            Part::Signature => self.next = if self.held == SIGNATURE { Part::Chunk } else { Part::Other },
            Part::Chunk if rest == *b"IEND" => self.next = Part::End,
            Part::Chunk => {
                // A checksum follows the content of each chunk. A length beyond memory is beyond the end of the file, too.
                self.skip = usize::try_from(first).unwrap_or(usize::MAX).saturating_add(4);
                if rest == *b"IHDR" {
                    self.skip = 0;
                    self.next = Part::Size;
                }
            }
            Part::Size => {
                self.size = Some((first, u32::from_be_bytes(rest)));
                // Five more bytes of this chunk, and its checksum.
                self.skip = 9;
                self.next = Part::Chunk;
            }
            Part::End | Part::Other => {}
        }
    }

    /// Ends the check.
    pub(super) fn finish(self, file: &str) -> Option<Warning> {
        let (width, height) = self.size.unwrap_or_default();
        let (code, message) = match self.next {
            // That is a defect, not a warning.
            Part::Signature if self.filled == 0 && self.stem == "icon" => return None,
            Part::Other | Part::Signature => {
                let found = match self.held {
                    [0xFF, 0xD8, 0xFF, ..] => "is a JPEG",
                    _ if self.next == Part::Signature && self.filled == 0 => "is empty",
                    _ => "is no PNG",
                };
                (WarningCode::ImageFormat, format!("The file {found}. Some phones may not show it; save it as PNG."))
            }
            Part::Chunk | Part::Size => (
                WarningCode::ImageTruncated,
                "The image ends before its last part, so it was cut off. Export it again.".to_owned(),
            ),
            Part::End if width > self.most.0 || height > self.most.1 => {
                let (wide, high) = self.most;
                let message = format!(
                    "The image has {width} × {height} pixels; Wallet shows at most {wide} × {high} of a file of this name. \
                     Make it smaller."
                );
                (WarningCode::ImageSize, message)
            }
            Part::End => return None,
        };
        Some(Warning::in_file(code, file, message))
    }
}

/// Warns of a poster event ticket that has no image to fill its face (apple/pass-builder, `EventTicketValidator`).
pub(super) fn check_poster<'a>(mut files: impl Iterator<Item = &'a String>, notes: &mut Notes) {
    let is_face = |file: &String| stem_and_scale(file).is_some_and(|(stem, _)| matches!(stem, "artwork" | "background"));
    if !files.any(is_face) {
        let message = "The style posterEventTicket needs an image: add artwork@2x.png and artwork@3x.png. Without one, Wallet \
                       shows the pass as a classic eventTicket.";
        notes.warn(Warning::in_archive(WarningCode::SchemeRequires, message));
    }
}

/// `logo` and 2 of `en.lproj/logo@2x.png`. `None` for a file that is no image, or in no place for one.
fn stem_and_scale(file: &str) -> Option<(&str, u32)> {
    let name = match file.split_once('/') {
        Some((folder, name)) => folder.strip_suffix(".lproj").map(|_| name)?,
        None => file,
    };
    let stem = name.strip_suffix(".png")?;
    let scaled = [("@2x", 2), ("@3x", 3)].into_iter().find_map(|(end, scale)| Some((stem.strip_suffix(end)?, scale)));
    Some(scaled.unwrap_or((stem, 1)))
}
