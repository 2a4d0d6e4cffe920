//! Processes: what is private to one, and the signals by which others act on it.
//!
//! A [`Process`] is private: only the thread that runs it looks inside. What the rest of the VM
//! knows of it is its [`Handle`] in the [`ProcessTable`]: an ordered inbox of [`Signal`]s, and
//! whether it runs, could run, or waits.

mod count;
pub mod dictionary;
pub mod exit;
pub mod mailbox;
pub mod receive;
pub mod registers;
pub mod registry;
pub mod relation;
mod report;
pub mod saved_calls;
pub mod seq_trace;
pub mod signal;
pub mod spawn;
pub mod table;
#[cfg(test)]
mod tests;
pub mod trace;

use crate::bif::Raise;
use crate::code::Export;
use crate::memory::{
    Fragment, Heap, OutOfMemory, ProcessHeap, collect::Roots, detach::Areas, fallible,
};
use crate::term::{Term, Word};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::Any;

pub use dictionary::Dictionary;
pub use exit::{ExitKind, ProcessExit};
pub use mailbox::Mailbox;
pub use receive::ReceiveTimer;
pub use registers::Registers;
pub use relation::{Rare, Relations};
pub use signal::{Fetched, Signal};
pub(crate) use table::AtRest;
pub use table::{Handle, ProcessTable};

/// Why the interpreter gives a process back to its scheduler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It can go on at once, but others have their turn first.
    Yield,
    /// No message matches: it goes on when a signal or its time-out arrives (see
    /// [`Process::set_receive_timeout`]).
    Wait,
    /// It has ended; how stands in [`Process::exit`].
    Exit,
}

/// How often a process gets its turn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
#[repr(u8)]
pub enum Priority {
    /// Seldom.
    Low,
    /// As most do.
    #[default]
    Normal,
    /// Before all that are normal or low.
    High,
    /// Before all others.
    Max,
}

/// What others know of how a process was started: module, function and arity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InitialCall {
    /// The index of the module's atom.
    pub module: u32,
    /// The index of the function's atom.
    pub function: u32,
    /// The number of arguments.
    pub arity: u8,
}

/// Properties of a process that are on or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    /// Exit signals become messages.
    pub trap_exit: bool,
    /// Messages are kept off the heap as long as possible (`message_queue_data`).
    pub off_heap_queue: bool,
    /// Hides what it does from tools.
    pub sensitive: bool,
    /// The host waits for its result.
    pub watched: bool,
    /// How the scheduler is to collect it before it runs again.
    pub(crate) collect: Option<Extent>,
    /// Others suspend it: it handles signals, no more.
    pub(crate) suspended: bool,
    /// It goes on only when there is a message.
    pub(crate) hibernating: bool,
    /// Messages go to a process of another node without waiting for the connection.
    pub async_dist: bool,
    /// It has a handler of undefined functions of its own.
    pub(crate) own_error_handler: bool,
    /// Its heap has passed its limit, which is to be reported.
    pub(crate) over_heap: bool,
    /// Somebody traces it.
    pub(crate) traced: bool,
    /// It has a token of sequential tracing.
    pub(crate) has_token: bool,
    /// It has waited for a message in the current receive.
    pub(crate) waited: bool,
    /// The built-in function that gave way was told of.
    pub(crate) traced_bif: bool,
    /// Is it known to who profiles the system as able to run?
    pub(crate) profiled: bool,
    /// Has it been told of that its queue is long?
    pub(crate) long_queue: bool,
    /// It keeps a list of its last calls.
    pub(crate) saves_calls: bool,
    /// It has given way, and the function that did so is to return now.
    pub(crate) yielded: bool,
    /// The runtime's own: does not count as the program's process.
    pub system: bool,
    /// It is to end, and there was no memory to note why.
    pub(crate) ended: bool,
    /// It gives way to the process that the scheduler of this number (from 1 on) runs, and wants
    /// its turn directly after that one; 0 for none.
    pub(crate) follows: u8,
}

/// How much of a process a collection looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Extent {
    /// What is new since the last one.
    Minor,
    /// All.
    Major,
}

/// What is private to a process: only the thread that runs it looks inside. Others send signals.
pub struct Process {
    /// Its heap and stack.
    pub heap: ProcessHeap,
    /// Its identifier.
    pub id: Term,
    /// Where it goes on: the next instruction and the link table of that code.
    pub(crate) ip: *const u32,
    pub(crate) links_table: *const Word,
    /// The function that is being called, where that is a stub.
    pub(crate) export: *const Export,
    /// The argument registers that are live where it goes on.
    pub(crate) saved: Registers,
    /// The messages it has not taken yet.
    pub mailbox: Mailbox,
    /// The call that a built-in function wants in its place (see [`Raise::Trap`]), or the
    /// arguments to go on with (see [`Raise::Yield`]).
    pub trap: Option<Box<Trap>>,
    /// The process dictionary.
    pub dictionary: Dictionary,
    /// The process that does its input and output.
    pub group_leader: Term,
    /// The process that started it; [`Term::NONE`] when the host did.
    pub parent: Term,
    /// The function it was started with.
    pub initial_call: InitialCall,
    /// Its priority.
    pub priority: Priority,
    /// What is on or off.
    pub flags: Flags,
    /// Bytes besides the heap that are counted for it.
    pub(crate) counted: u32,
    /// Reductions so far; the interpreter adds what it used before it gives the process back.
    pub reductions: u64,
    /// When the current receive gives up.
    pub(crate) receive_timer: ReceiveTimer,
    /// How it ended; set together with [`Outcome::Exit`] or [`Fetched::Exit`].
    pub exit: Option<Box<ProcessExit>>,
    /// Links, monitors and what else few processes have.
    pub relations: Option<Box<Relations>>,
}

