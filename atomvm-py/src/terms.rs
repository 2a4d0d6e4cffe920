//! Terms that Python has no type for.

use atomvm_core::value::Value;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// The characters of an atom's name, at most.
const MAX_ATOM_CHARS: usize = 255;

/// An atom.
#[pyclass(frozen, eq, hash, module = "atomvm")]
#[derive(PartialEq, Eq, Hash)]
pub struct Atom {
    pub name: Arc<str>,
}

#[pymethods]
impl Atom {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str,) = ("name",);

    #[new]
    fn new(name: String) -> PyResult<Atom> {
        if name.chars().count() > MAX_ATOM_CHARS {
            return Err(PyValueError::new_err(format!(
                "an atom has at most {MAX_ATOM_CHARS} characters"
            )));
        }
        Ok(Atom { name: name.into() })
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    fn __str__(&self) -> &str {
        &self.name
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let name = pyo3::types::PyString::new(py, &self.name).repr()?;
        Ok(format!("Atom({name})"))
    }

    fn __getnewargs__(&self) -> (&str,) {
        (&self.name,)
    }
}

/// A bit string that is not a whole number of bytes.
#[pyclass(frozen, eq, hash, module = "atomvm")]
#[derive(PartialEq, Eq, Hash)]
pub struct BitString {
    /// The bits after the last are zero.
    pub bytes: Vec<u8>,
    pub size: usize,
}

impl BitString {
    /// The first `size` of the bits in `bytes`, which has exactly the bytes that they need.
    pub fn of(mut bytes: Vec<u8>, size: usize) -> BitString {
        if let (Some(last), used @ 1..) = (bytes.last_mut(), size % 8) {
            *last &= 0xff << (8 - used);
        }
        BitString { bytes, size }
    }
}

#[pymethods]
impl BitString {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str, &'static str) = ("data", "size");

    #[new]
    fn new(data: &[u8], size: usize) -> PyResult<BitString> {
        let Some(bytes) = data.get(..size.div_ceil(8)) else {
            return Err(PyValueError::new_err(format!(
                "{size} bits do not fit into {} bytes",
                data.len()
            )));
        };
        Ok(BitString::of(bytes.to_vec(), size))
    }

    /// The bits, the first of a byte being the most significant one; the last byte is filled up
    /// with zeros.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    /// How many bits there are.
    #[getter]
    fn size(&self) -> usize {
        self.size
    }

    fn __len__(&self) -> usize {
        self.size
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "BitString({}, {})",
            self.data(py).repr()?,
            self.size
        ))
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyBytes>, usize) {
        (self.data(py), self.size)
    }
}

/// A list that ends in something else than the empty list.
#[pyclass(frozen, module = "atomvm")]
pub struct ImproperList {
    #[pyo3(get)]
    pub elements: Py<PyAny>,
    #[pyo3(get)]
    pub tail: Py<PyAny>,
}

#[pymethods]
impl ImproperList {
    #[classattr]
    #[pyo3(name = "__match_args__")]
    const MATCH_ARGS: (&'static str, &'static str) = ("elements", "tail");

    #[new]
    fn new(elements: &Bound<'_, PyAny>, tail: Py<PyAny>) -> PyResult<ImproperList> {
        let elements: Vec<Bound<'_, PyAny>> = elements.try_iter()?.collect::<PyResult<_>>()?;
        Python::attach(|py| {
            let elements = pyo3::types::PyTuple::new(py, elements)?.into_any().unbind();
            Ok(ImproperList { elements, tail })
        })
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = other.py();
        let Ok(other) = other.cast::<ImproperList>() else {
            return Ok(false);
        };
        let other = other.get();
        Ok(self.elements.bind(py).eq(&other.elements)? && self.tail.bind(py).eq(&other.tail)?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        let elements = self.elements.bind(py).hash()?;
        Ok(elements.wrapping_mul(31) ^ self.tail.bind(py).hash()?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (elements, tail) = (self.elements.bind(py).repr()?, self.tail.bind(py).repr()?);
        Ok(format!("ImproperList({elements}, {tail})"))
    }

    fn __getnewargs__(&self, py: Python<'_>) -> (Py<PyAny>, Py<PyAny>) {
        (self.elements.clone_ref(py), self.tail.clone_ref(py))
    }
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[pyclass(frozen, module = "atomvm")]
        pub struct $name {
            pub value: Value,
            /// The VM that it belongs to; none for what belongs to another node.
            pub vm: Option<u64>,
        }

        #[pymethods]
        impl $name {
            fn __repr__(&self) -> String {
                self.value.to_string()
            }

            fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
                other.cast::<$name>().is_ok_and(|other| {
                    let other = other.get();
                    self.vm == other.vm && self.value == other.value
                })
            }

            fn __hash__(&self) -> u64 {
                let mut hasher = DefaultHasher::new();
                (self.vm, self.value.to_string()).hash(&mut hasher);
                hasher.finish()
            }
        }
    )*};
}

identifiers! {
    /// A process. It means nothing to any other VM.
    Pid;
    /// A port. It means nothing to any other VM.
    Port;
    /// A reference. It means nothing to any other VM.
    Reference;
}

/// A fun. It cannot be given back to a VM.
#[pyclass(frozen, module = "atomvm")]
pub struct Fun {
    pub text: String,
}

#[pymethods]
impl Fun {
    fn __repr__(&self) -> &str {
        &self.text
    }
}
