//! Keeps the lines that a process prints, and waits for lines.

use std::{
    io::{BufRead, BufReader, Read},
    iter,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

const TAIL: usize = 60;

#[derive(Clone)]
pub(super) struct Log(Arc<Shared>);

#[derive(Default)]
struct Shared {
    printed: Mutex<Printed>,
    more: Condvar,
}

#[derive(Default)]
struct Printed {
    lines: Vec<String>,
    ended: bool,
}

impl Log {
    /// Reads in a thread of its own, until all processes have closed the output.
    pub(super) fn read(output: impl Read + Send + 'static) -> Self {
        let log = Self(Arc::default());
        let writer = log.clone();
        thread::spawn(move || {
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = without_colour(&String::from_utf8_lossy(&line));
                writer.change(|printed| printed.lines.push(line));
            }
            writer.change(|printed| printed.ended = true);
        });
        log
    }

    /// The first line that contains the text. `None` if the output ends or the time is over before.
    pub(super) fn wait_for(&self, text: &str, timeout: Duration) -> Option<String> {
        let find = |printed: &Printed| printed.lines.iter().find(|line| line.contains(text)).cloned();
        let waiting = |printed: &mut Printed| !printed.ended && find(printed).is_none();
        let printed = self.0.more.wait_timeout_while(self.lock(), timeout, waiting);
        let (printed, _) = printed.unwrap_or_else(PoisonError::into_inner);
        find(&printed)
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lock().lines.clone()
    }

    pub(super) fn tail(&self) -> String {
        let printed = self.lock();
        let skipped = printed.lines.len().saturating_sub(TAIL);
        let lines: Vec<_> = printed.lines.iter().skip(skipped).map(|line| format!("  | {line}")).collect();
        lines.join("\n")
    }

    fn change(&self, change: impl FnOnce(&mut Printed)) {
        change(&mut self.lock());
        self.0.more.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.0.printed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes escape sequences. wrangler colours its messages even without a terminal.
fn without_colour(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let plain = pieces.next().unwrap_or_default();
    let painted = pieces.map(|piece| piece.split_once('m').map_or(piece, |(_, text)| text));
    let text: String = iter::once(plain).chain(painted).collect();
    text.trim_end().to_owned()
}
