//! What failed last, as C reads it.

use crate::guard::{Failure, c_text, caught, last, wanted};
use crate::status::atomvm_status::{self, *};
use crate::value::{atomvm_value, lend};
use crate::vm::{atomvm_vm, look_at};
use alloc::ffi::CString;
use alloc::vec::Vec;
use atomvm_core::value::Value;
use atomvm_core::vm::{Class, ErlangError};
use core::ffi::{c_char, c_int};

/// The class of an exception.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum atomvm_class {
    /// There was no exception.
    ATOMVM_CLASS_NONE = 0,
    /// `error`
    ATOMVM_CLASS_ERROR = 1,
    /// `exit`
    ATOMVM_CLASS_EXIT = 2,
    /// `throw`
    ATOMVM_CLASS_THROW = 3,
}

/// A place in a program. The texts are borrowed, as atomvm_exception_report's.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct atomvm_frame {
    /// The module.
    pub module: *const c_char,
    /// The function.
    pub function: *const c_char,
    /// How many arguments it has.
    pub arity: usize,
    /// The source file; NULL if the compiler recorded none.
    pub file: *const c_char,
    /// The line in it; 0 if the compiler recorded none.
    pub line: u32,
}

/// What failed last, with texts for C.
#[derive(Default)]
pub(crate) struct Last {
    message: CString,
    exit_status: i32,
    exception: Option<Exception>,
}

struct Exception {
    class: atomvm_class,
    reason: Value,
    report: CString,
    frames: Vec<Frame>,
}

struct Frame {
    module: CString,
    function: CString,
    arity: usize,
    file: Option<CString>,
    line: u32,
}

impl From<Failure> for Last {
    fn from(failure: Failure) -> Last {
        Last {
            message: failure.message,
            exit_status: failure.exit_status,
            exception: failure.exception.map(|exception| (*exception).into()),
        }
    }
}

impl From<ErlangError> for Exception {
    fn from(error: ErlangError) -> Exception {
        let frame = |frame: atomvm_core::vm::Frame| Frame {
            module: c_text(frame.module),
            function: c_text(frame.function),
            arity: frame.arity,
            file: frame.file.map(c_text),
            line: frame.line.unwrap_or(0),
        };
        Exception {
            class: match error.class {
                Class::Error => atomvm_class::ATOMVM_CLASS_ERROR,
                Class::Exit => atomvm_class::ATOMVM_CLASS_EXIT,
                Class::Throw => atomvm_class::ATOMVM_CLASS_THROW,
            },
            reason: error.reason,
            report: c_text(error.report),
            frames: error.stacktrace.into_iter().map(frame).collect(),
        }
    }
}

/// One line that says why the last function of this VM failed: it names file, module, function
/// and reason, as far as they matter. With NULL: why the last function without a VM failed on
/// this thread. Empty if nothing failed. Borrowed, until the next call with the same VM, or
/// without one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_last_error(vm: *const atomvm_vm) -> *const c_char {
    if vm.is_null() {
        return last::get();
    }
    // SAFETY: the contract of the library.
    unsafe { look_at(vm, |last| last.message.as_ptr()) }.unwrap_or_else(last::get)
}

/// The exit status, after ATOMVM_HALTED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_exit_status(vm: *const atomvm_vm) -> c_int {
    // SAFETY: the contract of the library.
    unsafe { look_at(vm, |last| last.exit_status) }.unwrap_or(0)
}

/// # Safety
/// As for [`look_at`].
unsafe fn of_exception<T>(vm: *const atomvm_vm, get: impl FnOnce(&Exception) -> T) -> Option<T> {
    // SAFETY: as the caller promises.
    unsafe { look_at(vm, |last| last.exception.as_ref().map(get)) }?
}

/// The class of the exception, after ATOMVM_EXCEPTION.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_exception_class(vm: *const atomvm_vm) -> atomvm_class {
    // SAFETY: the contract of the library.
    unsafe { of_exception(vm, |it| it.class) }.unwrap_or(atomvm_class::ATOMVM_CLASS_NONE)
}

/// The reason of the exception, after ATOMVM_EXCEPTION. Borrowed until the next call with this
/// VM; NULL if there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_exception_reason(vm: *const atomvm_vm) -> *const atomvm_value {
    // SAFETY: the contract of the library.
    unsafe { of_exception(vm, |it| lend(&it.reason)) }.unwrap_or(core::ptr::null())
}

/// The report of the exception as OTP prints it, after ATOMVM_EXCEPTION: several lines, with the
/// stack trace. Borrowed until the next call with this VM; NULL if there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_exception_report(vm: *const atomvm_vm) -> *const c_char {
    // SAFETY: the contract of the library.
    unsafe { of_exception(vm, |it| it.report.as_ptr()) }.unwrap_or(core::ptr::null())
}

/// A place of the exception's stack trace, counted from 0, the innermost first.
/// ATOMVM_OUT_OF_RANGE after the last one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_exception_frame(
    vm: *const atomvm_vm,
    index: usize,
    result: *mut atomvm_frame,
) -> atomvm_status {
    let found = caught(|| {
        let result = wanted("result", result)?;
        let frame = |it: &Exception| {
            it.frames.get(index).map(|frame| atomvm_frame {
                module: frame.module.as_ptr(),
                function: frame.function.as_ptr(),
                arity: frame.arity,
                file: frame
                    .file
                    .as_ref()
                    .map_or(core::ptr::null(), |f| f.as_ptr()),
                line: frame.line,
            })
        };
        if vm.is_null() {
            return Err(Failure::bad_argument("vm is NULL"));
        }
        // SAFETY: the contract of the library.
        let frame = unsafe { of_exception(vm, frame) }.flatten();
        let frame =
            frame.ok_or_else(|| Failure::new(ATOMVM_OUT_OF_RANGE, "there is no such place"))?;
        // SAFETY: the contract of the library; it is not null.
        unsafe { result.write(frame) };
        Ok(())
    });
    match found {
        Ok(()) => ATOMVM_OK,
        Err(failure) => last::set(failure),
    }
}
