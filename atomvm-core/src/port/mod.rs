//! Ports: what programs and descriptors of the host look like to processes.
//!
//! What processes do to a port takes effect at once, under the lock of its state; what it does to
//! them is signals, as those of a process. Its other end is the platform's
//! ([`Platform::open_port`](crate::platform::Platform::open_port)), whose events a scheduler takes
//! before its next turn.
//!
//! ```text
//!   input    how bytes become messages
//!   signal   what processes do to a port
//!   event    what happens at its other end
//! ```

mod event;
mod input;
mod signal;

pub use input::Framing;
pub(crate) use signal::Output;

use crate::memory::fallible::{Grow, collect};
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::platform::{EventQueue, PortDriver, PortError, PortEvents, PortRequest};
use crate::sync::{Arc, Mutex, RwLock, Shared};
use crate::term::{Reference, Term};
use crate::vm::Runtime;
use alloc::boxed::Box;
use alloc::vec::Vec;
use hashbrown::HashMap;
use portable_atomic::{AtomicUsize, Ordering};

/// How a port talks to its owner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Are bytes binaries (otherwise lists)?
    pub binary: bool,
    /// How bytes become messages.
    pub framing: Framing,
    /// Does the end of the input make a message (otherwise it closes the port)?
    pub eof: bool,
    /// What `port_info/2` says of `parallelism`.
    pub parallelism: bool,
    /// So many bytes may wait before who writes has to wait.
    pub high_water: usize,
}

/// How far the life of a port has got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Open,
    /// It is closed to processes, but has something to write yet.
    Closing,
    Closed,
}

/// A port.
pub struct Port {
    /// Its identifier.
    pub id: Term,
    /// What `port_info/2` calls its name: the program.
    pub name: Vec<u8>,
    /// How it talks to its owner.
    pub settings: Settings,
    state: Mutex<State>,
    budget: Arc<Budget>,
}

struct State {
    phase: Phase,
    driver: Option<Box<dyn PortDriver>>,
    os_pid: Option<u32>,
    owner: Term,
    /// The processes that it is linked to.
    links: Vec<Term>,
    monitored_by: Vec<(Reference, Term)>,
    /// `port_set_data/2`
    data: Option<Fragment>,
    /// Bytes read and written so far.
    input: u64,
    output: u64,
    /// What of the input is no whole message yet.
    rest: Vec<u8>,
    /// Who writes has to wait.
    busy: bool,
    /// Who waits to write.
    waiting: Vec<Term>,
    /// Who is to be told when it is closed.
    told: Option<Term>,
}

/// What `port_info/2` tells.
pub(crate) struct Info {
    pub owner: Term,
    pub links: Vec<Term>,
    pub monitored_by: Vec<Term>,
    pub input: u64,
    pub output: u64,
    pub os_pid: Option<u32>,
    pub waiting: usize,
    pub bytes: usize,
}

impl Port {
    /// What is known of it.
    ///
    /// # Errors
    /// There is no memory for the lists.
    pub(crate) fn info(&self) -> Result<Info, OutOfMemory> {
        let state = self.state.lock();
        let waiting = state.driver.as_ref().map_or(0, |driver| driver.waiting());
        Ok(Info {
            owner: state.owner,
            links: collect(state.links.iter().copied())?,
            monitored_by: collect(state.monitored_by.iter().map(|(_, from)| *from))?,
            input: state.input,
            output: state.output,
            os_pid: state.os_pid,
            waiting,
            bytes: size_of::<Port>() + self.name.len() + state.rest.len() + waiting,
        })
    }

    /// The process that owns it.
    pub(crate) fn owner(&self) -> Term {
        self.state.lock().owner
    }

    /// Is it not closed, nor about to be?
    pub(crate) fn is_open(&self) -> bool {
        self.state.lock().phase == Phase::Open
    }

    /// Keeps a term with it; `false` when it is closed.
    pub(crate) fn set_data(&self, data: Fragment) -> bool {
        let mut state = self.state.lock();
        state.data = Some(data);
        state.phase == Phase::Open
    }

    /// What its other end answers to a command of its own, if it knows that.
    pub(crate) fn control(&self, operation: u32, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut state = self.state.lock();
        state.driver.as_mut()?.control(operation, bytes)
    }

