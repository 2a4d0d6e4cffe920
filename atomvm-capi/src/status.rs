//! What a function came to.

use crate::guard::Failure;
use alloc::string::ToString;
use atomvm_core::beam::BeamError;
use atomvm_core::code::error::{LoadError, LoadReason};
use atomvm_core::pack::PackError;
use atomvm_core::term::atom::AtomError;
use atomvm_core::value::ValueError;
use atomvm_core::vm::{Error, Limit};
use core::ffi::{CStr, c_char};

/// What a function came to. All but the first three say that it did nothing, or did not finish.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum atomvm_status {
    /// It is done.
    ATOMVM_OK = 0,
    /// The budget of a step is used up, and there is more to do.
    ATOMVM_RUNNING = 1,
    /// All processes wait: for a timer, or for a message from the host.
    ATOMVM_IDLE = 2,
    /// An argument is null where it must not be, a text is not UTF-8, or a number is out of range.
    ATOMVM_BAD_ARGUMENT = 3,
    /// The VM is in use: the call comes from a callback of the VM itself, or from another thread.
    ATOMVM_BUSY = 4,
    /// A mistake in the VM was caught. The VM can only be destroyed.
    ATOMVM_INTERNAL_ERROR = 5,
    /// A value is of another type than the one asked for.
    ATOMVM_WRONG_TYPE = 6,
    /// A value does not fit what was asked for.
    ATOMVM_OUT_OF_RANGE = 7,
    /// A value cannot pass between host and program: nested too deep, a fun, an infinite float.
    ATOMVM_BAD_VALUE = 8,
    /// There is no memory for what the host asked for.
    ATOMVM_NO_MEMORY = 9,
    /// A file is missing or cannot be read.
    ATOMVM_NO_FILE = 10,
    /// A file is neither a pack nor a BEAM file.
    ATOMVM_FOREIGN_FILE = 11,
    /// A file ends too early.
    ATOMVM_TRUNCATED_FILE = 12,
    /// A file is damaged.
    ATOMVM_DAMAGED_FILE = 13,
    /// A module has an instruction of a later release than this VM knows.
    ATOMVM_NEWER_FILE = 14,
    /// A module's code does what compiled code never does.
    ATOMVM_REFUSED_CODE = 15,
    /// A module needs what this VM does not have.
    ATOMVM_UNSUPPORTED = 16,
    /// A module of the built-in library cannot be replaced.
    ATOMVM_STICKY_MODULE = 17,
    /// No module exports start/0.
    ATOMVM_NO_ENTRY_POINT = 18,
    /// The program ended by an exception: see atomvm_exception_report.
    ATOMVM_EXCEPTION = 19,
    /// The program has stopped the VM: see atomvm_exit_status.
    ATOMVM_HALTED = 20,
    /// The program has stopped the VM as crashed: see atomvm_last_error.
    ATOMVM_CRASHED = 21,
    /// All processes wait for nothing that the VM knows of, and the platform cannot wait.
    ATOMVM_STALLED = 22,
    /// The limit of bytes is reached.
    ATOMVM_MEMORY_LIMIT = 23,
    /// The limit of processes is reached.
    ATOMVM_PROCESS_LIMIT = 24,
    /// The limit of atoms is reached.
    ATOMVM_ATOM_LIMIT = 25,
    /// The limit of reductions is reached.
    ATOMVM_REDUCTION_LIMIT = 26,
}

use atomvm_status::*;

impl atomvm_status {
    /// The status in a few words.
    pub(crate) fn text(self) -> &'static CStr {
        match self {
            ATOMVM_OK => c"done",
            ATOMVM_RUNNING => c"running",
            ATOMVM_IDLE => c"all processes wait",
            ATOMVM_BAD_ARGUMENT => c"a bad argument",
            ATOMVM_BUSY => c"the VM is in use",
            ATOMVM_INTERNAL_ERROR => c"a mistake in the VM",
            ATOMVM_WRONG_TYPE => c"a value of another type",
            ATOMVM_OUT_OF_RANGE => c"a value out of range",
            ATOMVM_BAD_VALUE => c"a value that cannot pass between host and program",
            ATOMVM_NO_MEMORY => c"out of memory",
            ATOMVM_NO_FILE => c"a file that cannot be read",
            ATOMVM_FOREIGN_FILE => c"neither a BEAM file nor a pack",
            ATOMVM_TRUNCATED_FILE => c"a file that ends too early",
            ATOMVM_DAMAGED_FILE => c"a damaged file",
            ATOMVM_NEWER_FILE => c"a module for a newer VM",
            ATOMVM_REFUSED_CODE => c"code that is refused",
            ATOMVM_UNSUPPORTED => c"a module that needs what this VM does not have",
            ATOMVM_STICKY_MODULE => c"a module of the built-in library",
            ATOMVM_NO_ENTRY_POINT => c"no module exports start/0",
            ATOMVM_EXCEPTION => c"an exception",
            ATOMVM_HALTED => c"the program stopped the VM",
            ATOMVM_CRASHED => c"the program stopped the VM as crashed",
            ATOMVM_STALLED => c"all processes wait and nothing will wake them",
            ATOMVM_MEMORY_LIMIT => c"the VM's limit of memory is reached",
            ATOMVM_PROCESS_LIMIT => c"the VM's limit of processes is reached",
            ATOMVM_ATOM_LIMIT => c"the VM's limit of atoms is reached",
            ATOMVM_REDUCTION_LIMIT => c"the VM's limit of reductions is reached",
        }
    }

    fn of(error: &Error) -> atomvm_status {
        match error {
            Error::Load(error) => of_load(error),
            Error::NoEntryPoint => ATOMVM_NO_ENTRY_POINT,
            Error::Exception(_) => ATOMVM_EXCEPTION,
            Error::Limit(Limit::Memory) => ATOMVM_MEMORY_LIMIT,
            Error::Limit(Limit::Processes) => ATOMVM_PROCESS_LIMIT,
            Error::Limit(Limit::Atoms) => ATOMVM_ATOM_LIMIT,
            Error::Limit(Limit::Reductions) => ATOMVM_REDUCTION_LIMIT,
            Error::Halted(_) => ATOMVM_HALTED,
            Error::Crashed(_) => ATOMVM_CRASHED,
            Error::Stalled => ATOMVM_STALLED,
            Error::BadValue(ValueError::OutOfMemory) => ATOMVM_MEMORY_LIMIT,
            Error::BadValue(_) => ATOMVM_BAD_VALUE,
        }
    }
}

