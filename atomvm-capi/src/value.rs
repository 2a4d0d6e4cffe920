//! Making terms.

use crate::guard::{Failure, array, pointer, room, text};
use crate::status::atomvm_status::*;
use alloc::boxed::Box;
use alloc::vec::Vec;
use atomvm_core::value::{MAX_DEPTH, Value};
use core::ffi::c_char;

/// A term. It belongs to no VM and may be used on any thread, by one thread at a time.
///
/// An `atomvm_value *` is owned: whoever has it frees it with atomvm_free, or gives it to a
/// function that takes an `atomvm_value *`, also when that function fails. A
/// `const atomvm_value *` is borrowed: a part of another term, which must not be freed and lives
/// as long as the whole.
///
/// What makes terms returns NULL when it fails (atomvm_last_error(NULL) says why), and takes NULL
/// for a part that could not be made; so a nested term needs one check only.
pub struct atomvm_value(());

/// A term that C owns from now on.
pub(crate) fn give(value: Value) -> *mut atomvm_value {
    Box::into_raw(Box::new(value)).cast()
}

/// A term that C may look at.
pub(crate) fn lend(value: &Value) -> *const atomvm_value {
    core::ptr::from_ref(value).cast()
}

/// A term that C gives away.
///
/// # Safety
/// It is null, or comes from [`give`] and has not been taken since.
pub(crate) unsafe fn take(value: *mut atomvm_value) -> Option<Value> {
    if value.is_null() {
        return None;
    }
    // SAFETY: as the caller promises.
    Some(*unsafe { Box::from_raw(value.cast::<Value>()) })
}

/// A term that C shows.
///
/// # Safety
/// It is null, or comes from [`give`] or [`lend`] and is still there.
pub(crate) unsafe fn look<'a>(value: *const atomvm_value) -> Result<&'a Value, Failure> {
    // SAFETY: as the caller promises.
    unsafe { value.cast::<Value>().as_ref() }
        .ok_or_else(|| Failure::bad_argument("the value is NULL"))
}

/// The terms of an array, all of them taken, also when one is null.
///
/// # Safety
/// `values` is null or points to `count` terms that [`take`] may take.
pub(crate) unsafe fn take_all(
    values: *const *mut atomvm_value,
    count: usize,
) -> Result<Vec<Value>, Failure> {
    // SAFETY: as the caller promises.
    let values = unsafe { array("the array of values", values, count)? };
    let mut taken = room(count)?;
    let mut missing = None;
    for (index, value) in values.iter().enumerate() {
        // SAFETY: as the caller promises.
        match unsafe { take(*value) } {
            Some(value) => taken.push(value),
            None => missing = missing.or(Some(index)),
        }
    }
    match missing {
        None => Ok(taken),
        Some(index) => Err(Failure::bad_argument(alloc::format!(
            "value {index} of the array is NULL"
        ))),
    }
}

/// Does the value nest at most `depth` deep?
fn is_within(value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let all = |values: &[Value]| values.iter().all(|value| is_within(value, depth));
    match value {
        Value::List(values) | Value::Tuple(values) => all(values),
        Value::ImproperList(values, tail) => all(values) && is_within(tail, depth),
        Value::Map(pairs) => pairs
            .iter()
            .all(|(key, value)| is_within(key, depth) && is_within(value, depth)),
        _ => true,
    }
}

/// A term made of others; deeper ones than those of a VM are refused, so that no later work on
/// it needs too much of the stack.
fn give_nested(value: Value) -> Result<*mut atomvm_value, Failure> {
    if is_within(&value, MAX_DEPTH) {
        Ok(give(value))
    } else {
        Err(Failure::new(ATOMVM_BAD_VALUE, "nested too deep"))
    }
}

/// An integer.
#[unsafe(no_mangle)]
pub extern "C" fn atomvm_int64(value: i64) -> *mut atomvm_value {
    pointer(|| Ok(give(Value::from(value))))
}

