//! What the VM asks of the machine it runs on: the embedder's part.

mod deflate;
mod port;

pub use deflate::{DeflateError, DeflateSettings, Deflated, Deflater, NewDeflater};
pub(crate) use port::EventQueue;
pub use port::{
    NewPort, PortDriver, PortError, PortEvent, PortEvents, PortRequest, PortTarget, TraceWrap,
};

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::code::source::Source;
use crate::term::atom::AtomError;
use crate::vm::Runtime;

/// Where a program's output goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// What the program writes.
    Output,
    /// Reports of errors.
    Error,
}

/// The services of a machine. Only a clock is required: without the others the functions of the
/// program that need them fail with an error that says so.
pub trait Platform: Send + Sync {
    /// Time since some fixed moment; never goes back.
    fn monotonic(&self) -> Duration;

    /// Time since 1970-01-01 00:00 UTC, as far as the machine knows it.
    fn system_time(&self) -> Duration {
        self.monotonic()
    }

    /// Local time minus UTC, in seconds, at a moment given as seconds since 1970.
    fn utc_offset(&self, _at: i64) -> i32 {
        0
    }

    /// The time for which processors have worked for the program that the VM is part of; `None`
    /// where that is not known, and counts as the time in which the VM was not idle.
    fn processor_time(&self) -> Option<Duration> {
        None
    }

    /// Writes bytes (UTF-8) to the console.
    fn write(&self, _stream: Stream, _bytes: &[u8]) {}

    /// A line from the console with its end, `None` at the end of the input. May block.
    fn read_line(&self) -> Option<Vec<u8>> {
        None
    }

    /// Fills `to` with unpredictable bytes; `false` if there is no source of them.
    fn entropy(&self, _to: &mut [u8]) -> bool {
        false
    }

    /// Waits until [`Platform::wake`] is called or the time has passed (`None`: no limit).
    /// Returns `false` when it cannot wait, so that the caller gets control back instead.
    fn wait(&self, _at_most: Option<Duration>) -> bool {
        false
    }

    /// Ends a [`Platform::wait`]; called from any thread.
    fn wake(&self) {}

    /// Gives memory that was freed back to the system, where the allocator keeps it. Called after a
    /// VM has freed many megabytes, and more than it still uses.
    fn trim(&self) {}

    /// The BEAM file of a module that is in no pack.
    fn find_module(&self, _name: &str) -> Option<Source> {
        None
    }

    /// Folders in which programs look for modules, until they change that.
    fn code_paths(&self) -> Vec<String> {
        Vec::new()
    }

    /// The bytes of a file, mapped where that is possible.
    fn open_file(&self, _path: &str) -> Option<Source> {
        None
    }

    /// Is there a folder of that name?
    fn is_folder(&self, _path: &str) -> bool {
        false
    }

    /// The value of an environment variable.
    fn environment(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }

    /// What `os:type/0` returns: the family of operating systems and its member.
    fn os_type(&self) -> (&'static str, &'static str) {
        ("unix", "unknown")
    }

    /// What `os:version/0` returns: major, minor and release of the operating system, as far as they
    /// are known.
    fn os_version(&self) -> (u32, u32, u32) {
        (0, 0, 0)
    }

    /// What makes compressed data. Without one the VM has its own, which is small and whose result is
    /// right, but not byte for byte that of zlib.
    fn deflater(&self, _settings: DeflateSettings) -> NewDeflater {
        None
    }

    /// Starts a program, or opens descriptors, for a port, which is told by `events` what comes of it.
    ///
    /// # Errors
    /// There are no such things, or they could not be had.
    fn open_port(&self, _request: &PortRequest, _events: PortEvents) -> NewPort {
        Err(PortError::Unsupported)
    }

    /// Adds the functions that this machine brings, with [`Runtime::extend`], to a new VM.
    ///
    /// # Errors
    /// The VM has no room for their names.
    fn natives(&self, _rt: &Runtime) -> Result<(), AtomError> {
        Ok(())
    }
}

impl<P: Platform + ?Sized> Platform for Box<P> {
    fn monotonic(&self) -> Duration {
        (**self).monotonic()
    }
    fn system_time(&self) -> Duration {
        (**self).system_time()
    }
    fn utc_offset(&self, at: i64) -> i32 {
        (**self).utc_offset(at)
    }
    fn processor_time(&self) -> Option<Duration> {
        (**self).processor_time()
    }
    fn write(&self, stream: Stream, bytes: &[u8]) {
        (**self).write(stream, bytes);
    }
    fn read_line(&self) -> Option<Vec<u8>> {
        (**self).read_line()
    }
    fn entropy(&self, to: &mut [u8]) -> bool {
        (**self).entropy(to)
    }
    fn wait(&self, at_most: Option<Duration>) -> bool {
        (**self).wait(at_most)
    }
    fn wake(&self) {
        (**self).wake();
    }
    fn trim(&self) {
        (**self).trim();
    }
    fn find_module(&self, name: &str) -> Option<Source> {
        (**self).find_module(name)
    }
    fn code_paths(&self) -> Vec<String> {
        (**self).code_paths()
    }
    fn open_file(&self, path: &str) -> Option<Source> {
        (**self).open_file(path)
    }
    fn is_folder(&self, path: &str) -> bool {
        (**self).is_folder(path)
    }
    fn environment(&self, name: &str) -> Option<Vec<u8>> {
        (**self).environment(name)
    }
    fn os_type(&self) -> (&'static str, &'static str) {
        (**self).os_type()
    }
    fn os_version(&self) -> (u32, u32, u32) {
        (**self).os_version()
    }
    fn deflater(&self, settings: DeflateSettings) -> NewDeflater {
        (**self).deflater(settings)
    }
    fn open_port(&self, request: &PortRequest, events: PortEvents) -> NewPort {
        (**self).open_port(request, events)
    }
    fn natives(&self, rt: &Runtime) -> Result<(), AtomError> {
        (**self).natives(rt)
    }
}
