//! What goes wrong, as exceptions of Python.

use crate::classes::{self, Class};
use crate::convert::to_python;
use atomvm_core::code::{LoadError, LoadReason};
use atomvm_core::term::atom::AtomError;
use atomvm_core::value::ValueError;
use atomvm_core::vm::{self, ErlangError, Limit};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use std::path::Path;

/// An exception of one of the package's classes.
fn exception<'py, A>(py: Python<'py>, class: &Class, arguments: A) -> PyErr
where
    A: pyo3::call::PyCallArgs<'py>,
{
    match class.get(py).and_then(|class| class.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}

/// The exception for an error of the VM `vm`.
pub fn vm_error(py: Python<'_>, error: vm::Error, vm: u64) -> PyErr {
    let message = error.to_string();
    match error {
        vm::Error::Load(error) => load_error(py, message, error),
        vm::Error::NoEntryPoint => exception(py, &classes::NO_ENTRY_POINT, (message,)),
        vm::Error::Exception(error) => match erlang_error(py, *error, vm) {
            Ok(error) | Err(error) => error,
        },
        vm::Error::Limit(limit) => {
            exception(py, &classes::LIMIT_ERROR, (message, limit.to_string()))
        }
        vm::Error::Halted(status) => exception(py, &classes::HALT_ERROR, (message, status)),
        // The status of `erl` after a crash.
        vm::Error::Crashed(_) => exception(py, &classes::HALT_ERROR, (message, 1)),
        vm::Error::Stalled => exception(py, &classes::ERROR, (message,)),
        vm::Error::BadValue(error) => value_error(py, &error),
    }
}

fn load_error(py: Python<'_>, message: String, error: LoadError) -> PyErr {
    let limit = match error.reason {
        LoadReason::OutOfMemory | LoadReason::Atom(AtomError::NoMemory) => Limit::Memory,
        LoadReason::Atom(AtomError::TableFull(_)) => Limit::Atoms,
        reason => {
            let arguments = (message, error.file, reason.to_string());
            return exception(py, &classes::LOAD_ERROR, arguments);
        }
    };
    exception(py, &classes::LIMIT_ERROR, (message, limit.to_string()))
}

fn erlang_error(py: Python<'_>, error: ErlangError, vm: u64) -> PyResult<PyErr> {
    let class = classes::FRAME.get(py)?;
    let stack = PyList::empty(py);
    for frame in error.stacktrace {
        let place = (
            frame.module,
            frame.function,
            frame.arity,
            frame.file,
            frame.line,
        );
        stack.append(class.call1(place)?)?;
    }
    let reason = to_python(py, error.reason, vm)?;
    let report = error.report.trim_end();
    let arguments = (error.class.to_string(), reason, stack, report);
    Ok(exception(py, &classes::ERLANG_ERROR, arguments))
}

/// The exception for an object that cannot be a term, or a term that cannot be an object.
pub fn value_error(py: Python<'_>, error: &ValueError) -> PyErr {
    match error {
        ValueError::OutOfMemory => vm_error(py, vm::Error::Limit(Limit::Memory), 0),
        other => exception(py, &classes::CONVERSION_ERROR, (other.to_string(),)),
    }
}

/// The exception for a file that cannot be read. It names the file, as those of `open` do.
pub fn file_error(error: &std::io::Error, path: &Path) -> PyErr {
    let Some(number) = error.raw_os_error() else {
        return PyOSError::new_err(format!("{}: {error}", path.display()));
    };
    let text = error.to_string();
    let text = text
        .split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned();
    PyOSError::new_err((number, text, path.to_path_buf()))
}
