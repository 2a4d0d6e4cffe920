//! `os:set_signal/2`: a program says what becomes of signals, if its host lets it. What does it is the
//! host's own, as only the process as a whole has signals.

use atomvm_core::bif::Raise;
use atomvm_core::term::atom::AtomError;
use atomvm_core::term::atoms;
use atomvm_core::vm::Runtime;
use std::fmt;
use std::sync::Arc;

/// What becomes of a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignalUse {
    /// What the system does with it.
    Default,
    /// Nothing.
    Ignore,
    /// `erl_signal_server` is told of it.
    Handle,
}

type Set = dyn Fn(&str, SignalUse) -> bool + Send + Sync;

/// How a host changes what becomes of a signal, by its name (`sigterm`); `false`: it knows no such
/// signal that can be caught.
#[derive(Clone)]
pub struct SetSignal(Arc<Set>);

impl SetSignal {
    /// By a function.
    pub fn new(set: impl Fn(&str, SignalUse) -> bool + Send + Sync + 'static) -> SetSignal {
        SetSignal(Arc::new(set))
    }
}

impl fmt::Debug for SetSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetSignal")
    }
}

/// Gives a VM the function.
pub fn install(rt: &Runtime, set: Option<&SetSignal>) -> Result<(), AtomError> {
    let Some(set) = set.cloned() else {
        return Ok(());
    };
    rt.extend("os", "set_signal", 2, move |c, args| {
        let signal = c.rt.atoms.name(args[0]);
        let wanted = match c.rt.atoms.name(args[1]) {
            "default" => SignalUse::Default,
            "ignore" => SignalUse::Ignore,
            "handle" => SignalUse::Handle,
            _ => return Err(Raise::BadArg(atoms::BADOPT)),
        };
        match set.0(signal, wanted) {
            true => Ok(atoms::OK),
            false => Err(Raise::BADARG),
        }
    })?;
    Ok(())
}
