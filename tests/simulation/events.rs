//! The last events of a schedule.

use std::{cell::RefCell, collections::VecDeque};

const REMEMBERED: usize = 100;

/// Prints the last events when an assertion fails.
pub(crate) struct Events {
    pub(crate) seed: u64,
    last: RefCell<VecDeque<String>>,
}

impl Events {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, last: RefCell::default() }
    }

    pub(crate) fn push(&self, event: String) {
        let mut last = self.last.borrow_mut();
        if last.len() == REMEMBERED {
            last.pop_front();
        }
        last.push_back(event);
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let last: Vec<_> = self.last.take().into();
            eprintln!("seed {}, last events:\n  {}", self.seed, last.join("\n  "));
        }
    }
}
