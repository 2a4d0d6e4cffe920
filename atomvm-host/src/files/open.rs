//! Open files. Only the process that opened a file may use it.

use super::{BADARG, Fault, Outcome, Storage, Use, forget_dead, length, lock, number, ok, path};
use atomvm_core::bif::{Ctx, Raise};
use atomvm_core::memory::Heap;
use atomvm_core::term::iolist::{self, IoListError};
use atomvm_core::term::{Term, atoms};
use rustix::fs::{FallocateFlags, Mode, OFlags};
use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// An open file.
pub(super) struct Open {
    file: File,
    /// How many bytes are read in advance.
    ahead: usize,
    /// What was read and not asked for yet.
    unread: Vec<u8>,
}

/// An open file and the process that opened it.
#[derive(Clone)]
pub(super) struct Shared {
    owner: Term,
    open: Arc<Mutex<Open>>,
}

/// How a file is to be opened.
#[derive(Default)]
struct Modes {
    read: bool,
    write: bool,
    append: bool,
    exclusive: bool,
    sync: bool,
    directory: bool,
    device: bool,
    ahead: usize,
}

/// How many bytes `read_ahead` reads if it does not say.
const READ_AHEAD: usize = 64 << 10;
/// The most bytes that are read in advance: an option may ask for anything.
const MOST_AHEAD: usize = 1 << 20;
/// How many bytes are read at a time while looking for the end of a line.
const LINE: usize = 256;

impl Modes {
    fn parse(c: &Ctx<'_>, list: Term) -> Option<Modes> {
        let mut modes = Modes::default();
        let mut rest = list;
        while let Some((mode, next)) = rest.as_cons() {
            rest = next;
            if let Some(&[key, value]) = mode.as_tuple() {
                if key.is_atom() && c.rt.atoms.name(key) == "read_ahead" {
                    modes.ahead = value.as_usize()?.min(MOST_AHEAD);
                }
                continue;
            }
            if !mode.is_atom() {
                continue;
            }
            match c.rt.atoms.name(mode) {
                "read" => modes.read = true,
                "write" => modes.write = true,
                "append" => (modes.write, modes.append) = (true, true),
                "exclusive" => (modes.write, modes.exclusive) = (true, true),
                "sync" => modes.sync = true,
                "directory" => modes.directory = true,
                "skip_type_check" | "device" => modes.device = true,
                "read_ahead" => modes.ahead = READ_AHEAD,
                // What the modules on top of this one make of the file is theirs.
                _ => {}
            }
        }
        rest.is_nil().then_some(modes)
    }

    fn flags(&self) -> OFlags {
        let mut flags = OFlags::CLOEXEC;
        flags |= match (self.read, self.write) {
            (_, false) => OFlags::RDONLY,
            (true, true) => OFlags::RDWR | OFlags::CREATE,
            (false, true) => OFlags::WRONLY | OFlags::CREATE,
        };
        if self.write && !self.read && !self.append && !self.exclusive {
            flags |= OFlags::TRUNC;
        }
        for (wanted, flag) in [
            (self.append, OFlags::APPEND),
            (self.exclusive, OFlags::EXCL),
            (self.sync, OFlags::SYNC),
        ] {
            if wanted {
                flags |= flag;
            }
        }
        flags
    }

    fn open(&self, path: &Path) -> Result<File, Fault> {
        if !self.read && !self.write && !self.directory {
            return Err(Fault::Posix("einval"));
        }
        // A pipe would wait here for its other end.
        let mut flags = self.flags();
        if !self.device {
            flags |= OFlags::NONBLOCK;
        }
        let file = File::from(rustix::fs::open(
            path,
            flags,
            Mode::from_bits_retain(0o666),
        )?);
        if !self.device {
            self.check_type(&file)?;
        }
        Ok(file)
    }

    /// Only plain files can be opened, as in OTP, and `/dev/null`, and folders if they are asked for.
    fn check_type(&self, file: &File) -> Result<(), Fault> {
        let metadata = file.metadata()?;
        let kind = metadata.file_type();
        let is_null = || {
            let null = std::fs::metadata("/dev/null").ok();
            kind.is_char_device() && null.is_some_and(|null| null.rdev() == metadata.rdev())
        };
        match self.directory {
            true if kind.is_dir() => Ok(()),
            true => Err(Fault::Posix("enotdir")),
            false if kind.is_file() || is_null() => Ok(()),
            false => Err(Fault::Posix("eisdir")),
        }
    }
}

/// A file without a name.
#[cfg(target_os = "linux")]
fn in_memory() -> Result<File, Fault> {
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    Ok(File::from(rustix::fs::memfd_create("packed", flags)?))
}

#[cfg(not(target_os = "linux"))]
fn in_memory() -> Result<File, Fault> {
    Err(Fault::Posix("enoent"))
}

/// The bytes of a list or binary.
fn bytes<'a>(data: Term) -> Result<Cow<'a, [u8]>, Fault> {
    if let Some(bytes) = data.as_binary() {
        return Ok(bytes);
    }
    match iolist::to_vec(data) {
        Ok(bytes) => Ok(Cow::Owned(bytes)),
        Err(IoListError::BadTerm) => Err(BADARG),
        Err(IoListError::NoMemory) => Err(Fault::Raise(Raise::OutOfMemory)),
    }
}

