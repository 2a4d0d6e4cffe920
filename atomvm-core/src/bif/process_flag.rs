//! What a process can change about itself.

use super::process::{max_heap, off_heap, priority};
use super::process_info::{max_heap_term, priority_term, queue_data};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[bif("erlang", "process_flag", 2, process_flag_2)];

fn process_flag_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (flag, value) = (args[0], args[1]);
    let size = || value.as_usize().ok_or(Raise::BADARG);
    let switch = || value.as_bool().ok_or(Raise::BADARG);
    match c.rt.atoms.name(flag) {
        "trap_exit" => {
            let before = core::mem::replace(&mut c.p.flags.trap_exit, switch()?);
            Ok(Term::bool(before))
        }
        "sensitive" => {
            let before = core::mem::replace(&mut c.p.flags.sensitive, switch()?);
            Ok(Term::bool(before))
        }
        "priority" => {
            let now = priority(c, value)?;
            let before = core::mem::replace(&mut c.p.priority, now);
            c.rt.processes.with(c.p.id, |p| p.set_priority(now));
            priority_term(c.rt, before)
        }
        "message_queue_data" => {
            let off = off_heap(c, value)?;
            let before = core::mem::replace(&mut c.p.flags.off_heap_queue, off);
            queue_data(c.rt, before)
        }
        "min_heap_size" => {
            let words = u32::try_from(size()?).unwrap_or(u32::MAX);
            let before = core::mem::replace(&mut c.p.heap.min_words, words);
            Ok(c.p.heap.uint(u64::from(before))?)
        }
        "fullsweep_after" => {
            let count = u16::try_from(size()?).unwrap_or(u16::MAX);
            let before = core::mem::replace(&mut c.p.heap.fullsweep_after, count);
            Ok(Term::small(before as isize))
        }
        "max_heap_size" => {
            let limit = max_heap(c, value)?;
            let before = super::process_info::max_heap(c.p);
            if limit.is_some() || before.is_some() {
                c.p.relations_mut().max_heap = limit;
            }
            max_heap_term(c.rt, before, &mut c.p.heap)
        }
        // There is one handler of undefined functions.
        "error_handler" if value.is_atom() => Ok(c.rt.atoms.intern("error_handler")?),
        "save_calls" if size()? == 0 => Ok(Term::small(0)),
        "error_handler" | "save_calls" => Err(Raise::BADARG),
        _ => Err(Raise::BadArg(atoms::BADOPT)),
    }
}
