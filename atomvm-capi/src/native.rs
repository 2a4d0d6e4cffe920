//! Functions of C that a program calls.

use crate::guard::Failure;
use crate::guard::{borrowed, pointer, text};
use crate::platform::User;
use crate::status::atomvm_status;
use crate::status::atomvm_status::*;
use crate::value::{atomvm_value, give, lend, take};
use crate::vm::{atomvm_vm, enter};
use atomvm_core::value::Value;
use atomvm_core::vm::{Class, NativeCall, NativeError};
use core::ffi::{c_char, c_void};

/// A call of a function of the host. It lives until that function returns.
pub struct atomvm_native_call(());

/// What stands behind an [`atomvm_native_call`].
struct Call<'a, 'b> {
    call: &'a mut NativeCall<'b>,
    raised: Option<NativeError>,
}

/// A function of the host: returns an owned term, the result; or NULL, which is an exception:
/// that of atomvm_raise_error and its like, else `error:badarg`.
///
/// It is called on the thread that uses the VM, and must not use the VM (ATOMVM_BUSY), except
/// for atomvm_stop and atomvm_wake.
pub type atomvm_native = Option<
    unsafe extern "C" fn(call: *mut atomvm_native_call, user: *mut c_void) -> *mut atomvm_value,
>;

/// Makes calls of `module:function/arity` reach a function of the host: calls in modules that
/// are loaded later, and calls that found no function before. `arity` is at most 255; what
/// `user` points to must live as long as the VM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_register_native(
    vm: *mut atomvm_vm,
    module: *const c_char,
    function: *const c_char,
    arity: usize,
    native: atomvm_native,
    user: *mut c_void,
) -> atomvm_status {
    let user = User(user);
    let register = |vm: &mut atomvm_core::vm::Vm| {
        // SAFETY: the contract of the library.
        let (module, function) = unsafe { (text("module", module)?, text("function", function)?) };
        let arity = u8::try_from(arity)
            .map_err(|_| Failure::bad_argument("a function has at most 255 arguments"))?;
        let native = native.ok_or_else(|| Failure::bad_argument("native is NULL"))?;
        vm.register(module, function, arity, move |call| {
            let mut call = Call { call, raised: None };
            let pointer = (&raw mut call).cast::<atomvm_native_call>();
            // SAFETY: the contract of the callback; what it returns is given away.
            let result = unsafe { take(native(pointer, user.pointer())) };
            match (call.raised, result) {
                (None, Some(value)) => Ok(value),
                (raised, _) => Err(raised.unwrap_or_else(NativeError::badarg)),
            }
        })?;
        Ok(ATOMVM_OK)
    };
    // SAFETY: the contract of the library.
    unsafe { enter(vm, register) }
}

/// # Safety
/// `call` is null or what a native function was given, which has not returned.
unsafe fn look<'a>(call: *const atomvm_native_call) -> Result<&'a Call<'static, 'static>, Failure> {
    // SAFETY: as the caller promises. The lifetimes are shorter in truth, and the result does not
    // leave the function that asked.
    unsafe { call.cast::<Call<'_, '_>>().as_ref() }
        .ok_or_else(|| Failure::bad_argument("call is NULL"))
}

/// How many arguments the call has: the arity it was registered with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_argument_count(call: *const atomvm_native_call) -> usize {
    // SAFETY: the contract of the library.
    unsafe { look(call) }.map_or(0, |it| it.call.args().len())
}

/// The argument at `index`, counted from 0. Borrowed until the function returns; NULL if there
/// is none. To return it, return a copy (atomvm_copy).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_argument(
    call: *const atomvm_native_call,
    index: usize,
) -> *const atomvm_value {
    borrowed(|| {
        // SAFETY: the contract of the library.
        let argument = unsafe { look(call)? }.call.args().get(index).map(lend);
        argument.ok_or_else(|| Failure::new(ATOMVM_OUT_OF_RANGE, "there is no such argument"))
    })
}

/// The process that calls: an owned term.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_caller(call: *const atomvm_native_call) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    pointer(|| Ok(give(unsafe { look(call)? }.call.caller().to_value())))
}

/// # Safety
/// As for [`look`]; the reason is given away.
unsafe fn raise(
    call: *mut atomvm_native_call,
    class: Class,
    reason: *mut atomvm_value,
) -> *mut atomvm_value {
    pointer(|| {
        // SAFETY: as the caller promises.
        let reason = unsafe { take(reason) }.unwrap_or_else(|| Value::atom("badarg"));
        // SAFETY: as the caller promises; nothing else refers to it now.
        let call = unsafe { call.cast::<Call<'_, '_>>().as_mut() }
            .ok_or_else(|| Failure::bad_argument("call is NULL"))?;
        call.raised = Some(NativeError { class, reason });
        Ok(core::ptr::null_mut())
    })
}

/// Makes the call raise `error:Reason` when it returns. The reason is given away; NULL stands
/// for `badarg`. Returns NULL, so that one can write `return atomvm_raise_error(call, reason);`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_raise_error(
    call: *mut atomvm_native_call,
    reason: *mut atomvm_value,
) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    unsafe { raise(call, Class::Error, reason) }
}

/// As atomvm_raise_error, for `exit:Reason`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_raise_exit(
    call: *mut atomvm_native_call,
    reason: *mut atomvm_value,
) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    unsafe { raise(call, Class::Exit, reason) }
}

/// As atomvm_raise_error, for `throw:Reason`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_raise_throw(
    call: *mut atomvm_native_call,
    reason: *mut atomvm_value,
) -> *mut atomvm_value {
    // SAFETY: the contract of the library.
    unsafe { raise(call, Class::Throw, reason) }
}
