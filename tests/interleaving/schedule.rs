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

/// Polls the future so many times. `None`: it was not done by then, and is dropped, as when a Worker is killed.
pub(crate) async fn crash_after<F: Future>(turns: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (Box::pin(future), turns);
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
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
