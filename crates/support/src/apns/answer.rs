//! Turns behaviours into answers.

use super::{
    behaviour::Behaviour,
    line::{Cut, Line},
};
use hyper::{
    Response, StatusCode,
    body::{Body, Bytes, Frame, SizeHint},
    header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER},
};
use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// The answer for a behaviour. `None` if it cuts the line, or does nothing.
pub(super) async fn play(behaviour: Behaviour, line: &Arc<Line>) -> Option<Response<AnswerBody>> {
    match behaviour {
        Behaviour::Deliver => Some(whole(200, String::new())),
        Behaviour::Answer { status, reason, timestamp_ms, retry_after } => {
            let mut answer = whole(status, Behaviour::refusal(&reason, timestamp_ms));
            if let Some(value) = retry_after.and_then(|text| HeaderValue::from_str(&text).ok()) {
                answer.headers_mut().insert(RETRY_AFTER, value);
            }
            Some(answer)
        }
        Behaviour::Raw { status, body } => Some(whole(status, body)),
        Behaviour::Delay(time, then) => {
            tokio::time::sleep(time).await;
            Box::pin(play(*then, line)).await
        }
        Behaviour::Half(status) => Some(half(status, line)),
        Behaviour::Reset => {
            line.cut(Cut::Reset);
            None
        }
        Behaviour::Garbage => {
            line.cut(Cut::Garbage);
            None
        }
        Behaviour::Hang => None,
    }
}

fn whole(status: u16, body: String) -> Response<AnswerBody> {
    new_answer(status, AnswerBody { data: Some(body.into()).filter(|data: &Bytes| !data.is_empty()), cut: None })
}

fn half(status: u16, line: &Arc<Line>) -> Response<AnswerBody> {
    let text = Behaviour::refusal("Unregistered", Some(0));
    let (begin, _) = text.split_at(text.len() / 2);
    let data = Some(Bytes::copy_from_slice(begin.as_bytes()));
    let mut answer = new_answer(status, AnswerBody { data, cut: Some(Arc::clone(line)) });
    answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    answer
}

fn new_answer(status: u16, body: AnswerBody) -> Response<AnswerBody> {
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).expect("a script has a status of three digits");
    answer
}

/// A body in one piece. `cut`: the connection ends instead of the rest.
pub(super) struct AnswerBody {
    data: Option<Bytes>,
    cut: Option<Arc<Line>>,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match (self.data.take(), &self.cut) {
            (Some(data), _) => Poll::Ready(Some(Ok(Frame::data(data)))),
            // hyper has taken the piece, and writes it before it sees the cut.
            (None, Some(line)) => {
                line.cut(Cut::Close);
                Poll::Pending
            }
            (None, None) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.data.as_ref().map_or(0, Bytes::len) as u64;
        if self.cut.is_none() { SizeHint::with_exact(length) } else { SizeHint::default() }
    }
}
