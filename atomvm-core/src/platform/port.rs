//! Ports to programs and descriptors of the host: what the VM asks for, and what it is told.

use crate::memory::fallible::lose;
use crate::sync::{Arc, Mutex};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use portable_atomic::{AtomicBool, Ordering};

/// What is at the other end of a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PortTarget {
    /// A line for the shell.
    Shell(Vec<u8>),
    /// A program with its arguments.
    Program {
        /// Where it is.
        path: Vec<u8>,
        /// What it is told as its own name, if not `path`.
        name: Option<Vec<u8>>,
        /// Its arguments.
        arguments: Vec<Vec<u8>>,
    },
    /// Descriptors that are open already.
    Descriptors {
        /// The one to read from.
        input: i32,
        /// The one to write to.
        output: i32,
    },
    /// A file that is told what is traced, as by OTP's driver `trace_file_drv`: each output is a term in
    /// the external format, which is written after a byte 0 and its size in 32 bits, big end first.
    TraceFile {
        /// Its name.
        name: Vec<u8>,
        /// Are there several files that take turns?
        wrap: Option<TraceWrap>,
    },
}

/// Files that take turns to be told what is traced: the next one begins when one is full, and the oldest
/// goes. Their numbers go from 0 to `count` and around.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraceWrap {
    /// A file of so many bytes or more is full.
    pub size: u64,
    /// So many files are there at most.
    pub count: u64,
    /// Where in the name the number belongs, in bytes.
    pub at: usize,
}

/// A port that is to be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PortRequest {
    /// What it is to lead to.
    pub target: PortTarget,
    /// Is it read from?
    pub input: bool,
    /// Is it written to?
    pub output: bool,
    /// Does the program use its standard input and output (otherwise descriptors 3 and 4)?
    pub stdio: bool,
    /// Does what the program writes to its standard error come as input, too?
    pub errors_to_input: bool,
    /// Is the exit status of the program wanted?
    pub exit_status: bool,
    /// The folder in which the program starts, if not the current one.
    pub folder: Option<Vec<u8>>,
    /// Changed environment variables; `None`: taken away.
    pub environment: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// So many bytes may wait to be written before writers have to wait.
    pub high_water: usize,
    /// Writers need not wait any more when so few are left.
    pub low_water: usize,
}

/// What happens at the other end of a port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PortEvent {
    /// Bytes have come. No more are read before [`PortDriver::resume`].
    Data(Vec<u8>),
    /// No more will come; the exit status of the program, where it is wanted.
    End(Option<i32>),
    /// Reading or writing failed: the name of the error as POSIX has it, in small letters.
    Failed(&'static str),
    /// Less than the low water mark is left to be written.
    Drained,
    /// All has been written after [`PortDriver::close`].
    Closed,
}

/// What a port of the VM holds of its other end. Dropping it closes that at once.
pub trait PortDriver: Send {
    /// Writes bytes, at once or as soon as the other end takes them. Returns how many wait.
    ///
    /// # Errors
    /// The name of what went wrong, as POSIX has it, in small letters.
    fn output(&mut self, bytes: Vec<u8>) -> Result<usize, &'static str>;

    /// How many bytes wait to be written.
    fn waiting(&self) -> usize;

    /// The VM has taken the bytes of the last [`PortEvent::Data`].
    fn resume(&mut self);

    /// Reads nothing more, and closes when all has been written; `false`: all is.
    /// [`PortEvent::Closed`] tells of it later.
    fn close(&mut self) -> bool;

    /// Answers a command of its own (`erlang:port_control/3`); `None`: it knows no such command.
    fn control(&mut self, _operation: u32, _bytes: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// The number that the program has as a process of the host.
    fn os_pid(&self) -> Option<u32> {
        None
    }
}

/// Why there is no port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PortError {
    /// This machine, or its owner, allows none.
    Unsupported,
    /// The name of what went wrong, as POSIX has it, in small letters.
    Posix(&'static str),
}

/// What a machine makes of a request.
pub type NewPort = Result<Box<dyn PortDriver>, PortError>;

/// Where a machine tells what happens to one port. After [`PortEvents::tell`], the VM looks at its
/// next turn: a machine whose events do not come from a turn must end its wait.
#[derive(Clone)]
pub struct PortEvents {
    port: usize,
    queue: Arc<EventQueue>,
}

impl PortEvents {
    pub(crate) fn new(port: usize, queue: Arc<EventQueue>) -> PortEvents {
        PortEvents { port, queue }
    }

    /// Adds an event to those that the VM has not looked at yet.
    pub fn tell(&self, event: PortEvent) {
        let mut events = self.queue.events.lock();
        match events.try_reserve(1) {
            Ok(()) => events.push_back((self.port, event)),
            Err(_) => self.queue.is_lost.store(true, Ordering::Release),
        }
        self.queue.is_filled.store(true, Ordering::Release);
    }
}

/// The events that the VM has not looked at yet, with the numbers of their ports.
#[derive(Default)]
pub(crate) struct EventQueue {
    is_filled: AtomicBool,
    /// Was there no memory for an event?
    is_lost: AtomicBool,
    events: Mutex<VecDeque<(usize, PortEvent)>>,
}

impl EventQueue {
    /// Is there one?
    #[inline]
    pub fn is_filled(&self) -> bool {
        self.is_filled.load(Ordering::Acquire)
    }

    /// The first one.
    pub fn take(&self) -> Option<(usize, PortEvent)> {
        if self.is_lost.swap(false, Ordering::AcqRel) {
            lose();
        }
        let mut events = self.events.lock();
        let first = events.pop_front();
        self.is_filled.store(!events.is_empty(), Ordering::Release);
        first
    }
}
