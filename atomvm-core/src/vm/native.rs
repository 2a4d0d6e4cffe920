//! Functions of the host that a program calls.
#![expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]

use super::convert;
use super::error::Class;
use crate::bif::{BifResult, Ctx, Raise};
use crate::code::native::Native;
use crate::memory::fallible::with_room;
use crate::process::Process;
use crate::sync::Arc;
use crate::term::Term;
use crate::value::Value;
use crate::vm::Runtime;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A function of the host.
pub(super) type NativeFn = dyn Fn(&mut NativeCall<'_>) -> Result<Value, NativeError> + Send + Sync;

/// The function as the VM calls it.
pub(super) fn native(function: Box<NativeFn>) -> Native {
    type Erased = dyn Fn(&mut Ctx<'_>, &[Term]) -> BifResult + Send + Sync;
    // By way of a box: only the standard library's `Arc` turns into one of a trait object.
    let native: Box<Erased> = Box::new(move |c, args| call(&*function, c, args));
    Arc::from(native)
}

/// A call of a function of the host.
pub struct NativeCall<'a> {
    args: Vec<Value>,
    p: &'a Process,
    rt: &'a Runtime,
}

impl NativeCall<'_> {
    /// The arguments.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// The argument at `index`, taken out; `nil` if there is none.
    pub fn take(&mut self, index: usize) -> Option<Value> {
        let arg = self.args.get_mut(index)?;
        Some(core::mem::replace(arg, Value::List(Vec::new())))
    }

    /// The process that called.
    pub fn caller(&self) -> super::Pid {
        super::Pid(self.p.id)
    }

    /// What the VM's processes share.
    pub fn runtime(&self) -> &Runtime {
        self.rt
    }
}

/// An exception that a function of the host raises.
#[derive(Clone, Debug)]
pub struct NativeError {
    /// Its class.
    pub class: Class,
    /// Its reason.
    pub reason: Value,
}

impl NativeError {
    /// `error:Reason`
    pub fn error(reason: impl Into<Value>) -> NativeError {
        NativeError {
            class: Class::Error,
            reason: reason.into(),
        }
    }

    /// `error:badarg`
    pub fn badarg() -> NativeError {
        NativeError::error(Value::atom("badarg"))
    }
}

fn call(function: &NativeFn, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut values = with_room(args.len())?;
    for &arg in args {
        values.push(convert::argument(c, arg)?);
    }
    let mut call = NativeCall {
        args: values,
        p: c.p,
        rt: c.rt,
    };
    match function(&mut call) {
        Ok(value) => convert::on_heap(c, &value),
        Err(error) => {
            let reason = convert::on_heap(c, &error.reason)?;
            Err(match error.class {
                Class::Error => Raise::Error(reason),
                Class::Exit => Raise::Exit(reason),
                Class::Throw => Raise::Throw(reason),
            })
        }
    }
}
