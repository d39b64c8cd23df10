//! The queue delays messages, loses some, and repeats some.

use super::world::World;
use edgepass::message::Message;
use std::cell::{Cell, RefCell};

/// A message on its way.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub(crate) due_ms: i64,
    pub(crate) text: String,
    pub(crate) tries: u32,
}

#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) waiting: RefCell<Vec<Waiting>>,
    pub(crate) sent: Cell<usize>,
    /// How many of 100 messages are lost. As many come twice.
    pub(crate) percent: Cell<usize>,
}

const TRIES: u32 = 20;

impl World {
    pub(crate) fn enqueue(&self, messages: &[Message]) {
        for Message { text, delay } in messages {
            self.queue.sent.set(self.queue.sent.get() + 1);
            let due_ms = self.now_ms() + i64::from(*delay) * 1000;
            let waiting = Waiting { due_ms, text: text.clone(), tries: 0 };
            let percent = self.queue.percent.get();
            let times = usize::from(!self.chance.percent(percent)) + usize::from(self.chance.percent(percent));
            self.queue.waiting.borrow_mut().extend(std::iter::repeat_n(waiting, times));
        }
    }

    /// A message whose consumer failed comes again.
    pub(crate) fn send_again(&self, message: &Waiting, seconds: u32) {
        let (due_ms, tries) = (self.now_ms() + i64::from(seconds) * 1000, message.tries + 1);
        if tries <= TRIES {
            self.queue.waiting.borrow_mut().push(Waiting { due_ms, tries, ..message.clone() });
        }
    }

    /// When the next message comes, in unix milliseconds.
    pub(crate) fn next_message_ms(&self) -> Option<i64> {
        let waiting = self.queue.waiting.borrow();
        waiting.iter().map(|waiting| waiting.due_ms).filter(|due| *due > self.now_ms()).min()
    }

    pub(crate) fn receive(&self) -> Option<Waiting> {
        let mut waiting = self.queue.waiting.borrow_mut();
        let due: Vec<usize> = (0..waiting.len()).filter(|at| waiting[*at].due_ms <= self.now_ms()).collect();
        let at = *self.chance.pick(&due)?;
        Some(waiting.swap_remove(at))
    }
}
