//! The VM as its embedder sees it, and what its processes share.

mod builder;
mod clock;
mod convert;
mod error;
mod extend;
mod handle;
mod machine;
mod native;
pub mod settings;
pub mod tracing;

pub use builder::VmBuilder;
pub use error::{Class, ErlangError, Error, Frame, Limit};
pub use handle::Handle;
pub use machine::{Memory, Pid, Step, Vm};
pub use native::{NativeCall, NativeError};

use crate::bif::persistent_term::PersistentTerms;
use crate::code::CodeServer;
use crate::code::export::{ExportTable, FunTable};
use crate::ets::Ets;
use crate::memory::fallible::texts;
use crate::memory::{Budget, Fragment, Heap, OutOfMemory};
use crate::platform::{Platform, Stream};
use crate::port::Ports;
use crate::process::registry::{Aliases, Registry};
use crate::process::{ProcessTable, Signal};
use crate::sched::rest::Rest;
#[cfg(feature = "std")]
use crate::sched::world::World;
use crate::sched::{RunQueue, Statistics, Timers};
use crate::sync::{Arc, Mutex, RwLock};
use crate::term::{AtomTable, Reference, Term};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use portable_atomic::{AtomicBool, AtomicU64, Ordering};

/// What `erlang:system_info(system_architecture)` says.
pub(crate) const ARCHITECTURE: &str = if cfg!(target_arch = "x86_64") {
    "x86_64-unknown"
} else if cfg!(target_arch = "aarch64") {
    "aarch64-unknown"
} else if cfg!(target_arch = "arm") {
    "arm-unknown"
} else if cfg!(target_arch = "riscv32") {
    "riscv32-unknown"
} else if cfg!(target_arch = "riscv64") {
    "riscv64-unknown"
} else if cfg!(target_arch = "xtensa") {
    "xtensa-unknown"
} else {
    "unknown"
};

/// What a VM may use at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes.
    pub memory: usize,
    /// Processes at the same time.
    pub processes: usize,
    /// Atoms.
    pub atoms: usize,
    /// Ports at the same time.
    pub ports: usize,
    /// Tables (ETS) at the same time.
    pub tables: usize,
    /// Reductions of all processes together.
    pub reductions: u64,
}

