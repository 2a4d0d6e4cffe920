//! The machine's registers as instruction handlers see them, and how operands are read.
//!
//! A handler takes the five registers as arguments, so that they stay in those of the real
//! machine, and ends by going to the next instruction. Nothing in a handler may keep the address
//! of a local variable: then the call at its end would no longer be a jump. What is long or rare
//! is therefore a function of its own that takes and returns words.

use super::context::Context;
use crate::code::Export;
use crate::term::{Term, Word};

/// Why the interpreter stops, or 0 to go on (loop dispatch only).
pub(crate) type Ret = u32;

/// Go on with the state in the context.
pub(crate) const GO_ON: Ret = 0;
/// The process has used up its time slice.
pub(crate) const YIELD: Ret = 1;
/// The process waits for a message or a time.
pub(crate) const WAIT: Ret = 2;
/// The first function of the process returned.
pub(crate) const RETURNED: Ret = 3;
/// Nobody caught an exception.
pub(crate) const UNCAUGHT: Ret = 4;
/// The process must end: an exit signal.
pub(crate) const KILLED: Ret = 5;
/// The process has ended for want of memory.
pub(crate) const NO_MEMORY: Ret = 6;

/// An instruction's handler.
pub(crate) type Handler =
    unsafe fn(ip: *const u32, c: *mut Context, e: *mut Term, h: *mut Term, m: *const Word) -> Ret;

/// The registers of the machine.
#[derive(Clone, Copy)]
pub(crate) struct State {
    /// The current instruction.
    pub ip: *const u32,
    pub c: *mut Context,
    /// The frame: slot 0 is the top of the stack.
    pub e: *mut Term,
    /// The top of the heap.
    pub h: *mut Term,
    /// The link table of the current module.
    pub m: *const Word,
}

impl State {
    #[inline(always)]
    pub unsafe fn unit(&self, k: usize) -> u16 {
        // SAFETY: the verifier and translator guarantee whole instructions.
        unsafe { *self.ip.cast::<u16>().add(k) }
    }

    #[inline(always)]
    pub unsafe fn number(&self, k: usize) -> usize {
        // SAFETY: as in `unit`.
        unsafe { self.unit(k) as usize }
    }

    #[inline(always)]
    pub unsafe fn wide(&self, k: usize) -> u32 {
        // SAFETY: as in `unit`. A pair of units is one little-endian word in native order.
        unsafe { self.unit(k) as u32 | (self.unit(k + 1) as u32) << 16 }
    }

    /// Word `i` of the instruction's tail, which starts after `len` words.
    #[inline(always)]
    pub unsafe fn tail(&self, len: usize, i: usize) -> u32 {
        // SAFETY: as in `unit`.
        unsafe { *self.ip.add(len + i) }
    }

    #[inline(always)]
    pub unsafe fn x(&self, i: usize) -> Term {
        // SAFETY: the registers are at the start of the context, and there are enough.
        unsafe { *self.c.cast::<Term>().add(i) }
    }

    #[inline(always)]
    pub unsafe fn set_x(&self, i: usize, value: Term) {
        // SAFETY: as in `x`.
        unsafe { self.c.cast::<Term>().add(i).write(value) }
    }

    #[inline(always)]
    pub unsafe fn y(&self, i: usize) -> Term {
        // SAFETY: the verifier guarantees that the frame has the slot.
        unsafe { *self.e.add(i) }
    }

    #[inline(always)]
    pub unsafe fn set_y(&self, i: usize, value: Term) {
        // SAFETY: as in `y`.
        unsafe { self.e.add(i).write(value) }
    }

    #[inline(always)]
    pub unsafe fn link(&self, index: usize) -> Word {
        // SAFETY: the translator only makes indexes of entries that exist.
        unsafe { *self.m.add(index) }
    }

    /// The exported function that operand `k` names.
    #[inline(always)]
    pub unsafe fn export(&self, k: usize) -> *const Export {
        // SAFETY: as in `link`.
        unsafe { self.link(self.wide(k) as usize) as *const Export }
    }

    /// The value of a packed operand.
    #[inline(always)]
    pub unsafe fn value(&self, packed: u32) -> Term {
        if packed & 3 == 3 {
            return Term::small((packed as i32 >> 2) as isize);
        }
        // Chosen without branches, which would be as many as there are kinds.
        let mut base = self.c.cast::<Term>().cast_const();
        if packed & 1 != 0 {
            base = self.e;
        }
        if packed & 2 != 0 {
            base = self.m.cast();
        }
        // SAFETY: as for each kind of operand: see `x`, `y` and `link`.
        unsafe { *base.add((packed >> 2) as usize) }
    }

    /// The value of the packed operand `k`.
    #[inline(always)]
    pub unsafe fn any(&self, k: usize) -> Term {
        // SAFETY: as in `value`.
        unsafe { self.value(self.wide(k)) }
    }

    /// Sets a packed target.
    #[inline(always)]
    pub unsafe fn assign(&self, packed: u32, value: Term) {
        let index = (packed >> 2) as usize;
        // SAFETY: as for each kind of operand.
        unsafe {
            if packed & 1 == 0 {
                self.set_x(index, value);
            } else {
                self.set_y(index, value);
            }
        }
    }

    /// Sets the packed target `k`.
    #[inline(always)]
    pub unsafe fn set_any(&self, k: usize, value: Term) {
        // SAFETY: as in `assign`.
        unsafe { self.assign(self.wide(k), value) }
    }

