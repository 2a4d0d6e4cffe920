//! Reading terms.

use crate::guard::{Failure, borrowed, c_text, caught, pointer, status, text, wanted};
use crate::status::atomvm_status::{self, *};
use crate::value::{atomvm_value, lend, look};
use alloc::ffi::CString;
use alloc::string::ToString;
use atomvm_core::value::Value;
use core::ffi::c_char;

/// The type of a term.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum atomvm_type {
    /// No term: the pointer was NULL.
    ATOMVM_TYPE_NONE = 0,
    /// An integer of any size.
    ATOMVM_TYPE_INTEGER = 1,
    /// A float.
    ATOMVM_TYPE_FLOAT = 2,
    /// An atom.
    ATOMVM_TYPE_ATOM = 3,
    /// A binary.
    ATOMVM_TYPE_BINARY = 4,
    /// A bit string that is not a whole number of bytes.
    ATOMVM_TYPE_BIT_STRING = 5,
    /// A list, also the empty one.
    ATOMVM_TYPE_LIST = 6,
    /// A list with another end than `[]`: see atomvm_tail.
    ATOMVM_TYPE_IMPROPER_LIST = 7,
    /// A tuple.
    ATOMVM_TYPE_TUPLE = 8,
    /// A map.
    ATOMVM_TYPE_MAP = 9,
    /// A process.
    ATOMVM_TYPE_PID = 10,
    /// A port.
    ATOMVM_TYPE_PORT = 11,
    /// A reference.
    ATOMVM_TYPE_REFERENCE = 12,
    /// A fun. It cannot be given back to a VM.
    ATOMVM_TYPE_FUN = 13,
}

use atomvm_type::*;

fn type_of(value: &Value) -> atomvm_type {
    use atomvm_core::value::ForeignKind;
    match value {
        Value::Integer(_) | Value::BigInteger(_) => ATOMVM_TYPE_INTEGER,
        Value::Float(_) => ATOMVM_TYPE_FLOAT,
        Value::Atom(_) => ATOMVM_TYPE_ATOM,
        Value::Binary(_) => ATOMVM_TYPE_BINARY,
        Value::BitString { .. } => ATOMVM_TYPE_BIT_STRING,
        Value::List(_) => ATOMVM_TYPE_LIST,
        Value::ImproperList(..) => ATOMVM_TYPE_IMPROPER_LIST,
        Value::Tuple(_) => ATOMVM_TYPE_TUPLE,
        Value::Map(_) => ATOMVM_TYPE_MAP,
        Value::Pid(_) => ATOMVM_TYPE_PID,
        Value::Port(_) => ATOMVM_TYPE_PORT,
        Value::Reference(_) => ATOMVM_TYPE_REFERENCE,
        Value::Foreign(foreign) => match foreign.kind {
            ForeignKind::Pid => ATOMVM_TYPE_PID,
            ForeignKind::Port => ATOMVM_TYPE_PORT,
            ForeignKind::Reference => ATOMVM_TYPE_REFERENCE,
        },
        Value::Fun(_) => ATOMVM_TYPE_FUN,
    }
}

fn wrong_type(expected: &str) -> Failure {
    Failure::new(ATOMVM_WRONG_TYPE, alloc::format!("not {expected}"))
}

fn out_of_range() -> Failure {
    Failure::new(ATOMVM_OUT_OF_RANGE, "the integer is too large")
}

/// The type of a term.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_type_of(value: *const atomvm_value) -> atomvm_type {
    // SAFETY: the contract of the library.
    caught(|| Ok(type_of(unsafe { look(value)? }))).unwrap_or(ATOMVM_TYPE_NONE)
}

/// The value of an integer. ATOMVM_OUT_OF_RANGE if it does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_get_int64(
    value: *const atomvm_value,
    result: *mut i64,
) -> atomvm_status {
    status(|| {
        let result = wanted("result", result)?;
        // SAFETY: the contract of the library.
        let number = match unsafe { look(value)? } {
            Value::Integer(number) => *number,
            Value::BigInteger(_) => return Err(out_of_range()),
            _ => return Err(wrong_type("an integer")),
        };
        // SAFETY: the contract of the library; it is not null.
        unsafe { result.write(number) };
        Ok(())
    })
}

