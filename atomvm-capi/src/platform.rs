//! The machine, as callbacks of C.

use atomvm_core::code::Source;
use atomvm_core::platform::{Platform, Stream};
use core::ffi::{CStr, c_char, c_void};
use core::time::Duration;

use alloc::ffi::CString;
use alloc::vec::Vec;

/// Where a program's output goes.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum atomvm_stream {
    /// What the program writes.
    ATOMVM_OUTPUT = 0,
    /// Reports of errors.
    ATOMVM_ERRORS = 1,
}

impl From<Stream> for atomvm_stream {
    fn from(stream: Stream) -> Self {
        match stream {
            Stream::Output => atomvm_stream::ATOMVM_OUTPUT,
            Stream::Error => atomvm_stream::ATOMVM_ERRORS,
        }
    }
}

/// The services of a machine, for a VM that shall not use those of the host. Functions that are
/// NULL are not there; what a program needs of them fails with an error that says so.
///
/// They are called on the thread that uses the VM, except `wake`, and must not use the VM. The
/// table is copied when the VM is made; what `user` points to must live as long as the VM.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct atomvm_platform {
    /// sizeof(atomvm_platform), so that later versions can add to it.
    pub size: usize,
    /// The first argument of all functions.
    pub user: *mut c_void,
    /// Nanoseconds since some fixed moment; never goes back. Required.
    pub monotonic: Option<unsafe extern "C" fn(user: *mut c_void) -> u64>,
    /// Nanoseconds since 1970-01-01 00:00 UTC. NULL: as `monotonic`.
    pub system_time: Option<unsafe extern "C" fn(user: *mut c_void) -> u64>,
    /// Local time minus UTC, in seconds, at a moment in seconds since 1970. NULL: 0.
    pub utc_offset: Option<unsafe extern "C" fn(user: *mut c_void, at: i64) -> i32>,
    /// Writes bytes to the console.
    pub write: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            stream: atomvm_stream,
            bytes: *const u8,
            size: usize,
        ),
    >,
    /// Reads at most `size` bytes of a line with its end from the console, and returns how many:
    /// 0 at the end of the input. It is called again for the rest of a longer line.
    pub read_line:
        Option<unsafe extern "C" fn(user: *mut c_void, to: *mut u8, size: usize) -> usize>,
    /// Fills `to` with unpredictable bytes; false if there are none.
    pub entropy: Option<unsafe extern "C" fn(user: *mut c_void, to: *mut u8, size: usize) -> bool>,
    /// Waits until `wake` is called or the nanoseconds have passed (UINT64_MAX: no limit). false
    /// if it cannot wait.
    pub wait: Option<unsafe extern "C" fn(user: *mut c_void, nanoseconds: u64) -> bool>,
    /// Ends a `wait`. Called from any thread.
    pub wake: Option<unsafe extern "C" fn(user: *mut c_void)>,
    /// Finds the BEAM file of a module that is in no pack; false if there is none. The bytes
    /// must stay as long as the VM.
    pub find_module: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            name: *const c_char,
            bytes: *mut *const u8,
            size: *mut usize,
        ) -> bool,
    >,
    /// The value of an environment variable, which is copied at once; NULL if there is none.
    pub environment:
        Option<unsafe extern "C" fn(user: *mut c_void, name: *const c_char) -> *const c_char>,
}

/// A pointer of the host's, handed back to its callbacks.
#[derive(Clone, Copy)]
pub(crate) struct User(pub *mut c_void);

// SAFETY: the VM only hands it back; that callbacks may come from any thread that uses the VM is
// part of their documentation.
unsafe impl Send for User {}
// SAFETY: as above.
unsafe impl Sync for User {}

impl User {
    /// The pointer. A method, so that closures capture the whole.
    pub fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// A machine of callbacks.
pub(crate) struct Callbacks(pub atomvm_platform);

// SAFETY: as for `User`.
unsafe impl Send for Callbacks {}
// SAFETY: as for `User`.
unsafe impl Sync for Callbacks {}

/// How many bytes of a line are read at a time.
const CHUNK: usize = 256;

impl Platform for Callbacks {
    fn monotonic(&self) -> Duration {
        // SAFETY: the table's contract.
        let now = self.0.monotonic.map(|get| unsafe { get(self.0.user) });
        Duration::from_nanos(now.unwrap_or(0))
    }

    fn system_time(&self) -> Duration {
        match self.0.system_time {
            // SAFETY: the table's contract.
            Some(get) => Duration::from_nanos(unsafe { get(self.0.user) }),
            None => self.monotonic(),
        }
    }

    fn utc_offset(&self, at: i64) -> i32 {
        // SAFETY: the table's contract.
        let offset = self.0.utc_offset.map(|get| unsafe { get(self.0.user, at) });
        // No place on earth is further off.
        offset.unwrap_or(0).clamp(-86_400, 86_400)
    }

    fn write(&self, stream: Stream, bytes: &[u8]) {
        if let Some(write) = self.0.write {
            // SAFETY: the table's contract.
            unsafe { write(self.0.user, stream.into(), bytes.as_ptr(), bytes.len()) };
        }
    }

    fn read_line(&self) -> Option<Vec<u8>> {
        let read = self.0.read_line?;
        let mut line = Vec::new();
        let mut chunk = [0; CHUNK];
        loop {
            // SAFETY: the table's contract; the chunk has room for what is asked for.
            let got = unsafe { read(self.0.user, chunk.as_mut_ptr(), CHUNK) };
            let got = &chunk[..got.min(CHUNK)];
            line.extend_from_slice(got);
            if got.is_empty() || got.ends_with(b"\n") {
                return (!line.is_empty()).then_some(line);
            }
        }
    }

    fn entropy(&self, to: &mut [u8]) -> bool {
        // SAFETY: the table's contract.
        let fill = |fill: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> bool| unsafe {
            fill(self.0.user, to.as_mut_ptr(), to.len())
        };
        self.0.entropy.is_some_and(fill)
    }

    fn wait(&self, at_most: Option<Duration>) -> bool {
        let nanoseconds = at_most.map_or(u64::MAX, |limit| {
            u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX)
        });
        // SAFETY: the table's contract.
        let wait = |wait: unsafe extern "C" fn(*mut c_void, u64) -> bool| unsafe {
            wait(self.0.user, nanoseconds)
        };
        self.0.wait.is_some_and(wait)
    }

    fn wake(&self) {
        if let Some(wake) = self.0.wake {
            // SAFETY: the table's contract.
            unsafe { wake(self.0.user) };
        }
    }

    fn find_module(&self, name: &str) -> Option<Source> {
        let find = self.0.find_module?;
        let c_name = CString::new(name).ok()?;
        let (mut bytes, mut size) = (core::ptr::null(), 0);
        // SAFETY: the table's contract.
        let found = unsafe { find(self.0.user, c_name.as_ptr(), &mut bytes, &mut size) };
        if !found || bytes.is_null() || isize::try_from(size).is_err() {
            return None;
        }
        // SAFETY: the table's contract: the bytes stay as long as the VM, and nothing that comes
        // from them outlives it.
        let bytes = unsafe { core::slice::from_raw_parts(bytes, size) };
        Some(Source::from_static(&alloc::format!("{name}.beam"), bytes))
    }

    fn environment(&self, name: &str) -> Option<Vec<u8>> {
        let get = self.0.environment?;
        let name = CString::new(name).ok()?;
        // SAFETY: the table's contract.
        let value = unsafe { get(self.0.user, name.as_ptr()) };
        // SAFETY: the table's contract.
        (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) }.to_bytes().to_vec())
    }
}