/// Reads up to `len` bytes: fewer only at the end of the file.
fn read_up_to(c: &Ctx<'_>, source: impl Read, len: usize) -> Result<Vec<u8>, Fault> {
    let budget = &c.rt.budget;
    let left = budget.limit().saturating_sub(budget.used());
    let limit = len.min(left.saturating_add(1));
    let mut data = Vec::new();
    // Room for all at once where that is not much: a program may ask for more than there is.
    let room = limit.min(64 << 10);
    data.try_reserve_exact(room)
        .map_err(|_| Raise::OutOfMemory)?;
    source.take(limit as u64).read_to_end(&mut data)?;
    if data.len() > left {
        return Err(Fault::Posix("enomem"));
    }
    Ok(data)
}

/// A file from a place on, without moving its position.
struct At<'a>(&'a File, u64);

impl Read for At<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read_at(to, self.1)?;
        self.1 += read as u64;
        Ok(read)
    }
}

fn eof(c: &Ctx<'_>) -> Outcome {
    Ok(c.rt.atoms.intern("eof")?)
}

/// `{ok, Data}`, or `eof` if there is none.
fn data_or_eof(c: &mut Ctx<'_>, data: &[u8]) -> Outcome {
    if data.is_empty() {
        return eof(c);
    }
    let data = c.p.heap.binary(data)?;
    ok(c, data)
}

impl Open {
    /// Forgets what was read in advance: the position is where the program thinks it is.
    fn reset(&mut self) -> Result<(), Fault> {
        if !self.unread.is_empty() {
            self.file.seek_relative(-(self.unread.len() as i64))?;
            self.unread.clear();
        }
        Ok(())
    }

    fn take(&mut self, len: usize) -> Vec<u8> {
        let rest = self.unread.split_off(len.min(self.unread.len()));
        std::mem::replace(&mut self.unread, rest)
    }
}

impl Storage {
    /// `{ok, Handle}`
    pub(super) fn open(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let modes = Modes::parse(c, args[1]).ok_or(BADARG)?;
        if modes.write {
            self.allowed(Use::Writes)?;
        }
        let file = modes.open(&path)?;
        self.opened(c, file, modes.ahead)
    }

    /// `{ok, Handle}` of a file that is nowhere but in memory, with the contents given.
    pub(super) fn open_copy(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let mut file = in_memory()?;
        file.write_all(&bytes(args[0])?)?;
        file.rewind()?;
        self.opened(c, file, 0)
    }

    fn opened(&self, c: &mut Ctx<'_>, file: File, ahead: usize) -> Outcome {
        let mut all = lock(&self.open);
        forget_dead(c.rt, &mut all, |shared| shared.owner);
        let handle = c.rt.make_ref(&mut c.p.heap)?;
        let key = handle.as_reference().ok_or(BADARG)?.0;
        let open = Open {
            file,
            ahead,
            unread: Vec::new(),
        };
        let shared = Shared {
            owner: c.p.id,
            open: Arc::new(Mutex::new(open)),
        };
        all.insert(key, shared);
        ok(c, handle)
    }