impl Default for Limits {
    /// No limit for memory and reductions; for the others those of OTP.
    fn default() -> Self {
        Limits {
            memory: usize::MAX,
            processes: 262_144,
            atoms: 1_048_576,
            ports: 65_536,
            tables: 8_192,
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
    reduction_limit: AtomicU64,
    seed: Mutex<Option<u64>>,
    /// The atoms.
    pub atoms: AtomTable,
    /// The functions that can be called by name.
    pub exports: ExportTable,
    /// The funs.
    pub funs: FunTable,
    /// The modules.
    pub code: CodeServer,
    /// The native records that they define.
    pub records: crate::code::records::RecordTable,
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
    /// Ports.
    pub ports: Ports,
    /// Timers.
    pub timers: Timers,
    /// Tables.
    pub ets: Ets,
    /// Streams of zlib.
    pub(crate) streams: crate::bif::zlib_stream::Streams,
    /// Persistent terms.
    pub persistent_terms: PersistentTerms,
    pub(crate) rest: Rest,
    /// Which schedulers take turns.
    pub(crate) online: crate::sched::online::Online,
    #[cfg(feature = "std")]
    pub(crate) world: World,
    /// What the schedulers have done.
    pub statistics: Statistics,
    /// What the program has set.
    pub settings: settings::Settings,
    /// Which calls are traced.
    pub tracing: tracing::Tracing,
    /// Ports at the same time.
    pub port_limit: usize,
    /// Tables at the same time.
    pub table_limit: usize,
    /// The release of OTP that the library is of.
    pub otp_release: Option<u32>,
    /// The arguments of the program.
    arguments: RwLock<Vec<String>>,
    /// Collect at every opportunity, to find what a collection breaks.
    pub stress: bool,
    /// How much translations are trusted in what the embedder adds.
    pub(crate) trust: crate::code::Trust,
    /// The last serial number of a reference.
    references: AtomicU64,
    pub(crate) clock: clock::Clock,
    /// The last moment that `erlang:now/0` returned, in microseconds.
    last_now: AtomicU64,
    /// The last unique integer.
    integers: AtomicU64,
    /// Set when the program has stopped the VM.
    halted: Mutex<Option<Halt>>,
    is_halted: AtomicBool,
    console: Mutex<Option<Console>>,
    /// How watched processes ended, by number, until their watcher looks.
    pub(crate) finished: Mutex<Vec<(usize, Finished)>>,
    /// Set when there was no memory for what nobody could be told of.
    is_starved: AtomicBool,
}

/// How a process ended that the host watches.
pub(crate) struct Finished {
    /// `error`, `exit` or `throw`; [`Term::NONE`] when it returned.
    pub class: Term,
    /// `{Value, StackTrace, Reason}`: the value that it returned or the reason that was raised;
    /// the stack trace; the reason that other processes saw. `None` when there was no memory.
    pub terms: Option<Fragment>,
}

impl Drop for Runtime {
    /// Gives back what is counted but not owned by something that gives it back itself.
    fn drop(&mut self) {
        let processes = self.processes.all().len();
        self.budget
            .refund(processes * crate::process::spawn::PROCESS_BYTES);
    }
}

impl Runtime {
    /// What the processes of a new VM share.
    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub fn new(platform: Box<dyn Platform>, limits: Limits) -> Runtime {
        let budget = Arc::new(Budget::new(limits.memory));
        let code = CodeServer::new(&budget);
        let records = crate::code::records::RecordTable::new(&budget);
        let rt = Runtime {
            atoms: AtomTable::new(limits.atoms, budget.clone()),
            timers: Timers::new(&budget),
            ets: Ets::new(limits.tables, &budget),
            clock: clock::Clock::new(&*platform),
            reduction_limit: AtomicU64::new(limits.reductions),
            seed: Mutex::new(None),
            exports: ExportTable::new(&budget),
            funs: FunTable::new(&budget),
            code,
            records,
            platform,
            processes: ProcessTable::new(limits.processes),
            run_queue: RunQueue::default(),
            names: Registry::new(&budget),
            aliases: Aliases::new(&budget),
            ports: Ports::default(),
            streams: Default::default(),
            persistent_terms: PersistentTerms::new(&budget),
            rest: Rest::default(),
            online: crate::sched::online::Online::new(1),
            budget,
            #[cfg(feature = "std")]
            world: World::default(),
            statistics: Statistics::default(),
            settings: settings::Settings::default(),
            tracing: tracing::Tracing::default(),
            port_limit: limits.ports,
            table_limit: limits.tables,
            otp_release: None,
            arguments: RwLock::default(),
            stress: false,
            trust: crate::code::Trust::default(),
            last_now: AtomicU64::new(0),
            references: AtomicU64::new(0),
            integers: AtomicU64::new(0),
            halted: Mutex::new(None),
            is_halted: AtomicBool::new(false),
            console: Mutex::new(None),
            finished: Mutex::new(Vec::new()),
            is_starved: AtomicBool::new(false),
        };
        rt.statistics.start(rt.now());
        rt
    }

    /// How many reductions all processes together may use.
    pub fn reduction_limit(&self) -> u64 {
        self.reduction_limit.load(Ordering::Relaxed)
    }

    pub(crate) fn set_reduction_limit(&self, reductions: u64) {
        self.reduction_limit.store(reductions, Ordering::Relaxed);
    }

    /// The arguments of the program.
    ///
    /// # Errors
    /// There is no memory for a copy.
    pub fn arguments(&self) -> Result<Vec<String>, OutOfMemory> {
        texts(&self.arguments.read())
    }

    /// Changes the arguments of the program.
    pub fn set_arguments(&self, arguments: Vec<String>) {
        *self.arguments.write() = arguments;
    }

    /// Makes random bytes follow from a seed.
    pub(crate) fn seed(&self, seed: Option<u64>) {
        *self.seed.lock() = seed;
    }

    /// Fills `to` with random bytes: of the platform, or those that follow from the seed. `false`
    /// if there is no source of them.
    pub fn random(&self, to: &mut [u8]) -> bool {
        let Some(state) = &mut *self.seed.lock() else {
            return self.platform.entropy(to);
        };
        for chunk in to.chunks_mut(8) {
            // SplitMix64: small, and good enough for what is to be repeated anyway.
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        true
    }

    /// When the VM was made, in nanoseconds of the platform's monotonic clock.
    pub(crate) fn started(&self) -> u64 {
        self.statistics.started()
    }

    /// Microseconds since 1970, each time more than the last.
    pub(crate) fn unique_now(&self) -> u64 {
        let now = self.time().of_day() as u64 / 1_000;
        let next = |last: u64| Some(now.max(last + 1));
        let last = self
            .last_now
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        now.max(last.unwrap_or(0) + 1)
    }

    /// Is there a process that has not ended, or a port that is open, of this identifier?
    pub(crate) fn is_there(&self, id: Term) -> bool {
        match id.is_port() {
            true => self.ports.find(id).is_some_and(|port| port.is_open()),
            false => self.processes.is_alive(id),
        }
    }

    /// Looks at the clocks; whoever monitors them is told if the time of day was set.
    pub(crate) fn time(&self) -> clock::Time {
        let time = self.clock.look(&*self.platform);
        if time.has_changed && self.clock.is_monitored.load(Ordering::Relaxed) {
            for handle in self.processes.all() {
                let offset = time.offset;
                self.signal(handle.id(), Signal::ClockSet { offset });
            }
        }
        time
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
        let written = &self.settings.output;
        written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
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
            self.wake_first();
        }
    }

    /// Stops the VM for good: something was lost for want of memory, such as a signal.
    pub(crate) fn starve(&self) {
        self.is_starved.store(true, Ordering::Release);
        self.wake_first();
    }

    /// Was something lost for want of memory?
    pub(crate) fn is_starved(&self) -> bool {
        self.is_starved.load(Ordering::Acquire)
    }

    /// How the program has stopped the VM, if it has.
    pub fn halted(&self) -> Option<Halt> {
        if !self.is_halted.load(Ordering::Acquire) {
            return None;
        }
        self.halted.lock().clone()
    }
}
