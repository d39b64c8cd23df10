//! Runs futures in random steps.

use edgepass_support::chance::Chance;
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};

pub(crate) type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Polls random tasks until all are done.
pub(crate) fn run_in_any_order<'a>(tasks: impl IntoIterator<Item = impl Future<Output = ()> + 'a>, chance: &Chance) {
    let mut tasks: Vec<Task<'a>> = tasks.into_iter().map(|task| Box::pin(task) as Task<'a>).collect();
    let mut context = Context::from_waker(Waker::noop());
    while !tasks.is_empty() {
        let chosen = chance.below(tasks.len());
        if let Poll::Ready(()) = tasks[chosen].as_mut().poll(&mut context) {
            drop(tasks.remove(chosen));
        }
    }
}

/// Lets other tasks run so many times.
pub(crate) async fn pause(turns: usize) {
    let mut left = turns;
    poll_fn(|_| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}
