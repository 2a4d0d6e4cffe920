//! The boundary: what fails becomes a status and a message, and nothing unwinds into C.

use crate::status::atomvm_status::{self, *};
use alloc::boxed::Box;
use alloc::ffi::CString;
use alloc::string::String;
use alloc::vec::Vec;
use atomvm_core::vm::ErlangError;
use core::ffi::{CStr, c_char};

/// Why a function failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub status: atomvm_status,
    pub message: CString,
    pub exception: Option<Box<ErlangError>>,
    pub exit_status: i32,
}

impl Failure {
    pub fn new(status: atomvm_status, message: impl Into<String>) -> Failure {
        Failure {
            status,
            message: c_text(message.into()),
            exception: None,
            exit_status: 0,
        }
    }

    pub fn bad_argument(message: impl Into<String>) -> Failure {
        Failure::new(ATOMVM_BAD_ARGUMENT, message)
    }

    pub fn no_memory() -> Failure {
        Failure::new(ATOMVM_NO_MEMORY, "out of memory")
    }
}

/// A text for C. A zero byte in it would cut it short, so another character stands for it.
pub(crate) fn c_text(text: String) -> CString {
    let bytes = if text.contains('\0') {
        text.replace('\0', "\u{fffd}").into_bytes()
    } else {
        text.into_bytes()
    };
    CString::new(bytes).unwrap_or_default()
}

/// Runs `body`; a panic in it is a failure.
#[cfg(feature = "std")]
pub(crate) fn caught<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What a panic may leave half done is a VM, which `vm::enter` then refuses to use again.
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(panic) => {
            let text = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).into())
                .or_else(|| panic.downcast_ref::<String>().cloned());
            let text = text.unwrap_or_else(|| "a panic".into());
            // Dropping what was thrown may throw again.
            core::mem::forget(panic);
            Err(Failure::new(
                ATOMVM_INTERNAL_ERROR,
                alloc::format!("a mistake in the VM: {text}"),
            ))
        }
    }
}

/// Runs `body`; a panic in it ends the program.
#[cfg(not(feature = "std"))]
pub(crate) fn caught<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    body()
}

/// For functions without a VM that return a status.
pub(crate) fn status(body: impl FnOnce() -> Result<(), Failure>) -> atomvm_status {
    match caught(body) {
        Ok(()) => ATOMVM_OK,
        Err(failure) => last::set(failure),
    }
}

/// For functions without a VM that return a pointer: null when they fail.
pub(crate) fn pointer<T>(body: impl FnOnce() -> Result<*mut T, Failure>) -> *mut T {
    match caught(body) {
        Ok(pointer) => pointer,
        Err(failure) => {
            last::set(failure);
            core::ptr::null_mut()
        }
    }
}

/// For functions without a VM that return a borrowed pointer: null when they fail.
pub(crate) fn borrowed<T>(body: impl FnOnce() -> Result<*const T, Failure>) -> *const T {
    pointer(|| body().map(|pointer| pointer.cast_mut()))
}

/// The text behind a pointer.
///
/// # Safety
/// It is null or points to bytes that end with a zero byte.
pub(crate) unsafe fn text<'a>(what: &str, text: *const c_char) -> Result<&'a str, Failure> {
    if text.is_null() {
        return Err(Failure::bad_argument(alloc::format!("{what} is NULL")));
    }
    // SAFETY: as the caller promises.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str()
        .map_err(|_| Failure::bad_argument(alloc::format!("{what} is not UTF-8")))
}

/// The elements of an array of C.
///
/// # Safety
/// It is null or points to `count` elements.
pub(crate) unsafe fn array<'a, T>(
    what: &str,
    array: *const T,
    count: usize,
) -> Result<&'a [T], Failure> {
    let fits = count
        .checked_mul(size_of::<T>())
        .is_some_and(|n| n <= isize::MAX as usize);
    if count == 0 {
        Ok(&[])
    } else if array.is_null() {
        Err(Failure::bad_argument(alloc::format!("{what} is NULL")))
    } else if !fits {
        Err(Failure::bad_argument(alloc::format!(
            "{what}: impossible number of elements"
        )))
    } else {
        // SAFETY: as the caller promises; not null, and no larger than any object.
        Ok(unsafe { core::slice::from_raw_parts(array, count) })
    }
}

/// Writes where a result goes, unless the caller wants none.
///
/// # Safety
/// `to` is null or valid for writing.
pub(crate) unsafe fn store<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: as the caller promises.
        unsafe { to.write(value) };
    }
}

/// A place for a result that the caller must want.
pub(crate) fn wanted<T>(what: &str, to: *mut T) -> Result<*mut T, Failure> {
    if to.is_null() {
        return Err(Failure::bad_argument(alloc::format!("{what} is NULL")));
    }
    Ok(to)
}

/// A vector with room for `count`, unless there is no memory.
pub(crate) fn room<T>(count: usize) -> Result<Vec<T>, Failure> {
    let mut values = Vec::new();
    match values.try_reserve_exact(count) {
        Ok(()) => Ok(values),
        Err(_) => Err(Failure::no_memory()),
    }
}

/// What failed last on this thread without a VM to tell it.
#[cfg(feature = "std")]
pub(crate) mod last {
    use super::{CStr, CString, Failure, atomvm_status, c_char};
    use std::cell::RefCell;

    thread_local! {
        static MESSAGE: RefCell<CString> = RefCell::default();
    }

    pub fn set(failure: Failure) -> atomvm_status {
        // A thread that ends has no place for messages any more.
        let _ = MESSAGE.try_with(|message| *message.borrow_mut() = failure.message);
        failure.status
    }

    pub fn get() -> *const c_char {
        let get = |message: &RefCell<CString>| message.borrow().as_ptr();
        let empty: &CStr = c"";
        MESSAGE.try_with(get).unwrap_or(empty.as_ptr())
    }
}

/// What failed last without a VM to tell it: without threads, and in the words of its status.
#[cfg(not(feature = "std"))]
pub(crate) mod last {
    use super::{Failure, atomvm_status, c_char};
    use portable_atomic::{AtomicPtr, Ordering};

    static MESSAGE: AtomicPtr<c_char> = AtomicPtr::new(c"".as_ptr().cast_mut());

    pub fn set(failure: Failure) -> atomvm_status {
        let text = failure.status.text().as_ptr();
        MESSAGE.store(text.cast_mut(), Ordering::Relaxed);
        failure.status
    }

    pub fn get() -> *const c_char {
        MESSAGE.load(Ordering::Relaxed)
    }
}
