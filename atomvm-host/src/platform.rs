//! Clocks, console, entropy and files of the host.

use crate::environment::Environment;
use crate::files::{Files, Folder};
use crate::programs::Programs;
use crate::signals::SetSignal;
use atomvm_core::bif::Raise;
use atomvm_core::code::Source;
use atomvm_core::memory::Heap;
#[cfg(feature = "zlib")]
use atomvm_core::platform::{DeflateSettings, NewDeflater};
use atomvm_core::platform::{
    NewPort, Platform, PortError, PortEvents, PortRequest, PortTarget, Stream,
};
use atomvm_core::term::atom::AtomError;
use atomvm_core::vm::Runtime;
use chrono::{Local, Offset, TimeZone};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The platform of a process on a Unix-like host.
///
/// ```
/// use atomvm_core::platform::Platform;
/// let host = atomvm_host::Host::new();
/// assert!(host.monotonic() <= host.monotonic());
/// ```
#[derive(Debug)]
pub struct Host {
    start: Instant,
    alarm: Arc<Alarm>,
    code_paths: Vec<PathBuf>,
    files: Files,
    folder: Folder,
    may_start: bool,
    programs: Programs,
    environment: Arc<Environment>,
    signals: Option<SetSignal>,
    /// Nanoseconds between the program's clock and that of the host.
    clock: Arc<AtomicI64>,
}

/// What ends a wait.
#[derive(Debug, Default)]
struct Alarm {
    woken: Mutex<bool>,
    wake: Condvar,
}

impl Alarm {
    fn ring(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_one();
    }
}

impl Default for Host {
    fn default() -> Self {
        Host::new()
    }
}

impl Host {
    /// A platform that finds no modules outside packs.
    pub fn new() -> Host {
        let alarm = Arc::<Alarm>::default();
        let for_programs = alarm.clone();
        let folder = std::env::current_dir().unwrap_or_else(|_| "/".into());
        Host {
            start: Instant::now(),
            alarm,
            code_paths: Vec::new(),
            files: Files::All,
            folder: Arc::new(Mutex::new(folder)),
            may_start: true,
            programs: Programs::new(Arc::new(move || for_programs.ring())),
            environment: Arc::default(),
            signals: None,
            clock: Arc::default(),
        }
    }

    /// Says what of the host's files the program may use (at first, all). Where modules come from
    /// has nothing to do with it.
    #[must_use]
    pub fn files(mut self, files: Files) -> Host {
        self.files = files;
        self
    }

    /// Says whether the program may start programs of the host and use its open descriptors, by ports
    /// (at first, it may). It may not in any case where it may not use all files.
    ///
    /// Opening the first port makes the process of the host ignore `SIGPIPE`, unless it has a handler.
    #[must_use]
    pub fn programs(mut self, may_start: bool) -> Host {
        self.may_start = may_start;
        self
    }

    /// Lets the program say what becomes of signals (at first, it may not).
    #[must_use]
    pub fn signals(mut self, set: SetSignal) -> Host {
        self.signals = Some(set);
        self
    }

    /// Adds folders in which modules are looked for, in order, as `erl -pa` does.
    #[must_use]
    pub fn code_paths(mut self, folders: impl IntoIterator<Item = PathBuf>) -> Host {
        self.code_paths.extend(folders);
        self
    }

    /// Where a path of modules leads for the program, whose current folder may not be that of the
    /// process.
    fn place<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        match std::env::current_dir() {
            Ok(current) if current == *folder => Cow::Borrowed(path),
            _ => Cow::Owned(folder.join(path)),
        }
    }

    /// A file of code, known by its whole name.
    fn open(&self, path: &Path) -> Option<Source> {
        let place = self.place(path);
        let whole = std::path::absolute(&place);
        map_file(whole.as_deref().unwrap_or(&place)).ok()
    }
}

/// The bytes of a file, mapped: not copied, and shared with other processes that map it.
///
/// # Errors
/// The file cannot be opened or mapped.
pub fn map_file(path: &Path) -> std::io::Result<Source> {
    let file = File::open(path)?;
    let name = path.display().to_string();
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    if metadata.len() == 0 {
        return Ok(Source::owned(&name, Vec::new()));
    }
    // SAFETY: code is mapped as by any loader; who changes a file while it runs changes the
    // program, which the documentation of the command says.
    #[allow(unsafe_code)]
    let map = unsafe { memmap2::Mmap::map(&file)? };
    Ok(Source::shared(&name, Arc::new(map)))
}

fn host_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn entropy(to: &mut [u8]) -> bool {
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(to))
        .is_ok()
}

impl Host {
    /// Gives a VM what AtomVM's module `atomvm` asks of a host.
    fn install(&self, rt: &Runtime) -> Result<(), AtomError> {
        rt.extend("atomvm_host", "entropy", 1, |c, args| {
            let count = args[0].as_usize().ok_or(Raise::BADARG)?;
            let mut bytes = Vec::new();
            bytes.try_reserve(count).map_err(|_| Raise::OutOfMemory)?;
            bytes.resize(count, 0);
            match entropy(&mut bytes) {
                true => Ok(c.p.heap.binary(&bytes)?),
                false => Err(Raise::BADARG),
            }
        })?;
        let clock = self.clock.clone();
        rt.extend("atomvm_host", "set_time", 2, move |c, args| {
            let [seconds, nanoseconds] = [args[0], args[1]].map(|n| n.as_usize());
            let seconds = seconds.and_then(|n| i64::try_from(n).ok()?.checked_mul(1_000_000_000));
            let nanoseconds = nanoseconds.and_then(|n| i64::try_from(n).ok());
            let wanted = seconds.zip(nanoseconds);
            let Some(wanted) = wanted.and_then(|(s, n)| s.checked_add(n)) else {
                return Err(Raise::BADARG);
            };
            let now = i64::try_from(host_time().as_nanos()).unwrap_or(i64::MAX);
            clock.store(wanted.saturating_sub(now), Ordering::Relaxed);
            Ok(c.rt.atoms.intern("ok")?)
        })
    }
}

