//! The virtual machine as a Python module: `atomvm._native`, which the Python code in
//! `python/atomvm` presents as `atomvm`.

mod classes;
mod convert;
mod drive;
mod errors;
mod native;
mod output;
mod shared;
mod terms;
mod vm;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<vm::PyVm>()?;
    module.add_class::<terms::Atom>()?;
    module.add_class::<terms::BitString>()?;
    module.add_class::<terms::ImproperList>()?;
    module.add_class::<terms::Pid>()?;
    module.add_class::<terms::Port>()?;
    module.add_class::<terms::Reference>()?;
    module.add_class::<terms::Fun>()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
