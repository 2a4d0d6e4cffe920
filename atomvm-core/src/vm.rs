//! The VM as its embedder sees it, and what its processes share.

use crate::code::CodeServer;
use crate::code::export::{ExportTable, FunTable};
use crate::memory::{Budget, Heap, OutOfMemory};
use crate::platform::{Platform, Stream};
use crate::process::ProcessTable;
use crate::process::registry::{Aliases, Registry};
use crate::sched::{RunQueue, Timers};
use crate::sync::{Arc, Mutex};
use crate::term::{AtomTable, Reference, Term};
use alloc::boxed::Box;
use alloc::string::String;
use portable_atomic::{AtomicBool, AtomicU64, Ordering};

/// What a VM may use at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes.
    pub memory: usize,
    /// Processes at the same time.
    pub processes: usize,
    /// Atoms.
    pub atoms: usize,
    /// Reductions of all processes together.
    pub reductions: u64,
}

impl Default for Limits {
    /// No limit for memory and reductions; for processes and atoms those of OTP.
    fn default() -> Self {
        Limits {
            memory: usize::MAX,
            processes: 262_144,
            atoms: 1_048_576,
            reductions: u64::MAX,
        }
    }
}

/// How a program stops the whole VM (`erlang:halt`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Halt {
    /// With an exit status.
    Status(i32),
    /// With a message of a crash.
    Slogan(String),
    /// As by a failed assertion: the host should dump core, if it can.
    Abort,
}

/// What writes the console in place of the platform.
pub type Console = Box<dyn FnMut(Stream, &[u8]) + Send>;

/// What the processes of a VM share. Everything in it has its own lock, or needs none.
pub struct Runtime {
    /// The count of the VM's memory.
    pub budget: Arc<Budget>,
    /// The limits besides that of memory, which is in the budget.
    pub limits: Limits,
    /// The atoms.
    pub atoms: AtomTable,
    /// The functions that can be called by name.
    pub exports: ExportTable,
    /// The funs.
    pub funs: FunTable,
    /// The modules.
    pub code: CodeServer,
    /// The machine.
    pub platform: Box<dyn Platform>,
    /// The processes.
    pub processes: ProcessTable,
    /// The processes that could run.
    pub run_queue: RunQueue,
    /// Registered names.
    pub names: Registry,
    /// Active aliases.
    pub aliases: Aliases,
    /// Timers.
    pub timers: Timers,
    /// Collect at every opportunity, to find what a collection breaks.
    pub stress: bool,
    /// The last serial number of a reference.
    references: AtomicU64,
    /// The last unique integer.
    integers: AtomicU64,
    /// Set when the program has stopped the VM.
    halted: Mutex<Option<Halt>>,
    is_halted: AtomicBool,
    console: Mutex<Option<Console>>,
}

impl Runtime {
    /// What the processes of a new VM share.
    pub fn new(platform: Box<dyn Platform>, limits: Limits) -> Runtime {
        let budget = Arc::new(Budget::new(limits.memory));
        let code = CodeServer::new(&budget);
        Runtime {
            atoms: AtomTable::new(limits.atoms, budget.clone()),
            budget,
            limits,
            exports: ExportTable::default(),
            funs: FunTable::default(),
            code,
            platform,
            processes: ProcessTable::new(limits.processes),
            run_queue: RunQueue::default(),
            names: Registry::default(),
            aliases: Aliases::default(),
            timers: Timers::default(),
            stress: false,
            references: AtomicU64::new(0),
            integers: AtomicU64::new(0),
            halted: Mutex::new(None),
            is_halted: AtomicBool::new(false),
            console: Mutex::new(None),
        }
    }

    /// The platform's monotonic clock, in nanoseconds.
    pub fn now(&self) -> u64 {
        u64::try_from(self.platform.monotonic().as_nanos()).unwrap_or(u64::MAX)
    }

    /// The serial number of a new reference.
    pub fn next_reference(&self) -> u64 {
        self.references.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A new reference.
    pub fn make_ref(&self, heap: &mut dyn Heap) -> Result<Term, OutOfMemory> {
        heap.reference(Reference::from_serial(self.next_reference()))
    }

    /// An integer that no other call returns; each is larger than those before.
    pub fn unique_integer(&self) -> u64 {
        self.integers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Writes to the console.
    pub fn write(&self, stream: Stream, bytes: &[u8]) {
        match &mut *self.console.lock() {
            Some(console) => console(stream, bytes),
            None => self.platform.write(stream, bytes),
        }
    }

    /// Makes the console's output go to `console` in place of the platform.
    pub fn set_console(&self, console: Option<Console>) {
        *self.console.lock() = console;
    }

    /// Stops the VM: no process runs any more.
    pub fn halt(&self, halt: Halt) {
        let mut halted = self.halted.lock();
        if halted.is_none() {
            *halted = Some(halt);
            self.is_halted.store(true, Ordering::Release);
        }
    }

    /// How the program has stopped the VM, if it has.
    pub fn halted(&self) -> Option<Halt> {
        if !self.is_halted.load(Ordering::Acquire) {
            return None;
        }
        self.halted.lock().clone()
    }
}