impl Platform for Host {
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn trim(&self) {
        super::memory::trim();
    }

    fn processor_time(&self) -> Option<Duration> {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::try_from(time).ok()
    }

    fn system_time(&self) -> Duration {
        let ahead = self.clock.load(Ordering::Relaxed);
        let shift = Duration::from_nanos(ahead.unsigned_abs());
        match ahead < 0 {
            true => host_time().saturating_sub(shift),
            false => host_time().saturating_add(shift),
        }
    }

    fn utc_offset(&self, at: i64) -> i32 {
        let local = Local.timestamp_opt(at, 0).earliest();
        local.map_or(0, |time| time.offset().fix().local_minus_utc())
    }

    fn write(&self, stream: Stream, bytes: &[u8]) {
        // A closed console is no reason to stop the program.
        let _ = match stream {
            Stream::Output => {
                let mut out = std::io::stdout().lock();
                out.write_all(bytes).and_then(|()| out.flush())
            }
            Stream::Error => std::io::stderr().lock().write_all(bytes),
        };
    }

    fn read_line(&self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        match std::io::stdin().lock().read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line),
        }
    }

    fn entropy(&self, to: &mut [u8]) -> bool {
        entropy(to)
    }

    fn wait(&self, at_most: Option<Duration>) -> bool {
        let Alarm { woken, wake } = &*self.alarm;
        let mut woken = woken.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        while !*woken {
            let waited = match at_most {
                None => wake.wait(woken).map_err(|_| ()),
                Some(limit) => match limit.checked_sub(start.elapsed()) {
                    None | Some(Duration::ZERO) => return true,
                    Some(left) => wake
                        .wait_timeout(woken, left)
                        .map(|(guard, _)| guard)
                        .map_err(|_| ()),
                },
            };
            match waited {
                Ok(guard) => woken = guard,
                Err(()) => return true,
            }
        }
        *woken = false;
        true
    }

    fn wake(&self) {
        self.alarm.ring();
    }

    fn find_module(&self, name: &str) -> Option<Source> {
        if name.contains(['/', '\0']) {
            return None;
        }
        let file = format!("{name}.beam");
        self.code_paths
            .iter()
            .find_map(|folder| self.open(&folder.join(&file)))
    }

    fn code_paths(&self) -> Vec<String> {
        let folders = self.code_paths.iter();
        folders.map(|folder| folder.display().to_string()).collect()
    }

    fn open_file(&self, path: &str) -> Option<Source> {
        self.open(Path::new(path))
    }

    fn is_folder(&self, path: &str) -> bool {
        self.place(Path::new(path)).is_dir()
    }

    fn environment(&self, name: &str) -> Option<Vec<u8>> {
        self.environment.get(name.as_bytes())
    }

    fn os_type(&self) -> (&'static str, &'static str) {
        match std::env::consts::OS {
            "macos" => ("unix", "darwin"),
            os => ("unix", os),
        }
    }

    fn os_version(&self) -> (u32, u32, u32) {
        let name = rustix::system::uname();
        let release = name.release().to_string_lossy();
        // As "6.1.0-13-amd64".
        let mut numbers = release
            .split(|c: char| !c.is_ascii_digit())
            .map(|part| part.parse());
        let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
        (next(), next(), next())
    }

    fn open_port(&self, request: &PortRequest, events: PortEvents) -> NewPort {
        if self.files != Files::All {
            return Err(PortError::Unsupported);
        }
        let folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = folder.clone();
        match &request.target {
            PortTarget::TraceFile { name, wrap } => {
                crate::files::trace_file::open(&folder, name, *wrap)
            }
            _ if !self.may_start => Err(PortError::Unsupported),
            _ => self
                .programs
                .open(request, events, &folder, &self.environment),
        }
    }

    #[cfg(feature = "zlib")]
    fn deflater(&self, settings: DeflateSettings) -> NewDeflater {
        Some(match atomvm_zlib::Zlib::new(settings) {
            Ok(zlib) => Ok(Box::new(zlib)),
            Err(error) => Err(error),
        })
    }

    fn natives(&self, rt: &Runtime) -> Result<(), AtomError> {
        #[cfg(feature = "re")]
        atomvm_re::install(rt)?;
        crate::environment::install(rt, &self.environment)?;
        crate::stdin::install(rt)?;
        crate::terminal::install(rt)?;
        crate::signals::install(rt, self.signals.as_ref())?;
        self.install(rt)?;
        if self.may_start {
            rt.add_starting_port("forker")?;
        }
        crate::files::install(rt, self.files, self.folder.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_ends_with_the_time_or_a_wake() {
        let host = Host::new();
        let start = Instant::now();
        assert!(host.wait(Some(Duration::from_millis(5))));
        assert!(start.elapsed() >= Duration::from_millis(5));
        host.wake();
        assert!(host.wait(None));
    }

    #[test]
    fn entropy_differs() {
        let (mut a, mut b) = ([0; 16], [0; 16]);
        assert!(Host::new().entropy(&mut a) && Host::new().entropy(&mut b));
        assert_ne!(a, b);
    }

    #[test]
    fn names_of_modules_are_no_paths() {
        let host = Host::new().code_paths([PathBuf::from("/")]);
        assert!(host.find_module("../etc/passwd").is_none());
    }
}