fn of_load(error: &LoadError) -> atomvm_status {
    match &error.reason {
        LoadReason::Foreign => ATOMVM_FOREIGN_FILE,
        LoadReason::Beam(error) => of_beam(error),
        LoadReason::Pack(error) => of_pack(error),
        LoadReason::Verify(_) => ATOMVM_REFUSED_CODE,
        LoadReason::Unsupported { .. } | LoadReason::OnLoad { .. } => ATOMVM_UNSUPPORTED,
        LoadReason::Sticky { .. } => ATOMVM_STICKY_MODULE,
        LoadReason::Atom(AtomError::TableFull(_)) => ATOMVM_ATOM_LIMIT,
        LoadReason::Atom(AtomError::NoMemory) | LoadReason::OutOfMemory => ATOMVM_MEMORY_LIMIT,
        _ => ATOMVM_DAMAGED_FILE,
    }
}

fn of_beam(error: &BeamError) -> atomvm_status {
    match error {
        BeamError::NotABeam => ATOMVM_FOREIGN_FILE,
        BeamError::Truncated { .. } => ATOMVM_TRUNCATED_FILE,
        BeamError::UnknownOpcode { .. } => ATOMVM_NEWER_FILE,
        BeamError::OutOfMemory { .. } => ATOMVM_MEMORY_LIMIT,
        _ => ATOMVM_DAMAGED_FILE,
    }
}

fn of_pack(error: &PackError) -> atomvm_status {
    match error {
        PackError::NotAPack => ATOMVM_FOREIGN_FILE,
        PackError::Truncated { .. } => ATOMVM_TRUNCATED_FILE,
        PackError::BadModule { error, .. } => of_beam(error),
        PackError::MissingStart { .. } | PackError::BadStart { .. } => ATOMVM_NO_ENTRY_POINT,
        _ => ATOMVM_DAMAGED_FILE,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let mut failure = Failure::new(atomvm_status::of(&error), error.to_string());
        match error {
            Error::Exception(exception) => failure.exception = Some(exception),
            Error::Halted(status) => failure.exit_status = status,
            _ => {}
        }
        failure
    }
}

impl From<ValueError> for Failure {
    fn from(error: ValueError) -> Failure {
        Error::from(error).into()
    }
}

/// A status in a few words, for messages. The text lives for ever.
///
/// `status` is a value of `atomvm_status`; another one gives "unknown".
#[unsafe(no_mangle)]
pub extern "C" fn atomvm_status_text(status: core::ffi::c_int) -> *const c_char {
    const ALL: [atomvm_status; 27] = [
        ATOMVM_OK,
        ATOMVM_RUNNING,
        ATOMVM_IDLE,
        ATOMVM_BAD_ARGUMENT,
        ATOMVM_BUSY,
        ATOMVM_INTERNAL_ERROR,
        ATOMVM_WRONG_TYPE,
        ATOMVM_OUT_OF_RANGE,
        ATOMVM_BAD_VALUE,
        ATOMVM_NO_MEMORY,
        ATOMVM_NO_FILE,
        ATOMVM_FOREIGN_FILE,
        ATOMVM_TRUNCATED_FILE,
        ATOMVM_DAMAGED_FILE,
        ATOMVM_NEWER_FILE,
        ATOMVM_REFUSED_CODE,
        ATOMVM_UNSUPPORTED,
        ATOMVM_STICKY_MODULE,
        ATOMVM_NO_ENTRY_POINT,
        ATOMVM_EXCEPTION,
        ATOMVM_HALTED,
        ATOMVM_CRASHED,
        ATOMVM_STALLED,
        ATOMVM_MEMORY_LIMIT,
        ATOMVM_PROCESS_LIMIT,
        ATOMVM_ATOM_LIMIT,
        ATOMVM_REDUCTION_LIMIT,
    ];
    let known = ALL.iter().find(|known| **known as i32 == status);
    known.map_or(c"unknown", |known| known.text()).as_ptr()
}
