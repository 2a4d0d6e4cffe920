//! What a program can set for the whole VM (`erlang:system_flag/2`).

use crate::memory::process_heap::MIN_HEAP_WORDS;
use crate::process::relation::MaxHeap;
use crate::sync::Mutex;
use crate::term::Term;
use alloc::vec::Vec;
use portable_atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// What a process is told of others (`erlang:system_monitor/2`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watch {
    /// The process that is told.
    pub watcher: Term,
    /// Of collections that take so many milliseconds.
    pub long_gc: Option<usize>,
    /// Of turns that take so many milliseconds.
    pub long_schedule: Option<usize>,
    /// Of heaps of more words.
    pub large_heap: Option<usize>,
    /// Of queues that have grown to the second number of messages, and of when they are down to the
    /// first.
    pub long_queue: Option<(usize, usize)>,
    /// Of processes that have to wait for a port.
    pub busy_port: bool,
    /// Of those that have to wait for another node: there is none.
    pub busy_dist_port: bool,
}

impl Watch {
    /// Nothing is watched yet.
    pub fn of(watcher: Term) -> Watch {
        Watch {
            watcher,
            long_gc: None,
            long_schedule: None,
            large_heap: None,
            long_queue: None,
            busy_port: false,
            busy_dist_port: false,
        }
    }
}

/// What a process is told of those that become able to run, or stop to be
/// (`erlang:system_profile/2`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Profile {
    /// The process that is told.
    pub profiler: Term,
    /// Of processes?
    pub processes: bool,
    /// Of ports, which are always able to?
    pub ports: bool,
    /// Of schedulers?
    pub schedulers: bool,
    /// Is a process that waits for a port not able to run?
    pub exclusive: bool,
    /// The flag of tracing that says which time stands in the messages.
    pub stamp: u32,
}

/// Defaults of new processes, and what else is the same for all.
pub struct Settings {
    /// The most frames of a stack trace.
    pub backtrace_depth: AtomicUsize,
    /// Minor collections of a new process before a full one.
    pub fullsweep_after: AtomicUsize,
    /// Words of the heap of a new process.
    pub min_heap: AtomicUsize,
    /// `min_bin_vheap_size` of a new process.
    pub min_binary_words: AtomicUsize,
    /// The limit of the heap of a new process.
    pub max_heap: Mutex<Option<MaxHeap>>,
    /// A number for tracers.
    pub trace_control_word: AtomicUsize,
    /// How many requests to other processes one may have.
    pub outstanding_requests: AtomicUsize,
    /// Since when scheduler times are counted: nanoseconds of the clock, and the idle times
    /// then.
    pub wall_time: Mutex<Option<(u64, Vec<u64>)>>,
    /// Who gets system messages: a process, or an atom.
    pub system_logger: Mutex<Option<Term>>,
    watch: Noted<Watch>,
    profile: Noted<Profile>,
    /// How many schedulers have work, of those that have been profiled.
    pub(crate) active_schedulers: AtomicUsize,
    /// Who gets the messages of sequential tracing.
    pub seq_tracer: Mutex<Option<Term>>,
    /// Whether programs may ask for the internal state (`erts_debug:set_internal_state/2`).
    pub internal_state: AtomicBool,
    /// Units of work in a step of native functions of a kind; 0: as many as usual.
    limits: [AtomicUsize; 3],
    /// Bytes that the console wrote.
    pub(crate) output: AtomicU64,
}

/// Kinds of native functions whose steps OTP's tests make short.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Those of `binary`, which do all at once what they do: kept, but nothing is shortened.
    Binary,
    /// Those of `unicode`.
    Unicode,
    /// Those of `re`.
    Pattern,
}

impl Limit {
    /// The kind by the name that tests know.
    pub(crate) fn named(name: &str) -> Option<Limit> {
        Some(match name {
            "binary_loop_limit" => Limit::Binary,
            "unicode_loop_limit" => Limit::Unicode,
            "re_loop_limit" => Limit::Pattern,
            _ => return None,
        })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            backtrace_depth: AtomicUsize::new(8),
            fullsweep_after: AtomicUsize::new(usize::from(u16::MAX)),
            min_heap: AtomicUsize::new(MIN_HEAP_WORDS),
            min_binary_words: AtomicUsize::new(46_422),
            max_heap: Mutex::new(None),
            trace_control_word: AtomicUsize::new(0),
            outstanding_requests: AtomicUsize::new(4),
            wall_time: Mutex::new(None),
            system_logger: Mutex::new(None),
            watch: Noted::default(),
            profile: Noted::default(),
            active_schedulers: AtomicUsize::new(0),
            seq_tracer: Mutex::new(None),
            internal_state: AtomicBool::new(false),
            limits: Default::default(),
            output: AtomicU64::new(0),
        }
    }
}

/// A setting that there mostly is none of: whether there is, is seen without the lock.
struct Noted<T> {
    is_set: AtomicBool,
    value: Mutex<Option<T>>,
}

impl<T> Default for Noted<T> {
    fn default() -> Self {
        Noted {
            is_set: AtomicBool::new(false),
            value: Mutex::new(None),
        }
    }
}

impl<T: Copy> Noted<T> {
    #[inline]
    fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Relaxed)
    }

    fn get(&self) -> Option<T> {
        self.is_set().then(|| *self.value.lock())?
    }

    fn set(&self, value: Option<T>) {
        *self.value.lock() = value;
        self.is_set.store(value.is_some(), Ordering::Relaxed);
    }
}

impl Settings {
    /// Changes the control word of traces, of 32 bits; the one before. `None`: the term is no such word.
    pub(crate) fn set_trace_control_word(&self, word: Term) -> Option<u64> {
        let word = u32::try_from(word.as_i64()?).ok()?;
        let before = self
            .trace_control_word
            .swap(word as usize, Ordering::Relaxed);
        Some(before as u64)
    }

    /// Is something watched?
    #[inline]
    pub fn is_watched(&self) -> bool {
        self.watch.is_set()
    }

    /// What is watched, and by whom.
    pub fn watch(&self) -> Option<Watch> {
        self.watch.get()
    }

    /// Changes what is watched.
    pub fn set_watch(&self, watch: Option<Watch>) {
        self.watch.set(watch);
    }

    /// Is somebody told of who runs?
    #[inline]
    pub fn is_profiled(&self) -> bool {
        self.profile.is_set()
    }

    /// Who is told of who runs, and of which.
    pub fn profile(&self) -> Option<Profile> {
        self.profile.get()
    }

    /// Changes who is told of who runs.
    pub fn set_profile(&self, profile: Option<Profile>) {
        self.profile.set(profile);
    }

    /// The setting of a kind of functions.
    pub fn limit(&self, of: Limit) -> &AtomicUsize {
        &self.limits[of as usize]
    }

    /// The most frames of a stack trace.
    pub fn depth(&self) -> usize {
        self.backtrace_depth.load(Ordering::Relaxed)
    }
}
