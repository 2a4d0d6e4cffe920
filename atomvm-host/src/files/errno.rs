//! The names that POSIX, and so Erlang, has for what goes wrong.

use rustix::io::Errno;

/// Names of errors that have to do with files and pipes.
const NAMES: &[(Errno, &str)] = &[
    (Errno::TOOBIG, "e2big"),
    (Errno::ACCESS, "eacces"),
    (Errno::AGAIN, "eagain"),
    (Errno::BADF, "ebadf"),
    (Errno::BUSY, "ebusy"),
    (Errno::DEADLK, "edeadlk"),
    (Errno::DQUOT, "edquot"),
    (Errno::EXIST, "eexist"),
    (Errno::FAULT, "efault"),
    (Errno::FBIG, "efbig"),
    (Errno::ILSEQ, "eilseq"),
    (Errno::INTR, "eintr"),
    (Errno::INVAL, "einval"),
    (Errno::IO, "eio"),
    (Errno::ISDIR, "eisdir"),
    (Errno::LOOP, "eloop"),
    (Errno::MFILE, "emfile"),
    (Errno::MLINK, "emlink"),
    (Errno::NAMETOOLONG, "enametoolong"),
    (Errno::NFILE, "enfile"),
    (Errno::NODEV, "enodev"),
    (Errno::NOENT, "enoent"),
    (Errno::NOLCK, "enolck"),
    (Errno::NOMEM, "enomem"),
    (Errno::NOSPC, "enospc"),
    (Errno::NOSYS, "enosys"),
    (Errno::NOTDIR, "enotdir"),
    (Errno::NOTEMPTY, "eexist"),
    (Errno::OPNOTSUPP, "enotsup"),
    (Errno::NOTSUP, "enotsup"),
    (Errno::NXIO, "enxio"),
    (Errno::OVERFLOW, "eoverflow"),
    (Errno::PERM, "eperm"),
    (Errno::PIPE, "epipe"),
    (Errno::RANGE, "erange"),
    (Errno::ROFS, "erofs"),
    (Errno::SPIPE, "espipe"),
    (Errno::STALE, "estale"),
    (Errno::TIMEDOUT, "etimedout"),
    (Errno::TXTBSY, "etxtbsy"),
    (Errno::XDEV, "exdev"),
];

/// The name of an error number. A folder that is not empty `eexist`s, as in OTP.
pub fn name(error: Errno) -> &'static str {
    let found = NAMES.iter().find(|(number, _)| *number == error);
    found.map_or("unknown", |(_, name)| name)
}

/// The name of what the standard library says.
pub fn of_error(error: &std::io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(number) => name(Errno::from_raw_os_error(number)),
        None if error.kind() == std::io::ErrorKind::OutOfMemory => "enomem",
        None => "einval",
    }
}