    /// The instruction that the label at units `k`, `k + 1` names.
    #[inline(always)]
    pub unsafe fn label(&self, k: usize) -> *const u32 {
        // SAFETY: labels lead to instructions of the same code.
        unsafe { self.ip.offset(self.wide(k) as i32 as isize) }
    }

    /// Writes heap and stack top back to the process, for functions that look there.
    #[inline(always)]
    pub unsafe fn save(&self) {
        // SAFETY: the context's process is the running one.
        unsafe {
            (*(*self.c).p).heap.top = self.h;
            (*(*self.c).p).heap.stop = self.e;
        }
    }

    /// Reads heap and stack top from the process.
    #[inline(always)]
    pub unsafe fn load(&mut self) {
        // SAFETY: as in `save`.
        unsafe {
            self.h = (*(*self.c).p).heap.top;
            self.e = (*(*self.c).p).heap.stop;
        }
    }

    /// Free words between heap and stack.
    #[inline(always)]
    pub unsafe fn free(&self) -> usize {
        // SAFETY: both point into the process's block, heap below stack.
        unsafe { self.e.offset_from_unsigned(self.h) }
    }

    /// Goes to the instruction `words` further.
    #[inline(always)]
    pub unsafe fn next(mut self, words: usize) -> Ret {
        // SAFETY: code does not end without a jump or return.
        unsafe {
            self.ip = self.ip.add(words);
            self.dispatch()
        }
    }

    /// Goes to an instruction of the same module.
    #[inline(always)]
    pub unsafe fn goto(mut self, ip: *const u32) -> Ret {
        self.ip = ip;
        // SAFETY: `ip` is an instruction.
        unsafe { self.dispatch() }
    }

    /// Runs the current instruction.
    #[cfg(tail_dispatch)]
    #[inline(always)]
    pub unsafe fn dispatch(self) -> Ret {
        // SAFETY: opcodes are less than the number of handlers.
        unsafe {
            let handler = super::HANDLERS.get_unchecked(self.unit(0) as usize);
            handler(self.ip, self.c, self.e, self.h, self.m)
        }
    }

    /// Hands the state to the loop.
    #[cfg(not(tail_dispatch))]
    #[inline(always)]
    pub unsafe fn dispatch(self) -> Ret {
        // SAFETY: the context outlives the run.
        unsafe {
            (*self.c).ip = self.ip;
            (*self.c).e = self.e;
            (*self.c).h = self.h;
            (*self.c).m = self.m;
        }
        GO_ON
    }
}

/// A kind of source operand, one unit long.
pub(crate) trait Src {
    /// Is the operand part of the code?
    const CONSTANT: bool = false;

    unsafe fn get(s: &State, k: usize) -> Term;
}

/// A kind of target operand, one unit long.
pub(crate) trait Dst {
    unsafe fn set(s: &State, k: usize, value: Term);
}

/// An argument register.
pub(crate) struct X;
/// A slot of the frame.
pub(crate) struct Y;
/// An entry of the link table.
pub(crate) struct C;
/// A small integer.
pub(crate) struct I;

impl Src for X {
    #[inline(always)]
    unsafe fn get(s: &State, k: usize) -> Term {
        // SAFETY: see `State::x`.
        unsafe { s.x(s.number(k)) }
    }
}

impl Src for Y {
    #[inline(always)]
    unsafe fn get(s: &State, k: usize) -> Term {
        // SAFETY: see `State::y`.
        unsafe { s.y(s.number(k)) }
    }
}

impl Src for C {
    const CONSTANT: bool = true;

    #[inline(always)]
    unsafe fn get(s: &State, k: usize) -> Term {
        // SAFETY: see `State::link`.
        unsafe { Term::from_word(s.link(s.number(k))) }
    }
}

impl Src for I {
    const CONSTANT: bool = true;

    #[inline(always)]
    unsafe fn get(s: &State, k: usize) -> Term {
        // SAFETY: see `State::unit`.
        unsafe { Term::small(s.unit(k) as i16 as isize) }
    }
}

impl Dst for X {
    #[inline(always)]
    unsafe fn set(s: &State, k: usize, value: Term) {
        // SAFETY: see `State::set_x`.
        unsafe { s.set_x(s.number(k), value) }
    }
}

impl Dst for Y {
    #[inline(always)]
    unsafe fn set(s: &State, k: usize, value: Term) {
        // SAFETY: see `State::set_y`.
        unsafe { s.set_y(s.number(k), value) }
    }
}

/// Goes on in another handler of the same instruction. What is long or rare in an instruction is
/// such a handler of its own: a call in the middle of the common one would make it save registers
/// on every path.
macro_rules! become_ {
    ($s:ident, $($handler:tt)+) => {
        return $($handler)+($s.ip, $s.c, $s.e, $s.h, $s.m)
    };
}
pub(crate) use become_;

/// Declares a handler: a function over the kinds of its operands whose body sees the state.
macro_rules! op {
    ($(#[$meta:meta])* $name:ident $(<$($kind:ident: $role:ident),+>)? |$s:ident| $body:block) => {
        $(#[$meta])*
        pub(in crate::interp) unsafe fn $name $(<$($kind: $role),+>)? (
            ip: *const u32,
            c: *mut $crate::interp::context::Context,
            e: *mut $crate::term::Term,
            h: *mut $crate::term::Term,
            m: *const $crate::term::Word,
        ) -> $crate::interp::state::Ret {
            #[allow(unused_mut)]
            let mut $s = $crate::interp::state::State { ip, c, e, h, m };
            // SAFETY: the code was verified: operands are registers that are set, slots of the
            // frame, and indexes and labels that exist; the state belongs to the running process.
            unsafe { $body }
        }
    };
}
pub(crate) use op;