// SAFETY: the addresses of code in a process are valid on any thread; the rest owns its memory.
unsafe impl Send for Process {}

/// What a native function that works in steps has done so far.
pub(crate) type KeptWork = Box<dyn Any + Send>;

/// A call that takes the place of a built-in function.
pub struct Trap {
    /// The function; `None` to call the same built-in function again.
    pub export: Option<*const Export>,
    /// Its arguments.
    pub args: Vec<Term>,
}

/// In [`Process::reductions`], while a built-in function runs: the rest is what is left of the turn.
pub(crate) const SET_TURN: u64 = 1 << 63;

impl Process {
    /// A process that has nothing to do yet.
    pub fn new(id: Term, heap: ProcessHeap) -> Process {
        Process {
            heap,
            id,
            ip: core::ptr::null(),
            links_table: core::ptr::null(),
            export: core::ptr::null(),
            saved: Registers::default(),
            mailbox: Mailbox::default(),
            trap: None,
            dictionary: Dictionary::default(),
            group_leader: id,
            parent: Term::NONE,
            initial_call: InitialCall::default(),
            priority: Priority::Normal,
            flags: Flags::default(),
            counted: 0,
            reductions: 0,
            receive_timer: ReceiveTimer::default(),
            exit: None,
            relations: None,
        }
    }

    /// Asks for a call of `export` with `args` in place of the running built-in function; return
    /// the result.
    pub fn trap_to(&mut self, export: &Export, args: &[Term]) -> Raise {
        self.set_trap(Some(export), args, Raise::Trap)
    }

    /// Gives way to other processes and then calls the running built-in function again, with
    /// `args`; return the result.
    pub fn yield_with(&mut self, args: &[Term]) -> Raise {
        self.set_trap(None, args, Raise::Yield)
    }

    fn set_trap(&mut self, export: Option<*const Export>, args: &[Term], then: Raise) -> Raise {
        let args = fallible::collect(args.iter().copied());
        match args.and_then(|args| fallible::boxed(Trap { export, args })) {
            Ok(trap) => {
                self.trap = Some(trap);
                then
            }
            Err(OutOfMemory) => Raise::OutOfMemory,
        }
    }

    /// Counts reductions for what a built-in function did; they are taken from the process's turn
    /// when that returns.
    #[inline]
    pub fn charge(&mut self, reductions: usize) {
        self.reductions = self.reductions.saturating_add(reductions as u64);
    }

    /// Makes the running turn end after so many reductions; for a built-in function, when it
    /// returns.
    pub(crate) fn set_turn(&mut self, reductions: usize) {
        self.reductions = SET_TURN | (reductions as u64 & (SET_TURN - 1));
    }

    /// What a native function that works in steps has done so far (see `bif::work`). While it is
    /// there, nothing may collect the process.
    pub(crate) fn take_work(&mut self) -> Option<KeptWork> {
        self.relations.as_mut()?.work.take()
    }

