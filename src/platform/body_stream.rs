//! A large body, piece by piece.

use super::memory::Reservation;
use crate::http::ClientError;
use futures_util::StreamExt;
use web_sys::ReadableStream;
use worker::ByteStream;

/// The memory for what is made of the pieces, in bytes.
pub(super) const RESERVED: usize = 4 * 1024 * 1024;

/// The pieces of a body.
pub(crate) struct BodyStream {
    /// `None`: the request has no body.
    pieces: Option<ByteStream>,
    declared: Option<usize>,
    limit: usize,
    length: usize,
    _reservation: Reservation,
}

impl BodyStream {
    /// A body of at most `limit` bytes.
    pub(super) fn new(stream: Option<ReadableStream>, declared: Option<usize>, limit: usize) -> Result<Self, ClientError> {
        if declared.is_some_and(|length| length > limit) {
            return Err(ClientError::PayloadTooLarge { limit });
        }
        let reservation = Reservation::new(RESERVED)?;
        Ok(Self { pieces: stream.map(ByteStream::from), declared, limit, length: 0, _reservation: reservation })
    }

    /// The next bytes. `None` at the end.
    ///
    /// # Errors
    /// [`ClientError::PayloadTooLarge`] past the limit, [`ClientError::BadRequest`] when the client breaks off.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        let next = match &mut self.pieces {
            Some(pieces) => pieces.next().await.transpose().map_err(|_| INCOMPLETE)?,
            None => None,
        };
        let Some(piece) = next else {
            // `ByteStream` ends without an error where the client breaks off.
            return if self.declared.is_some_and(|length| length != self.length) { Err(INCOMPLETE) } else { Ok(None) };
        };
        self.length = self.length.saturating_add(piece.len());
        if self.length > self.limit { Err(ClientError::PayloadTooLarge { limit: self.limit }) } else { Ok(Some(piece)) }
    }
}

pub(super) const INCOMPLETE: ClientError = ClientError::BadRequest("The body did not arrive completely.");
