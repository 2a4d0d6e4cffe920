//! Where a program's output goes.

use parking_lot::Mutex;
use pyo3::PyTraverseError;
use pyo3::exceptions::PyTypeError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Who gets output.
pub enum Target {
    /// It is kept.
    Capture,
    /// A function that gets it as `str`.
    Text(Py<PyAny>),
    /// A function that gets it as `bytes`.
    Bytes(Py<PyAny>),
}

impl Target {
    /// The target that `object` asks for: `None`, a function, or a file.
    ///
    /// # Errors
    /// It is none of these.
    pub fn of(name: &str, object: Option<&Bound<'_, PyAny>>) -> PyResult<Target> {
        let Some(object) = object else {
            return Ok(Target::Capture);
        };
        if let Ok(write) = object.getattr("write") {
            return Ok(match is_binary(object)? {
                true => Target::Bytes(write.unbind()),
                false => Target::Text(write.unbind()),
            });
        }
        if object.is_callable() {
            return Ok(Target::Text(object.clone().unbind()));
        }
        let given = object.get_type().fully_qualified_name()?;
        Err(PyTypeError::new_err(format!(
            "{name} must be a function, a file or None, not {given}"
        )))
    }
}

/// Is it a file of bytes?
fn is_binary(file: &Bound<'_, PyAny>) -> PyResult<bool> {
    let io = file.py().import("io")?;
    Ok(file.is_instance(&io.getattr("RawIOBase")?)?
        || file.is_instance(&io.getattr("BufferedIOBase")?)?)
}

/// One of a program's two outputs.
pub struct Output {
    target: Mutex<Target>,
    /// What is kept; for a target of text, the begin of a character whose end has not come.
    bytes: Mutex<Vec<u8>>,
}

impl Output {
    pub fn new(target: Target) -> Output {
        Output {
            target: Mutex::new(target),
            bytes: Mutex::default(),
        }
    }

    /// Writes; called without Python's lock.
    ///
    /// # Errors
    /// The function of Python has failed.
    pub fn write(&self, bytes: &[u8]) -> PyResult<()> {
        if matches!(*self.target.lock(), Target::Capture) {
            self.bytes.lock().extend_from_slice(bytes);
            return Ok(());
        }
        Python::attach(|py| {
            let (write, is_text) = match &*self.target.lock() {
                Target::Capture => return Ok(()),
                Target::Text(write) => (write.clone_ref(py), true),
                Target::Bytes(write) => (write.clone_ref(py), false),
            };
            if is_text {
                let text = self.text_of(bytes);
                if !text.is_empty() {
                    write.call1(py, (text,))?;
                }
            } else {
                write.call1(py, (PyBytes::new(py, bytes),))?;
            }
            Ok(())
        })
    }

    /// The whole characters so far.
    fn text_of(&self, bytes: &[u8]) -> String {
        let mut kept = self.bytes.lock();
        kept.extend_from_slice(bytes);
        let whole = kept.len() - unfinished(&kept);
        let rest = kept.split_off(whole);
        let text = String::from_utf8_lossy(&kept).into_owned();
        *kept = rest;
        text
    }

    /// What was kept, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock()).into_owned()
    }

    /// Forgets what was kept.
    pub fn forget(&self) {
        self.bytes.lock().clear();
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.target.try_lock().as_deref() {
            Some(Target::Text(write) | Target::Bytes(write)) => visit.call(write),
            _ => Ok(()),
        }
    }

    pub fn clear(&self) {
        let target = std::mem::replace(&mut *self.target.lock(), Target::Capture);
        drop(target);
    }
}

/// How many bytes at the end begin a character that is not complete.
fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let needed = match bytes[bytes.len() - back] {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        return if back < needed { back } else { 0 };
    }
    0
}
