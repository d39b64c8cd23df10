//! Programs that run until they are told to end.

use std::{
    fs,
    io::{self, Read},
    os::unix::fs::FileTypeExt,
    sync::mpsc,
    thread,
};
use tokio::{
    runtime,
    signal::unix::{SignalKind, signal},
};

/// Receives something when the program shall end: at SIGINT, at SIGTERM, or when standard input is closed.
pub fn channel() -> io::Result<mpsc::Receiver<()>> {
    let (sender, receiver) = mpsc::channel();
    // A terminal has Ctrl-C, and /dev/null is always at its end.
    if fs::metadata("/dev/stdin").is_ok_and(|input| input.file_type().is_fifo()) {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut chunk = [0; 1024];
            while io::stdin().read(&mut chunk).is_ok_and(|length| length > 0) {}
            let _ = sender.send(());
        });
    }
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    // From here on, not only when the thread runs.
    let signals = || Ok::<_, io::Error>((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?));
    let (mut interrupt, mut terminate) = runtime.block_on(async { signals() })?;
    thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
        });
        let _ = sender.send(());
    });
    Ok(receiver)
}
