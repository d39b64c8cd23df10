//! Writes a request and reads the answer (RFC 9112).

use super::{
    Answer,
    stream::{Base, Stream},
};
use std::io::{self, BufRead, BufReader, Write};

#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// No body and no header field about it.
    Empty,
    /// With `Content-Length`.
    Bytes(&'a [u8]),
    /// Chunked: the receiver learns the length only at the end.
    Chunked(&'a [u8]),
}

const CHUNK: usize = 16 * 1024;

pub(super) fn exchange(
    stream: &mut BufReader<Box<dyn Stream>>,
    base: &Base<'_>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Body<'_>,
) -> io::Result<Answer> {
    let request = [head(base, method, path, headers, body), payload(body)].concat();
    // A server that refuses a request may answer and close the connection before it has read the whole request.
    let sent = stream.get_mut().write_all(&request).and_then(|()| stream.get_mut().flush());
    receive(stream, method).map_err(|error| sent.err().unwrap_or(error))
}

fn head(base: &Base<'_>, method: &str, path: &str, headers: &[(&str, &str)], body: Body<'_>) -> Vec<u8> {
    let mut lines = vec![format!("{method} {}{path} HTTP/1.1", base.prefix)];
    let length = match body {
        Body::Empty => None,
        Body::Bytes(bytes) => Some(("Content-Length", bytes.len().to_string())),
        Body::Chunked(_) => Some(("Transfer-Encoding", "chunked".to_owned())),
    };
    let usual = [Some(("Host", base.authority.to_owned())), Some(("Connection", "close".to_owned())), length];
    for (name, value) in usual.into_iter().flatten() {
        if headers.iter().all(|(given, _)| !given.eq_ignore_ascii_case(name)) {
            lines.push(format!("{name}: {value}"));
        }
    }
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

fn payload(body: Body<'_>) -> Vec<u8> {
    match body {
        Body::Empty => Vec::new(),
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::Chunked(bytes) => {
            let chunk = |chunk: &[u8]| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
            [bytes.chunks(CHUNK).flat_map(chunk).collect(), chunk(&[])].concat()
        }
    }
}

fn receive(stream: &mut impl BufRead, method: &str) -> io::Result<Answer> {
    let (status, reason, headers) = loop {
        let head = receive_head(stream)?;
        if head.0 >= 200 {
            break head;
        }
    };
    let mut answer = Answer { status, reason, headers, body: Vec::new(), took: std::time::Duration::ZERO };
    let length = answer.header("Content-Length").and_then(|length| length.parse().ok());
    let chunked = answer.header("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    answer.body = match length {
        _ if is_bodiless(method, status) => Vec::new(),
        _ if chunked => receive_chunks(stream)?,
        Some(length) => receive_exactly(stream, length)?,
        None => receive_rest(stream)?,
    };
    Ok(answer)
}

pub(super) fn is_bodiless(method: &str, status: u16) -> bool {
    method == "HEAD" || matches!(status, 204 | 304)
}

type Head = (u16, String, Vec<(String, String)>);

fn receive_head(stream: &mut impl BufRead) -> io::Result<Head> {
    let line = receive_line(stream)?;
    let mut words = line.splitn(3, ' ');
    let status = match (words.next(), words.next().map(str::parse)) {
        (Some(version), Some(Ok(status))) if version.starts_with("HTTP/1.") => status,
        _ => return Err(malformed(&line)),
    };
    let reason = words.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let line = receive_line(stream)?;
        if line.is_empty() {
            return Ok((status, reason, headers));
        }
        let (name, value) = line.split_once(':').ok_or_else(|| malformed(&line))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn receive_line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\n") {
        Some(line) => Ok(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()),
        None => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended before the answer did")),
    }
}

fn receive_chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = receive_line(stream)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| malformed(&line))?;
        if size == 0 {
            while !receive_line(stream)?.is_empty() {} // trailers
            return Ok(body);
        }
        body.extend(receive_exactly(stream, size)?);
        receive_line(stream)?;
    }
}

fn receive_exactly(stream: &mut impl BufRead, length: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

pub(super) fn receive_rest(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    match stream.read_to_end(&mut body) {
        // Many servers close a TLS connection without the alert that rustls expects.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(body),
    }
}

fn malformed(line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("no HTTP: {line}"))
}
