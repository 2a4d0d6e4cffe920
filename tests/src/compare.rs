//! Compares what programs say with what they should say, and reports all that differ.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::{Finished, Vm};

/// What OTP says of a program.
#[derive(Debug)]
pub struct Expected {
    /// What it writes to the console.
    pub console: Vec<u8>,
    /// Its value as `~0p` prints it, or `{'EXIT',Class,Reason}`.
    pub value: Vec<u8>,
}

impl Expected {
    /// All of standard output, if the program returns.
    fn stdout(&self) -> Vec<u8> {
        [
            &self.console,
            &b"Return value: "[..],
            &self.value,
            &b"\n"[..],
        ]
        .concat()
    }

    fn raises(&self) -> bool {
        self.value.starts_with(b"{'EXIT',")
    }
}

/// A program to run and what OTP says of it.
#[derive(Debug)]
pub struct Case {
    /// What to call it in reports.
    pub name: String,
    /// The file to run.
    pub file: PathBuf,
    /// Folders with further modules.
    pub paths: Vec<PathBuf>,
    /// What OTP says.
    pub expected: Expected,
}

/// Runs all cases, some at the same time; the names of those that differ, each with the difference.
///
/// # Panics
///
/// If the command cannot be run.
pub fn differing(vm: &Vm, cases: &[Case]) -> Vec<(String, String)> {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let finished = vm.run(&case.file, &case.paths);
                    if let Some(difference) = difference(&case.expected, &finished) {
                        let mut failures = failures.lock().expect("the list of failures");
                        failures.push((case.name.clone(), difference));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("the list of failures");
    failures.sort();
    failures
}

/// Runs all cases.
///
/// # Panics
///
/// If any differs; the message shows each difference.
pub fn check_all(vm: &Vm, cases: &[Case]) {
    let failures = differing(vm, cases);
    println!(
        "{} of {} programs agree with OTP",
        cases.len() - failures.len(),
        cases.len()
    );
    assert!(failures.is_empty(), "{}", report(&failures));
}

fn report(failures: &[(String, String)]) -> String {
    let mut text = format!("{} programs differ from OTP\n", failures.len());
    for (name, difference) in failures {
        let _ = writeln!(text, "\n== {name}\n{difference}");
    }
    let names: Vec<_> = failures.iter().map(|(name, _)| name.as_str()).collect();
    let _ = write!(text, "\ndiffer: {}", names.join(" "));
    text
}

/// What is wrong, in a few lines; nothing if all is right.
fn difference(expected: &Expected, finished: &Finished) -> Option<String> {
    let stderr = tail(&finished.stderr);
    if finished.timed_out {
        return Some(format!("not finished in time\n{stderr}"));
    }
    if expected.raises() {
        return raised(expected, finished);
    }
    if finished.code != Some(0) {
        let said = tail(&finished.stdout);
        let how = finished
            .code
            .map_or("a signal".to_owned(), |code| format!("exit code {code}"));
        return Some(format!("ended by {how}\nstdout: {said}\nstderr: {stderr}"));
    }
    let wanted = expected.stdout();
    (wanted != finished.stdout).then(|| first_difference(&wanted, &finished.stdout))
}

/// A program that raises exits with 1, prints no value and says why.
fn raised(expected: &Expected, finished: &Finished) -> Option<String> {
    let stderr = tail(&finished.stderr);
    if finished.code != Some(1) {
        return Some(format!(
            "exit code {:?} in place of 1\n{stderr}",
            finished.code
        ));
    }
    if finished.stdout != expected.console {
        return Some(first_difference(&expected.console, &finished.stdout));
    }
    let reason = reason(&expected.value);
    let said = without_spaces(&finished.stderr);
    (!said.contains(&reason)).then(|| format!("no {reason} in the report:\n{stderr}"))
}

/// The reason in `{'EXIT',Class,Reason}`.
fn reason(value: &[u8]) -> String {
    let text = without_spaces(value);
    let reason = text.splitn(3, ',').nth(2).unwrap_or_default();
    reason.strip_suffix('}').unwrap_or(reason).to_owned()
}

/// Reports may be broken into lines anywhere.
fn without_spaces(text: &[u8]) -> String {
    String::from_utf8_lossy(text).split_whitespace().collect()
}

/// The surroundings of the first byte that differs.
fn first_difference(wanted: &[u8], found: &[u8]) -> String {
    let same = wanted.iter().zip(found).take_while(|(a, b)| a == b).count();
    let line = 1 + wanted[..same].iter().filter(|byte| **byte == b'\n').count();
    let from = same.saturating_sub(80);
    let excerpt = |bytes: &[u8]| {
        let end = bytes.len().min(same + 120);
        String::from_utf8_lossy(&bytes[from.min(end)..end]).into_owned()
    };
    let mark = " ".repeat(String::from_utf8_lossy(&wanted[from..same]).chars().count());
    format!(
        "byte {same}, line {line}\n   OTP: {}\natomvm: {}\n        {mark}^",
        excerpt(wanted).escape_debug(),
        excerpt(found).escape_debug()
    )
}

/// The end of a text: errors stand there.
fn tail(bytes: &[u8]) -> String {
    let from = bytes.len().saturating_sub(1500);
    String::from_utf8_lossy(&bytes[from..]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(code: i32, stdout: &str) -> Finished {
        Finished {
            code: Some(code),
            timed_out: false,
            stdout: stdout.into(),
            stderr: Vec::new(),
        }
    }

    fn expected(console: &str, value: &str) -> Expected {
        Expected {
            console: console.into(),
            value: value.into(),
        }
    }

    #[test]
    fn the_same_output_is_right() {
        let said = finished(0, "hi\nReturn value: {a,1}\n");
        assert_eq!(difference(&expected("hi\n", "{a,1}"), &said), None);
    }

    #[test]
    fn the_place_of_a_difference_is_shown() {
        let said = finished(0, "hi\nReturn value: {a,2}\n");
        let text = difference(&expected("hi\n", "{a,1}"), &said).unwrap();
        assert!(text.starts_with("byte 20, line 2"), "{text}");
    }

    #[test]
    fn an_exception_is_exit_code_1() {
        let raises = expected("", "{'EXIT',error,badarg}");
        let mut right = finished(1, "");
        right.stderr = b"Error in process <0.9.0> with exit value:\n{badarg,\n [...]}".to_vec();
        assert_eq!(difference(&raises, &right), None);
        assert!(difference(&raises, &finished(1, "")).is_some());
        assert!(difference(&raises, &finished(0, "")).is_some());
        assert!(difference(&expected("", "ok"), &finished(1, "")).is_some());
    }
}
