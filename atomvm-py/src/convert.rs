//! Between terms and the objects of Python.
//!
//! Both directions go down at most [`MAX_DEPTH`] calls.

use crate::classes;
use crate::errors;
use crate::terms::{Atom, BitString, Fun, ImproperList, Pid, Port, Reference};
use atomvm_core::value::{ForeignKind, MAX_DEPTH, Value, ValueError};
use num_bigint::BigInt;
use pyo3::PyClass;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMemoryView, PyString, PyTuple,
};

/// The object that a term of the VM `vm` becomes.
pub fn to_python<'py>(py: Python<'py>, value: Value, vm: u64) -> PyResult<Bound<'py, PyAny>> {
    let own = Some(vm);
    Ok(match value {
        Value::Integer(value) => value.into_pyobject(py)?.into_any(),
        Value::BigInteger(value) => value.into_pyobject(py)?.into_any(),
        Value::Float(value) => PyFloat::new(py, value).into_any(),
        Value::Atom(name) => match &*name {
            "true" => PyBool::new(py, true).to_owned().into_any(),
            "false" => PyBool::new(py, false).to_owned().into_any(),
            "undefined" => py.None().into_bound(py),
            _ => Bound::new(py, Atom { name: name.into() })?.into_any(),
        },
        Value::Binary(bytes) => PyBytes::new(py, &bytes).into_any(),
        Value::BitString { bytes, bits } => {
            let size = bytes.len().saturating_sub(1) * 8 + usize::from(bits);
            Bound::new(py, BitString::of(bytes, size))?.into_any()
        }
        Value::List(values) => PyList::new(py, all(py, values, vm)?)?.into_any(),
        Value::ImproperList(values, tail) => {
            let elements = PyTuple::new(py, all(py, values, vm)?)?.into_any().unbind();
            let tail = to_python(py, *tail, vm)?.unbind();
            Bound::new(py, ImproperList { elements, tail })?.into_any()
        }
        Value::Tuple(values) => PyTuple::new(py, all(py, values, vm)?)?.into_any(),
        Value::Map(pairs) => map(py, pairs, vm)?,
        Value::Pid(_) => Bound::new(py, Pid { value, vm: own })?.into_any(),
        Value::Port(_) => Bound::new(py, Port { value, vm: own })?.into_any(),
        Value::Reference(_) => Bound::new(py, Reference { value, vm: own })?.into_any(),
        Value::Foreign(ref foreign) => match foreign.kind {
            ForeignKind::Pid => Bound::new(py, Pid { value, vm: None })?.into_any(),
            ForeignKind::Port => Bound::new(py, Port { value, vm: None })?.into_any(),
            ForeignKind::Reference => Bound::new(py, Reference { value, vm: None })?.into_any(),
        },
        Value::Fun(text) => Bound::new(py, Fun { text })?.into_any(),
    })
}

fn all<'py>(py: Python<'py>, values: Vec<Value>, vm: u64) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let values = values.into_iter();
    values.map(|value| to_python(py, value, vm)).collect()
}

/// A `dict`, unless Python's rules for keys stand against it.
fn map<'py>(py: Python<'py>, pairs: Vec<(Value, Value)>, vm: u64) -> PyResult<Bound<'py, PyAny>> {
    let mut objects = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        objects.push((to_python(py, key, vm)?, to_python(py, value, vm)?));
    }
    let dict = PyDict::new(py);
    for (key, value) in &objects {
        match dict.set_item(key, value) {
            // A list or map is no key in Python.
            Err(error) if error.is_instance_of::<PyTypeError>(py) => break,
            other => other?,
        }
    }
    // Python takes 1, 1.0 and True for the same key.
    if dict.len() == objects.len() {
        return Ok(dict.into_any());
    }
    classes::MAP.get(py)?.call1((objects,))
}

/// The term that an object becomes in the VM `vm`.
pub fn from_python(object: &Bound<'_, PyAny>, vm: u64) -> PyResult<Value> {
    Reader { vm }.value(object, MAX_DEPTH)
}

/// As [`from_python`], for each of several objects.
pub fn all_from_python(objects: &Bound<'_, PyTuple>, vm: u64) -> PyResult<Vec<Value>> {
    objects
        .iter()
        .map(|object| from_python(&object, vm))
        .collect()
}

struct Reader {
    vm: u64,
}

