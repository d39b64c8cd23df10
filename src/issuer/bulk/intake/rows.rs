//! Splits a body in pieces into rows of cells (CSV, RFC 4180).

use super::lines::LONGEST;
use csv_core::{ReadFieldResult, Reader};

/// A row of cells, or what is wrong with it.
pub(super) type Row = Result<Vec<String>, &'static str>;

const TOO_LONG: &str = "A row has at most 256 KiB.";
const NOT_UTF8: &str = "The row is not in UTF-8. Save the list as CSV in UTF-8.";
const UNCLOSED: &str = "A quote is not closed. A cell that has a quote must be in quotes, and its quotes doubled.";

/// What did not make a row yet.
pub(super) struct Rows {
    reader: Reader,
    cell: Vec<u8>,
    cells: Vec<String>,
    /// Bytes of the row so far.
    length: usize,
    fault: Option<&'static str>,
    /// Whether the body has an odd number of quotes so far. At its end that is a quote that nothing closes: it would make all
    /// rows behind it one cell.
    in_quotes: bool,
}

/// The bytes that the reader copies at a time.
const BUFFER: usize = 1024;

/// Spreadsheets put it in front of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Rows {
    pub(super) fn new() -> Self {
        Self { reader: Reader::new(), cell: Vec::new(), cells: Vec::new(), length: 0, fault: None, in_quotes: false }
    }

    /// Takes the next bytes of the body. Returns the rows that end in them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Row> {
        let (mut rest, mut rows) = (bytes, Vec::new());
        self.in_quotes ^= bytes.iter().fold(false, |odd, byte| odd ^ (*byte == b'"'));
        // To the reader, no input is the end of the body.
        while !rest.is_empty() {
            rest = self.read(rest, &mut rows);
        }
        rows
    }

    /// The last row, if the body does not end with a line break.
    pub(super) fn finish(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        if self.in_quotes {
            return vec![Err(UNCLOSED)];
        }
        self.read(&[], &mut rows);
        rows
    }

    /// Reads a part of a cell. Returns the input behind it.
    fn read<'i>(&mut self, input: &'i [u8], rows: &mut Vec<Row>) -> &'i [u8] {
        let mut buffer = [0; BUFFER];
        let (result, read, written) = self.reader.read_field(input, &mut buffer);
        self.length = self.length.saturating_add(read);
        if self.length > LONGEST {
            self.fault = Some(TOO_LONG);
        }
        if self.fault.is_none() {
            self.cell.extend_from_slice(buffer.get(..written).unwrap_or_default());
        }
        if let ReadFieldResult::Field { record_end } = result {
            self.end_cell();
            if record_end {
                rows.extend(self.end_row());
            }
        }
        input.get(read..).unwrap_or_default()
    }

    fn end_cell(&mut self) {
        // Cells of a row that is refused would only take memory.
        if self.fault.is_some() {
            self.cell.clear();
            self.cells.clear();
            return;
        }
        match String::from_utf8(std::mem::take(&mut self.cell)) {
            Ok(cell) => self.cells.push(cell.trim_start_matches(BYTE_ORDER_MARK).trim().to_owned()),
            Err(_) => self.fault = Some(NOT_UTF8),
        }
    }

    /// The row, unless all its cells are empty. Spreadsheets leave such rows at the end.
    fn end_row(&mut self) -> Option<Row> {
        self.length = 0;
        let cells = std::mem::take(&mut self.cells);
        match self.fault.take() {
            Some(fault) => Some(Err(fault)),
            None => cells.iter().any(|cell| !cell.is_empty()).then_some(Ok(cells)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_do_not_depend_on_the_pieces_that_they_come_in() {
        let body = "\u{feff}a,b\r\n1,\"x\"\"y, \n z\"\n\n ü ,\n,\n3,é".as_bytes();
        let row = |cells: &[&str]| Ok(cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
        let expected = [row(&["a", "b"]), row(&["1", "x\"y, \n z"]), row(&["ü", ""]), row(&["3", "é"])];
        for size in 1..=body.len() {
            let mut reader = Rows::new();
            let mut rows: Vec<_> = body.chunks(size).flat_map(|bytes| reader.push(bytes)).collect();
            rows.extend(reader.finish());
            assert_eq!(rows, expected, "{size}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_left_out_and_the_next_one_is_not() {
        let long = "x".repeat(LONGEST + 1);
        let mut reader = Rows::new();
        let rows = reader.push(&[b"\xff,1\n", long.as_bytes(), b"\n2\n"].concat());
        assert_eq!(rows, [Err(NOT_UTF8), Err(TOO_LONG), Ok(vec!["2".to_owned()])]);
        assert_eq!(reader.finish(), []);
        let mut reader = Rows::new();
        assert_eq!(reader.push(b"1,\"open\n2,b\n"), []);
        assert_eq!(reader.finish(), [Err(UNCLOSED)]);
    }

    #[test]
    fn a_row_of_commas_takes_no_memory_once_it_is_too_long() {
        let mut reader = Rows::new();
        for _ in 0..10 {
            assert_eq!(reader.push(&vec![b','; LONGEST]), []);
            assert!(reader.cells.len() <= LONGEST, "{}", reader.cells.len());
        }
        assert!(reader.cells.is_empty());
        assert_eq!(reader.push(b"\n"), [Err(TOO_LONG)]);
    }
}
