//! Splits a body in pieces into lines (NDJSON).

/// The longest line, in bytes.
pub(super) const LONGEST: usize = 256 * 1024;

/// The most empty lines that are reported: one more than a job may have.
const MOST_EMPTY: usize = 100_001;

/// A part of a body that is one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A line.
    Line(Vec<u8>),
    /// A line that is longer than [`LONGEST`].
    TooLong,
    /// A line without content that is followed by others.
    Empty,
}

/// What did not make a line yet.
#[derive(Default)]
pub(super) struct Lines {
    rest: Vec<u8>,
    too_long: bool,
    /// Lines without content. At the end of a body they do not count.
    empty: usize,
}

impl Lines {
    /// Takes the next bytes of the body. Returns the lines that end in them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut parts = bytes.split(|byte| *byte == b'\n');
        self.add(parts.next().unwrap_or_default());
        for part in parts {
            self.end_line(&mut pieces);
            self.add(part);
        }
        pieces
    }

    /// The last line, if the body does not end with a line break.
    pub(super) fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.end_line(&mut pieces);
        pieces
    }

    fn add(&mut self, part: &[u8]) {
        self.too_long |= self.rest.len().saturating_add(part.len()) > LONGEST;
        if self.too_long {
            self.rest.clear();
        } else {
            self.rest.extend_from_slice(part);
        }
    }

    fn end_line(&mut self, pieces: &mut Vec<Piece>) {
        let line = std::mem::take(&mut self.rest);
        if !std::mem::take(&mut self.too_long) && line.trim_ascii().is_empty() {
            self.empty = self.empty.saturating_add(1);
            return;
        }
        // More than the most lines of a job are refused anyway.
        pieces.extend((0..std::mem::take(&mut self.empty).min(MOST_EMPTY)).map(|_| Piece::Empty));
        pieces.push(if line.is_empty() { Piece::TooLong } else { Piece::Line(line.trim_ascii().to_vec()) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(body: &[u8], size: usize) -> Vec<Piece> {
        let mut lines = Lines::default();
        let mut pieces: Vec<_> = body.chunks(size).flat_map(|bytes| lines.push(bytes)).collect();
        pieces.extend(lines.finish());
        pieces
    }

    #[test]
    fn lines_do_not_depend_on_the_pieces_that_they_come_in() {
        let body = b"{}\r\n\n  {\"a\":1}\n\"\xc3\xbc\"\n\n \n";
        let line = |text: &str| Piece::Line(text.as_bytes().to_vec());
        for size in 1..=body.len() {
            assert_eq!(split(body, size), [line("{}"), Piece::Empty, line("{\"a\":1}"), line("\"ü\"")], "{size}");
        }
        assert_eq!(split(b"", 1), []);
        assert_eq!(split(b"a\nb", 1), [line("a"), line("b")]);
    }

    #[test]
    fn of_many_empty_lines_only_one_more_is_reported_than_a_job_may_have() {
        let body = [vec![b'\n'; 3 * MOST_EMPTY], b"x".to_vec()].concat();
        assert_eq!(split(&body, LONGEST).len(), MOST_EMPTY + 1);
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_and_the_next_one_is_not() {
        let body = [vec![b'x'; LONGEST], b"\n".to_vec(), vec![b'x'; LONGEST + 1], b"\nz".to_vec()].concat();
        for size in [1000, LONGEST, body.len()] {
            let pieces = split(&body, size);
            assert!(
                matches!(&pieces[..], [Piece::Line(long), Piece::TooLong, Piece::Line(short)]
                if long.len() == LONGEST && short == b"z"),
                "{size}"
            );
        }
    }
}
