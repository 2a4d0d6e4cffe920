//! Who still runs the code of a module.

use crate::code::Module;
use crate::process::Process;
use crate::term::Term;

/// The places on the stack of a process that return to a module's code.
fn returns<'m>(p: &Process, module: &'m Module) -> impl Iterator<Item = *mut Term> + use<'m> {
    let links = Term::from_word(module.link_table() as usize);
    let (mut at, end) = (p.heap.stop, p.heap.stack_end());
    core::iter::from_fn(move || {
        while at < end {
            let slot = at;
            // SAFETY: the stack holds slots, and return addresses each followed by a link table.
            unsafe {
                let is_return = (*slot).is_header();
                at = slot.add(1 + usize::from(is_return));
                if is_return && *slot.add(1) == links {
                    return Some(slot);
                }
            }
        }
        None
    })
}

/// Does a process that does not run go on in the module's code, or return to it?
pub(crate) fn runs(p: &Process, module: &Module) -> bool {
    core::ptr::eq(p.links_table, module.link_table()) || returns(p, module).next().is_some()
}

/// Makes a process go on in the copy of a module's code that was made: where it goes on when it runs next,
/// and where it returns to. What it is in the middle of, if it runs, stays as it is.
pub(crate) fn move_to_copy(p: &mut Process, module: &Module) {
    if core::ptr::eq(p.links_table, module.link_table()) {
        p.ip = module.moved(p.ip);
    }
    for slot in returns(p, module) {
        // SAFETY: a return address of the process; the place of an instruction is as even in the
        // copy as in the original.
        unsafe {
            let ip = module.moved((*slot).word() as *const u32);
            slot.write(Term::from_word(ip as usize));
        }
    }
}
