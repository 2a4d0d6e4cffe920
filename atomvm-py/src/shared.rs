//! What a VM shares with the functions of Python that it calls.

use crate::errors;
use crate::output::{Output, Target};
use atomvm_core::value::Value;
use atomvm_core::vm::{self, Pid};
use parking_lot::Mutex;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What lies between a VM and Python.
///
/// Who waits for Python's lock holds none of these locks, and who holds one of these does not
/// wait for Python's.
pub struct Shared {
    /// Tells the VMs of this process apart.
    pub id: u64,
    pub output: Output,
    pub errors: Output,
    /// The registered functions; empty again when Python's collector has broken a cycle.
    functions: Mutex<Vec<Py<PyAny>>>,
    /// Messages that functions sent while the VM was running.
    messages: Mutex<Vec<(Pid, Value)>>,
    /// An exception that is to end what the VM is doing for Python.
    interrupt: Mutex<Option<PyErr>>,
    is_interrupted: AtomicBool,
    /// The last exception that became an error of Erlang, and the reason that it became.
    last: Mutex<Option<(Value, PyErr)>>,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Shared {
    pub fn new(output: Target, errors: Target) -> Shared {
        Shared {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            output: Output::new(output),
            errors: Output::new(errors),
            functions: Mutex::default(),
            messages: Mutex::default(),
            interrupt: Mutex::default(),
            is_interrupted: AtomicBool::new(false),
            last: Mutex::default(),
        }
    }

    /// Keeps a function, and returns its number.
    pub fn add_function(&self, function: Py<PyAny>) -> usize {
        let mut functions = self.functions.lock();
        functions.push(function);
        functions.len() - 1
    }

    pub fn function(&self, py: Python<'_>, number: usize) -> Option<Py<PyAny>> {
        let functions = self.functions.lock();
        Some(functions.get(number)?.clone_ref(py))
    }

    /// Keeps a message until the VM can take it.
    pub fn send_later(&self, to: Pid, message: Value) {
        self.messages.lock().push((to, message));
    }

    pub fn take_messages(&self) -> Vec<(Pid, Value)> {
        std::mem::take(&mut self.messages.lock())
    }

    /// Ends what the VM is doing for Python by an exception: the first that comes.
    pub fn interrupt(&self, error: PyErr) {
        let mut interrupt = self.interrupt.lock();
        if interrupt.is_none() {
            *interrupt = Some(error);
            self.is_interrupted.store(true, Ordering::Release);
        }
    }

    pub fn is_interrupted(&self) -> bool {
        self.is_interrupted.load(Ordering::Acquire)
    }

    pub fn take_interrupt(&self) -> Option<PyErr> {
        if !self.is_interrupted() {
            return None;
        }
        self.is_interrupted.store(false, Ordering::Release);
        self.interrupt.lock().take()
    }

    /// Remembers what became an error of Erlang.
    pub fn remember(&self, reason: Value, error: PyErr) {
        let before = self.last.lock().replace((reason, error));
        drop(before);
    }

    /// The exception for an error of the VM; its cause is the exception of Python that it was,
    /// if it was one.
    pub fn error(&self, py: Python<'_>, error: vm::Error) -> PyErr {
        let last = self.last.lock().take();
        let cause = match (&error, last) {
            (vm::Error::Exception(error), Some((reason, cause))) if error.reason == reason => {
                Some(cause)
            }
            _ => None,
        };
        let error = errors::vm_error(py, error, self.id);
        if cause.is_some() {
            error.set_cause(py, cause);
        }
        error
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.output.traverse(visit)?;
        self.errors.traverse(visit)?;
        // Who holds the lock is alive, and so is what it holds.
        if let Some(functions) = self.functions.try_lock() {
            for function in &*functions {
                visit.call(function)?;
            }
        }
        Ok(())
    }

    pub fn clear(&self) {
        let functions = std::mem::take(&mut *self.functions.lock());
        drop(functions);
        self.output.clear();
        self.errors.clear();
    }
}
