//! The server: HTTP/1.1, and HTTP/2 with prior knowledge, on one port, in its own thread.

use super::{
    answer::{AnswerBody, play},
    line::{Cut, Line, Socket},
    shared::Shared,
};
use crate::random;
use http_body_util::{BodyExt, Limited};
use hyper::{
    Request, Response,
    body::Incoming,
    header::{HeaderName, HeaderValue},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use std::{
    future, io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::{net::TcpStream, runtime, sync::oneshot};

const STREAMS: u32 = 1000;

/// The connection is reset if a body is larger.
const MOST_BYTES: usize = 1 << 20;

/// The wait after a connection could not be accepted, for example because all file descriptors were in use.
const PAUSE: Duration = Duration::from_millis(10);

pub(super) struct Listener {
    pub(super) port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(super) fn start(port: u16, shared: Arc<Shared>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        // All tasks end with the runtime.
        let serve = move || {
            runtime.block_on(async {
                tokio::select! { () = accept(listener, shared) => (), _ = stopped => () }
            });
        };
        let thread = thread::Builder::new().name("apns".to_owned()).spawn(serve)?;
        Ok(Self { port, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime has its reactor");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => match shared.connect() {
                Some(line) => drop(tokio::spawn(serve(stream, line, Arc::clone(&shared)))),
                None => drop(stream.set_zero_linger()),
            },
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn serve(stream: TcpStream, line: Arc<Line>, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let socket = TokioIo::new(Socket::new(stream, Arc::clone(&line)));
    let service = service_fn(|request| answer(request, Arc::clone(&line), Arc::clone(&shared)));
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http2().max_concurrent_streams(STREAMS);
    let connection = builder.serve_connection(socket, service);
    // `biased`: the connection writes what it has before it is cut.
    tokio::select! { biased; _ = connection => (), () = line.is_cut() => () }
}

async fn answer(
    request: Request<Incoming>,
    line: Arc<Line>,
    shared: Arc<Shared>,
) -> Result<Response<AnswerBody>, Box<dyn std::error::Error + Send + Sync>> {
    let (request, body) = request.into_parts();
    let body = match Limited::new(body, MOST_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            line.cut(Cut::Reset);
            return Err(error);
        }
    };
    let _open = Open::new(&shared);
    let behaviour = shared.receive(&request, &body);
    let Some(mut answer) = play(behaviour, &line).await else { return future::pending().await };
    let id = HeaderValue::from_str(&message_id()).expect("it is made of digits");
    answer.headers_mut().insert(HeaderName::from_static("apns-id"), id);
    Ok(answer)
}

fn message_id() -> String {
    let digits = random::hex(16).to_uppercase();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
    parts.join("-")
}

/// Counts a request as open until it is answered.
struct Open<'s>(&'s Shared);

impl<'s> Open<'s> {
    fn new(shared: &'s Shared) -> Self {
        shared.lock().records.open();
        Self(shared)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.lock().records.open -= 1;
    }
}
