//! What a VM is made of.

use crate::guard::{Failure, array, text};
use crate::platform::{Callbacks, User, atomvm_platform, atomvm_stream};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use atomvm_core::code::Trust;
use atomvm_core::platform::Platform;
use atomvm_core::vm::{Limits, Vm, VmBuilder};
use core::ffi::{c_char, c_void};
use core::mem::MaybeUninit;

/// The program finds no built-in library: only what the host adds.
pub const ATOMVM_NO_LIBRARY: u32 = 1;
/// Collect garbage at every opportunity: slow, and finds what a collection breaks.
pub const ATOMVM_STRESS: u32 = 2;
/// Everything random follows from `seed`.
pub const ATOMVM_SEEDED: u32 = 4;
/// Trust what `packbeam create --translate` made if its checksum is right: modules that were translated
/// for this machine are not verified when they are loaded. For packs that come from a safe place.
pub const ATOMVM_TRUST_PACKS: u32 = 8;

/// What gets the output of a VM.
pub type atomvm_console = Option<
    unsafe extern "C" fn(user: *mut c_void, stream: atomvm_stream, bytes: *const u8, size: usize),
>;

/// What a VM is made of. Set `size`, and what is to differ from the default; the rest is zero:
/// `atomvm_config config = {.size = sizeof config};`
///
/// The VM copies what it keeps of it. What the user pointers point to must live as long as the
/// VM.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct atomvm_config {
    /// sizeof(atomvm_config), so that later versions can add to it.
    pub size: usize,
    /// ATOMVM_NO_LIBRARY, ATOMVM_STRESS, ATOMVM_SEEDED, ATOMVM_TRUST_PACKS, added up.
    pub flags: u32,
    /// How many bytes the VM may use; 0: no limit.
    pub memory_limit: usize,
    /// How many processes may live at the same time; 0: 262144.
    pub process_limit: usize,
    /// How many atoms there may be; 0: 1048576.
    pub atom_limit: usize,
    /// How many reductions all processes together may use; 0: no limit.
    pub reduction_limit: u64,
    /// What all that is random follows from, with ATOMVM_SEEDED.
    pub seed: u64,
    /// What gets the console's output in place of the platform. Called on the thread that uses
    /// the VM (see `schedulers`); it must not use the VM.
    pub console: atomvm_console,
    /// The first argument of `console`.
    pub console_user: *mut c_void,
    /// The machine. NULL: the host, or in firmware none.
    pub platform: *const atomvm_platform,
    /// The program's arguments, which it reads with init:get_plain_arguments/0.
    pub arguments: *const *const c_char,
    /// How many.
    pub argument_count: usize,
    /// Folders in which modules are looked for that are in no pack, as `erl -pa` does. Only with
    /// the host as platform.
    pub code_paths: *const *const c_char,
    /// How many.
    pub code_path_count: usize,
    /// How many processes may run at the same time in atomvm_run and atomvm_call, which use so
    /// many threads, the caller's among them; 0: 1. With more than one, registered functions are
    /// called on any of these threads, several at the same time, and `console` on any, one call
    /// at a time. Firmware has one.
    pub schedulers: usize,
}

/// A struct of C that may be of an earlier version, and then has fewer fields.
///
/// # Safety
/// `from` is null or points to a `size_t` that says how many bytes are there. `T` begins with it
/// and may be all zeros.
unsafe fn sized<T: Copy>(what: &str, from: *const T) -> Result<T, Failure> {
    if from.is_null() {
        return Err(Failure::bad_argument(alloc::format!("{what} is NULL")));
    }
    // SAFETY: as the caller promises.
    let size = unsafe { from.cast::<usize>().read() };
    if size < size_of::<usize>() || size > size_of::<T>() {
        return Err(Failure::bad_argument(alloc::format!(
            "{what}: size is {size}, and must be sizeof({what}), which is {}",
            size_of::<T>()
        )));
    }
    let mut copy = MaybeUninit::<T>::zeroed();
    // SAFETY: so many bytes are there, and there is room for them; the rest is zero.
    unsafe {
        core::ptr::copy_nonoverlapping(from.cast::<u8>(), copy.as_mut_ptr().cast(), size);
        Ok(copy.assume_init())
    }
}

/// The texts of an array of C.
///
/// # Safety
/// `texts` is null or points to `count` texts.
unsafe fn texts(
    what: &str,
    texts: *const *const c_char,
    count: usize,
) -> Result<Vec<String>, Failure> {
    // SAFETY: as the caller promises.
    let texts = unsafe { array(what, texts, count)? };
    let each = texts
        .iter()
        // SAFETY: as the caller promises.
        .map(|one| unsafe { text(what, *one) }.map(String::from));
    each.collect()
}

