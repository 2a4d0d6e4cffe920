//! Functions of Python that a program calls.

use crate::classes;
use crate::convert::{from_python, to_python};
use crate::shared::Shared;
use atomvm_core::value::Value;
use atomvm_core::vm::{Class, NativeCall, NativeError};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// Calls the function with this number.
///
/// # Errors
/// What it raised, as an exception of Erlang.
pub fn call(
    shared: &Shared,
    number: usize,
    call: &mut NativeCall<'_>,
) -> Result<Value, NativeError> {
    let args: Vec<Value> = (0..call.args().len())
        .filter_map(|index| call.take(index))
        .collect();
    Python::attach(|py| {
        let Some(function) = shared.function(py, number) else {
            return Err(NativeError::error(Value::atom("undef")));
        };
        apply(py, &function, args, shared.id).map_err(|error| raise(py, shared, error))
    })
}

fn apply(py: Python<'_>, function: &Py<PyAny>, args: Vec<Value>, vm: u64) -> PyResult<Value> {
    let args: PyResult<Vec<_>> = args.into_iter().map(|a| to_python(py, a, vm)).collect();
    let result = function.bind(py).call1(PyTuple::new(py, args?)?)?;
    from_python(&result, vm)
}

/// The exception of Erlang that an exception of Python becomes: itself if it is an
/// `ErlangError`, else `error:{python_error, Class, Message}`.
fn raise(py: Python<'_>, shared: &Shared, error: PyErr) -> NativeError {
    if !error.is_instance_of::<PyException>(py) {
        // KeyboardInterrupt, SystemExit: not for the program to handle.
        shared.interrupt(error);
        return NativeError {
            class: Class::Exit,
            reason: Value::atom("kill"),
        };
    }
    if let Some(raised) = as_erlang(py, shared, &error) {
        shared.remember(raised.reason.clone(), error);
        return raised;
    }
    let value = error.value(py);
    let class = value.get_type().name().map(|name| name.to_string());
    let message = value.str().map(|text| text.to_string_lossy().into_owned());
    let reason = Value::from((
        Value::atom("python_error"),
        class.unwrap_or_default(),
        message.unwrap_or_default(),
    ));
    shared.remember(reason.clone(), error);
    NativeError::error(reason)
}

fn as_erlang(py: Python<'_>, shared: &Shared, error: &PyErr) -> Option<NativeError> {
    if !error.is_instance(py, classes::ERLANG_ERROR.get(py).ok()?) {
        return None;
    }
    let value = error.value(py);
    let class: String = value.getattr("erl_class").ok()?.extract().ok()?;
    let class = match class.as_str() {
        "error" => Class::Error,
        "exit" => Class::Exit,
        "throw" => Class::Throw,
        _ => return None,
    };
    let reason = from_python(&value.getattr("reason").ok()?, shared.id).ok()?;
    Some(NativeError { class, reason })
}
