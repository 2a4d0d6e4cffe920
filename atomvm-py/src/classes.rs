//! The classes that are written in Python.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// A class of the package, found when it is first used.
pub struct Class {
    module: &'static str,
    name: &'static str,
    class: PyOnceLock<Py<PyType>>,
}

impl Class {
    const fn new(module: &'static str, name: &'static str) -> Class {
        Class {
            module,
            name,
            class: PyOnceLock::new(),
        }
    }

    /// The class.
    ///
    /// # Errors
    /// The package is incomplete.
    pub fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyType>> {
        self.class.import(py, self.module, self.name)
    }
}

const ERRORS: &str = "atomvm._errors";
const TYPES: &str = "atomvm._types";

pub static ERROR: Class = Class::new(ERRORS, "Error");
pub static ERLANG_ERROR: Class = Class::new(ERRORS, "ErlangError");
pub static LOAD_ERROR: Class = Class::new(ERRORS, "LoadError");
pub static LIMIT_ERROR: Class = Class::new(ERRORS, "LimitError");
pub static HALT_ERROR: Class = Class::new(ERRORS, "HaltError");
pub static NO_ENTRY_POINT: Class = Class::new(ERRORS, "NoEntryPoint");
pub static CONVERSION_ERROR: Class = Class::new(ERRORS, "ConversionError");
pub static FRAME: Class = Class::new(ERRORS, "Frame");
pub static MAP: Class = Class::new(TYPES, "Map");
pub static STEP: Class = Class::new(TYPES, "Step");
pub static MEMORY: Class = Class::new(TYPES, "Memory");
