//! Lines from a terminal, with editing, history and completion. A thread of its own waits for keys, so
//! that the VM runs meanwhile.

use crate::output;
use atomvm_core::platform::Stream;
use atomvm_core::value::Value;
use atomvm_core::vm::{NativeError, VmBuilder};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Helper};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use unicode_width::UnicodeWidthStr;

/// How long a key waits for what a program says can stand there.
const PATIENCE: Duration = Duration::from_secs(3);
/// Lines that are remembered.
const REMEMBERED: usize = 1000;

/// The editor, as the VM's functions use it.
pub struct Editor {
    prompts: Mutex<Sender<String>>,
    events: Mutex<Receiver<Event>>,
    completions: Mutex<Sender<Vec<Pair>>>,
    line: Arc<Mutex<Option<Line>>>,
}

/// What stands on the screen while a line is edited.
#[derive(Default)]
struct Line {
    prompt: String,
    text: String,
    /// Where the cursor is, in bytes.
    cursor: usize,
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
        let line = Arc::new(Mutex::new(None));
        let words = Words {
            events: event.clone(),
            completed,
            line: line.clone(),
        };
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .auto_add_history(true)
            .max_history_size(REMEMBERED)
            .ok()?
            .build();
        let mut editor = rustyline::Editor::<Words, DefaultHistory>::with_config(config).ok()?;
        editor.set_helper(Some(words));
        let shown = line.clone();
        std::thread::spawn(move || {
            let history = history();
            if let Some(file) = &history {
                let _ = editor.load_history(file);
            }
            while let Ok(prompt) = wanted.recv() {
                *locked(&shown) = Some(Line {
                    prompt: prompt.clone(),
                    ..Line::default()
                });
                let read = editor.readline(&prompt);
                *locked(&shown) = None;
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
            line,
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
                let (rows, columns) =
                    size().ok_or_else(|| NativeError::error(Value::atom("enotsup")))?;
                let is_rows = call.args()[0] == Value::atom("rows");
                Ok(Value::from(i64::from(if is_rows { rows } else { columns })))
            })
    }

    /// Writes above the line that is being edited, and shows that again.
    fn write(&self, stream: Stream, bytes: &[u8]) {
        let line = locked(&self.line);
        match &*line {
            None => output::write(stream, bytes),
            Some(line) => {
                let width = size().map_or(80, |(_, columns)| usize::from(columns).max(1));
                let [before, after] = line.around(bytes, width);
                output::write(
                    Stream::Output,
                    &[before.as_bytes(), bytes, after.as_bytes()].concat(),
                );
            }
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

impl Line {
    /// What makes room for text on a screen of this width, and what shows the line after it.
    fn around(&self, text: &[u8], width: usize) -> [String; 2] {
        let rows = |text: &str| (self.prompt.width() + text.width()) / width;
        let above = rows(&self.text[..self.cursor]);
        let mut before = String::from("\r");
        if above > 0 {
            before += &format!("\x1b[{above}A");
        }
        before += "\x1b[J";
        let mut after = String::new();
        if !text.ends_with(b"\n") {
            after.push('\n');
        }
        after += &self.prompt;
        after += &self.text;
        // The cursor goes back to its place.
        let up = rows(&self.text) - above;
        if up > 0 {
            after += &format!("\x1b[{up}A");
        }
        let column = (self.prompt.width() + self.text[..self.cursor].width()) % width;
        after.push('\r');
        if column > 0 {
            after += &format!("\x1b[{column}C");
        }
        [before, after]
    }
}

/// Rows and columns of the terminal.
fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some((size.ws_row, size.ws_col))
}

/// Asks the program how a word may go on, and sees what is shown.
struct Words {
    events: Sender<Event>,
    completed: Receiver<Vec<Pair>>,
    line: Arc<Mutex<Option<Line>>>,
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
/// Nothing is coloured: this is where the editor tells of each change.
impl Highlighter for Words {
    fn highlight<'l>(&self, text: &'l str, at: usize) -> Cow<'l, str> {
        if let Some(line) = &mut *locked(&self.line) {
            text.clone_into(&mut line.text);
            line.cursor = at;
        }
        Cow::Borrowed(text)
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        true
    }
}
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

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_line_is_shown_again_with_its_cursor() {
        let line = Line {
            prompt: "1> ".into(),
            text: "abcdefgh".into(),
            cursor: 3,
        };
        let [before, after] = line.around(b"late", 80);
        assert_eq!(before, "\r\x1b[J");
        assert_eq!(after, "\n1> abcdefgh\r\x1b[6C");
        // Of two rows the cursor is in the second.
        let [before, after] = line.around(b"late\n", 5);
        assert_eq!(before, "\r\x1b[1A\x1b[J");
        assert_eq!(after, "1> abcdefgh\x1b[1A\r\x1b[1C");
    }
}
