//! Connections that can be cut.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
};

/// Neither HTTP/1.1 nor HTTP/2.
const GARBAGE: &[u8] = b"220 mail.example.com ESMTP\r\n250 mail.example.com\r\n";

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Cut {
    /// After everything that was written.
    Close = 1,
    /// At once, with a reset.
    Reset = 2,
    /// With bytes that are not HTTP.
    Garbage = 3,
}

/// Ends a connection from another task.
#[derive(Default)]
pub(super) struct Line {
    cut: AtomicU8,
    told: Notify,
}

impl Line {
    /// Ends the connection as soon as what has been written is sent.
    pub(super) fn cut(&self, how: Cut) {
        let _ = self.cut.compare_exchange(0, how as u8, Ordering::AcqRel, Ordering::Acquire);
        self.told.notify_one();
    }

    /// Returns when the connection is to end.
    pub(super) async fn is_cut(&self) {
        while self.cut.load(Ordering::Acquire) == 0 {
            self.told.notified().await;
        }
    }
}

/// A TCP connection that ends the way its line was cut.
pub(super) struct Socket {
    stream: TcpStream,
    line: Arc<Line>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, line: Arc<Line>) -> Self {
        Self { stream, line }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let cut = self.line.cut.load(Ordering::Acquire);
        if cut == Cut::Reset as u8 {
            let _ = self.stream.set_zero_linger();
        } else if cut == Cut::Garbage as u8 {
            let _ = self.stream.try_write(GARBAGE);
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