    /// Keeps what a native function has done so far.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn keep_work(&mut self, work: KeptWork) -> Result<(), OutOfMemory> {
        self.relations_mut()?.work = Some(work);
        Ok(())
    }

    /// Is a native function at work?
    pub(crate) fn has_work(&self) -> bool {
        self.relations.as_ref().is_some_and(|r| r.work.is_some())
    }

    /// Its number among processes.
    pub fn number(&self) -> usize {
        self.id.as_pid().unwrap_or(0)
    }

    /// Links, monitors and so on, made when there are none yet.
    ///
    /// # Errors
    /// There is no memory.
    pub fn relations_mut(&mut self) -> Result<&mut Relations, OutOfMemory> {
        fallible::made(&mut self.relations)
    }

    /// What only few processes have, made when there is nothing yet.
    ///
    /// # Errors
    /// There is no memory.
    pub fn rare_mut(&mut self) -> Result<&mut Rare, OutOfMemory> {
        fallible::made(&mut self.relations_mut()?.rare)
    }

    /// What only few processes have, if this one has some of it.
    pub fn rare(&self) -> Option<&Rare> {
        self.relations.as_ref()?.rare.as_deref()
    }

    /// Frees memory by collecting; `live` are the argument registers in use.
    pub(crate) fn collect(
        &mut self,
        need: usize,
        full: bool,
        live: &mut [Term],
    ) -> Result<(), OutOfMemory> {
        // A native function at work knows where terms are.
        if self.has_work() && need == 0 {
            return Ok(());
        }
        debug_assert!(!self.has_work());
        let (heap, mut roots) = self.parts(live);
        let before = heap.used_words();
        heap.collect(need, full, &mut roots)?;
        let reclaimed = before.saturating_sub(heap.used_words());
        heap.budget().count_collection(reclaimed);
        self.check_max_heap()
    }

    /// Collects before a long rest, and leaves no more room than what lives takes.
    pub(crate) fn collect_for_rest(&mut self) -> Result<(), OutOfMemory> {
        self.collect(0, true, &mut [])?;
        let (heap, mut roots) = self.parts(&mut []);
        heap.shrink_to_fit(&mut roots)
    }

    /// After a collection: moves what it left to another block with just room for `need` words,
    /// for tests.
    pub(crate) fn move_block(&mut self, need: usize, live: &mut [Term]) -> Result<(), OutOfMemory> {
        let (heap, mut roots) = self.parts(live);
        heap.move_block(need, &mut roots)
    }

    /// Gives the process copies of what it has of the literals of a module.
    pub(crate) fn detach(&mut self, literals: &Fragment) -> Result<(), OutOfMemory> {
        let (heap, mut roots) = self.parts(&mut []);
        if !heap.may_mention(literals, &mut roots) {
            return Ok(());
        }
        heap.collect(0, true, &mut roots)?;
        heap.adopt_literals(literals, &mut roots)?;
        heap.collect(0, true, &mut roots)?;
        self.check_max_heap()
    }

    /// As [`Process::detach`], of many that seldom are there.
    pub(crate) fn detach_all<'a>(
        &mut self,
        areas: &Areas,
        literals: impl Iterator<Item = &'a Fragment>,
    ) -> Result<(), OutOfMemory> {
        let (heap, mut roots) = self.parts(&mut []);
        if !heap.may_mention_some(areas, &mut roots) {
            return Ok(());
        }
        for literals in literals {
            self.detach(literals)?;
        }
        Ok(())
    }

    fn parts<'a>(&'a mut self, live: &'a mut [Term]) -> (&'a mut ProcessHeap, ProcessRoots<'a>) {
        let roots = ProcessRoots {
            live,
            saved: &mut self.saved,
            mailbox: &mut self.mailbox,
            trap: &mut self.trap,
            dictionary: &mut self.dictionary,
            exit: &mut self.exit,
        };
        (&mut self.heap, roots)
    }

    /// Is it over its `max_heap_size`, and to end for that?
    fn check_max_heap(&mut self) -> Result<(), OutOfMemory> {
        let Some(limit) = self.passed_limit() else {
            return Ok(());
        };
        self.flags.over_heap |= limit.error_logger;
        match limit.kill {
            true => Err(OutOfMemory),
            false => Ok(()),
        }
    }

    /// Its `max_heap_size`, if it is over that.
    pub(crate) fn passed_limit(&self) -> Option<relation::MaxHeap> {
        let limit = self.rare()?.max_heap.filter(|limit| limit.size > 0)?;
        let mut words = self.total_words();
        if limit.include_shared_binaries {
            let binaries = self.heap.binaries().into_iter();
            words += binaries.map(|(_, bytes, _)| bytes).sum::<usize>() / size_of::<Word>();
        }
        if words > limit.size && self.flags.off_heap_queue {
            // Messages that a receive has looked at are on the heap, but still do not count.
            let here = self.mailbox.here_words();
            if here > 0 {
                words = words.min(self.heap.used_words().saturating_sub(here));
            }
        }
        (words > limit.size).then_some(limit)
    }

    /// The words of its heap, with messages that count as parts of it though they are not on it yet.
    pub(crate) fn total_words(&self) -> usize {
        let queue = match self.flags.off_heap_queue {
            true => 0,
            false => self.mailbox.away_words(),
        };
        self.heap.total_words() + queue
    }

    pub(crate) fn is_over_max_heap(&self) -> bool {
        self.passed_limit().is_some_and(|limit| limit.kill)
    }
}

struct ProcessRoots<'a> {
    live: &'a mut [Term],
    saved: &'a mut Registers,
    mailbox: &'a mut Mailbox,
    trap: &'a mut Option<Box<Trap>>,
    dictionary: &'a mut Dictionary,
    exit: &'a mut Option<Box<ProcessExit>>,
}

impl ProcessRoots<'_> {
    /// Visits all but the messages.
    fn visit_rest(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        visit(self.live);
        visit(self.saved);
        if let Some(trap) = self.trap {
            visit(&mut trap.args);
        }
        self.dictionary.visit(visit);
        if let Some(exit) = self.exit {
            exit.visit(visit);
        }
    }
}

impl Roots for ProcessRoots<'_> {
    fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        self.visit_rest(visit);
        self.mailbox.visit(visit);
    }

    fn visit_young(&mut self, visit: &mut dyn FnMut(&mut [Term]), is_old: &dyn Fn(Term) -> bool) {
        self.visit_rest(visit);
        self.mailbox.visit_young(visit, is_old);
    }
}
