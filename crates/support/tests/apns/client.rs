//! Pushes, right ones and wrong ones, over either version of HTTP.

use edgepass_support::{apns::Apns, clock};
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response,
    body::{Bytes, Incoming},
    client::conn::{http1, http2},
    header::HeaderValue,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::error::Error;
use tokio::{net::TcpStream, runtime};

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
}

pub(crate) const BOTH: [Version; 2] = [Version::One, Version::Two];

/// An answer; or nothing, when the connection broke before its end.
pub(crate) type Answered = Result<Answer, Box<dyn Error>>;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `None` when it broke off.
    pub(crate) body: Option<String>,
}

/// A request that is about to be sent.
pub(crate) struct Push {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Push {
    /// One that nothing is wrong with.
    pub(crate) fn to(token: &str, provider_token: &str) -> Self {
        let authorization = format!("bearer {provider_token}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("apns-topic", "pass.com.example.coffee"),
            ("apns-push-type", "background"),
            ("apns-priority", "5"),
        ];
        let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { method: "POST", path: format!("/3/device/{token}"), headers, body: "{}".to_owned() }
    }

    /// With these headers instead, or more, or without those that are empty.
    pub(crate) fn with(mut self, headers: &[(&'static str, &str)]) -> Self {
        for (name, value) in headers {
            self.headers.retain(|(given, _)| given != name);
            if !value.is_empty() {
                self.headers.push((name, (*value).to_owned()));
            }
        }
        self
    }

    /// Sends it on a connection of its own.
    pub(crate) fn send(&self, apns: &Apns, version: Version) -> Answered {
        block_on(self.send_async(apns, version))
    }

    pub(crate) async fn send_async(&self, apns: &Apns, version: Version) -> Answered {
        let request = self.request(apns);
        let stream = TcpStream::connect(("127.0.0.1", apns.port())).await?;
        match version {
            Version::One => {
                let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                read(sender.send_request(request).await?).await
            }
            Version::Two => {
                let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                read(sender.send_request(request).await?).await
            }
        }
    }

    pub(crate) fn request(&self, apns: &Apns) -> Request<Full<Bytes>> {
        let mut request = Request::builder().method(self.method).uri(format!("{}{}", apns.url(), self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, HeaderValue::from_str(value).unwrap());
        }
        request.body(Full::from(self.body.clone())).unwrap()
    }
}

pub(crate) async fn read(response: Response<Incoming>) -> Answered {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.ok().map(|body| String::from_utf8(body.to_bytes().to_vec()).unwrap());
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A provider token that nothing is wrong with.
pub(crate) fn provider_token(apns: &Apns) -> String {
    provider_token_of(apns, 0)
}

/// A provider token that is so many seconds old.
pub(crate) fn provider_token_of(apns: &Apns, age: i64) -> String {
    let header = format!(r#"{{"alg":"ES256","kid":"{}"}}"#, apns.key_id());
    let claims = format!(r#"{{"iss":"{}","iat":{}}}"#, apns.team_id(), now() - age);
    apns.credentials().provider_token(&header, &claims)
}

pub(crate) fn now() -> i64 {
    clock::unix_now().as_secs().try_into().unwrap()
}
