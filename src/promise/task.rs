//! Requests under way.

use super::turn::{Outcome, Turn, in_turn};
use futures_util::task::AtomicWaker;
use js_sys::Promise;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};
use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(module = "/src/promise/wait.js")]
extern "C" {
    fn wait(promise: &Promise, ticket: u32, resume: &Resume) -> JsValue;
}

/// Of a ticket, whether its promise was fulfilled, and with what.
type Resume = Closure<dyn Fn(u32, bool, JsValue) -> JsValue>;

/// The platform drops a request whose client went away, and settles nothing that it waits for. After this time it is
/// dropped here too: nothing that is waited for takes as long.
const FORGOTTEN_AFTER_MS: i64 = 10 * 60 * 1000;

/// A request under way.
struct Task {
    /// Unix milliseconds.
    started_ms: i64,
    future: Pin<Box<dyn Future<Output = JsValue>>>,
    bell: Arc<Bell>,
}

thread_local! {
    /// Requests that wait, by their tickets, in the order in which they began to.
    static WAITING: RefCell<Vec<(u32, Task)>> = const { RefCell::new(Vec::new()) };
    static LAST_TICKET: Cell<u32> = const { Cell::new(0) };
    /// It captures nothing: one of an instance that was renewed may be called late.
    static RESUME: Resume = Closure::new(resume);
}

/// Begins a request that arrived at `started_ms` (Unix milliseconds). Returns the response, or the promise of it.
pub(crate) fn run(started_ms: i64, future: impl Future<Output = JsValue> + 'static) -> JsValue {
    poll(Task { started_ms, future: Box::pin(future), bell: Arc::default() }, Turn::Open)
}

/// Goes on with a request. `undefined` if it was forgotten, which is no response.
fn resume(ticket: u32, fulfilled: bool, value: JsValue) -> JsValue {
    let outcome: Outcome = if fulfilled { Ok(value) } else { Err(value) };
    let task = WAITING.with_borrow_mut(|waiting| {
        let place = waiting.iter().rposition(|(of, _)| *of == ticket)?;
        Some(waiting.remove(place).1)
    });
    task.map_or(JsValue::UNDEFINED, |task| poll(task, Turn::Settled(outcome)))
}

fn poll(mut task: Task, turn: Turn) -> JsValue {
    match in_turn(turn, || task.poll()) {
        (Poll::Ready(response), _) => response,
        (Poll::Pending, Turn::Asked(promise)) => {
            let ticket = keep(task);
            RESUME.with(|resume| wait(&promise, ticket, resume))
        }
        (Poll::Pending, _) => future_to_promise(task.by_bell()).into(),
    }
}

fn keep(task: Task) -> u32 {
    let ticket = LAST_TICKET.get().wrapping_add(1);
    LAST_TICKET.set(ticket);
    WAITING.with_borrow_mut(|waiting| {
        let forgotten = task.started_ms.saturating_sub(FORGOTTEN_AFTER_MS);
        if waiting.first().is_some_and(|(_, oldest)| oldest.started_ms < forgotten) {
            waiting.remove(0);
        }
        waiting.push((ticket, task));
    });
    ticket
}

impl Task {
    fn poll(&mut self) -> Poll<JsValue> {
        let waker = Waker::from(Arc::clone(&self.bell));
        self.future.as_mut().poll(&mut Context::from_waker(&waker))
    }

    /// Polled from now on whenever its bell rings.
    async fn by_bell(mut self) -> Outcome {
        poll_fn(|context| {
            self.bell.0.register(context.waker());
            self.poll().map(Ok)
        })
        .await
    }
}

/// The waker of a request, always the same one: a future may keep the first it sees. It does nothing until a queue of futures
/// polls the request.
#[derive(Default)]
struct Bell(AtomicWaker);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}
