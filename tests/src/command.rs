//! Runs a command for a limited time.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How a command ended and what it wrote.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; nothing if a signal or the time limit ended it.
    pub code: Option<i32>,
    /// Whether the time limit ended it.
    pub timed_out: bool,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// Runs `command` until it ends, or ends it after `limit`.
///
/// # Panics
///
/// If it cannot be started.
pub fn run(command: &mut Command, limit: Duration) -> Finished {
    run_with_input(command, Stdio::null(), limit)
}

/// As [`run`], with `input` as standard input.
///
/// # Panics
///
/// If it cannot be started.
pub fn run_with_input(command: &mut Command, input: Stdio, limit: Duration) -> Finished {
    command.stdin(input);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    let mut timed_out = false;
    let status = loop {
        match child.try_wait().expect("the state of a child") {
            Some(status) => break status,
            None if start.elapsed() > limit && !timed_out => {
                timed_out = true;
                let _ = child.kill();
            }
            None => thread::sleep(pause),
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    Finished {
        code: status.code(),
        timed_out,
        stdout: stdout.join().expect("a reader of standard output"),
        stderr: stderr.join().expect("a reader of standard error"),
    }
}

fn collect(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read before an error is still worth comparing.
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}
