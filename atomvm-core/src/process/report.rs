//! What is said of a process that an exception has ended.

use super::relation::MaxHeap;
use super::{ExitKind, Process, ProcessExit, Signal};
use crate::bif::time::DateTime;
use crate::memory::fallible;
use crate::memory::fallible::{Grow, formatted};
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::platform::Stream;
use crate::term::print::{self, Style};
use crate::term::{Term, atoms, map};
use crate::vm::{Finished, Runtime};
use alloc::string::String;
use alloc::vec::Vec;

/// OTP's report of a process whose heap has passed its limit.
const HEAP_FORMAT: &str = concat!(
    "     Process:            ~p ~n",
    "     Context:            maximum heap size reached~n",
    "     Max Heap Size:      ~p~n",
    "     Total Heap Size:    ~p~n",
    "     Kill:               ~p~n",
    "     Error Logger:       ~p~n",
    "     Message Queue Len:  ~p~n",
    "     GC Info:            ~p~n",
);

impl Runtime {
    /// OTP's report of a process that ended by an error or throw that nothing caught.
    pub(crate) fn crash_report(&self, id: Term, reason: Term) -> String {
        let head = self.report_head();
        let id = print::to_string(id, &self.atoms, Style::PRETTY);
        let reason = print::to_string(reason, &self.atoms, Style::PRETTY);
        formatted(format_args!(
            "{head}Error in process {id} with exit value:\n{reason}\n\n"
        ))
    }

    /// The first line of a report.
    fn report_head(&self) -> String {
        let now = self.platform.system_time();
        let seconds = now.as_secs() as i64;
        let local = seconds + i64::from(self.platform.utc_offset(seconds));
        let DateTime {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = DateTime::from_seconds(local);
        let month = MONTHS
            .get(usize::from(month).wrapping_sub(1))
            .unwrap_or(&"");
        let micro = now.subsec_micros();
        formatted(format_args!(
            "=ERROR REPORT==== {day}-{month}-{year}::{hour:02}:{minute:02}:{second:02}.{micro:06} ===\n"
        ))
    }

    /// Writes OTP's report of a process whose heap has passed its limit.
    pub(crate) fn report_heap(&self, p: &Process) {
        let Some(limit) = p.rare().and_then(|rare| rare.max_heap) else {
            return;
        };
        if self.log_heap(p, limit).unwrap_or(false) {
            return;
        }
        let head = self.report_head();
        let id = print::to_string(p.id, &self.atoms, Style::PRETTY);
        let (size, total) = (limit.size, p.heap.total_words());
        let (kill, queue) = (limit.kill, p.mailbox.len());
        let text = fallible::print!(
            "{head}     Process:          {id} \n     \
             Context:          maximum heap size reached\n     \
             Max Heap Size:    {size}\n     \
             Total Heap Size:  {total}\n     \
             Kill:             {kill}\n     \
             Error Logger:     true\n     \
             Message Queue Len: {queue}\n\n"
        );
        self.write(Stream::Error, text.as_bytes());
    }

    /// Writes the report of a process that has ended, if it is to be reported. Of one that the
    /// host watches the host learns itself.
    pub(crate) fn report_exit(&self, p: &Process, exit: &ProcessExit) {
        let ExitKind::Raised { class, .. } = exit.kind else {
            return;
        };
        if class == atoms::EXIT || p.flags.watched || p.flags.sensitive {
            return;
        }
        if !self.log_exit(p, exit.reason).unwrap_or(false) {
            let text = self.crash_report(p.id, exit.reason);
            self.write(Stream::Error, text.as_bytes());
        }
    }

    fn log_heap(&self, p: &Process, limit: MaxHeap) -> Result<bool, OutOfMemory> {
        let mut place = Fragment::new(&self.budget);
        let mut sizes = Vec::new();
        for (name, words) in crate::bif::process_info::sizes(p) {
            let name = self.atoms.intern(name).map_err(|_| OutOfMemory)?;
            let words = place.uint(words as u64)?;
            sizes.try_push(place.tuple(&[name, words])?)?;
        }
        let arguments = [
            p.id,
            place.uint(limit.size as u64)?,
            place.uint(p.total_words() as u64)?,
            Term::bool(limit.kill),
            atoms::TRUE,
            place.uint(p.mailbox.len() as u64)?,
            place.list(&sizes)?,
        ];
        self.log(p, HEAP_FORMAT, &arguments)
    }

    fn log_exit(&self, p: &Process, reason: Term) -> Result<bool, OutOfMemory> {
        let format = "Error in process ~p with exit value:~n~p~n";
        self.log(p, format, &[p.id, reason])
    }

    /// Sends a report to the process that asked for what the system logs
    /// (`erlang:system_flag(system_logger, Pid)`), as OTP's `logger` does once it has started. Is there
    /// one?
    fn log(&self, p: &Process, format: &str, arguments: &[Term]) -> Result<bool, OutOfMemory> {
        let logger = match *self.settings.system_logger.lock() {
            Some(logger) if logger.is_pid() => logger,
            Some(logger) if logger == atoms::UNDEFINED => return Ok(true),
            _ => return Ok(false),
        };
        let atom = |name| self.atoms.intern(name).map_err(|_| OutOfMemory);
        let mut place = Fragment::new(&self.budget);
        let format = place.string(format)?;
        let arguments = place.list(arguments)?;
        let by = [
            (atom("emulator")?, atoms::TRUE),
            (atom("tag")?, atoms::ERROR),
        ];
        let by = map::from_pairs(&mut place, &self.atoms, &by)?;
        let micros = self.platform.system_time().as_micros();
        let time = place.int(i64::try_from(micros).unwrap_or(i64::MAX))?;
        let meta = [
            (atom("pid")?, p.id),
            (atom("gl")?, p.group_leader),
            (atom("time")?, time),
            (atom("error_logger")?, by),
        ];
        let meta = map::from_pairs(&mut place, &self.atoms, &meta)?;
        let log = [atom("log")?, atoms::ERROR, format, arguments, meta];
        let message = Fragment::of(place.tuple(&log)?, &self.budget)?;
        Ok(self.signal(logger, Signal::Message(message)))
    }

    /// Keeps how a watched process ended.
    pub(crate) fn keep_result(&self, p: &Process, exit: Option<&ProcessExit>) {
        let none = (atoms::EXIT, atoms::KILLED, Term::NIL, atoms::KILLED);
        let (class, value, stack, reason) = exit.map_or(none, |exit| match exit.kind {
            ExitKind::Returned { value } => (Term::NONE, value, Term::NIL, exit.reason),
            ExitKind::Raised {
                class,
                value,
                stack,
            } => (class, value, stack, exit.reason),
            ExitKind::Signal => (atoms::EXIT, exit.reason, Term::NIL, exit.reason),
            ExitKind::OutOfMemory => (atoms::EXIT, exit.reason, Term::NIL, exit.reason),
        });
        let mut outer = Fragment::new(&self.budget);
        let terms = outer
            .tuple(&[value, stack, reason])
            .and_then(|terms| Fragment::of(terms, &self.budget));
        let for_memory = exit.is_none_or(|exit| matches!(exit.kind, ExitKind::OutOfMemory));
        let terms = terms.ok().filter(|_| !for_memory);
        let finished = Finished { class, terms };
        // There is room: see `Runtime::watch`.
        self.finished.lock().push_or_lose((p.number(), finished));
        self.wake_first();
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
