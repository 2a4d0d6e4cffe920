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
