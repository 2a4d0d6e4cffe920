//! Processes: what is private to one, and the signals by which others act on it.

pub mod mailbox;

use crate::bif::Raise;
use crate::code::Export;
use crate::memory::{OutOfMemory, ProcessHeap, collect::Roots};
use crate::term::{Term, Word};
use alloc::vec::Vec;

pub use mailbox::Mailbox;

/// What is private to a process: only the thread that runs it looks inside. Others send signals.
pub struct Process {
    /// Its heap and stack.
    pub heap: ProcessHeap,
    /// Its identifier.
    pub id: Term,
    /// Where it goes on: the next instruction and the link table of that code.
    pub(crate) ip: *const u32,
    pub(crate) links_table: *const Word,
    /// The argument registers that are live where it goes on.
    pub(crate) saved: Vec<Term>,
    /// The messages it has not taken yet.
    pub mailbox: Mailbox,
    /// The call that a built-in function wants in its place (see [`Raise::Trap`]), or the
    /// arguments to go on with (see [`Raise::Yield`]).
    pub trap: Option<Trap>,
    /// The process dictionary.
    pub dictionary: Vec<(Term, Term)>,
    /// The process that does its input and output.
    pub group_leader: Term,
}

// SAFETY: the addresses of code in a process are valid on any thread; the rest owns its memory.
unsafe impl Send for Process {}

/// A call that takes the place of a built-in function.
pub struct Trap {
    /// The function; `None` to call the same built-in function again.
    pub export: Option<*const Export>,
    /// Its arguments.
    pub args: Vec<Term>,
}

impl Process {
    /// Asks for a call of `export` with `args` in place of the running built-in function; return
    /// the result.
    pub fn trap_to(&mut self, export: &Export, args: &[Term]) -> Raise {
        self.trap = Some(Trap {
            export: Some(export),
            args: args.to_vec(),
        });
        Raise::Trap
    }

    /// Frees memory by collecting; `live` are the argument registers in use.
    pub(crate) fn collect(
        &mut self,
        need: usize,
        full: bool,
        live: &mut [Term],
    ) -> Result<(), OutOfMemory> {
        let mut roots = ProcessRoots {
            live,
            saved: &mut self.saved,
            mailbox: &mut self.mailbox,
            trap: &mut self.trap,
            dictionary: &mut self.dictionary,
        };
        self.heap.collect(need, full, &mut roots)
    }
}

struct ProcessRoots<'a> {
    live: &'a mut [Term],
    saved: &'a mut Vec<Term>,
    mailbox: &'a mut Mailbox,
    trap: &'a mut Option<Trap>,
    dictionary: &'a mut Vec<(Term, Term)>,
}

impl Roots for ProcessRoots<'_> {
    fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        visit(self.live);
        visit(self.saved);
        self.mailbox.visit(visit);
        if let Some(trap) = self.trap {
            visit(&mut trap.args);
        }
        for (key, value) in self.dictionary.iter_mut() {
            let mut pair = [*key, *value];
            visit(&mut pair);
            (*key, *value) = (pair[0], pair[1]);
        }
    }
}
