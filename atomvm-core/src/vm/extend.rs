//! What a VM gets after it has been made.
#![expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]

use super::error::Error;
use super::native::{self, NativeCall, NativeError};
use super::{Pid, Runtime, Vm};
use crate::bif::{BifResult, Ctx};
use crate::code::native::Native;
use crate::code::source::Source;
use crate::term::Term;
use crate::term::atom::AtomError;
use crate::value::{self, Value};
use alloc::boxed::Box;

impl Vm {
    /// Adds a pack (`.avm`) or BEAM file, whose modules are loaded when they are first called.
    ///
    /// # Errors
    /// It is neither, or damaged.
    pub fn add_pack(&self, source: Source) -> Result<(), Error> {
        let rt = self.runtime();
        Ok(rt.code.add(source.trusted_at_least(rt.trust), false)?)
    }

    /// Adds a pack whose modules come before all others of the same name.
    ///
    /// # Errors
    /// It is no pack, or damaged.
    pub fn add_library(&self, source: Source) -> Result<(), Error> {
        let rt = self.runtime();
        Ok(rt.code.add(source.trusted_at_least(rt.trust), true)?)
    }

    /// Makes calls of `module:function/arity` reach a function of the host: calls in modules
    /// that are loaded later, and calls that found nothing before.
    ///
    /// # Errors
    /// A name is too long for an atom, or a limit is reached.
    pub fn register<F>(&self, module: &str, function: &str, arity: u8, call: F) -> Result<(), Error>
    where
        F: Fn(&mut NativeCall<'_>) -> Result<Value, NativeError> + Send + Sync + 'static,
    {
        let rt = self.runtime();
        let module = rt.atoms.intern(module)?;
        let function = rt.atoms.intern(function)?;
        let native = native::native(Box::new(call));
        rt.register_native(module, function, arity.into(), native);
        Ok(())
    }
}

impl Runtime {
    /// Makes calls of `module:function/arity` reach a function that works on terms, as those that
    /// are built in do: it sees binaries in place, may give way to other processes, and builds its
    /// result on the heap of the process. What it gets stays valid until it returns.
    ///
    /// # Errors
    /// There is no room for the names.
    pub fn extend<F>(
        &self,
        module: &str,
        function: &str,
        arity: u8,
        call: F,
    ) -> Result<(), AtomError>
    where
        F: Fn(&mut Ctx<'_>, &[Term]) -> BifResult + Send + Sync + 'static,
    {
        type Erased = dyn Fn(&mut Ctx<'_>, &[Term]) -> BifResult + Send + Sync;
        let module = self.atoms.intern(module)?;
        let function = self.atoms.intern(function)?;
        let erased: Box<Erased> = Box::new(call);
        self.register_native(module, function, arity.into(), Native::from(erased));
        Ok(())
    }
}

impl Vm {
    /// Is there a function in native code by this name: one of the VM's own, or one that its platform or
    /// the embedder has added?
    pub fn has_native(&self, module: &str, function: &str, arity: u32) -> bool {
        let rt = &*self.rt;
        if crate::bif::find(module, function, arity).is_some() {
            return true;
        }
        let names = rt.atoms.find(module).zip(rt.atoms.find(function));
        names.is_some_and(|(module, function)| rt.has_native(module, function, arity))
    }
}

impl Pid {
    /// The process as a term.
    pub fn to_value(self) -> Value {
        Value::Pid(self.0.as_pid().unwrap_or_default() as u64)
    }

    /// The process of the VM that a term names; `None` for all other terms.
    pub fn from_value(value: &Value) -> Option<Pid> {
        match value {
            Value::Pid(number) => Some(Pid(Term::pid(value::identifier(*number).ok()?))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::Error;
    use alloc::vec::Vec;

    #[test]
    fn functions_of_the_host_may_come_late() {
        let mut vm = Vm::builder().build().unwrap();
        let undefined = vm.call("host", "twice", &[Value::from(21)]);
        assert!(matches!(undefined, Err(Error::Exception(_))));
        vm.register("host", "twice", 1, |call| {
            let n = call.args()[0]
                .as_integer()
                .ok_or_else(NativeError::badarg)?;
            Ok(Value::from(2 * n))
        })
        .unwrap();
        let twice = vm.call("host", "twice", &[Value::from(21)]).unwrap();
        assert_eq!(twice, Value::from(42));
    }

    #[test]
    fn processes_are_terms() {
        let mut vm = Vm::builder().build().unwrap();
        vm.register("host", "me", 0, |call| Ok(call.caller().to_value()))
            .unwrap();
        let me = vm.call("host", "me", &[]).unwrap();
        let id = Pid::from_value(&me).unwrap();
        assert!(!vm.is_alive(id));
        assert_eq!(id.to_value(), me);
        assert_eq!(Pid::from_value(&Value::from(1)), None);
        assert_eq!(Pid::from_value(&Value::Pid(u64::MAX)), None);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let vm = Vm::builder().build().unwrap();
        let damaged = Source::owned("x.avm", Vec::from(*b"nothing of ours"));
        assert!(matches!(vm.add_pack(damaged), Err(Error::Load(_))));
    }

    /// A VM may be handed from thread to thread.
    #[test]
    fn a_vm_is_send() {
        fn send<T: Send>() {}
        send::<Vm>();
    }
}
