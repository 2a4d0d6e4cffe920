//! The VM.

use crate::config::{atomvm_config, build};
use crate::exception::Last;
use crate::guard::{Failure, array, caught, last, room, store, text, wanted};
use crate::status::atomvm_status::{self, *};
use crate::value::{atomvm_value, give, look, take, take_all};
use alloc::boxed::Box;
use atomvm_core::code::Source;
use atomvm_core::vm::{Halt, Pid, Runtime, Step, Vm};
use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int};
use core::time::Duration;
use portable_atomic::{AtomicBool, Ordering};

/// A virtual machine. It is made and used on any thread, by one thread at a time; any number of
/// them live side by side and share nothing. A call while another one runs, from another thread
/// or from a callback, gives ATOMVM_BUSY; only atomvm_stop and atomvm_wake may come at any time.
pub struct atomvm_vm {
    /// Is a call on its way? Whoever sets it has `state` for itself.
    busy: AtomicBool,
    state: UnsafeCell<State>,
    /// What the VM's processes share: it stays where it is as long as the VM.
    runtime: *const Runtime,
}

struct State {
    vm: Vm,
    last: Last,
    /// A panic has left the VM in an unknown state.
    broken: bool,
}

/// A VM may be used on any thread, and the runtime by several at once.
#[cfg(feature = "std")]
const _: () = {
    const fn send<T: Send>() {}
    const fn sync<T: Sync>() {}
    sync::<Runtime>();
    send::<Vm>();
};

fn null() -> Failure {
    Failure::bad_argument("vm is NULL")
}

fn busy() -> Failure {
    Failure::new(
        ATOMVM_BUSY,
        "the VM is in use, by another thread or by the call that this callback belongs to",
    )
}

/// Does something with a VM, keeps what fails, and gives its status.
///
/// # Safety
/// `vm` is null or has been made and not destroyed.
pub(crate) unsafe fn enter(
    vm: *mut atomvm_vm,
    body: impl FnOnce(&mut Vm) -> Result<atomvm_status, Failure>,
) -> atomvm_status {
    // SAFETY: as the caller promises.
    let Some(vm) = (unsafe { vm.as_ref() }) else {
        return last::set(null());
    };
    if vm.busy.swap(true, Ordering::Acquire) {
        return last::set(busy());
    }
    // SAFETY: nobody else has passed the line above since `busy` was last cleared.
    let state = unsafe { &mut *vm.state.get() };
    let result = match state.broken {
        true => Err(Failure::new(
            ATOMVM_INTERNAL_ERROR,
            "the VM cannot be used after a mistake in it",
        )),
        false => caught(|| body(&mut state.vm)),
    };
    let status = match result {
        Ok(status) => {
            state.last = Last::default();
            status
        }
        Err(failure) => {
            state.broken |= failure.status == ATOMVM_INTERNAL_ERROR;
            let status = failure.status;
            state.last = failure.into();
            status
        }
    };
    vm.busy.store(false, Ordering::Release);
    status
}

/// Reads what failed last; `None` for a VM that is null or in use.
///
/// # Safety
/// As for [`enter`].
pub(crate) unsafe fn look_at<T>(vm: *const atomvm_vm, get: impl FnOnce(&Last) -> T) -> Option<T> {
    // SAFETY: as the caller promises.
    let vm = unsafe { vm.as_ref() }?;
    if vm.busy.swap(true, Ordering::Acquire) {
        last::set(busy());
        return None;
    }
    // SAFETY: as in `enter`.
    let result = get(&unsafe { &*vm.state.get() }.last);
    vm.busy.store(false, Ordering::Release);
    Some(result)
}