/// The value of an integer. ATOMVM_OUT_OF_RANGE if it is negative or does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_get_uint64(
    value: *const atomvm_value,
    result: *mut u64,
) -> atomvm_status {
    status(|| {
        let result = wanted("result", result)?;
        // SAFETY: the contract of the library.
        let number = match unsafe { look(value)? } {
            Value::Integer(number) => u64::try_from(*number).map_err(|_| out_of_range())?,
            Value::BigInteger(number) => u64::try_from(number).map_err(|_| out_of_range())?,
            _ => return Err(wrong_type("an integer")),
        };
        // SAFETY: the contract of the library; it is not null.
        unsafe { result.write(number) };
        Ok(())
    })
}

/// The value of a float, or of an integer of at most 64 bits as a float.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_get_double(
    value: *const atomvm_value,
    result: *mut f64,
) -> atomvm_status {
    status(|| {
        let result = wanted("result", result)?;
        // SAFETY: the contract of the library.
        let number = match unsafe { look(value)? } {
            Value::Float(number) => *number,
            Value::Integer(number) => *number as f64,
            Value::BigInteger(_) => return Err(out_of_range()),
            _ => return Err(wrong_type("a number")),
        };
        // SAFETY: the contract of the library; it is not null.
        unsafe { result.write(number) };
        Ok(())
    })
}

/// The truth value of the atoms `true` and `false`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_get_bool(
    value: *const atomvm_value,
    result: *mut bool,
) -> atomvm_status {
    status(|| {
        let result = wanted("result", result)?;
        // SAFETY: the contract of the library.
        let truth = unsafe { look(value)? }.as_bool();
        let truth = truth.ok_or_else(|| wrong_type("a boolean"))?;
        // SAFETY: the contract of the library; it is not null.
        unsafe { result.write(truth) };
        Ok(())
    })
}

/// The bytes of a binary or bit string, or of the name of an atom in UTF-8. They are borrowed
/// and do not end with a zero byte. Of a bit string's last byte only the first bits count: see
/// atomvm_bits_in_last_byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_get_bytes(
    value: *const atomvm_value,
    bytes: *mut *const u8,
    size: *mut usize,
) -> atomvm_status {
    status(|| {
        let (to, size) = (wanted("bytes", bytes)?, wanted("size", size)?);
        // SAFETY: the contract of the library.
        let bytes = match unsafe { look(value)? } {
            Value::Binary(bytes) | Value::BitString { bytes, .. } => bytes.as_slice(),
            Value::Atom(name) => name.as_bytes(),
            _ => return Err(wrong_type("a binary")),
        };
        // SAFETY: the contract of the library; they are not null.
        unsafe {
            to.write(bytes.as_ptr());
            size.write(bytes.len());
        }
        Ok(())
    })
}

/// How many bits of the last byte of a bit string belong to it, counted from the most
/// significant one: 8 for a binary, 0 for other terms.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_bits_in_last_byte(value: *const atomvm_value) -> u32 {
    // SAFETY: the contract of the library.
    match unsafe { look(value) } {
        Ok(Value::Binary(_)) => 8,
        Ok(Value::BitString { bits, .. }) => u32::from(*bits),
        _ => 0,
    }
}

/// Is the term the atom with this name?
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_is_atom(value: *const atomvm_value, name: *const c_char) -> bool {
    caught(|| {
        // SAFETY: the contract of the library.
        let (value, name) = unsafe { (look(value)?, text("name", name)?) };
        Ok(value.as_atom() == Some(name))
    })
    .unwrap_or(false)
}

/// How many elements a list or tuple, pairs a map, or bytes a binary has; 0 for other terms.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_length(value: *const atomvm_value) -> usize {
    // SAFETY: the contract of the library.
    match unsafe { look(value) } {
        Ok(Value::List(all) | Value::Tuple(all) | Value::ImproperList(all, _)) => all.len(),
        Ok(Value::Map(pairs)) => pairs.len(),
        Ok(Value::Binary(bytes) | Value::BitString { bytes, .. }) => bytes.len(),
        _ => 0,
    }
}

