//! Runs futures side by side, a step of one, then a step of another, as chance has it.

use crate::chance::Chance;
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// Something that somebody does.
pub(crate) type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Polls one of the tasks that are not done, chosen by chance, until all are.
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

/// Lets others go first so many times.
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