/// The VM that a configuration describes; null is the default.
///
/// # Safety
/// The configuration keeps to its contract.
pub(crate) unsafe fn build(config: *const atomvm_config) -> Result<Vm, Failure> {
    let default = atomvm_config {
        size: size_of::<atomvm_config>(),
        // SAFETY: null pointers, no functions and zeros.
        ..unsafe { MaybeUninit::zeroed().assume_init() }
    };
    let config = match config.is_null() {
        true => default,
        // SAFETY: the contract of the library; a configuration begins with its size.
        false => unsafe { sized("atomvm_config", config)? },
    };
    let known = ATOMVM_NO_LIBRARY | ATOMVM_STRESS | ATOMVM_SEEDED | ATOMVM_TRUST_PACKS;
    if config.flags & !known != 0 {
        return Err(Failure::bad_argument("atomvm_config: unknown flags"));
    }
    // SAFETY: the contract of the library.
    let arguments = unsafe { texts("arguments", config.arguments, config.argument_count)? };
    let mut builder = Vm::builder()
        .limits(limits(&config))
        .arguments(arguments)
        .stress(config.flags & ATOMVM_STRESS != 0);
    if config.flags & ATOMVM_SEEDED != 0 {
        builder = builder.seed(config.seed);
    }
    if config.flags & ATOMVM_TRUST_PACKS != 0 {
        builder = builder.trust(Trust::Checksum);
    }
    #[cfg(feature = "host")]
    {
        builder = builder.schedulers(config.schedulers);
    }
    if let Some(console) = config.console {
        let user = User(config.console_user);
        builder = builder.console(move |stream, bytes| {
            // SAFETY: the contract of the callback.
            unsafe { console(user.pointer(), stream.into(), bytes.as_ptr(), bytes.len()) };
        });
    }
    // SAFETY: the contract of the library.
    if let Some(platform) = unsafe { platform(&config)? } {
        builder = builder.platform(platform);
    }
    Ok(library(builder, config.flags).build()?)
}

fn limits(config: &atomvm_config) -> Limits {
    let mut limits = Limits::default();
    if config.memory_limit != 0 {
        limits.memory = config.memory_limit;
    }
    if config.process_limit != 0 {
        limits.processes = config.process_limit;
    }
    if config.atom_limit != 0 {
        limits.atoms = config.atom_limit;
    }
    if config.reduction_limit != 0 {
        limits.reductions = config.reduction_limit;
    }
    limits
}

/// # Safety
/// The configuration keeps to its contract.
unsafe fn platform(config: &atomvm_config) -> Result<Option<Box<dyn Platform>>, Failure> {
    // SAFETY: as the caller promises.
    let folders = unsafe { texts("code_paths", config.code_paths, config.code_path_count)? };
    if config.platform.is_null() {
        return host(folders);
    }
    if !folders.is_empty() {
        return Err(Failure::bad_argument(
            "code_paths are the host's, and there is a platform",
        ));
    }
    // SAFETY: as the caller promises; a platform begins with its size.
    let table = unsafe { sized("atomvm_platform", config.platform)? };
    if table.monotonic.is_none() {
        return Err(Failure::bad_argument("atomvm_platform: monotonic is NULL"));
    }
    Ok(Some(Box::new(Callbacks(table))))
}

#[cfg(feature = "host")]
fn host(folders: Vec<String>) -> Result<Option<Box<dyn Platform>>, Failure> {
    let folders = folders.into_iter().map(std::path::PathBuf::from);
    Ok(Some(Box::new(atomvm_host::Host::new().code_paths(folders))))
}

#[cfg(not(feature = "host"))]
fn host(folders: Vec<String>) -> Result<Option<Box<dyn Platform>>, Failure> {
    match folders.is_empty() {
        true => Ok(None),
        false => Err(Failure::bad_argument(
            "code_paths: this build has no folders",
        )),
    }
}

#[cfg(feature = "host")]
fn library(builder: VmBuilder, flags: u32) -> VmBuilder {
    if flags & ATOMVM_NO_LIBRARY != 0 {
        return builder;
    }
    builder.library(atomvm_host::library())
}

#[cfg(not(feature = "host"))]
fn library(builder: VmBuilder, _flags: u32) -> VmBuilder {
    builder
}