/// The version of the library, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn atomvm_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Makes a VM. `config` may be NULL for the default. When it fails, `*vm` is NULL, and
/// atomvm_last_error(NULL) says why.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_create(
    config: *const atomvm_config,
    vm: *mut *mut atomvm_vm,
) -> atomvm_status {
    crate::guard::status(|| {
        let to = wanted("vm", vm)?;
        // SAFETY: the contract of the library; it is not null.
        unsafe { to.write(core::ptr::null_mut()) };
        // SAFETY: the contract of the library.
        let vm = unsafe { build(config)? };
        let runtime = core::ptr::from_ref(vm.runtime());
        let made = Box::new(atomvm_vm {
            busy: AtomicBool::new(false),
            state: UnsafeCell::new(State {
                vm,
                last: Last::default(),
                broken: false,
            }),
            runtime,
        });
        // SAFETY: as above.
        unsafe { to.write(Box::into_raw(made)) };
        Ok(())
    })
}

/// Destroys a VM and all its processes. Terms that came from it stay. NULL is allowed. A VM that
/// is in use is not destroyed: ATOMVM_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_destroy(vm: *mut atomvm_vm) -> atomvm_status {
    // SAFETY: the contract of the library.
    let Some(shared) = (unsafe { vm.as_ref() }) else {
        return ATOMVM_OK;
    };
    if shared.busy.swap(true, Ordering::Acquire) {
        return last::set(busy());
    }
    crate::guard::status(|| {
        // SAFETY: it comes from `atomvm_create`, and nobody else uses it.
        drop(unsafe { Box::from_raw(vm) });
        Ok(())
    })
}

/// Adds a pack (.avm) or BEAM file, whose modules are loaded when they are first called. The
/// bytes are copied. `name` is what messages call it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_load(
    vm: *mut atomvm_vm,
    name: *const c_char,
    bytes: *const u8,
    size: usize,
) -> atomvm_status {
    let load = |vm: &mut Vm| {
        // SAFETY: the contract of the library.
        let (name, bytes) = unsafe { (text("name", name)?, array("bytes", bytes, size)?) };
        let mut copy = room(size)?;
        copy.extend_from_slice(bytes);
        vm.add_pack(Source::owned(name, copy))?;
        Ok(ATOMVM_OK)
    };
    // SAFETY: the contract of the library.
    unsafe { enter(vm, load) }
}

/// # Safety
/// The name is a text, and the bytes live as long as the VM.
unsafe fn lasting(name: *const c_char, bytes: *const u8, size: usize) -> Result<Source, Failure> {
    // SAFETY: as the caller promises. Nothing that comes from the bytes outlives the VM.
    let (name, bytes) = unsafe { (text("name", name)?, array("bytes", bytes, size)?) };
    Ok(Source::from_static(name, bytes))
}

/// As atomvm_load, but the bytes are used where they are, for instance in flash: they must not
/// change nor go before the VM is destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_load_static(
    vm: *mut atomvm_vm,
    name: *const c_char,
    bytes: *const u8,
    size: usize,
) -> atomvm_status {
    let load = |vm: &mut Vm| {
        // SAFETY: the contract of the library.
        vm.add_pack(unsafe { lasting(name, bytes, size)? })?;
        Ok(ATOMVM_OK)
    };
    // SAFETY: the contract of the library.
    unsafe { enter(vm, load) }
}

/// Adds a pack whose modules come before all others of the same name, as those of the built-in
/// library do. The bytes are used where they are: see atomvm_load_static.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_add_library(
    vm: *mut atomvm_vm,
    name: *const c_char,
    bytes: *const u8,
    size: usize,
) -> atomvm_status {
    let add = |vm: &mut Vm| {
        // SAFETY: the contract of the library.
        vm.add_library(unsafe { lasting(name, bytes, size)? })?;
        Ok(ATOMVM_OK)
    };
    // SAFETY: the contract of the library.
    unsafe { enter(vm, add) }
}

