//! Who still runs the code of a module.

use crate::code::Module;
use crate::process::Process;
use crate::term::Term;

/// Does a process that does not run go on in the module's code, or return to it?
pub(crate) fn runs(p: &Process, module: &Module) -> bool {
    if core::ptr::eq(p.links_table, module.link_table()) {
        return true;
    }
    let links = Term::from_word(module.link_table() as usize);
    let end = p.heap.stack_end();
    let mut at = p.heap.stop;
    // SAFETY: the stack holds slots, and return addresses each followed by a link table.
    unsafe {
        while at < end {
            if (*at).is_header() {
                at = at.add(1);
                if *at == links {
                    return true;
                }
            }
            at = at.add(1);
        }
    }
    false
}

/// Makes a process go on in the copy of a module's code that was made: where it goes on when it runs next,
/// and where it returns to. What it is in the middle of, if it runs, stays as it is.
pub(crate) fn move_to_copy(p: &mut Process, module: &Module) {
    if core::ptr::eq(p.links_table, module.link_table()) {
        p.ip = module.moved(p.ip);
    }
    let links = Term::from_word(module.link_table() as usize);
    let end = p.heap.stack_end();
    let mut at = p.heap.stop;
    // SAFETY: as in `runs`; the place of an instruction is as even in the copy as in the original.
    unsafe {
        while at < end {
            if (*at).is_header() {
                if *at.add(1) == links {
                    let ip = module.moved((*at).word() as *const u32);
                    at.write(Term::from_word(ip as usize));
                }
                at = at.add(1);
            }
            at = at.add(1);
        }
    }
}
