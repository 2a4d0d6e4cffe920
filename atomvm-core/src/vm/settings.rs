//! What a program can set for the whole VM (`erlang:system_flag/2`).

use crate::memory::process_heap::MIN_HEAP_WORDS;
use crate::process::relation::MaxHeap;
use crate::sync::Mutex;
use crate::term::Term;
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
            busy_port: false,
            busy_dist_port: false,
        }
    }
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
    /// Since when scheduler times are counted: nanoseconds of the clock, and the idle time then.
    pub wall_time: Mutex<Option<(u64, u64)>>,
    /// Who gets system messages: a process, or an atom.
    pub system_logger: Mutex<Option<Term>>,
    watch: Mutex<Option<Watch>>,
    is_watched: AtomicBool,
    /// Who gets the messages of sequential tracing.
    pub seq_tracer: Mutex<Option<Term>>,
    /// Whether programs may ask for the internal state (`erts_debug:set_internal_state/2`).
    pub internal_state: AtomicBool,
    /// Bytes that the console wrote.
    pub(crate) output: AtomicU64,
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
            watch: Mutex::new(None),
            is_watched: AtomicBool::new(false),
            seq_tracer: Mutex::new(None),
            internal_state: AtomicBool::new(false),
            output: AtomicU64::new(0),
        }
    }
}

impl Settings {
    /// Is something watched?
    #[inline]
    pub fn is_watched(&self) -> bool {
        self.is_watched.load(Ordering::Relaxed)
    }

    /// What is watched, and by whom.
    pub fn watch(&self) -> Option<Watch> {
        if !self.is_watched() {
            return None;
        }
        *self.watch.lock()
    }

    /// Changes what is watched.
    pub fn set_watch(&self, watch: Option<Watch>) {
        *self.watch.lock() = watch;
        self.is_watched.store(watch.is_some(), Ordering::Relaxed);
    }

    /// The most frames of a stack trace.
    pub fn depth(&self) -> usize {
        self.backtrace_depth.load(Ordering::Relaxed)
    }
}
