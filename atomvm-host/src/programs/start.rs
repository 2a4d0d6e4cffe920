//! Starts a program whose standard input and output are the ends of a port.

use super::Ends;
use crate::environment::Environment;
use crate::files::errno;
use atomvm_core::platform::{PortRequest, PortTarget};
use rustix::fs::Access;
use std::ffi::OsStr;
use std::io::Error;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Starts what is asked for, in `folder` unless it says otherwise. What goes wrong when the program
/// itself begins is its exit status, as if it had run.
///
/// # Errors
/// The name of what went wrong: there is no such program, it may not be run, or the host has no room.
pub(super) fn start(
    request: &PortRequest,
    folder: &Path,
    environment: &Environment,
) -> Result<Ends, &'static str> {
    let mut command = command(&request.target, folder)?;
    let wanted = os(request.folder.as_deref().unwrap_or_default());
    let folder = folder.join(wanted);
    if let Err(error) = rustix::fs::access(&folder, Access::EXEC_OK) {
        eprintln!("spawn: Could not cd to {}", wanted.display());
        return Ok(failed(error.raw_os_error()));
    }
    command.current_dir(folder);
    if environment.is_changed() || !request.environment.is_empty() {
        command.env_clear();
        let all = environment.all();
        command.envs(all.iter().map(|(k, v)| (os(k), os(v))));
        for (name, value) in &request.environment {
            match value {
                Some(value) => command.env(os(name), os(value)),
                None => command.env_remove(os(name)),
            };
        }
    }
    let mut ends = connect(request, &mut command).map_err(|error| errno::of_error(&error))?;
    match command.spawn() {
        Ok(child) => {
            ends.child = Some(child);
            Ok(ends)
        }
        Err(error) if is_of_host(&error) => Err(errno::of_error(&error)),
        Err(error) => Ok(failed(error.raw_os_error().unwrap_or(libc::EINVAL))),
    }
}

fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}

fn failed(status: i32) -> Ends {
    Ends {
        failed: Some(status),
        ..Ends::default()
    }
}

/// Does the error say that the host has no room for another program?
fn is_of_host(error: &Error) -> bool {
    let number = error.raw_os_error();
    matches!(
        number,
        Some(libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE)
    )
}

fn command(target: &PortTarget, folder: &Path) -> Result<Command, &'static str> {
    match target {
        PortTarget::Program {
            path,
            name,
            arguments,
        } => {
            let full = folder.join(os(path));
            rustix::fs::access(&full, Access::EXISTS).map_err(errno::name)?;
            rustix::fs::access(&full, Access::EXEC_OK).map_err(errno::name)?;
            let mut command = Command::new(full);
            command.arg0(os(name.as_ref().unwrap_or(path)));
            command.args(arguments.iter().map(|argument| os(argument)));
            Ok(command)
        }
        PortTarget::Shell(line) => {
            let mut command = Command::new("/bin/sh");
            let line = [b"exec ", &line[..]].concat();
            command.arg0("sh").arg("-c").arg(os(&line));
            Ok(command)
        }
        PortTarget::Descriptors { .. } | PortTarget::TraceFile { .. } => Err("einval"),
    }
}

/// Makes the pipes, and says which descriptors of the program they are.
fn connect(request: &PortRequest, command: &mut Command) -> std::io::Result<Ends> {
    let mut ends = Ends {
        own: true,
        ..Ends::default()
    };
    let (mut reads, mut writes) = (None, None);
    if request.output {
        let (reader, writer) = std::io::pipe()?;
        ends.output = Some(writer.into());
        reads = Some(OwnedFd::from(reader));
    }
    if request.input {
        let (reader, writer) = std::io::pipe()?;
        ends.input = Some(reader.into());
        let writer = OwnedFd::from(writer);
        if request.errors_to_input {
            command.stderr(Stdio::from(writer.try_clone()?));
        }
        writes = Some(writer);
    }
    if request.stdio {
        command.stdin(reads.take().map_or_else(Stdio::null, Stdio::from));
        command.stdout(writes.take().map_or_else(Stdio::inherit, Stdio::from));
    }
    let high = |end: Option<OwnedFd>| match end {
        // Not one of those that it is to become, which making the other one would close.
        Some(end) => rustix::io::fcntl_dupfd_cloexec(end.as_fd(), 10).map(Some),
        None => Ok(None),
    };
    prepare(command, high(reads)?, high(writes)?);
    Ok(ends)
}

/// Closes all descriptors from `first` on when the program begins: those of the host that are not
/// marked so are not the program's to have.
#[allow(unsafe_code)]
fn close_others(first: u32) {
    #[cfg(target_os = "linux")]
    // SAFETY: a system call that marks descriptors of this process; older systems refuse it.
    unsafe {
        libc::syscall(
            libc::SYS_close_range,
            first,
            u32::MAX,
            libc::CLOSE_RANGE_CLOEXEC,
        );
    }
    #[cfg(not(target_os = "linux"))]
    let _ = first;
}

/// What the new process does before it becomes the program: it gets a session of its own, does not end
/// by writing to who has closed, and has `reads` as descriptor 3 and `writes` as 4.
#[allow(unsafe_code)]
fn prepare(command: &mut Command, reads: Option<OwnedFd>, writes: Option<OwnedFd>) {
    let prepare = move || {
        // A failure leaves the program in the session of its parent.
        let _ = rustix::process::setsid();
        for (end, number) in [(&reads, 3), (&writes, 4)] {
            let Some(end) = end else { continue };
            // SAFETY: `end` is open, and nothing of the new process uses `number` yet.
            if unsafe { libc::dup2(end.as_raw_fd(), number) } < 0 {
                return Err(Error::last_os_error());
            }
        }
        close_others(if reads.is_some() || writes.is_some() {
            5
        } else {
            3
        });
        // SAFETY: a system call that changes this process only.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
        Ok(())
    };
    // SAFETY: all that is called between fork and exec are system calls; nothing is allocated.
    unsafe { command.pre_exec(prepare) };
}