    /// Calls `visit` with the term that it keeps.
    pub(crate) fn with_data<R>(&self, visit: impl FnOnce(Option<&Fragment>) -> R) -> R {
        visit(self.state.lock().data.as_ref())
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.budget.refund(size_of::<Port>());
    }
}

/// The ports of a VM, by number.
#[derive(Default)]
pub struct Ports {
    all: RwLock<HashMap<usize, Shared<Port>>>,
    last: AtomicUsize,
    events: Arc<EventQueue>,
}

/// Numbers of ports have so many bits.
const NUMBER_BITS: u32 = 28;

impl Ports {
    /// The port, if it is there.
    pub fn find(&self, id: Term) -> Option<Shared<Port>> {
        self.all.read().get(&id.as_port()?).cloned()
    }

    /// The identifiers of all ports, in the order of their numbers.
    ///
    /// # Errors
    /// There is no memory for the list.
    pub fn ids(&self) -> Result<Vec<Term>, OutOfMemory> {
        let mut ids = collect(self.all.read().keys().map(|&n| Term::port(n)))?;
        ids.sort_unstable_by_key(|id| id.as_port());
        Ok(ids)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.read().len()
    }

    fn next_number(&self) -> usize {
        let next = self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        next & ((1 << NUMBER_BITS) - 1)
    }
}

/// Why a port is not opened.
pub(crate) enum OpenError {
    /// There are as many as there may be.
    Limit,
    /// There is no memory.
    NoMemory,
    /// The machine says why.
    Machine(PortError),
}

impl From<OutOfMemory> for OpenError {
    fn from(_: OutOfMemory) -> OpenError {
        OpenError::NoMemory
    }
}

impl Runtime {
    /// Adds the port with the number 0, by which a machine shows that it starts programs. It takes what
    /// is written to it, does nothing, and stays.
    ///
    /// # Errors
    /// There is no memory.
    pub fn add_starting_port(&self, name: &str) -> Result<(), OutOfMemory> {
        let name = collect(name.bytes())?;
        let (owner, settings) = (Term::pid(0), Settings::default());
        let port = self.new_port(0, owner, name, settings, Vec::new())?;
        let mut all = self.ports.all.write();
        all.try_reserve(1).map_err(|_| OutOfMemory)?;
        all.insert(0, port);
        Ok(())
    }

    fn new_port(
        &self,
        number: usize,
        owner: Term,
        name: Vec<u8>,
        settings: Settings,
        links: Vec<Term>,
    ) -> Result<Shared<Port>, OutOfMemory> {
        self.budget.charge(size_of::<Port>())?;
        Shared::new(Port {
            id: Term::port(number),
            name,
            settings,
            state: Mutex::new(State {
                phase: Phase::Open,
                driver: None,
                os_pid: None,
                owner,
                links,
                monitored_by: Vec::new(),
                data: None,
                input: 0,
                output: 0,
                rest: Vec::new(),
                busy: false,
                waiting: Vec::new(),
                told: None,
            }),
            budget: self.budget.clone(),
        })
    }

    /// Opens a port that `owner` owns and is linked to; the owner has to know of the link.
    pub(crate) fn open_port(
        &self,
        owner: Term,
        name: Vec<u8>,
        settings: Settings,
        request: &PortRequest,
    ) -> Result<Term, OpenError> {
        let mut links = Vec::new();
        links.try_push(owner)?;
        let mut all = self.ports.all.write();
        // The one that was there from the start is not the program's.
        let opened = all.len() - usize::from(all.contains_key(&0));
        if opened >= self.port_limit {
            return Err(OpenError::Limit);
        }
        all.try_reserve(1).map_err(|_| OutOfMemory)?;
        let mut number = self.ports.next_number();
        while all.contains_key(&number) {
            number = self.ports.next_number();
        }
        let port = self.new_port(number, owner, name, settings, links)?;
        // Who hears of an event before the driver is there waits for this lock.
        let mut state = port.state.lock();
        all.insert(number, port.clone());
        drop(all);
        let events = PortEvents::new(number, self.ports.events.clone());
        match self.platform.open_port(request, events) {
            Ok(driver) => {
                state.os_pid = driver.os_pid();
                state.driver = Some(driver);
                Ok(port.id)
            }
            Err(error) => {
                state.phase = Phase::Closed;
                drop(state);
                self.ports.all.write().remove(&number);
                Err(OpenError::Machine(error))
            }
        }
    }
}