/// As atomvm_load, from a file, which is mapped and must not be changed before the VM is
/// destroyed. Only in libraries for hosts.
#[cfg(feature = "host")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_load_file(
    vm: *mut atomvm_vm,
    path: *const c_char,
) -> atomvm_status {
    let load = |vm: &mut Vm| {
        // SAFETY: the contract of the library.
        let path = unsafe { text("path", path)? };
        let source = atomvm_host::map_file(path.as_ref())
            .map_err(|error| Failure::new(ATOMVM_NO_FILE, alloc::format!("{path}: {error}")))?;
        vm.add_pack(source)?;
        Ok(ATOMVM_OK)
    };
    // SAFETY: the contract of the library.
    unsafe { enter(vm, load) }
}

/// Runs start/0 of the first module that exports it, until it ends, and gives what it returned:
/// an owned term. `result` may be NULL. When it fails, `*result` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_run(
    vm: *mut atomvm_vm,
    result: *mut *mut atomvm_value,
) -> atomvm_status {
    // SAFETY: the contract of the library.
    unsafe {
        store(result, core::ptr::null_mut());
        enter(vm, |vm| {
            finish(vm.run()?, result);
            Ok(ATOMVM_OK)
        })
    }
}

/// Gives a result to the caller, if it is wanted.
///
/// # Safety
/// `result` is null or valid for writing.
unsafe fn finish(value: atomvm_core::value::Value, result: *mut *mut atomvm_value) {
    if !result.is_null() {
        // SAFETY: as the caller promises.
        unsafe { result.write(give(value)) };
    }
}

/// Starts the program that atomvm_run runs, for atomvm_step to go on with. Does nothing when it
/// has been started and has not ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_start(vm: *mut atomvm_vm) -> atomvm_status {
    // SAFETY: the contract of the library.
    unsafe {
        enter(vm, |vm| {
            vm.start()?;
            Ok(ATOMVM_OK)
        })
    }
}

