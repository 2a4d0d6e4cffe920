//! What is done to files by name.

use super::{BADARG, Fault, Outcome, Storage, lock, name, ok};
use atomvm_core::bif::Ctx;
use atomvm_core::memory::Heap;
use atomvm_core::term::{Term, atoms};
use rustix::fs::{Access, AtFlags, CWD, Timespec, Timestamps};
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;

/// `#file_info{}` with times in seconds since 1970.
pub(super) fn info_record(c: &mut Ctx<'_>, metadata: &Metadata, access: &str) -> Outcome {
    let kind = metadata.file_type();
    let kind = if kind.is_file() {
        "regular"
    } else if kind.is_dir() {
        "directory"
    } else if kind.is_symlink() {
        "symlink"
    } else if kind.is_char_device() || kind.is_block_device() {
        "device"
    } else {
        "other"
    };
    let heap = &mut c.p.heap;
    let fields = [
        c.rt.atoms.intern("file_info")?,
        heap.uint(metadata.len())?,
        c.rt.atoms.intern(kind)?,
        c.rt.atoms.intern(access)?,
        heap.int(metadata.atime())?,
        heap.int(metadata.mtime())?,
        heap.int(metadata.ctime())?,
        heap.uint(metadata.mode().into())?,
        heap.uint(metadata.nlink())?,
        heap.uint(metadata.dev())?,
        heap.uint(metadata.rdev())?,
        heap.uint(metadata.ino())?,
        heap.uint(metadata.uid().into())?,
        heap.uint(metadata.gid().into())?,
    ];
    Ok(heap.tuple(&fields)?)
}

/// What the host may do with a file.
fn access(path: &Path) -> &'static str {
    let may = |what| rustix::fs::access(path, what).is_ok();
    match (may(Access::READ_OK), may(Access::WRITE_OK)) {
        (true, true) => "read_write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "none",
    }
}

impl Storage {
    /// `{ok, Names}`; of the names that are no characters all (with `true`) or none.
    pub(super) fn list_dir(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let all = args[1] == atoms::TRUE;
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            let name = entry?.file_name();
            if all || name.to_str().is_some() {
                names.push(name::to_term(c, name.as_bytes())?);
            }
        }
        let list = c.p.heap.list(&names)?;
        ok(c, list)
    }

    /// `{ok, Name}`; a name that is no characters only with `true`.
    pub(super) fn read_link(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let target = fs::read_link(self.path(c, args[0])?)?;
        if args[1] != atoms::TRUE && target.to_str().is_none() {
            return Err(Fault::Posix("einval"));
        }
        let name = name::to_term(c, target.as_os_str().as_bytes())?;
        ok(c, name)
    }

    /// `#file_info{}`; with `true` of what a link leads to.
    pub(super) fn info(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let metadata = match args[1] == atoms::TRUE {
            true => fs::metadata(&path)?,
            false => fs::symlink_metadata(&path)?,
        };
        info_record(c, &metadata, access(&path))
    }

    /// Sets user and group, each unless it is -1.
    pub(super) fn set_owner(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let id = |term: Term| match term.as_i64().ok_or(BADARG)? {
            -1 => Ok(None),
            id => u32::try_from(id).map(Some).map_err(|_| BADARG),
        };
        std::os::unix::fs::chown(path, id(args[1])?, id(args[2])?)?;
        Ok(atoms::OK)
    }

    pub(super) fn set_permissions(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let mode = args[1].as_i64().and_then(|mode| u32::try_from(mode).ok());
        let mode = mode.ok_or(BADARG)? & 0o7777;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        Ok(atoms::OK)
    }

    /// Sets when the file was read and written last, in seconds since 1970.
    pub(super) fn set_times(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let time = |term: Term| {
            Ok::<_, Fault>(Timespec {
                tv_sec: term.as_i64().ok_or(BADARG)?,
                tv_nsec: 0,
            })
        };
        let times = Timestamps {
            last_access: time(args[1])?,
            last_modification: time(args[2])?,
        };
        rustix::fs::utimensat(CWD, &path, &times, AtFlags::empty())?;
        Ok(atoms::OK)
    }

    pub(super) fn get_cwd(&self, c: &mut Ctx<'_>, _: &[Term]) -> Outcome {
        let cwd = lock(&self.cwd).clone();
        let name = name::to_term(c, cwd.as_os_str().as_bytes())?;
        ok(c, name)
    }

    /// Changes the current folder of this VM.
    pub(super) fn set_cwd(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        let folder = fs::canonicalize(path)?;
        if !folder.is_dir() {
            return Err(Fault::Posix("enotdir"));
        }
        rustix::fs::access(&folder, Access::EXEC_OK)?;
        *lock(&self.cwd) = folder;
        Ok(atoms::OK)
    }

    pub(super) fn delete(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        let path = self.path(c, args[0])?;
        match fs::remove_file(&path) {
            Ok(()) => Ok(atoms::OK),
            // Not every system says of a folder what POSIX says.
            Err(_) if fs::symlink_metadata(&path).is_ok_and(|it| it.is_dir()) => {
                Err(Fault::Posix("eperm"))
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn rename(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        fs::rename(self.path(c, args[0])?, self.path(c, args[1])?)?;
        Ok(atoms::OK)
    }

    pub(super) fn make_dir(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        fs::create_dir(self.path(c, args[0])?)?;
        Ok(atoms::OK)
    }

    pub(super) fn del_dir(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        fs::remove_dir(self.path(c, args[0])?)?;
        Ok(atoms::OK)
    }

    pub(super) fn make_link(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        fs::hard_link(self.path(c, args[0])?, self.path(c, args[1])?)?;
        Ok(atoms::OK)
    }

    pub(super) fn make_symlink(&self, c: &mut Ctx<'_>, args: &[Term]) -> Outcome {
        // What the link says is not looked at, and relative to where the link is.
        let target = name::to_os(&c.rt.atoms, args[0]).ok_or(BADARG)?;
        std::os::unix::fs::symlink(target, self.path(c, args[1])?)?;
        Ok(atoms::OK)
    }
}
