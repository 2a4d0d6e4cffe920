//! Sequential tracing: a token goes with what its holder sends, and who receives that holds it next.
//!
//! A process without a token pays for one flag: messages with a token are signals of their own
//! ([`Signal::WithToken`]), and the mailbox keeps their tokens beside the messages.

use super::{Process, Signal, trace};
use crate::memory::fallible::{boxed, lose, made};
use crate::memory::{Budget, Fragment, Heap, OutOfMemory};
use crate::sync::Arc;
use crate::term::{Term, atoms};
use crate::vm::Runtime;

/// Sending is told of.
pub const SEND: u32 = 1;
/// Receiving is told of.
pub const RECEIVE: u32 = 1 << 1;
/// `seq_trace:print/1,2` is told of.
pub const PRINT: u32 = 1 << 2;
/// What is told has the time of day.
pub const TIMESTAMP: u32 = 1 << 3;
/// It has the monotonic time and a unique integer.
pub const STRICT: u32 = 1 << 4;
/// It has the monotonic time.
pub const MONOTONIC: u32 = 1 << 5;

/// The names of the flags.
pub const FLAGS: [(&str, u32); 6] = [
    ("send", SEND),
    ("receive", RECEIVE),
    ("print", PRINT),
    ("timestamp", TIMESTAMP),
    ("strict_monotonic_timestamp", STRICT),
    ("monotonic_timestamp", MONOTONIC),
];

/// What goes with a message.
pub struct Token {
    /// What is told of.
    pub flags: u32,
    /// Which trace this is.
    pub label: Fragment,
    /// The number of what was sent last.
    pub serial: i64,
    /// Who sent it.
    pub from: Term,
    /// The number of what its sender had received before.
    pub last: i64,
}

impl Token {
    fn copy(&self, budget: &Arc<Budget>) -> Result<Token, OutOfMemory> {
        Ok(Token {
            label: Fragment::of(self.label.term, budget)?,
            ..*self
        })
    }

    /// The token as `process_info/2` shows it.
    pub fn to_term(&self, heap: &mut dyn Heap) -> Result<Term, OutOfMemory> {
        let label = crate::memory::copy::copy(self.label.term, self.label.words(), heap)?;
        let flags = Term::small(self.flags as isize);
        let (serial, last) = (heap.int(self.serial)?, heap.int(self.last)?);
        heap.tuple(&[flags, label, serial, self.from, last])
    }
}

/// What a process knows of sequential tracing.
#[derive(Default)]
pub struct Sequence {
    /// Its token.
    pub token: Option<Token>,
    /// The number of what it sent last.
    pub clock: i64,
    /// The number of what it received last.
    pub last: i64,
}

impl Process {
    /// What it knows of sequential tracing, if anything.
    pub fn sequence(&self) -> Option<&Sequence> {
        self.rare()?.sequence.as_deref()
    }

    /// What it knows of sequential tracing.
    ///
    /// # Errors
    /// There is no memory to begin with.
    pub fn sequence_mut(&mut self) -> Result<&mut Sequence, OutOfMemory> {
        made(&mut self.rare_mut()?.sequence)
    }

    /// Its token.
    pub fn seq_token(&self) -> Option<&Token> {
        self.sequence()?.token.as_ref()
    }

    /// Gives it a token, or takes it away; which it had.
    pub fn set_seq_token(&mut self, token: Option<Token>) -> Option<Token> {
        if token.is_none() && !self.flags.has_token {
            return None;
        }
        let Ok(sequence) = self.sequence_mut() else {
            lose();
            return None;
        };
        let has_token = token.is_some();
        let before = core::mem::replace(&mut sequence.token, token);
        self.flags.has_token = has_token;
        before
    }

    /// Its token, made if there is none.
    ///
    /// # Errors
    /// There is no memory.
    pub fn seq_token_mut(&mut self, budget: &Arc<Budget>) -> Result<&mut Token, OutOfMemory> {
        let id = self.id;
        if self.seq_token().is_none() {
            let label = Fragment::of(Term::small(0), budget)?;
            let sequence = self.sequence_mut()?;
            sequence.token = Some(Token {
                flags: 0,
                label,
                serial: 0,
                from: id,
                last: sequence.last,
            });
            self.flags.has_token = true;
        }
        self.sequence_mut()?.token.as_mut().ok_or(OutOfMemory)
    }

    /// Forgets all of sequential tracing, its messages' tokens as well.
    pub(crate) fn reset_sequence(&mut self) {
        self.flags.has_token = false;
        if let Some(rare) = self.relations.as_mut().and_then(|r| r.rare.as_mut()) {
            rare.sequence = None;
        }
        self.mailbox.drop_tokens();
    }

    /// Counts something that it sends or prints; without a token, `false`.
    fn count_sent(&mut self) -> bool {
        let id = self.id;
        let Ok(sequence) = self.sequence_mut() else {
            return false;
        };
        let Some(token) = &mut sequence.token else {
            return false;
        };
        sequence.clock += 1;
        token.serial = sequence.clock;
        token.from = id;
        token.last = sequence.last;
        true
    }
}

impl Runtime {
    /// Who gets the messages of sequential tracing, if there is somebody.
    pub(crate) fn seq_tracer(&self) -> Option<Term> {
        let tracer = (*self.settings.seq_tracer.lock())?;
        self.is_there(tracer).then_some(tracer)
    }

