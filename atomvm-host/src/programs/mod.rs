//! Programs of the host, and descriptors that are open already, for the VM's ports.
//!
//! ```text
//!   start    starts a program
//!   poller   the thread that reads and writes for all ports of a VM
//! ```

mod poller;
mod start;

use crate::environment::Environment;
use crate::files::errno;
use atomvm_core::platform::{NewPort, PortError, PortEvents, PortRequest, PortTarget};
use poller::{Channel, Poller};
use rustix::fs::{Mode, OFlags};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;

/// The other end of a port, before anybody reads or writes.
#[derive(Default)]
struct Ends {
    /// What comes from there.
    input: Option<OwnedFd>,
    /// What goes there.
    output: Option<OwnedFd>,
    /// May the descriptors be made non-blocking, as nobody else has them?
    own: bool,
    child: Option<Child>,
    /// The program could not be run: what it is told to have returned.
    failed: Option<i32>,
}

/// What starts programs for a VM.
#[derive(Debug)]
pub struct Programs {
    poller: Poller,
}

impl Programs {
    /// Nothing is started yet; `wake` ends the VM's wait.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Programs {
        Programs {
            poller: Poller::new(wake),
        }
    }

    /// Opens the other end of a port.
    ///
    /// # Errors
    /// The program is not there or may not be run, or the host has no room.
    pub fn open(
        &self,
        request: &PortRequest,
        events: PortEvents,
        folder: &Path,
        environment: &Environment,
    ) -> NewPort {
        ignore_broken_pipes();
        let ends = match &request.target {
            PortTarget::Descriptors { input, output } => descriptors(request, *input, *output),
            _ => start::start(request, folder, environment),
        };
        let ends = ends.map_err(PortError::Posix)?;
        let channel = Channel::new(ends, request, events);
        let driver = self.poller.add(channel);
        driver.map_err(|error| PortError::Posix(errno::of_error(&error)))
    }
}

/// Copies of descriptors of this process.
fn descriptors(request: &PortRequest, input: i32, output: i32) -> Result<Ends, &'static str> {
    let wanted = |is_wanted: bool, number, flags| match is_wanted {
        true => descriptor(number, flags).map(Some),
        false => Ok(None),
    };
    Ok(Ends {
        input: wanted(request.input, input, OFlags::RDONLY)?,
        output: wanted(request.output, output, OFlags::WRONLY)?,
        ..Ends::default()
    })
}

fn descriptor(number: i32, flags: OFlags) -> Result<OwnedFd, &'static str> {
    let copied = match number {
        0 => rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3),
        1 => rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3),
        2 => rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3),
        _ => {
            let name = format!("/dev/fd/{number}");
            rustix::fs::open(name, flags | OFlags::CLOEXEC, Mode::empty())
        }
    };
    copied.map_err(|error| match error {
        rustix::io::Errno::NOENT => "ebadf",
        error => errno::name(error),
    })
}

/// Who writes to a program that has ended is to get an error, not a signal that ends the process of
/// the host. Where that has decided about the signal, it stays so.
#[allow(unsafe_code)]
fn ignore_broken_pipes() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // SAFETY: the first call only fills `now`, for which all zeros is a value; the second
        // changes what nobody has set.
        unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(libc::SIGPIPE, std::ptr::null(), &mut now) == 0
                && now.sa_sigaction == libc::SIG_DFL
            {
                libc::signal(libc::SIGPIPE, libc::SIG_IGN);
            }
        }
    });
}