    /// Does something with an open file of the running process.
    fn with<R>(
        &self,
        c: &mut Ctx<'_>,
        handle: Term,
        what: impl FnOnce(&mut Ctx<'_>, &mut Open) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let key = handle.as_reference().ok_or(BADARG)?.0;
        let shared = lock(&self.open).get(&key).cloned();
        let shared = shared.ok_or(Fault::Posix("einval"))?;
        if shared.owner != c.p.id {
            let reason = c.rt.atoms.intern("not_on_controlling_process")?;
            return Err(Fault::Raise(Raise::Error(reason)));
        }
        what(c, &mut lock(&shared.open))
    }

    pub(super) fn close(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        self.with(c, args[0], |_, _| Ok(()))?;
        let key = args[0].as_reference().ok_or(BADARG)?.0;
        lock(&self.open).remove(&key);
        Ok(atoms::OK)
    }

    pub(super) fn read(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let len = length(args[1])?;
        self.with(c, args[0], |c, open| {
            let mut data = open.take(len);
            if data.len() < len {
                let more = len - data.len();
                let wanted = more.saturating_add(open.ahead);
                let mut read = read_up_to(c, &open.file, wanted)?;
                open.unread = read.split_off(more.min(read.len()));
                data.append(&mut read);
            }
            if len == 0 {
                let empty = c.p.heap.binary(&[])?;
                return ok(c, empty);
            }
            data_or_eof(c, &data)
        })
    }

    pub(super) fn read_line(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        self.with(c, args[0], |c, open| {
            let mut looked_at = 0;
            let len = loop {
                let new = &open.unread[looked_at..];
                if let Some(at) = new.iter().position(|&byte| byte == b'\n') {
                    break looked_at + at + 1;
                }
                looked_at = open.unread.len();
                let mut more = read_up_to(c, &open.file, open.ahead.max(LINE))?;
                if more.is_empty() {
                    break looked_at;
                }
                open.unread.append(&mut more);
            };
            let mut line = open.take(len);
            if line.ends_with(b"\r\n") {
                line.truncate(len - 2);
                line.push(b'\n');
            }
            data_or_eof(c, &line)
        })
    }

    pub(super) fn write(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let data = bytes(args[1])?;
        self.with(c, args[0], |_, open| {
            open.reset()?;
            open.file.write_all(&data)?;
            Ok(atoms::OK)
        })
    }

    /// `{ok, NewPosition}`
    pub(super) fn position(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let offset = args[2].as_i64().ok_or(BADARG)?;
        let mark = args[1];
        if !mark.is_atom() {
            return Err(BADARG);
        }
        self.with(c, args[0], |c, open| {
            let to = match c.rt.atoms.name(mark) {
                "bof" => {
                    SeekFrom::Start(u64::try_from(offset).map_err(|_| Fault::Posix("einval"))?)
                }
                "cur" => SeekFrom::Current(offset),
                "eof" => SeekFrom::End(offset),
                _ => return Err(BADARG),
            };
            open.reset()?;
            let position = open.file.seek(to)?;
            let position = c.p.heap.uint(position)?;
            ok(c, position)
        })
    }

    pub(super) fn pread(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let len = length(args[2])?;
        let at = number(args[1])?;
        self.with(c, args[0], |c, open| {
            let data = read_up_to(c, At(&open.file, at), len)?;
            data_or_eof(c, &data)
        })
    }

    pub(super) fn pwrite(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let data = bytes(args[2])?;
        let at = number(args[1])?;
        self.with(c, args[0], |_, open| {
            open.reset()?;
            open.file.write_all_at(&data, at)?;
            Ok(atoms::OK)
        })
    }

    /// Waits until the data (with `true`: only that) is on the disk.
    pub(super) fn sync(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        self.with(c, args[0], |_, open| {
            match args[1] == atoms::TRUE {
                true => open.file.sync_data()?,
                false => open.file.sync_all()?,
            }
            Ok(atoms::OK)
        })
    }

    /// Ends the file at its position.
    pub(super) fn truncate(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        self.with(c, args[0], |_, open| {
            open.reset()?;
            let len = open.file.stream_position()?;
            open.file.set_len(len)?;
            Ok(atoms::OK)
        })
    }

    /// Says how the file will be used.
    pub(super) fn advise(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let (at, len) = (number(args[1])?, number(args[2])?);
        let how = args[3];
        if !how.is_atom() {
            return Err(BADARG);
        }
        self.with(c, args[0], |c, open| {
            advise(&open.file, at, len, c.rt.atoms.name(how))?;
            Ok(atoms::OK)
        })
    }

    /// Takes room on the disk.
    pub(super) fn allocate(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let (at, len) = (number(args[1])?, number(args[2])?);
        self.with(c, args[0], |_, open| {
            rustix::fs::fallocate(&open.file, FallocateFlags::empty(), at, len)?;
            Ok(atoms::OK)
        })
    }

    /// `#file_info{}` of an open file.
    pub(super) fn handle_info(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let metadata = self.with(c, args[0], |_, open| Ok(open.file.metadata()?))?;
        path::info_record(c, &metadata, "none")
    }

    pub(super) fn read_file(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let modes = Modes {
            read: true,
            ..Modes::default()
        };
        let mut file = modes.open(&path)?;
        let len = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        let budget = &c.rt.budget;
        if len > budget.limit().saturating_sub(budget.used()) {
            return Err(Fault::Posix("enomem"));
        }
        // Into the binary at once, where the file is as long as it says.
        let (binary, to) = c.p.heap.new_binary(len)?;
        let mut at = 0;
        while at < len {
            match file.read(&mut to[at..]) {
                Ok(0) => break,
                Ok(read) => at += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        let rest = read_up_to(c, &file, usize::MAX)?;
        let data = match (at == len, rest.is_empty()) {
            (true, true) => binary,
            _ => {
                let whole = [&to[..at], &rest].concat();
                c.p.heap.binary(&whole)?
            }
        };
        ok(c, data)
    }
}

#[cfg(not(target_vendor = "apple"))]
fn advise(file: &File, at: u64, len: u64, how: &str) -> Result<(), Fault> {
    use rustix::fs::Advice;
    let how = match how {
        "normal" => Advice::Normal,
        "random" => Advice::Random,
        "sequential" => Advice::Sequential,
        "will_need" => Advice::WillNeed,
        "dont_need" => Advice::DontNeed,
        "no_reuse" => Advice::NoReuse,
        _ => return Err(Fault::Posix("einval")),
    };
    let len = std::num::NonZeroU64::new(len);
    Ok(rustix::fs::fadvise(file, at, len, how)?)
}

/// Advice is only advice: this system takes none.
#[cfg(target_vendor = "apple")]
fn advise(_: &File, _: u64, _: u64, how: &str) -> Result<(), Fault> {
    match how {
        "normal" | "random" | "sequential" | "will_need" | "dont_need" | "no_reuse" => Ok(()),
        _ => Err(Fault::Posix("einval")),
    }
}
