//! Funs: a shared entry that says which code, and what was captured.

use super::{Subtag, Term};
use crate::code::{Export, FunEntry};

/// A local fun, looked at in place.
#[derive(Clone, Copy)]
pub struct Closure<'a> {
    /// Which function it calls.
    pub entry: &'a FunEntry,
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
        // long as the VM; the captured terms follow.
        unsafe {
            Some(Closure {
                entry: &*(self.boxed_word(1) as *const FunEntry),
                env: core::slice::from_raw_parts(self.ptr().add(2), arity - 1),
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