/// An integer.
#[unsafe(no_mangle)]
pub extern "C" fn atomvm_uint64(value: u64) -> *mut atomvm_value {
    pointer(|| Ok(give(Value::from(value))))
}

/// A float. NULL for infinities and what is no number.
#[unsafe(no_mangle)]
pub extern "C" fn atomvm_double(value: f64) -> *mut atomvm_value {
    pointer(|| match value.is_finite() {
        true => Ok(give(Value::Float(value))),
        false => Err(Failure::bad_argument("not a finite float")),
    })
}

/// An atom. NULL unless `name` is UTF-8 of at most 255 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_atom(name: *const c_char) -> *mut atomvm_value {
    pointer(|| {
        // SAFETY: the contract of the library.
        let name = unsafe { text("the atom's name", name)? };
        if name.chars().count() > 255 {
            return Err(Failure::bad_argument(
                "the atom's name is longer than 255 characters",
            ));
        }
        Ok(give(Value::atom(name)))
    })
}

/// The atom `true` or `false`.
#[unsafe(no_mangle)]
pub extern "C" fn atomvm_bool(value: bool) -> *mut atomvm_value {
    pointer(|| Ok(give(Value::from(value))))
}

/// A binary, a copy of `size` bytes. `bytes` may be NULL when `size` is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_binary(bytes: *const u8, size: usize) -> *mut atomvm_value {
    pointer(|| {
        // SAFETY: the contract of the library.
        let bytes = unsafe { array("bytes", bytes, size)? };
        let mut copy = room(size)?;
        copy.extend_from_slice(bytes);
        Ok(give(Value::Binary(copy)))
    })
}

/// A binary with a text, which must be UTF-8: what Elixir calls a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_text(utf8: *const c_char) -> *mut atomvm_value {
    pointer(|| {
        // SAFETY: the contract of the library.
        let text = unsafe { text("the text", utf8)? };
        Ok(give(Value::from(text)))
    })
}

/// A list of the characters of a text, which must be UTF-8: what Erlang calls a string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_string(utf8: *const c_char) -> *mut atomvm_value {
    pointer(|| {
        // SAFETY: the contract of the library.
        let text = unsafe { text("the text", utf8)? };
        Ok(give(Value::string(text)))
    })
}

/// A list. The elements are given away; a term may stand in the array only once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_list(
    elements: *const *mut atomvm_value,
    count: usize,
) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    pointer(|| give_nested(Value::List(unsafe { take_all(elements, count)? })))
}

/// A tuple. The elements are given away; a term may stand in the array only once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_tuple(
    elements: *const *mut atomvm_value,
    count: usize,
) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    pointer(|| give_nested(Value::Tuple(unsafe { take_all(elements, count)? })))
}

/// A map of `count` pairs. The array holds key, value, key, value, ..., which are given away; of
/// equal keys the last one counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_map(
    keys_and_values: *const *mut atomvm_value,
    count: usize,
) -> *mut atomvm_value {
    pointer(|| {
        let all = count
            .checked_mul(2)
            .ok_or_else(|| Failure::bad_argument("impossible number of pairs"))?;
        // SAFETY: the contract of the library.
        let mut all = unsafe { take_all(keys_and_values, all)? }.into_iter();
        let mut pairs: Vec<(Value, Value)> = room(count)?;
        while let (Some(key), Some(value)) = (all.next(), all.next()) {
            match pairs.iter_mut().find(|(known, _)| *known == key) {
                Some(known) => known.1 = value,
                None => pairs.push((key, value)),
            }
        }
        give_nested(Value::Map(pairs))
    })
}

/// A copy, owned by the caller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_copy(value: *const atomvm_value) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    pointer(|| Ok(give(unsafe { look(value)? }.clone())))
}

/// Frees an owned term. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_free(value: *mut atomvm_value) {
    crate::guard::status(|| {
        // SAFETY: the contract of the library.
        drop(unsafe { take(value) });
        Ok(())
    });
}
