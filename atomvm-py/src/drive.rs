//! Running a VM in slices: without Python's lock inside a slice, and between two of them with a
//! look at what Python wants.

use crate::shared::Shared;
use atomvm_core::platform::Platform;
use atomvm_core::value::Value;
use atomvm_core::vm::{Step, Vm};
use atomvm_host::Host;
use parking_lot::{Mutex, MutexGuard};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// How long the VM runs between two looks for signals and exceptions.
const SLICE: Duration = Duration::from_millis(20);

/// The reductions between two looks at the time.
const QUANTUM: u32 = 1 << 16;

/// How long a thread waits between two looks for signals.
const NAP: Duration = Duration::from_millis(50);

/// A VM, for one thread at a time.
pub struct Machine {
    vm: Mutex<Vm>,
    /// Which thread has it: that thread must not wait for it.
    owner: Mutex<Option<ThreadId>>,
    host: Arc<Host>,
    pub shared: Arc<Shared>,
}

/// Marks the VM as had by this thread, until it is dropped.
struct Owned<'a>(&'a Mutex<Option<ThreadId>>);

impl<'a> Owned<'a> {
    fn new(owner: &'a Mutex<Option<ThreadId>>) -> Owned<'a> {
        *owner.lock() = Some(thread::current().id());
        Owned(owner)
    }
}

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        *self.0.lock() = None;
    }
}

impl Machine {
    pub fn new(vm: Vm, host: Arc<Host>, shared: Arc<Shared>) -> Machine {
        Machine {
            vm: Mutex::new(vm),
            owner: Mutex::default(),
            host,
            shared,
        }
    }

    /// Is this thread in a function that the VM has called?
    pub fn is_inside(&self) -> bool {
        *self.owner.lock() == Some(thread::current().id())
    }

    /// Does something with the VM, without Python's lock.
    ///
    /// # Errors
    /// A function that the VM calls asks for it.
    pub fn with<R: Send>(
        &self,
        py: Python<'_>,
        action: impl FnOnce(&mut Vm) -> R + Send,
    ) -> PyResult<R> {
        if self.is_inside() {
            return Err(PyRuntimeError::new_err(
                "a function that the VM calls cannot use the VM, except to send messages",
            ));
        }
        Ok(py.detach(|| {
            let mut vm = self.vm.lock();
            let owned = Owned::new(&self.owner);
            let result = action(&mut vm);
            drop(owned);
            MutexGuard::unlock_fair(vm);
            result
        }))
    }

    /// As [`Machine::with`], for what can fail.
    pub fn try_with<R: Send>(
        &self,
        py: Python<'_>,
        action: impl FnOnce(&mut Vm) -> Result<R, atomvm_core::vm::Error> + Send,
    ) -> PyResult<R> {
        self.with(py, action)?
            .map_err(|error| self.shared.error(py, error))
    }

    /// Runs until `step` is done.
    ///
    /// # Errors
    /// The program has failed, or a signal or a function of Python has interrupted it.
    pub fn run(
        &self,
        py: Python<'_>,
        step: impl Fn(&mut Vm, u32) -> Step + Sync,
    ) -> PyResult<Value> {
        loop {
            let stepped = self.with(py, |vm| self.slice(vm, &step))?;
            self.after(py)?;
            match stepped {
                Step::Ran => {}
                Step::Idle { until } => {
                    let nap = until.map_or(NAP, |until| until.min(NAP));
                    py.detach(|| self.host.wait(Some(nap)));
                }
                Step::Done(result) => return result.map_err(|error| self.shared.error(py, error)),
            }
            py.check_signals()?;
        }
    }

    /// Runs for the time of a slice. Then other threads have their turn, to send messages.
    fn slice(&self, vm: &mut Vm, step: impl Fn(&mut Vm, u32) -> Step) -> Step {
        let start = Instant::now();
        loop {
            match step(vm, QUANTUM) {
                Step::Ran if start.elapsed() < SLICE && !self.shared.is_interrupted() => {}
                other => return other,
            }
        }
    }

    /// Does what functions of Python have left to do.
    ///
    /// # Errors
    /// What is to end the run.
    pub fn after(&self, py: Python<'_>) -> PyResult<()> {
        let messages = self.shared.take_messages();
        if !messages.is_empty() {
            self.try_with(py, |vm| {
                for (to, message) in &messages {
                    vm.send(*to, message)?;
                }
                Ok(())
            })?;
        }
        self.shared.take_interrupt().map_or(Ok(()), Err)
    }
}
