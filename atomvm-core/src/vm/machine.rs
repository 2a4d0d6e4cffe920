//! The VM as its embedder holds it.

use super::error::{Class, ErlangError, Error, Frame, Limit};
use super::{Finished, Halt, Runtime, VmBuilder};
use crate::code::LoadReason;
use crate::memory::fallible::{AddText, Grow, boxed, take_loss, text_or_none, with_room};
use crate::memory::{Fragment, OutOfMemory};
use crate::process::Signal;
use crate::process::spawn::{SpawnError, SpawnOptions, Start};
#[cfg(feature = "std")]
use crate::sched::crew;
use crate::sched::{Scheduler, Turn};
use crate::sync::Arc;
use crate::term::atom::AtomError;
use crate::term::print::{self, Style};
use crate::term::{Term, atoms};
use crate::value::{Value, ValueError};
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// A virtual machine: code, processes and all that they share.
///
/// It runs on the thread that calls its methods, and may be handed from thread to thread. Any
/// number of them live side by side and share nothing.
pub struct Vm {
    pub(super) rt: Arc<Runtime>,
    scheduler: Scheduler,
    /// The schedulers that run beside it.
    #[cfg(feature = "std")]
    workers: Vec<Scheduler>,
    /// The process whose result is that of [`Vm::run`].
    main: Option<Term>,
    /// The group leader of what the host starts.
    console: Option<Term>,
}

/// A process, as the host names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pid(pub(crate) Term);

/// What [`Vm::step`] came to.
#[derive(Debug)]
pub enum Step {
    /// The reductions are used up, and there is more to do.
    Ran,
    /// All processes wait.
    Idle {
        /// The time until the next timer; `None` when there is none.
        until: Option<Duration>,
    },
    /// The main process has ended, or the program has stopped the VM. Told once.
    Done(Result<Value, Error>),
}

/// Bytes that a VM uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Memory {
    /// Now.
    pub used: usize,
    /// At most so far.
    pub peak: usize,
    /// The limit.
    pub limit: usize,
}

/// The reductions between two looks at whether the program is to stop.
const QUANTUM: u32 = 1 << 20;

impl Vm {
    /// A builder with nothing set.
    pub fn builder() -> VmBuilder {
        VmBuilder::default()
    }

    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub(super) fn new(rt: Runtime) -> Vm {
        Vm {
            rt: Arc::new(rt),
            scheduler: Scheduler::default(),
            #[cfg(feature = "std")]
            workers: Vec::new(),
            main: None,
            console: None,
        }
    }

    /// What the VM's processes share.
    pub fn runtime(&self) -> &Runtime {
        &self.rt
    }

    /// Starts the main process: `start/0` of the first module in the packs that exports it.
    /// Does nothing when it has been started and has not ended.
    ///
    /// # Errors
    /// There is no such module, or it is called as one of the built-in library, or no memory.
    pub fn start(&mut self) -> Result<(), Error> {
        if self.main.is_none() {
            let start = self.rt.code.start_module();
            let (module, file) = start.ok_or(Error::NoEntryPoint)?;
            if self.rt.code.is_sticky(&module) {
                return Err(LoadReason::Sticky { module }.in_file(file.name()).into());
            }
            self.main = Some(self.launch(&module, "start", &[], true)?);
        }
        Ok(())
    }

