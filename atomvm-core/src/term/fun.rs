//! Funs: a shared entry that says which code, and what was captured.

use super::{Subtag, Term};
use crate::code::{Export, FunEntry};

/// Words of a local fun before what it captured: header, entry, creator.
pub const FUN_WORDS: usize = 3;

/// A local fun, looked at in place.
#[derive(Clone, Copy)]
pub struct Closure<'a> {
    /// Which function it calls.
    pub entry: &'a FunEntry,
    /// The process that made it.
    pub creator: Term,
    /// The captured terms.
    pub env: &'a [Term],
}

impl Term {
    /// The entry and environment, if this is a local fun.
    #[inline]
    pub fn as_closure<'a>(self) -> Option<Closure<'a>> {
        if self.subtag()? != Subtag::Fun {
            return None;
        }
        let arity = self.header().arity();
        // SAFETY: word 1 of a fun is the address of an entry in the VM's table, which lives as
        // long as the VM; the creator follows, and the captured terms.
        unsafe {
            Some(Closure {
                entry: &*(self.boxed_word(1) as *const FunEntry),
                creator: Term::from_word(self.boxed_word(2)),
                env: core::slice::from_raw_parts(self.ptr().add(FUN_WORDS), arity + 1 - FUN_WORDS),
            })
        }
    }

    /// The function it names, if this is an external fun.
    #[inline]
    pub fn as_external_fun<'a>(self) -> Option<&'a Export> {
        if self.subtag()? != Subtag::ExtFun {
            return None;
        }
        // SAFETY: word 1 of an external fun is the address of an export entry, which lives as
        // long as the VM.
        Some(unsafe { &*(self.boxed_word(1) as *const Export) })
    }
}
