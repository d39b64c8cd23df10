//! Takes the lines of a job while they arrive: checks each, and stores them in the bucket, in chunks. The whole body is never
//! in memory.

mod defaults;
mod lines;
mod named;
mod rows;
mod taken;
mod templates;

pub use defaults::Defaults;
pub use taken::Taken;
pub use templates::check_change;

use self::{
    lines::{Lines, Piece},
    named::{Search, find_passes},
    rows::{Row, Rows},
    templates::Templates,
};
use super::{
    fault::LineFault,
    key::key_of_chunk,
    line::{Line, Operation},
};
use crate::{
    crypto::Crypto,
    endpoint::{Error, discard},
    http::{ClientError, Problem, query},
    issuer::make::PassMaker,
    storage::{Database, Objects},
};
use sha2::{Digest, Sha256};

/// The largest body, in bytes.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The most lines of a job.
const MOST_LINES: i64 = 100_000;

/// The most lines of a chunk. A chunk is also full when it has [`CHUNK_BYTES`].
const CHUNK_LINES: i64 = 500;

/// Bytes at which a chunk is full.
pub(super) const CHUNK_BYTES: usize = 1024 * 1024;

/// How many faults the answer lists.
const MOST_FAULTS: usize = 20;

/// The form of the body.
pub enum Form {
    /// A JSON object in each line.
    Ndjson,
    /// A header and a row for each pass, which is to be created.
    Csv(Defaults),
}

impl Form {
    /// The form of lines. The query parameters for rows make no sense then.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when the query has one of them.
    pub fn for_lines(query: &str) -> Result<Self, ClientError> {
        let names = ["template", "passTypeIdentifier", "link", "expiresIn", "uniqueExternalId"];
        if names.iter().any(|name| query::value(query, name).is_some()) {
            return Err(ClientError::BadRequest(
                "`template`, `passTypeIdentifier`, `link`, `expiresIn` and `uniqueExternalId` in the query are for text/csv. \
                 Lines have their own.",
            ));
        }
        Ok(Self::Ndjson)
    }
}

enum Reading {
    Ndjson(Lines),
    Csv { rows: Box<Rows>, defaults: Defaults, header: Option<Vec<String>> },
}

/// The lines of a job so far.
pub struct Intake<'a, D, O, C: Crypto> {
    maker: &'a PassMaker<'a, D, O, C>,
    job: String,
    unique: String,
    /// Whether the lines are only checked.
    check_only: bool,
    reading: Reading,
    templates: Templates,
    chunk: Vec<u8>,
    /// The searches for passes that lines of the chunk name.
    searches: Vec<Search>,
    /// The first line of the chunk.
    first_line: i64,
    lines: i64,
    faults: Vec<LineFault>,
    /// First line, last line and key of each stored chunk.
    chunks: Vec<(i64, i64, String)>,
    hash: Sha256,
}

impl<'a, D: Database, O: Objects, C: Crypto> Intake<'a, D, O, C> {
    /// Begins. `unique` is used for no other objects.
    pub fn new(maker: &'a PassMaker<'a, D, O, C>, job: &str, unique: String, form: Form, check_only: bool) -> Self {
        Self {
            maker,
            job: job.to_owned(),
            unique,
            check_only,
            reading: match form {
                Form::Ndjson => Reading::Ndjson(Lines::default()),
                Form::Csv(defaults) => Reading::Csv { rows: Box::new(Rows::new()), defaults, header: None },
            },
            templates: Templates::default(),
            chunk: Vec::new(),
            searches: Vec::new(),
            first_line: 1,
            lines: 0,
            faults: Vec::new(),
            chunks: Vec::new(),
            hash: Sha256::new(),
        }
    }

