//! The files of the host, for OTP's module `file` and all that works on top of it.
//!
//! `prim_file` of `libs/` calls the functions of the module `atomvm_file`, which are here:
//!
//! ```text
//!   name         names of files: characters to bytes and back
//!   errno        what went wrong, by the names of POSIX
//!   open         open files
//!   path         what is done to files by name
//!   buffer       the buffers of `prim_buffer`
//!   trace_file   the files that are told what is traced
//! ```
//!
//! Each VM has a current folder of its own, and files of its own: those that a process leaves open
//! are closed some time after it has ended.

mod buffer;
pub(crate) mod errno;
mod name;
mod open;
mod path;
pub(crate) mod trace_file;

use atomvm_core::bif::{BifResult, Ctx, Raise};
use atomvm_core::memory::{Heap, OutOfMemory};
use atomvm_core::term::atom::AtomError;
use atomvm_core::term::{Term, atoms};
use atomvm_core::vm::Runtime;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What of the host's files a program may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Files {
    /// None: every call gives `{error, enotsup}`.
    None,
    /// They may be read; what would change one gives `{error, erofs}`.
    ReadOnly,
    /// All that the process of the host may use.
    #[default]
    All,
}

/// The current folder of a VM.
pub(crate) type Folder = Arc<Mutex<PathBuf>>;

/// The files of one VM.
pub struct Storage {
    policy: Files,
    cwd: Folder,
    open: Mutex<HashMap<[u32; 3], open::Shared>>,
    buffers: Mutex<HashMap<[u32; 3], buffer::Buffer>>,
}

/// Why a function does not give what it is to give.
enum Fault {
    /// `{error, Reason}`
    Posix(&'static str),
    /// An exception.
    Raise(Raise),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::Posix(errno::of_error(&error))
    }
}

impl From<rustix::io::Errno> for Fault {
    fn from(error: rustix::io::Errno) -> Fault {
        Fault::Posix(errno::name(error))
    }
}

impl From<Raise> for Fault {
    fn from(raise: Raise) -> Fault {
        Fault::Raise(raise)
    }
}

impl From<OutOfMemory> for Fault {
    fn from(error: OutOfMemory) -> Fault {
        Fault::Raise(error.into())
    }
}

impl From<AtomError> for Fault {
    fn from(error: AtomError) -> Fault {
        Fault::Raise(error.into())
    }
}

const BADARG: Fault = Fault::Raise(Raise::BADARG);

type Outcome = Result<Term, Fault>;
type Function = fn(&Storage, &mut Ctx<'_>, &[Term]) -> Outcome;

/// What a function does to files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It reads, or looks at what is open already.
    Reads,
    /// It changes something.
    Writes,
    /// It touches no file.
    Memory,
}

/// The functions: name, number of arguments, what they do to files.
const TABLE: &[(&str, u8, Use, Function)] = &[
    ("open", 2, Use::Reads, Storage::open),
    ("open_copy", 1, Use::Memory, Storage::open_copy),
    ("close", 1, Use::Reads, Storage::close),
    ("read", 2, Use::Reads, Storage::read),
    ("read_line", 1, Use::Reads, Storage::read_line),
    ("write", 2, Use::Writes, Storage::write),
    ("position", 3, Use::Reads, Storage::position),
    ("pread", 3, Use::Reads, Storage::pread),
    ("pwrite", 3, Use::Writes, Storage::pwrite),
    ("sync", 2, Use::Reads, Storage::sync),
    ("truncate", 1, Use::Writes, Storage::truncate),
    ("advise", 4, Use::Reads, Storage::advise),
    ("allocate", 3, Use::Writes, Storage::allocate),
    ("handle_info", 1, Use::Reads, Storage::handle_info),
    ("read_file", 1, Use::Reads, Storage::read_file),
    ("list_dir", 2, Use::Reads, Storage::list_dir),
    ("read_link", 2, Use::Reads, Storage::read_link),
    ("info", 2, Use::Reads, Storage::info),
    ("set_owner", 3, Use::Writes, Storage::set_owner),
    ("set_permissions", 2, Use::Writes, Storage::set_permissions),
    ("set_times", 3, Use::Writes, Storage::set_times),
    ("get_cwd", 0, Use::Reads, Storage::get_cwd),
    ("set_cwd", 1, Use::Reads, Storage::set_cwd),
    ("delete", 1, Use::Writes, Storage::delete),
    ("rename", 2, Use::Writes, Storage::rename),
    ("make_dir", 1, Use::Writes, Storage::make_dir),
    ("del_dir", 1, Use::Writes, Storage::del_dir),
    ("make_link", 2, Use::Writes, Storage::make_link),
    ("make_symlink", 2, Use::Writes, Storage::make_symlink),
    ("name2native", 1, Use::Memory, Storage::name2native),
    ("native2name", 1, Use::Memory, Storage::native2name),
    ("buffer_new", 0, Use::Memory, Storage::buffer_new),
    ("buffer_size", 1, Use::Memory, Storage::buffer_size),
    ("buffer_read", 2, Use::Memory, Storage::buffer_read),
    ("buffer_write", 2, Use::Memory, Storage::buffer_write),
    ("buffer_skip", 2, Use::Memory, Storage::buffer_skip),
    ("buffer_find", 2, Use::Memory, Storage::buffer_find),
];