/// The element of a list or tuple at `index`, counted from 0. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_element(
    value: *const atomvm_value,
    index: usize,
) -> *const atomvm_value {
    borrowed(|| {
        // SAFETY: the contract of the library.
        match unsafe { look(value)? } {
            Value::List(all) | Value::Tuple(all) | Value::ImproperList(all, _) => {
                let element = all.get(index);
                element
                    .map(lend)
                    .ok_or_else(|| Failure::new(ATOMVM_OUT_OF_RANGE, "there is no such element"))
            }
            _ => Err(wrong_type("a list or tuple")),
        }
    })
}

/// What an improper list ends with. Borrowed; NULL for all other terms.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_tail(value: *const atomvm_value) -> *const atomvm_value {
    // SAFETY: the contract of the library.
    borrowed(|| match unsafe { look(value)? } {
        Value::ImproperList(_, tail) => Ok(lend(tail)),
        _ => Err(wrong_type("an improper list")),
    })
}

/// The pair of a map at `index`, counted from 0, in no particular order.
///
/// # Safety
/// As for [`look`].
unsafe fn pair<'a>(
    value: *const atomvm_value,
    index: usize,
) -> Result<&'a (Value, Value), Failure> {
    // SAFETY: as the caller promises.
    let map = unsafe { look(value)? }.as_map();
    let pair = map.ok_or_else(|| wrong_type("a map"))?.get(index);
    pair.ok_or_else(|| Failure::new(ATOMVM_OUT_OF_RANGE, "there is no such pair"))
}

/// The key of a map's pair at `index`, counted from 0; the order means nothing. Borrowed; NULL
/// if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_map_key(
    value: *const atomvm_value,
    index: usize,
) -> *const atomvm_value {
    // SAFETY: the contract of the library.
    borrowed(|| Ok(lend(&unsafe { pair(value, index)? }.0)))
}

/// The value of a map's pair at `index`, counted from 0. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_map_value(
    value: *const atomvm_value,
    index: usize,
) -> *const atomvm_value {
    // SAFETY: the contract of the library.
    borrowed(|| Ok(lend(&unsafe { pair(value, index)? }.1)))
}

/// The value of a map's key. Borrowed; NULL if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_map_get(
    value: *const atomvm_value,
    key: *const atomvm_value,
) -> *const atomvm_value {
    borrowed(|| {
        // SAFETY: the contract of the library.
        let (map, key) = unsafe { (look(value)?, look(key)?) };
        map.as_map().ok_or_else(|| wrong_type("a map"))?;
        let found = map.get(key).map(lend);
        found.ok_or_else(|| Failure::new(ATOMVM_OUT_OF_RANGE, "there is no such key"))
    })
}

/// Are two terms equal, as `=:=` tells?
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_equal(a: *const atomvm_value, b: *const atomvm_value) -> bool {
    // SAFETY: the contract of the library.
    caught(|| Ok(unsafe { look(a)? == look(b)? })).unwrap_or(false)
}

/// The term as Erlang's `io:format("~0p")` prints it. The text is owned: free it with
/// atomvm_free_text. NULL if `value` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_to_text(value: *const atomvm_value) -> *mut c_char {
    // SAFETY: the contract of the library.
    pointer(|| Ok(c_text(unsafe { look(value)? }.to_string()).into_raw()))
}

/// The text that an atom, a binary in UTF-8 or a list of characters holds. It is owned: free it
/// with atomvm_free_text. NULL for other terms, and for a text with a zero character in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_get_text(value: *const atomvm_value) -> *mut c_char {
    pointer(|| {
        // SAFETY: the contract of the library.
        let value = unsafe { look(value)? };
        let text = match value.as_atom() {
            Some(name) => Some(name.into()),
            None => value.to_text(),
        };
        let text = text.ok_or_else(|| wrong_type("a text"))?;
        let text = CString::new(text);
        let text = text.map_err(|_| Failure::new(ATOMVM_OUT_OF_RANGE, "a zero in the text"))?;
        Ok(text.into_raw())
    })
}

/// Frees a text that the caller owns. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_free_text(text: *mut c_char) {
    if !text.is_null() {
        // SAFETY: the contract of the library: it comes from `CString::into_raw`.
        drop(unsafe { CString::from_raw(text) });
    }
}
