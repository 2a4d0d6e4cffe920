//! Lines from a terminal, with editing, history and completion. A thread of its own waits for keys, so
//! that the VM runs meanwhile.

use crate::output;
use atomvm_core::platform::Stream;
use atomvm_core::value::Value;
use atomvm_core::vm::{NativeError, VmBuilder};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, ExternalPrinter, Helper};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a key waits for what a program says can stand there.
const PATIENCE: Duration = Duration::from_secs(3);
/// Lines that are remembered.
const REMEMBERED: usize = 1000;

/// The editor, as the VM's functions use it.
pub struct Editor {
    prompts: Mutex<Sender<String>>,
    events: Mutex<Receiver<Event>>,
    completions: Mutex<Sender<Vec<Pair>>>,
    printer: Mutex<Box<dyn ExternalPrinter + Send>>,
    is_editing: Arc<AtomicBool>,
}

enum Event {
    Line(String),
    End,
    Interrupted,
    /// What may follow this?
    Complete(String),
}

impl Editor {
    /// The editor of the terminal; `None` if it cannot be used.
    pub fn new() -> Option<Editor> {
        let (prompts, wanted) = channel::<String>();
        let (event, events) = channel();
        let (completions, completed) = channel();
        let words = Words {
            events: event.clone(),
            completed,
        };
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .auto_add_history(true)
            .max_history_size(REMEMBERED)
            .ok()?
            .build();
        let mut editor = rustyline::Editor::<Words, DefaultHistory>::with_config(config).ok()?;
        editor.set_helper(Some(words));
        let printer = editor.create_external_printer().ok()?;
        let is_editing = Arc::new(AtomicBool::new(false));
        let editing = is_editing.clone();
        std::thread::spawn(move || {
            let history = history();
            if let Some(file) = &history {
                let _ = editor.load_history(file);
            }
            while let Ok(prompt) = wanted.recv() {
                editing.store(true, Ordering::SeqCst);
                let read = editor.readline(&prompt);
                editing.store(false, Ordering::SeqCst);
                if let Some(file) = &history {
                    // A history that cannot be kept is no reason not to work.
                    let _ = editor.append_history(file);
                }
                let result = match read {
                    Ok(line) => Event::Line(line),
                    Err(ReadlineError::Interrupted) => Event::Interrupted,
                    Err(_) => Event::End,
                };
                if event.send(result).is_err() {
                    return;
                }
            }
        });
        Some(Editor {
            prompts: Mutex::new(prompts),
            events: Mutex::new(events),
            completions: Mutex::new(completions),
            printer: Mutex::new(Box::new(printer)),
            is_editing,
        })
    }

    /// Gives a VM the functions of `atomvm_editor`, and writes what it says above the line that is
    /// being edited.
    pub fn install(this: &Arc<Editor>, vm: VmBuilder) -> VmBuilder {
        let [console, reader, poller, completer] = [(); 4].map(|()| this.clone());
        vm.console(move |stream, bytes| console.write(stream, bytes))
            .native("atomvm_editor", "read", 1, move |call| {
                let prompt = text(&call.args()[0])?;
                let _ = locked(&reader.prompts).send(prompt);
                Ok(Value::atom("ok"))
            })
            .native("atomvm_editor", "poll", 0, move |_| Ok(poller.poll()))
            .native("atomvm_editor", "completed", 1, move |call| {
                let pairs = pairs(&call.args()[0])?;
                let _ = locked(&completer.completions).send(pairs);
                Ok(Value::atom("ok"))
            })
            .native("atomvm_editor", "size", 1, |call| {
                let size = rustix::termios::tcgetwinsize(std::io::stdout());
                let size = size.map_err(|_| NativeError::error(Value::atom("enotsup")))?;
                let count = match call.args()[0] == Value::atom("rows") {
                    true => size.ws_row,
                    false => size.ws_col,
                };
                Ok(Value::from(i64::from(count)))
            })
    }

    fn write(&self, stream: Stream, bytes: &[u8]) {
        if self.is_editing.load(Ordering::SeqCst) {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let _ = locked(&self.printer).print(text);
        } else {
            output::write(stream, bytes);
        }
    }

    /// What the editor has to say.
    fn poll(&self) -> Value {
        match locked(&self.events).try_recv() {
            Ok(Event::Line(line)) => Value::Binary(format!("{line}\n").into_bytes()),
            Ok(Event::Interrupted) => Value::atom("interrupted"),
            Ok(Event::Complete(line)) => Value::Tuple(vec![
                Value::atom("complete"),
                Value::Binary(line.into_bytes()),
            ]),
            Ok(Event::End) => Value::atom("eof"),
            Err(_) => Value::atom("pending"),
        }
    }
}

/// Asks the program how a word may go on.
struct Words {
    events: Sender<Event>,
    completed: Receiver<Vec<Pair>>,
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        // An answer that came too late is not one to this.
        while self.completed.try_recv().is_ok() {}
        let before = &line[..at];
        let _ = self.events.send(Event::Complete(before.to_owned()));
        let pairs = self.completed.recv_timeout(PATIENCE).unwrap_or_default();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@';
        let start = before.trim_end_matches(is_word).len();
        Ok((start, pairs))
    }
}

impl Hinter for Words {
    type Hint = String;
}
impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}

/// The file that the lines are kept in: in the folder for what programs remember.
fn history() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    let own = state.join("atomvm");
    std::fs::create_dir_all(&own).ok()?;
    Some(own.join("shell_history"))
}

fn text(value: &Value) -> Result<String, NativeError> {
    match value {
        Value::Binary(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
        _ => Err(NativeError::badarg()),
    }
}

/// Words, each with what to show for it.
fn pairs(value: &Value) -> Result<Vec<Pair>, NativeError> {
    let Value::List(list) = value else {
        return Err(NativeError::badarg());
    };
    let pair = |value: &Value| match value {
        Value::Tuple(two) if two.len() == 2 => Ok(Pair {
            replacement: text(&two[0])?,
            display: text(&two[1])?,
        }),
        _ => Err(NativeError::badarg()),
    };
    list.iter().map(pair).collect()
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