/// Gives a VM its files.
pub fn install(rt: &Runtime, policy: Files, cwd: Folder) -> Result<(), AtomError> {
    let storage = Arc::new(Storage {
        policy,
        cwd,
        open: Mutex::default(),
        buffers: Mutex::default(),
    });
    for &(name, arity, what, call) in TABLE {
        let storage = storage.clone();
        rt.extend("atomvm_file", name, arity, move |c, args| {
            let outcome = storage.allowed(what).and_then(|()| call(&storage, c, args));
            finish(c, outcome)
        })?;
    }
    rt.extend("file", "native_name_encoding", 0, |c, _| {
        Ok(c.rt.atoms.intern("utf8")?)
    })?;
    // OTP's `file` marks its calls for a tracer, which is not here.
    rt.extend("erlang", "dt_spread_tag", 1, |_, _| Ok(atoms::TRUE))?;
    rt.extend("erlang", "dt_restore_tag", 1, |_, _| Ok(atoms::TRUE))
}

fn finish(c: &mut Ctx<'_>, outcome: Outcome) -> BifResult {
    match outcome {
        Ok(term) => Ok(term),
        Err(Fault::Raise(raise)) => Err(raise),
        Err(Fault::Posix(name)) => {
            let reason = c.rt.atoms.intern(name)?;
            Ok(c.p.heap.tuple(&[atoms::ERROR, reason])?)
        }
    }
}

fn ok(c: &mut Ctx<'_>, value: Term) -> Outcome {
    Ok(c.p.heap.tuple(&[atoms::OK, value])?)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Storage {
    fn allowed(&self, what: Use) -> Result<(), Fault> {
        match (self.policy, what) {
            (_, Use::Memory) | (Files::All, _) | (Files::ReadOnly, Use::Reads) => Ok(()),
            (Files::ReadOnly, Use::Writes) => Err(Fault::Posix("erofs")),
            (Files::None, _) => Err(Fault::Posix("enotsup")),
        }
    }

    /// Where the file of this name is.
    fn path(&self, c: &Ctx<'_>, name: Term) -> Result<PathBuf, Fault> {
        let name = name::to_os(&c.rt.atoms, name).ok_or(BADARG)?;
        if name.is_empty() {
            return Err(Fault::Posix("enoent"));
        }
        Ok(lock(&self.cwd).join(name))
    }
}

/// A number of bytes or a place in a file.
fn number(term: Term) -> Result<u64, Fault> {
    let value = term.as_i64().ok_or(BADARG)?;
    u64::try_from(value).map_err(|_| Fault::Posix("einval"))
}

/// How many bytes to read at most. Words of 32 bits have room for fewer than a program may ask for.
fn length(term: Term) -> Result<usize, Fault> {
    let value = term.as_i64().filter(|value| *value >= 0).ok_or(BADARG)?;
    Ok(usize::try_from(value).unwrap_or(usize::MAX))
}

/// Forgets what belongs to processes that have ended, when there is much.
fn forget_dead<T>(rt: &Runtime, all: &mut HashMap<[u32; 3], T>, owner: impl Fn(&T) -> Term) {
    /// Up to so many, nobody looks.
    const FEW: usize = 16;
    if all.len() >= FEW && all.len().is_power_of_two() {
        all.retain(|_, entry| {
            let handle = rt.processes.find(owner(entry));
            handle.is_some_and(|handle| handle.is_alive())
        });
    }
}