    /// Runs the program until its main process ends, and returns what `start/0` returned.
    /// Starts it if [`Vm::start`] has not been called.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn run(&mut self) -> Result<Value, Error> {
        self.start()?;
        let result = self.run_until(self.main);
        if !matches!(result, Err(Error::Stalled)) {
            self.main = None;
        }
        result
    }

    /// Runs all schedulers until the process `watched` ends, and returns its result.
    fn run_until(&mut self, watched: Option<Term>) -> Result<Value, Error> {
        #[cfg(feature = "std")]
        {
            let rt = self.rt.clone();
            let mut workers = core::mem::take(&mut self.workers);
            let result = crew::with(&rt, &mut workers, || self.take_turns(watched));
            self.workers = workers;
            result
        }
        #[cfg(not(feature = "std"))]
        self.take_turns(watched)
    }

    fn take_turns(&mut self, watched: Option<Term>) -> Result<Value, Error> {
        loop {
            match self.step_for(watched, QUANTUM) {
                Step::Ran => {}
                Step::Idle { until } => self.wait(until, watched)?,
                Step::Done(result) => return result,
            }
        }
    }

    /// Lets processes run for about `budget` reductions, or until all of them wait.
    pub fn step(&mut self, budget: u32) -> Step {
        let step = self.step_for(self.main, budget);
        if matches!(step, Step::Done(_)) {
            self.main = None;
        }
        step
    }

    /// As [`Vm::step`], with a call in place of the main process.
    pub fn step_call(&mut self, call: Pid, budget: u32) -> Step {
        self.step_for(Some(call.0), budget)
    }

    fn step_for(&mut self, watched: Option<Term>, budget: u32) -> Step {
        let mut left = budget;
        loop {
            if let Some(result) = self.finished(watched) {
                return Step::Done(result);
            }
            if left == 0 {
                return Step::Ran;
            }
            match self.scheduler.turn(&self.rt, left) {
                Turn::Ran(reductions) => left = left.saturating_sub(reductions),
                Turn::Idle(deadline) => {
                    let nanoseconds = deadline.map(|d| d.saturating_sub(self.rt.now()));
                    return Step::Idle {
                        until: nanoseconds.map(Duration::from_nanos),
                    };
                }
            }
        }
    }

    /// How the program ended, if it did, and if the process `watched` did.
    fn finished(&self, watched: Option<Term>) -> Option<Result<Value, Error>> {
        if let Some(halt) = self.rt.halted() {
            return Some(Err(halted(halt)));
        }
        if let Some(number) = watched.and_then(Term::as_pid) {
            let mut all = self.rt.finished.lock();
            let found = all.iter().position(|(other, _)| *other == number);
            let finished = found.map(|at| all.swap_remove(at).1);
            drop(all);
            if let Some(finished) = finished {
                return Some(self.result(watched?, finished));
            }
        }
        if take_loss() {
            self.rt.starve();
        }
        if self.rt.is_starved() {
            return Some(Err(Error::Limit(Limit::Memory)));
        }
        let reductions = self.rt.statistics.total_reductions();
        if reductions >= self.rt.reduction_limit() {
            return Some(Err(Error::Limit(Limit::Reductions)));
        }
        None
    }

    /// Waits for the next timer, or for someone to wake the VM.
    fn wait(&self, until: Option<Duration>, watched: Option<Term>) -> Result<(), Error> {
        let before = self.rt.now();
        self.rt.statistics.begin_idle(0, before);
        if !self.rt.rest(until, watched) {
            let Some(until) = until else {
                self.rt.statistics.end_idle(0, self.rt.now());
                return Err(Error::Stalled);
            };
            let until = before.saturating_add(u64::try_from(until.as_nanos()).unwrap_or(u64::MAX));
            while self.rt.now() < until && self.rt.run_queue.is_empty() {
                core::hint::spin_loop();
            }
        }
        self.rt.statistics.end_idle(0, self.rt.now());
        Ok(())
    }

    /// Calls a function in a new process and runs the VM until that has ended. Other processes
    /// run meanwhile.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn call(&mut self, module: &str, function: &str, args: &[Value]) -> Result<Value, Error> {
        let call = self.start_call(module, function, args)?;
        self.run_until(Some(call.0))
    }

    /// Starts a call, which then runs by [`Vm::step_call`]; that also tells its result, once.
    ///
    /// # Errors
    /// There is no memory, or a limit is reached.
    pub fn start_call(
        &mut self,
        module: &str,
        function: &str,
        args: &[Value],
    ) -> Result<Pid, Error> {
        self.launch(module, function, args, true).map(Pid)
    }

    /// Starts a process that calls a function.
    ///
    /// # Errors
    /// There is no memory, or a limit is reached.
    pub fn spawn(&mut self, module: &str, function: &str, args: &[Value]) -> Result<Pid, Error> {
        self.launch(module, function, args, false).map(Pid)
    }

    /// Sends a message; `false` if the process has ended.
    ///
    /// # Errors
    /// There is no memory, or the value cannot be a term.
    pub fn send(&self, to: Pid, message: &Value) -> Result<bool, Error> {
        let mut place = Fragment::new(&self.rt.budget);
        let message = self.term(message, &mut place)?;
        let message = Fragment::of(message, &self.rt.budget)?;
        Ok(self.rt.signal(to.0, Signal::Message(message)))
    }

    /// Sends an exit signal, as `exit/2` does; `false` if the process has ended.
    ///
    /// # Errors
    /// There is no memory, or the value cannot be a term.
    pub fn exit(&self, to: Pid, reason: &Value) -> Result<bool, Error> {
        let mut place = Fragment::new(&self.rt.budget);
        let reason = self.term(reason, &mut place)?;
        let exit = Signal::Exit {
            from: self.console.unwrap_or(to.0),
            reason: Fragment::of(reason, &self.rt.budget)?,
            linked: false,
        };
        Ok(self.rt.signal(to.0, exit))
    }

    /// The process with a registered name.
    pub fn whereis(&self, name: &str) -> Option<Pid> {
        let name = self.rt.atoms.find(name)?;
        let id = self.rt.names.whereis(name)?;
        id.is_pid().then_some(Pid(id))
    }

    /// Has the process not ended?
    pub fn is_alive(&self, id: Pid) -> bool {
        let handle = self.rt.processes.find(id.0);
        handle.is_some_and(|handle| self.rt.settle(&handle) && handle.is_alive())
    }

    /// The bytes in use.
    pub fn memory(&self) -> Memory {
        Memory {
            used: self.rt.budget.used(),
            peak: self.rt.budget.peak(),
            limit: self.rt.budget.limit(),
        }
    }

    /// Changes the limit of memory, in bytes.
    pub fn set_memory_limit(&self, bytes: usize) {
        self.rt.budget.set_limit(bytes);
    }

    /// Changes the limit of reductions, counted from the start of the VM.
    pub fn set_reduction_limit(&self, reductions: u64) {
        self.rt.set_reduction_limit(reductions);
    }

    fn launch(
        &mut self,
        module: &str,
        function: &str,
        args: &[Value],
        watched: bool,
    ) -> Result<Term, Error> {
        self.start_console()?;
        // What is wrong with the code is then the host's to know; elsewhere it is `undef`.
        if let Err(Some(error)) = self.rt.ensure_loaded(self.rt.atoms.intern(module)?) {
            return Err(error.into());
        }
        let mut place = Fragment::new(&self.rt.budget);
        let mut terms = with_room(args.len())?;
        for arg in args {
            terms.push(self.term(arg, &mut place)?);
        }
        let start = Start::Call {
            module: self.rt.atoms.intern(module)?,
            function: self.rt.atoms.intern(function)?,
            args: &terms,
        };
        let options = SpawnOptions {
            watched,
            group_leader: self.console,
            ..SpawnOptions::default()
        };
        Ok(self.rt.spawn(None, start, &options)?.0)
    }

    /// Starts the process that does input and output, if the library or a pack has one.
    fn start_console(&mut self) -> Result<(), Error> {
        let alive = |id: Term| self.rt.processes.find(id).is_some();
        if self.console.is_some_and(alive) || !self.rt.code.is_packed(CONSOLE) {
            return Ok(());
        }
        let start = Start::Call {
            module: self.rt.atoms.intern(CONSOLE)?,
            function: self.rt.atoms.intern("server")?,
            args: &[],
        };
        let options = SpawnOptions {
            system: true,
            ..SpawnOptions::default()
        };
        self.console = Some(self.rt.spawn(None, start, &options)?.0);
        if self.rt.run_queue.schedulers() > 1 {
            return self.settle_console();
        }
        Ok(())
    }

    /// Lets the console get ready. One scheduler takes the processes in the order in which they were
    /// started; of several, one could run the program before the console has registered its names.
    fn settle_console(&mut self) -> Result<(), Error> {
        loop {
            match self.step_for(None, QUANTUM) {
                Step::Ran => {}
                Step::Idle { .. } => return Ok(()),
                Step::Done(result) => return result.map(drop),
            }
        }
    }

    fn term(&self, value: &Value, place: &mut Fragment) -> Result<Term, Error> {
        super::convert::term(&self.rt, value, place)
    }

    fn result(&self, id: Term, finished: Finished) -> Result<Value, Error> {
        let terms = finished.terms.ok_or(Error::Limit(Limit::Memory))?;
        let Some(&[value, stack, reason]) = terms.term.as_tuple() else {
            return Err(Error::Limit(Limit::Memory));
        };
        if finished.class == Term::NONE {
            return super::convert::value(&self.rt, value);
        }
        let class = match finished.class {
            atoms::ERROR => Class::Error,
            atoms::THROW => Class::Throw,
            _ => Class::Exit,
        };
        // A reason too deep for a value still has its text.
        let reason_value = super::convert::value(&self.rt, value);
        let mut frames = Vec::new();
        frames.extend_or_lose(stack.list_iter().filter_map(|f| self.frame(f)));
        let error = boxed(ErlangError {
            class,
            reason: reason_value.unwrap_or_else(|_| Value::atom("undefined")),
            reason_text: print::to_string(value, &self.rt.atoms, Style::PRETTY),
            stacktrace: frames,
            report: self.rt.crash_report(id, reason),
        })?;
        Err(Error::Exception(error))
    }

    /// An entry of a stack trace.
    fn frame(&self, entry: Term) -> Option<Frame> {
        let &[module, function, arity, location] = entry.as_tuple()? else {
            return None;
        };
        let find = |key: Term| {
            location.list_iter().find_map(|pair| match pair.as_tuple() {
                Some(&[k, value]) if k == key => Some(value),
                _ => None,
            })
        };
        let file = find(atoms::FILE).map(|chars| {
            let chars = chars.list_iter().filter_map(Term::as_usize);
            let mut file = String::new();
            file.add_chars(chars.filter_map(|c| char::from_u32(c as u32)));
            file
        });
        let line = find(atoms::LINE).and_then(Term::as_usize);
        Some(Frame {
            module: text_or_none(self.rt.atoms.name(module)),
            function: text_or_none(self.rt.atoms.name(function)),
            arity: arity.as_usize().or_else(|| arity.list_len())?,
            file,
            line: line.and_then(|line| u32::try_from(line).ok()),
        })
    }
}

/// The module of the library, or of a pack that stands alone, whose `server/0` does input and output.
const CONSOLE: &str = "atomvm_io";

fn halted(halt: Halt) -> Error {
    match halt {
        Halt::Status(status) => Error::Halted(status),
        Halt::Slogan(text) => Error::Crashed(text),
        Halt::Abort => Error::Crashed("aborted".into()),
    }
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Error {
        Error::Limit(Limit::Memory)
    }
}

impl From<AtomError> for Error {
    fn from(error: AtomError) -> Error {
        match error {
            AtomError::TooLong => Error::BadValue(ValueError::Atom(error)),
            AtomError::TableFull(_) => Error::Limit(Limit::Atoms),
            AtomError::NoMemory => Error::Limit(Limit::Memory),
        }
    }
}

impl From<SpawnError> for Error {
    fn from(error: SpawnError) -> Error {
        match error {
            SpawnError::OutOfMemory => Error::Limit(Limit::Memory),
            SpawnError::TooMany => Error::Limit(Limit::Processes),
        }
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        // Processes, timers and queues refer to each other through the runtime.
        self.rt.run_queue.clear();
        self.rt.timers.clear();
        // What was lost was this VM's.
        take_loss();
    }
}