    /// Puts the token of `p` on something that it sends, and tells of it. What the tracer sends is not
    /// told of, and has the token of what it received.
    #[cold]
    pub(crate) fn seq_send(&self, p: &mut Process, to: Term, message: Term) -> Option<Token> {
        let is_told = self.seq_tracer() != Some(p.id) && p.count_sent();
        let is_told = is_told && !p.flags.sensitive;
        let token = p.seq_token()?;
        if is_told {
            self.seq_tell(token, SEND, atoms::SEND, to, message);
        }
        token.copy(&self.budget).ok()
    }

    /// `p` has received a message, which may have a token.
    #[cold]
    pub(crate) fn seq_received(&self, p: &mut Process, token: Option<Token>, message: Term) {
        if let (Some(token), Ok(sequence)) = (&token, p.sequence_mut()) {
            sequence.last = token.serial;
            sequence.clock = sequence.clock.max(token.serial);
        }
        p.set_seq_token(token);
        let is_told = self.seq_tracer() != Some(p.id) && !p.flags.sensitive;
        if let Some(token) = p.seq_token().filter(|_| is_told) {
            self.seq_tell(token, RECEIVE, atoms::RECEIVE, p.id, message);
        }
    }

    /// A message for the tracer from the program itself.
    pub(crate) fn seq_print(&self, p: &mut Process, text: Term) -> bool {
        let prints = p.seq_token().is_some_and(|t| t.flags & PRINT != 0);
        if !prints || self.seq_tracer().is_none() || !p.count_sent() {
            return prints;
        }
        if let Some(token) = p.seq_token().filter(|_| !p.flags.sensitive)
            && let Ok(print) = self.atoms.intern("print")
        {
            self.seq_tell(token, PRINT, print, Term::NIL, text);
        }
        true
    }

    /// Without memory nothing is told.
    fn seq_tell(&self, token: &Token, flag: u32, what: Term, to: Term, message: Term) {
        if token.flags & flag == 0 {
            return;
        }
        let Some(tracer) = self.seq_tracer() else {
            return;
        };
        let told = (|| {
            let mut outer = Fragment::new(&self.budget);
            let (last, serial) = (outer.int(token.last)?, outer.int(token.serial)?);
            let serial = outer.tuple(&[last, serial])?;
            let what = outer.tuple(&[what, serial, token.from, to, message])?;
            let tag = self.atoms.intern("seq_trace").map_err(|_| OutOfMemory)?;
            let time = self.trace_time(trace_flags(token.flags), &mut outer)?;
            let told = match time {
                Some(time) => outer.tuple(&[tag, token.label.term, what, time])?,
                None => outer.tuple(&[tag, token.label.term, what])?,
            };
            Fragment::of(told, &self.budget)
        })();
        if let Ok(told) = told {
            self.tell_tracer(tracer, told);
        }
    }

    /// Sends what has a token.
    pub(crate) fn seq_signal(&self, to: Term, signal: Signal, token: Option<Token>) {
        let signal = match token {
            Some(token) => match boxed((signal, token)) {
                Ok(with) => Signal::WithToken(with),
                Err(OutOfMemory) => return lose(),
            },
            None => signal,
        };
        self.signal(to, signal);
    }

    /// A process that is started gets the token as if by a message, which it answers.
    pub(crate) fn seq_spawn(&self, parent: &mut Process, p: &mut Process, call: SeqCall) {
        let mut place = Fragment::new(&self.budget);
        let Ok((request, reply)) = self.seq_spawn_messages(parent, p.id, &call, &mut place) else {
            return;
        };
        let token = self.seq_send(parent, p.id, request);
        if token.is_some() {
            self.seq_received(p, token, request);
            let token = self.seq_send(p, parent.id, reply);
            self.seq_received(parent, token, reply);
        }
    }

    fn seq_spawn_messages(
        &self,
        parent: &Process,
        child: Term,
        call: &SeqCall,
        place: &mut Fragment,
    ) -> Result<(Term, Term), OutOfMemory> {
        let atom = |name: &str| self.atoms.intern(name).map_err(|_| OutOfMemory);
        let reference = self.make_ref(place)?;
        let (module, function, args) = call.mfa;
        let arity = Term::small(args.list_len().unwrap_or(0) as isize);
        let mfa = place.tuple(&[module, function, arity])?;
        let options = match call.link {
            true => place.list(&[atom("link")?])?,
            false => Term::NIL,
        };
        let tag = atom("spawn_reply")?;
        let leader = parent.group_leader;
        let request = [
            atom("spawn_request")?,
            reference,
            parent.id,
            leader,
            mfa,
            options,
            tag,
            args,
        ];
        let request = place.tuple(&request)?;
        let reply = place.tuple(&[tag, reference, atoms::OK, child])?;
        Ok((request, reply))
    }
}

/// What a process is started with.
pub(crate) struct SeqCall {
    /// Module, function and list of arguments.
    pub mfa: (Term, Term, Term),
    /// Is it linked to its parent?
    pub link: bool,
}

/// The flags of other traces that ask for the same time stamp.
fn trace_flags(flags: u32) -> u32 {
    let pairs = [
        (TIMESTAMP, trace::TIMESTAMP),
        (STRICT, trace::STRICT),
        (MONOTONIC, trace::MONOTONIC),
    ];
    let set = pairs.iter().filter(|(flag, _)| flags & flag != 0);
    set.fold(0, |all, (_, flag)| all | flag)
}