impl Reader {
    fn value(&self, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
        let py = object.py();
        let Some(depth) = depth.checked_sub(1) else {
            return Err(errors::value_error(py, &ValueError::TooDeep));
        };
        if let Some(value) = scalar(object)? {
            return Ok(value);
        }
        if let Ok(list) = object.cast::<PyList>() {
            Ok(Value::List(self.values(list.iter(), depth)?))
        } else if let Ok(tuple) = object.cast::<PyTuple>() {
            Ok(Value::Tuple(self.values(tuple.iter(), depth)?))
        } else if let Ok(dict) = object.cast::<PyDict>() {
            // A copy: the conversion of a key may run code that changes the dictionary.
            let pairs = dict.items();
            self.pairs(pairs.iter(), depth)
        } else if let Ok(list) = object.cast::<ImproperList>() {
            self.improper(list.get(), py, depth)
        } else if let Some(value) = self.identifier(object)? {
            Ok(value)
        } else if object.is_instance(classes::MAP.get(py)?)? {
            let pairs = object.call_method0("items")?.cast_into::<PyList>()?;
            self.pairs(pairs.iter(), depth)
        } else if object.is_instance_of::<Fun>() {
            Err(errors::value_error(py, &ValueError::Fun))
        } else {
            let name = object.get_type().fully_qualified_name()?;
            Err(PyTypeError::new_err(format!(
                "an object of type {name} cannot be a term"
            )))
        }
    }

    fn values<'py>(
        &self,
        objects: impl Iterator<Item = Bound<'py, PyAny>>,
        depth: usize,
    ) -> PyResult<Vec<Value>> {
        objects.map(|object| self.value(&object, depth)).collect()
    }

    fn pairs<'py>(
        &self,
        pairs: impl Iterator<Item = Bound<'py, PyAny>>,
        depth: usize,
    ) -> PyResult<Value> {
        let pairs = pairs.map(|pair| {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
            Ok((self.value(&key, depth)?, self.value(&value, depth)?))
        });
        Ok(Value::Map(pairs.collect::<PyResult<_>>()?))
    }

    fn improper(&self, list: &ImproperList, py: Python<'_>, depth: usize) -> PyResult<Value> {
        let elements = list.elements.bind(py).cast::<PyTuple>()?;
        let mut elements = self.values(elements.iter(), depth)?;
        Ok(match self.value(list.tail.bind(py), depth)? {
            tail if elements.is_empty() => tail,
            Value::List(rest) => {
                elements.extend(rest);
                Value::List(elements)
            }
            Value::ImproperList(rest, tail) => {
                elements.extend(rest);
                Value::ImproperList(elements, tail)
            }
            tail => Value::ImproperList(elements, Box::new(tail)),
        })
    }

    fn identifier(&self, object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
        let (value, vm, what) = if let Some(pid) = frozen::<Pid>(object) {
            (&pid.value, pid.vm, "process")
        } else if let Some(port) = frozen::<Port>(object) {
            (&port.value, port.vm, "port")
        } else if let Some(reference) = frozen::<Reference>(object) {
            (&reference.value, reference.vm, "reference")
        } else {
            return Ok(None);
        };
        if vm.is_some_and(|vm| vm != self.vm) {
            return Err(PyValueError::new_err(format!(
                "{value} is a {what} of another VM"
            )));
        }
        Ok(Some(value.clone()))
    }
}

/// The contents of an object of a class whose objects never change.
fn frozen<'a, T: PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync>(
    object: &'a Bound<'_, PyAny>,
) -> Option<&'a T> {
    object.cast::<T>().ok().map(Bound::get)
}

/// The term of an object that contains no others.
fn scalar(object: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    Ok(Some(if object.is_none() {
        Value::atom("undefined")
    } else if let Ok(value) = object.cast::<PyBool>() {
        Value::from(value.is_true())
    } else if object.is_instance_of::<PyInt>() {
        match object.extract::<i64>() {
            Ok(value) => Value::Integer(value),
            Err(_) => Value::from(object.extract::<BigInt>()?),
        }
    } else if let Ok(value) = object.cast::<PyFloat>() {
        Value::Float(value.value())
    } else if let Ok(text) = object.cast::<PyString>() {
        Value::from(&*text.to_cow()?)
    } else if let Ok(bytes) = object.cast::<PyBytes>() {
        Value::from(bytes.as_bytes())
    } else if let Ok(bytes) = object.cast::<PyByteArray>() {
        Value::Binary(bytes.to_vec())
    } else if object.is_instance_of::<PyMemoryView>() {
        Value::Binary(object.call_method0("tobytes")?.extract()?)
    } else if let Some(atom) = frozen::<Atom>(object) {
        Value::Atom((*atom.name).into())
    } else if let Some(bits) = frozen::<BitString>(object) {
        match (bits.size % 8) as u8 {
            0 => Value::Binary(bits.bytes.clone()),
            rest => Value::BitString {
                bytes: bits.bytes.clone(),
                bits: rest,
            },
        }
    } else {
        return Ok(None);
    }))
}