    /// Takes the next bytes of the body.
    ///
    /// # Errors
    /// [`Error::ClientError`] when nothing can be read any more, [`Error::InternalError`] when storage does not answer.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.reading {
            Reading::Ndjson(lines) => {
                let pieces = lines.push(bytes);
                self.take_pieces(pieces).await
            }
            Reading::Csv { rows, .. } => {
                let rows = rows.push(bytes);
                self.take_rows(rows).await
            }
        }
    }

    /// Ends: takes the last line, and stores the last chunk.
    ///
    /// # Errors
    /// As of [`push`](Self::push). If lines have faults, [`Taken::faults`] has them.
    pub async fn finish(&mut self) -> Result<Taken, Error> {
        match &mut self.reading {
            Reading::Ndjson(lines) => {
                let pieces = lines.finish();
                self.take_pieces(pieces).await?;
            }
            Reading::Csv { rows, .. } => {
                let rows = rows.finish();
                self.take_rows(rows).await?;
            }
        }
        if self.lines == 0 {
            return Err(ClientError::BadRequest("The body has no lines.").into());
        }
        if self.faults.is_empty() {
            self.store_chunk().await?;
        }
        Ok(Taken {
            lines: self.lines,
            faults: std::mem::take(&mut self.faults),
            chunks: std::mem::take(&mut self.chunks),
            fingerprint: pkpass::hex(&std::mem::take(&mut self.hash).finalize()),
        })
    }

    /// Deletes what was stored. If that fails, the sweep deletes it later.
    pub async fn discard(&mut self, taken: Option<Taken>) {
        let chunks = taken.map(|taken| taken.chunks).into_iter().flatten().chain(std::mem::take(&mut self.chunks));
        for (_, _, key) in chunks.collect::<Vec<_>>() {
            discard(key, self.maker.objects).await;
        }
    }

    async fn take_pieces(&mut self, pieces: Vec<Piece>) -> Result<(), Error> {
        for piece in pieces {
            match piece {
                Piece::Line(line) => self.take(Ok(line)).await?,
                Piece::TooLong => self.take(Err("A line has at most 256 KiB.".to_owned())).await?,
                Piece::Empty => self.take(Err("The line is empty.".to_owned())).await?,
            }
        }
        Ok(())
    }

    async fn take_rows(&mut self, rows: Vec<Row>) -> Result<(), Error> {
        for row in rows {
            let Reading::Csv { defaults, header, .. } = &mut self.reading else { return Ok(()) };
            let Some(columns) = header else {
                let columns = row.map_err(|fault| bad_request(&format!("The header cannot be read. {fault}")))?;
                let template = self.templates.get(&defaults.template, self.maker).await?;
                let template = template.map_err(|fault| bad_request(&fault))?;
                Defaults::check_header(&columns, template).map_err(|fault| bad_request(&fault))?;
                *header = Some(columns);
                continue;
            };
            let template = self.templates.get(&defaults.template, self.maker).await?;
            let line = match (row, template) {
                (Ok(cells), Ok(template)) => defaults.to_line(columns, cells, template),
                (Err(fault), _) => Err(fault.to_owned()),
                (_, Err(fault)) => Err(fault),
            };
            self.take(line).await?;
        }
        Ok(())
    }

    /// Takes a line, or what is wrong with it.
    async fn take(&mut self, line: Result<Vec<u8>, String>) -> Result<(), Error> {
        self.lines = self.lines.saturating_add(1);
        if self.lines > MOST_LINES {
            return Err(ClientError::BadRequest("A job has at most 100,000 lines.").into());
        }
        // The rest of a body with many faults is only read.
        if self.faults.len() >= MOST_FAULTS {
            return Ok(());
        }
        let line = match line {
            Ok(line) => self.check(&line).await?.map(|search| (line, search)),
            Err(fault) => Err(fault),
        };
        match line {
            Ok((line, search)) => self.add(&line, search).await,
            Err(message) => {
                self.faults.push(LineFault { line: self.lines, message });
                Ok(())
            }
        }
    }

    /// Checks a line. Returns the search for its pass, if the line names it.
    async fn check(&mut self, line: &[u8]) -> Result<Result<Option<Search>, String>, Error> {
        let line = match Line::parse(line) {
            Ok(line) => line,
            Err(fault) => return Ok(Err(fault)),
        };
        let search = Search::new(self.lines, &line);
        let Operation::Create(request, _) = &line.operation else { return Ok(Ok(search)) };
        let template = self.templates.get(&request.template, self.maker).await?;
        let checked = template.and_then(|template| template.check(&request.values, Some(&request.fields)));
        Ok(checked.map(|()| search))
    }

    async fn add(&mut self, line: &[u8], search: Option<Search>) -> Result<(), Error> {
        self.hash.update(line);
        self.hash.update(b"\n");
        if self.check_only || !self.faults.is_empty() {
            return Ok(());
        }
        self.searches.extend(search);
        self.chunk.extend_from_slice(line);
        self.chunk.push(b'\n');
        let full = self.lines.saturating_sub(self.first_line) >= CHUNK_LINES.saturating_sub(1);
        if full || self.chunk.len() >= CHUNK_BYTES {
            self.store_chunk().await?;
        }
        Ok(())
    }

    async fn store_chunk(&mut self) -> Result<(), Error> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let (chunk, searches) = (std::mem::take(&mut self.chunk), std::mem::take(&mut self.searches));
        let chunk = find_passes(self.maker.database, chunk, self.first_line, &searches).await?;
        let key = key_of_chunk(&self.job, self.first_line, &self.unique, "ndjson");
        self.chunks.push((self.first_line, self.lines, key.clone()));
        self.maker.objects.put(&key, &chunk).await?;
        self.first_line = self.lines.saturating_add(1);
        Ok(())
    }
}

fn bad_request(detail: &str) -> ClientError {
    ClientError::Problem(Problem::from_detail(400, "Bad Request", detail))
}
