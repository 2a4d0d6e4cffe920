//! Bytes that a process keeps outside its heap, first in first out: what `prim_buffer` is made of.

use super::{BADARG, Fault, Outcome, Storage, forget_dead, lock, ok};
use atomvm_core::bif::{Ctx, Raise};
use atomvm_core::memory::Heap;
use atomvm_core::term::{Term, atoms, iolist};
use std::collections::VecDeque;

pub(super) struct Buffer {
    owner: Term,
    bytes: VecDeque<u8>,
}

impl Storage {
    pub(super) fn buffer_new(&self, c: &mut Ctx<'_>, _: &[Term]) -> Outcome {
        let mut all = lock(&self.buffers);
        forget_dead(c.rt, &mut all, |buffer| buffer.owner);
        let handle = c.rt.make_ref(&mut c.p.heap)?;
        let key = handle.as_reference().ok_or(BADARG)?.0;
        let buffer = Buffer {
            owner: c.p.id,
            bytes: VecDeque::new(),
        };
        all.insert(key, buffer);
        Ok(handle)
    }

    fn with_buffer<R>(
        &self,
        handle: Term,
        what: impl FnOnce(&mut VecDeque<u8>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let key = handle.as_reference().ok_or(BADARG)?.0;
        let mut all = lock(&self.buffers);
        what(&mut all.get_mut(&key).ok_or(BADARG)?.bytes)
    }

    pub(super) fn buffer_size(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let size = self.with_buffer(args[0], |bytes| Ok(bytes.len()))?;
        Ok(c.p.heap.uint(size as u64)?)
    }

    /// Takes bytes out; there must be as many.
    pub(super) fn buffer_read(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let len = args[1].as_usize().ok_or(BADARG)?;
        let taken: Vec<u8> = self.with_buffer(args[0], |bytes| match len <= bytes.len() {
            true => Ok(bytes.drain(..len).collect()),
            false => Err(BADARG),
        })?;
        Ok(c.p.heap.binary(&taken)?)
    }

    pub(super) fn buffer_write(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let data = iolist::to_vec(args[1]).map_err(|_| BADARG)?;
        let budget = &c.rt.budget;
        let left = budget.limit().saturating_sub(budget.used());
        self.with_buffer(args[0], |bytes| {
            if bytes.len() + data.len() > left || bytes.try_reserve(data.len()).is_err() {
                return Err(Fault::Raise(Raise::OutOfMemory));
            }
            bytes.extend(data);
            Ok(atoms::OK)
        })
    }

    pub(super) fn buffer_skip(&self, _: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let len = args[1].as_usize().ok_or(BADARG)?;
        self.with_buffer(args[0], |bytes| match len <= bytes.len() {
            true => {
                bytes.drain(..len);
                Ok(atoms::OK)
            }
            false => Err(BADARG),
        })
    }

    /// `{ok, Index}` of the first byte with this value, or `not_found`.
    pub(super) fn buffer_find(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let byte = args[1].as_usize().and_then(|byte| u8::try_from(byte).ok());
        let byte = byte.ok_or(BADARG)?;
        let found = |bytes: &mut VecDeque<u8>| Ok(bytes.iter().position(|&it| it == byte));
        match self.with_buffer(args[0], found)? {
            Some(at) => {
                let at = c.p.heap.uint(at as u64)?;
                ok(c, at)
            }
            None => Ok(c.rt.atoms.intern("not_found")?),
        }
    }
}