/// Lets processes run for about `budget` reductions, or until all of them wait. Returns at once,
/// with
///
/// - ATOMVM_RUNNING: there is more to do;
/// - ATOMVM_IDLE: all processes wait; `*wait` is the number of nanoseconds until the next timer,
///   UINT64_MAX if there is none;
/// - ATOMVM_OK: the program of atomvm_start has ended; `*result` is what it returned, an owned
///   term;
/// - else: it failed.
///
/// `wait` and `result` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_step(
    vm: *mut atomvm_vm,
    budget: u32,
    wait: *mut u64,
    result: *mut *mut atomvm_value,
) -> atomvm_status {
    // SAFETY: the contract of the library.
    unsafe {
        store(result, core::ptr::null_mut());
        store(wait, 0);
        enter(vm, |vm| match vm.step(budget) {
            Step::Ran => Ok(ATOMVM_RUNNING),
            Step::Idle { until } => {
                store(wait, until.map_or(u64::MAX, nanoseconds));
                Ok(ATOMVM_IDLE)
            }
            Step::Done(value) => {
                finish(value?, result);
                Ok(ATOMVM_OK)
            }
        })
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Calls a function in a new process, and runs the VM until that has ended. The arguments are
/// given away; the result is an owned term. `result` may be NULL. When it fails, `*result` is
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_call(
    vm: *mut atomvm_vm,
    module: *const c_char,
    function: *const c_char,
    arguments: *const *mut atomvm_value,
    count: usize,
    result: *mut *mut atomvm_value,
) -> atomvm_status {
    // SAFETY: the contract of the library.
    unsafe {
        store(result, core::ptr::null_mut());
        let arguments = caught(|| take_arguments(arguments, count));
        enter(vm, |vm| {
            let arguments = arguments?;
            let (module, function) = (text("module", module)?, text("function", function)?);
            finish(vm.call(module, function, &arguments)?, result);
            Ok(ATOMVM_OK)
        })
    }
}

/// # Safety
/// As for [`take_all`].
unsafe fn take_arguments(
    arguments: *const *mut atomvm_value,
    count: usize,
) -> Result<alloc::vec::Vec<atomvm_core::value::Value>, Failure> {
    // SAFETY: as the caller promises.
    let arguments = unsafe { take_all(arguments, count)? };
    match arguments.len() {
        0..=255 => Ok(arguments),
        _ => Err(Failure::bad_argument(
            "a function has at most 255 arguments",
        )),
    }
}

/// Starts a process that calls a function; it runs when the VM runs next. The arguments are
/// given away; the result is the process, an owned term. `result` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_spawn(
    vm: *mut atomvm_vm,
    module: *const c_char,
    function: *const c_char,
    arguments: *const *mut atomvm_value,
    count: usize,
    result: *mut *mut atomvm_value,
) -> atomvm_status {
    // SAFETY: the contract of the library.
    unsafe {
        store(result, core::ptr::null_mut());
        let arguments = caught(|| take_arguments(arguments, count));
        enter(vm, |vm| {
            let arguments = arguments?;
            let (module, function) = (text("module", module)?, text("function", function)?);
            finish(vm.spawn(module, function, &arguments)?.to_value(), result);
            Ok(ATOMVM_OK)
        })
    }
}

/// Sends a message, which is given away, to a process: a pid, or an atom, its registered name.
/// It is no error if the process has ended; a name that no process has is
/// ATOMVM_OUT_OF_RANGE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_send(
    vm: *mut atomvm_vm,
    to: *const atomvm_value,
    message: *mut atomvm_value,
) -> atomvm_status {
    // SAFETY: the contract of the library.
    let message = unsafe { take(message) };
    let send = |vm: &mut Vm| {
        // SAFETY: the contract of the library.
        let to = unsafe { look(to)? };
        let message = message.ok_or_else(|| Failure::bad_argument("message is NULL"))?;
        let id = match to.as_atom() {
            Some(name) => vm.whereis(name).ok_or_else(|| {
                let text = alloc::format!("no process is registered as {to}");
                Failure::new(ATOMVM_OUT_OF_RANGE, text)
            })?,
            None => Pid::from_value(to)
                .ok_or_else(|| Failure::new(ATOMVM_WRONG_TYPE, "neither a pid nor an atom"))?,
        };
        vm.send(id, &message)?;
        Ok(ATOMVM_OK)
    };
    // SAFETY: the contract of the library.
    unsafe { enter(vm, send) }
}

/// How many bytes the VM uses, and used at most. Either pointer may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_memory(
    vm: *mut atomvm_vm,
    used: *mut usize,
    peak: *mut usize,
) -> atomvm_status {
    // SAFETY: the contract of the library.
    unsafe {
        enter(vm, |vm| {
            let memory = vm.memory();
            store(used, memory.used);
            store(peak, memory.peak);
            Ok(ATOMVM_OK)
        })
    }
}

/// Ends the wait of a VM that waits for its processes, so that it looks whether there is work.
/// May be called from any thread and any callback, as long as the VM is not destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_wake(vm: *const atomvm_vm) -> atomvm_status {
    // SAFETY: the contract of the library; the runtime lives as long as the VM, and may be used
    // by several threads at once.
    let Some(runtime) = (unsafe { vm.as_ref().map(|vm| &*vm.runtime) }) else {
        return last::set(null());
    };
    crate::guard::status(|| {
        runtime.platform.wake();
        Ok(())
    })
}

/// Stops the VM for good, as erlang:halt/1 does: what runs ends soon with ATOMVM_HALTED, and so
/// does all that is started later. May be called from any thread and any callback, as long as
/// the VM is not destroyed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn atomvm_stop(vm: *const atomvm_vm, status: c_int) -> atomvm_status {
    // SAFETY: as in `atomvm_wake`.
    let Some(runtime) = (unsafe { vm.as_ref().map(|vm| &*vm.runtime) }) else {
        return last::set(null());
    };
    crate::guard::status(|| {
        runtime.halt(Halt::Status(status));
        runtime.platform.wake();
        Ok(())
    })
}
