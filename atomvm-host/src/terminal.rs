//! `prim_tty:isatty/1`: what libraries ask before they write colours.

use atomvm_core::bif::Raise;
use atomvm_core::term::Term;
use atomvm_core::term::atom::AtomError;
use atomvm_core::vm::Runtime;
use std::io::{self, IsTerminal};

/// Gives a VM the function.
pub fn install(rt: &Runtime) -> Result<(), AtomError> {
    rt.extend("prim_tty", "isatty", 1, |c, args| {
        let is_terminal = match args[0].is_atom().then(|| c.rt.atoms.name(args[0])) {
            Some("stdin") => io::stdin().is_terminal(),
            Some("stdout") => io::stdout().is_terminal(),
            Some("stderr") => io::stderr().is_terminal(),
            _ => return Err(Raise::BADARG),
        };
        Ok(Term::bool(is_terminal))
    })
}
