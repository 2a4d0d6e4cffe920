//! The thread that reads and writes for all ports of a VM, and waits for their programs to end.

use super::Ends;
use crate::files::errno;
use atomvm_core::platform::{PortDriver, PortEvent, PortEvents, PortRequest};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::collections::{HashMap, VecDeque};
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

/// So many bytes are read at once.
const MOST: usize = 1 << 16;
/// So many can be written to a pipe that is ready, even if that would block for more.
const SURE: usize = 512;

/// The other end of a port.
pub(super) struct Channel {
    input: Option<Arc<OwnedFd>>,
    /// The VM has not taken yet what was read last.
    paused: bool,
    output: Option<Arc<OwnedFd>>,
    /// What is to be written.
    queue: VecDeque<u8>,
    non_blocking: bool,
    high_water: usize,
    low_water: usize,
    /// The VM knows that there is much in the queue.
    full: bool,
    closing: bool,
    child: Option<Child>,
    failed: Option<i32>,
    exit_status: bool,
    events: PortEvents,
}

impl Channel {
    pub fn new(ends: Ends, request: &PortRequest, events: PortEvents) -> Channel {
        if ends.own {
            for end in ends.input.iter().chain(&ends.output) {
                // Whoever refuses makes the thread write less at once.
                let _ = rustix::io::ioctl_fionbio(end, true);
            }
        }
        Channel {
            input: ends.input.map(Arc::new),
            paused: false,
            output: ends.output.map(Arc::new),
            queue: VecDeque::new(),
            non_blocking: ends.own,
            high_water: request.high_water,
            low_water: request.low_water,
            full: false,
            closing: false,
            child: ends.child,
            failed: ends.failed,
            exit_status: request.exit_status,
            events,
        }
    }

    /// Writes as much of the queue as the other end takes.
    fn write(&mut self) -> Result<(), Errno> {
        let Some(output) = &self.output else {
            return Err(Errno::BADF);
        };
        while !self.queue.is_empty() {
            let (front, _) = self.queue.as_slices();
            let most = if self.non_blocking { front.len() } else { SURE };
            match rustix::io::write(output, &front[..most.min(front.len())]) {
                Ok(count) => drop(self.queue.drain(..count)),
                Err(Errno::AGAIN) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => {
                    self.output = None;
                    self.queue.clear();
                    return Err(error);
                }
            }
            if !self.non_blocking {
                break;
            }
        }
        Ok(())
    }

    /// The descriptor is ready to be written to.
    fn flush(&mut self) {
        if let Err(error) = self.write() {
            self.events.tell(PortEvent::Failed(errno::name(error)));
            return;
        }
        if self.full && self.queue.len() < self.low_water {
            self.full = false;
            self.events.tell(PortEvent::Drained);
        }
        if self.closing && self.queue.is_empty() {
            self.events.tell(PortEvent::Closed);
        }
    }

    /// There is something to read, or no more will come.
    fn fill(&mut self, buffer: &mut [u8], wake: &Wake) {
        let Some(input) = &self.input else { return };
        match rustix::io::read(input, &mut *buffer) {
            Ok(0) => self.end(wake),
            Ok(count) => {
                self.paused = true;
                self.events.tell(PortEvent::Data(buffer[..count].to_vec()));
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(error) => {
                self.input = None;
                self.events.tell(PortEvent::Failed(errno::name(error)));
            }
        }
    }

    /// No more will come. If the exit status is wanted, that is told first.
    fn end(&mut self, wake: &Wake) {
        self.input = None;
        if !self.exit_status {
            self.events.tell(PortEvent::End(None));
            return;
        }
        let Some(mut child) = self.child.take() else {
            self.events.tell(PortEvent::End(self.failed));
            return;
        };
        if let Ok(Some(ended)) = child.try_wait() {
            self.events.tell(PortEvent::End(Some(status(ended))));
            return;
        }
        let (events, wake) = (self.events.clone(), wake.clone());
        aside(move || {
            let ended = child.wait().map_or(-1, status);
            events.tell(PortEvent::End(Some(ended)));
            wake();
        });
    }
}

impl Drop for Channel {
    /// A program that goes on is waited for, so that the host can forget it when it ends.
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take()
            && matches!(child.try_wait(), Ok(None))
        {
            aside(move || drop(child.wait()));
        }
    }
}

/// What a shell makes of how a program ended.
fn status(ended: ExitStatus) -> i32 {
    let by_signal = ended.signal().map(|signal| 128 + signal);
    ended.code().or(by_signal).unwrap_or(-1)
}

/// Waits on a thread of its own; where there is none to be had, nobody waits.
fn aside(wait: impl FnOnce() + Send + 'static) {
    let thread = Builder::new().name("atomvm-wait".to_owned());
    let _ = thread.stack_size(MOST).spawn(wait);
}

type Wake = Arc<dyn Fn() + Send + Sync>;

/// The thread, which starts with the first port.
pub(super) struct Poller {
    shared: Arc<Shared>,
    wake: Wake,
}

struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    channels: HashMap<u64, Channel>,
    last: u64,
    /// Makes the thread look at the channels again; `None` when it does not run.
    interrupt: Option<PipeWriter>,
    stopped: bool,
}

impl std::fmt::Debug for Poller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let channels = self.shared.lock().channels.len();
        f.debug_struct("Poller")
            .field("channels", &channels)
            .finish()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn interrupt(&mut self) {
        if let Some(writer) = &mut self.interrupt {
            // A full pipe interrupts as well.
            let _ = writer.write(&[0]);
        }
    }
}

impl Poller {
    pub fn new(wake: Wake) -> Poller {
        let state = Mutex::new(State::default());
        let shared = Arc::new(Shared { state });
        Poller { shared, wake }
    }

    /// Begins to read and write for a channel.
    pub fn add(&self, channel: Channel) -> std::io::Result<Box<dyn PortDriver>> {
        let mut state = self.shared.lock();
        if state.interrupt.is_none() {
            let (reader, writer) = std::io::pipe()?;
            rustix::io::ioctl_fionbio(&reader, true)?;
            rustix::io::ioctl_fionbio(&writer, true)?;
            let (shared, wake) = (self.shared.clone(), self.wake.clone());
            let thread = Builder::new().name("atomvm-ports".to_owned());
            thread.spawn(move || run(&shared, reader, &wake))?;
            state.interrupt = Some(writer);
        }
        state.last += 1;
        let id = state.last;
        let os_pid = channel.child.as_ref().map(Child::id);
        if let Some(status) = channel.failed {
            let status = channel.exit_status.then_some(status);
            channel.events.tell(PortEvent::End(status));
            (self.wake)();
        }
        state.channels.insert(id, channel);
        state.interrupt();
        let shared = self.shared.clone();
        Ok(Box::new(Driver { shared, id, os_pid }))
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.stopped = true;
        state.interrupt();
    }
}

/// What is to be waited for: descriptors, and whose they are.
type Wanted = Vec<(u64, Arc<OwnedFd>, PollFlags)>;

fn wanted(state: &State) -> Wanted {
    let mut wanted = Wanted::new();
    for (&id, channel) in &state.channels {
        if let Some(input) = channel.input.clone().filter(|_| !channel.paused) {
            wanted.push((id, input, PollFlags::IN));
        }
        if let Some(output) = channel.output.clone().filter(|_| !channel.queue.is_empty()) {
            wanted.push((id, output, PollFlags::OUT));
        }
    }
    wanted
}

fn run(shared: &Shared, mut interrupted: PipeReader, wake: &Wake) {
    let mut buffer = vec![0; MOST];
    loop {
        let state = shared.lock();
        if state.stopped {
            return;
        }
        let wanted = wanted(&state);
        drop(state);
        let mut ready: Vec<PollFd<'_>> = wanted
            .iter()
            .map(|(_, end, flags)| PollFd::new(end, *flags))
            .collect();
        ready.push(PollFd::new(&interrupted, PollFlags::IN));
        if poll(&mut ready, None).is_err() {
            continue;
        }
        let ready: Vec<PollFlags> = ready.iter().map(PollFd::revents).collect();
        // One byte for each interruption; more than fit into the buffer come at the next turn.
        let _ = interrupted.read(&mut buffer);
        let mut state = shared.lock();
        let mut told = false;
        for ((id, end, flags), _) in wanted.iter().zip(&ready).filter(|(_, now)| !now.is_empty()) {
            let Some(channel) = state.channels.get_mut(id) else {
                continue;
            };
            told = true;
            match *flags == PollFlags::IN {
                true if channel
                    .input
                    .as_ref()
                    .is_some_and(|it| Arc::ptr_eq(it, end)) =>
                {
                    channel.fill(&mut buffer, wake);
                }
                true => {}
                false => channel.flush(),
            }
        }
        drop(state);
        if told {
            wake();
        }
    }
}

/// A channel as its port holds it.
struct Driver {
    shared: Arc<Shared>,
    id: u64,
    os_pid: Option<u32>,
}

impl Driver {
    fn with<R>(&self, change: impl FnOnce(&mut Channel) -> R) -> Option<R> {
        let mut state = self.shared.lock();
        let changed = change(state.channels.get_mut(&self.id)?);
        state.interrupt();
        Some(changed)
    }
}

impl PortDriver for Driver {
    fn output(&mut self, bytes: Vec<u8>) -> Result<usize, &'static str> {
        let written = self.with(|channel| {
            if channel.output.is_none() {
                return Err(Errno::BADF);
            }
            let at_once = channel.queue.is_empty() && channel.non_blocking;
            channel.queue.extend(bytes);
            if at_once {
                channel.write()?;
            }
            channel.full |= channel.queue.len() >= channel.high_water;
            Ok(channel.queue.len())
        });
        written.unwrap_or(Err(Errno::BADF)).map_err(errno::name)
    }

    fn waiting(&self) -> usize {
        let state = self.shared.lock();
        let channel = state.channels.get(&self.id);
        channel.map_or(0, |channel| channel.queue.len())
    }

    fn resume(&mut self) {
        self.with(|channel| channel.paused = false);
    }

    fn close(&mut self) -> bool {
        let flushes = self.with(|channel| {
            channel.input = None;
            channel.closing = true;
            !channel.queue.is_empty()
        });
        flushes.unwrap_or(false)
    }

    fn os_pid(&self) -> Option<u32> {
        self.os_pid
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let channel = state.channels.remove(&self.id);
        state.interrupt();
        drop(state);
        drop(channel);
    }
}
