//! The class `VM`.

use crate::classes;
use crate::convert::{all_from_python, from_python, to_python};
use crate::drive::Machine;
use crate::errors::file_error;
use crate::native;
use crate::output::Target;
use crate::shared::Shared;
use crate::terms::{Atom, Pid};
use atomvm_core::beam::{self, Beam};
use atomvm_core::code::Source;
use atomvm_core::pack::{self, Pack};
use atomvm_core::platform::{Platform, Stream};
use atomvm_core::term::atom::AtomError;
use atomvm_core::value::Value;
use atomvm_core::vm::{self, Error, Limits, Runtime, Step, Vm};
use atomvm_host::{Host, library as built_in, map_file};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple};
use pyo3::{PyTraverseError, intern};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A virtual machine.
#[pyclass(frozen, weakref, name = "VM", module = "atomvm")]
pub struct PyVm {
    machine: Machine,
    memory_limit: Option<usize>,
}

#[pymethods]
impl PyVm {
    #[new]
    #[pyo3(signature = (*, memory_limit=None, process_limit=None, reduction_limit=None,
        stdout=None, stderr=None, seed=None, code_path=None, library=true))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords")]
    fn new(
        py: Python<'_>,
        memory_limit: Option<&Bound<'_, PyAny>>,
        process_limit: Option<&Bound<'_, PyAny>>,
        reduction_limit: Option<&Bound<'_, PyAny>>,
        stdout: Option<&Bound<'_, PyAny>>,
        stderr: Option<&Bound<'_, PyAny>>,
        seed: Option<&Bound<'_, PyAny>>,
        code_path: Option<Vec<PathBuf>>,
        library: bool,
    ) -> PyResult<PyVm> {
        let output = Target::of("stdout", stdout)?;
        let errors = Target::of("stderr", stderr)?;
        let shared = Arc::new(Shared::new(output, errors));
        let mut limits = Limits::default();
        let memory_limit = size("memory_limit", memory_limit)?;
        limits.memory = memory_limit.unwrap_or(limits.memory);
        limits.processes = size("process_limit", process_limit)?.unwrap_or(limits.processes);
        let reductions = unsigned("reduction_limit", reduction_limit)?;
        limits.reductions = reductions.unwrap_or(limits.reductions);

        let host = Arc::new(Host::new().code_paths(code_path.unwrap_or_default()));
        let mut builder = Vm::builder()
            .platform(SharedHost(host.clone()))
            .limits(limits)
            .console(console(shared.clone()));
        if let Some(seed) = unsigned("seed", seed)? {
            builder = builder.seed(seed);
        }
        if library {
            builder = builder.library(built_in());
        }
        let vm = builder.build().map_err(|error| shared.error(py, error))?;
        Ok(PyVm {
            machine: Machine::new(vm, host, shared),
            memory_limit,
        })
    }

    /// Adds a pack (`.avm`) or BEAM file: a path, or its bytes.
    fn load(&self, py: Python<'_>, file: &Bound<'_, PyAny>) -> PyResult<()> {
        let source = source(file)?;
        self.machine.try_with(py, |vm| vm.add_pack(source))
    }

    /// Adds files, runs `start/0` of the first module that exports it, and returns its value.
    #[pyo3(signature = (*files, args=None))]
    fn run<'py>(
        &self,
        py: Python<'py>,
        files: &Bound<'py, PyTuple>,
        args: Option<Vec<String>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let sources: Vec<Source> = files.iter().map(|f| source(&f)).collect::<PyResult<_>>()?;
        let start = sources.iter().find_map(start_module);
        let has_files = !sources.is_empty();
        self.machine.try_with(py, |vm| {
            for source in sources {
                vm.add_pack(source)?;
            }
            if let Some(args) = args {
                vm.runtime().set_arguments(args);
            }
            match (&start, has_files) {
                (None, true) => Err(Error::NoEntryPoint),
                (Some(_), _) => Ok(()),
                (None, false) => vm.start(),
            }
        })?;
        match start {
            Some(module) => self.call_and_wait(py, module, "start".to_owned(), Vec::new()),
            None => {
                let value = self.machine.run(py, Vm::step)?;
                to_python(py, value, self.id())
            }
        }
    }

    /// Starts `start/0` of the first module that exports it, for `step` and `run` to run.
    fn start(&self, py: Python<'_>) -> PyResult<()> {
        self.machine.try_with(py, Vm::start)
    }

    /// Lets processes run for about so many reductions.
    #[pyo3(signature = (budget=100_000))]
    fn step<'py>(&self, py: Python<'py>, budget: u32) -> PyResult<Bound<'py, PyAny>> {
        let step = self.machine.with(py, |vm| vm.step(budget))?;
        self.machine.after(py)?;
        py.check_signals()?;
        let none = || py.None().into_bound(py);
        let (state, wait, value) = match step {
            Step::Ran => ("ran", None, none()),
            Step::Idle { until } => ("idle", until, none()),
            Step::Done(Ok(value)) => ("done", None, to_python(py, value, self.id())?),
            Step::Done(Err(error)) => return Err(self.machine.shared.error(py, error)),
        };
        let wait = wait.map(|wait: Duration| wait.as_secs_f64());
        classes::STEP.get(py)?.call1((state, wait, value))
    }

    /// Calls a function in a new process, and returns its value. Other processes run meanwhile.
    #[pyo3(signature = (module, function, *args))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        module: Name,
        function: Name,
        args: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let args = all_from_python(args, self.id())?;
        self.call_and_wait(py, module.0, function.0, args)
    }

    /// Starts a process that calls a function.
    #[pyo3(signature = (module, function, *args))]
    fn spawn(
        &self,
        py: Python<'_>,
        module: Name,
        function: Name,
        args: &Bound<'_, PyTuple>,
    ) -> PyResult<Pid> {
        let args = all_from_python(args, self.id())?;
        let pid = self
            .machine
            .try_with(py, |vm| vm.spawn(&module.0, &function.0, &args))?;
        Ok(self.pid(pid))
    }

    /// Sends a message to a process, or to the one with a registered name.
    fn send(
        &self,
        py: Python<'_>,
        to: &Bound<'_, PyAny>,
        message: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let message = from_python(message, self.id())?;
        if self.machine.is_inside() {
            let to = to.cast::<Pid>().map_err(|_| {
                PyTypeError::new_err("a function that the VM calls can only send to a Pid")
            })?;
            self.machine.shared.send_later(self.process(to)?, message);
            return Ok(true);
        }
        let to = match to.cast::<Pid>() {
            Ok(pid) => self.process(pid)?,
            Err(_) => {
                let name = to.extract::<Name>()?.0;
                let found = self.machine.with(py, |vm| vm.whereis(&name))?;
                found.ok_or_else(|| {
                    PyValueError::new_err(format!("no process is registered as {name}"))
                })?
            }
        };
        self.machine.try_with(py, |vm| vm.send(to, &message))
    }

    /// Sends an exit signal to a process.
    #[pyo3(signature = (pid, reason=None))]
    fn exit(
        &self,
        py: Python<'_>,
        pid: &Bound<'_, Pid>,
        reason: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let reason = match reason {
            Some(reason) => from_python(reason, self.id())?,
            None => Value::atom("kill"),
        };
        let pid = self.process(pid)?;
        self.machine.try_with(py, |vm| vm.exit(pid, &reason))
    }

    /// The process with a registered name.
    fn whereis(&self, py: Python<'_>, name: Name) -> PyResult<Option<Pid>> {
        let found = self.machine.with(py, |vm| vm.whereis(&name.0))?;
        Ok(found.map(|pid| self.pid(pid)))
    }

    /// Has the process not ended?
    fn is_alive(&self, py: Python<'_>, pid: &Bound<'_, Pid>) -> PyResult<bool> {
        let pid = self.process(pid)?;
        self.machine.with(py, |vm| vm.is_alive(pid))
    }

    /// Makes calls of `module:function/arity` reach a function of Python.
    fn register(
        &self,
        py: Python<'_>,
        module: Name,
        function: Name,
        arity: &Bound<'_, PyAny>,
        callable: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let arity = unsigned("arity", Some(arity))?.unwrap_or_default();
        let arity =
            u8::try_from(arity).map_err(|_| PyValueError::new_err("arity must be at most 255"))?;
        if !callable.is_callable() {
            return Err(PyTypeError::new_err("callable must be a function"));
        }
        let shared = self.machine.shared.clone();
        let number = shared.add_function(callable.clone().unbind());
        let call = move |call: &mut vm::NativeCall<'_>| native::call(&shared, number, call);
        self.machine
            .try_with(py, |vm| vm.register(&module.0, &function.0, arity, call))
    }

    /// The bytes that the VM uses.
    fn memory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let memory = self.machine.with(py, |vm| vm.memory())?;
        let counts = (memory.used, memory.peak, self.memory_limit);
        classes::MEMORY.get(py)?.call1(counts)
    }

    /// What the program has written, if it was captured.
    #[getter]
    fn output(&self) -> String {
        self.machine.shared.output.text()
    }

    /// The reports of errors, if they were captured.
    #[getter]
    fn errors(&self) -> String {
        self.machine.shared.errors.text()
    }

    /// Forgets what was captured.
    fn clear_output(&self) {
        self.machine.shared.output.forget();
        self.machine.shared.errors.forget();
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.machine.shared.traverse(&visit)
    }

    fn __clear__(&self) {
        self.machine.shared.clear();
    }
}

impl PyVm {
    fn id(&self) -> u64 {
        self.machine.shared.id
    }

    fn call_and_wait<'py>(
        &self,
        py: Python<'py>,
        module: String,
        function: String,
        args: Vec<Value>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let call = self
            .machine
            .try_with(py, |vm| vm.start_call(&module, &function, &args))?;
        let result = self
            .machine
            .run(py, |vm, budget| vm.step_call(call, budget));
        if result.is_err() && !self.machine.is_inside() {
            // After an interrupt nobody waits for it any more. Else it has ended anyway.
            let kill = Value::atom("kill");
            let _ = self.machine.with(py, |vm| vm.exit(call, &kill));
        }
        to_python(py, result?, self.id())
    }

    fn pid(&self, pid: vm::Pid) -> Pid {
        Pid {
            value: pid.to_value(),
            vm: Some(self.id()),
        }
    }

    fn process(&self, pid: &Bound<'_, Pid>) -> PyResult<vm::Pid> {
        let value = from_python(pid.as_any(), self.id())?;
        vm::Pid::from_value(&value)
            .ok_or_else(|| PyValueError::new_err(format!("{value} is a process of another node")))
    }
}

/// The name of a module, function or process: a `str` or an atom.
struct Name(String);

impl<'py> FromPyObject<'_, 'py> for Name {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Name> {
        if let Ok(atom) = object.cast::<Atom>() {
            return Ok(Name(atom.get().name.to_string()));
        }
        match object.cast::<PyString>() {
            Ok(name) => Ok(Name(name.to_cow()?.into_owned())),
            Err(_) => {
                let given = object.get_type().fully_qualified_name()?;
                Err(PyTypeError::new_err(format!(
                    "a name must be a str or an Atom, not {given}"
                )))
            }
        }
    }
}

/// A number that cannot be negative.
fn unsigned(name: &str, number: Option<&Bound<'_, PyAny>>) -> PyResult<Option<u64>> {
    let Some(number) = number else {
        return Ok(None);
    };
    match number.extract() {
        Ok(number) => Ok(Some(number)),
        Err(error) if error.is_instance_of::<PyTypeError>(number.py()) => {
            let given = number.get_type().fully_qualified_name()?;
            Err(PyTypeError::new_err(format!(
                "{name} must be an int, not {given}"
            )))
        }
        Err(_) => Err(PyValueError::new_err(format!(
            "{name} must be from 0 to {}, not {number}",
            u64::MAX
        ))),
    }
}

/// A number of bytes or processes.
fn size(name: &str, number: Option<&Bound<'_, PyAny>>) -> PyResult<Option<usize>> {
    match unsigned(name, number)? {
        Some(0) => Err(PyValueError::new_err(format!("{name} must be positive"))),
        number => Ok(number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))),
    }
}

/// The code in a file, or in `bytes`.
fn source(file: &Bound<'_, PyAny>) -> PyResult<Source> {
    if let Ok(bytes) = file.cast::<PyBytes>() {
        return Ok(Source::owned("bytes", bytes.as_bytes().to_vec()));
    }
    let is_path =
        file.is_instance_of::<PyString>() || file.hasattr(intern!(file.py(), "__fspath__"))?;
    if !is_path {
        let given = file.get_type().fully_qualified_name()?;
        return Err(PyTypeError::new_err(format!(
            "a file must be a path or bytes, not {given}"
        )));
    }
    let path: PathBuf = file.extract()?;
    map_file(&path).map_err(|error| file_error(&error, &path))
}

/// The first module in a file that exports `start/0`. What is damaged is told when it is added.
fn start_module(source: &Source) -> Option<String> {
    if pack::is_pack(source) {
        let pack = Pack::parse(source).ok()?;
        return pack.start_module()?.module_name().map(str::to_owned);
    }
    if !beam::is_beam(source) {
        return None;
    }
    let inflated = beam::inflate(source).ok()?;
    let beam = Beam::parse_tables(&inflated).ok()?;
    beam.is_exported("start", 0)
        .then(|| beam.module_name().to_owned())
}

/// Gives the program's output to Python.
fn console(shared: Arc<Shared>) -> impl FnMut(Stream, &[u8]) + Send + 'static {
    move |stream, bytes| {
        let output = match stream {
            Stream::Output => &shared.output,
            Stream::Error => &shared.errors,
        };
        if let Err(error) = output.write(bytes) {
            shared.interrupt(error);
        }
    }
}

/// The platform, which also the waiting thread has.
struct SharedHost(Arc<Host>);

impl Platform for SharedHost {
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
    fn trim(&self) {
        self.0.trim();
    }
    fn system_time(&self) -> Duration {
        self.0.system_time()
    }
    fn utc_offset(&self, at: i64) -> i32 {
        self.0.utc_offset(at)
    }
    fn write(&self, stream: Stream, bytes: &[u8]) {
        self.0.write(stream, bytes);
    }
    fn read_line(&self) -> Option<Vec<u8>> {
        self.0.read_line()
    }
    fn entropy(&self, to: &mut [u8]) -> bool {
        self.0.entropy(to)
    }
    fn wait(&self, at_most: Option<Duration>) -> bool {
        self.0.wait(at_most)
    }
    fn wake(&self) {
        self.0.wake();
    }
    fn find_module(&self, name: &str) -> Option<Source> {
        self.0.find_module(name)
    }
    fn code_paths(&self) -> Vec<String> {
        Platform::code_paths(&*self.0)
    }
    fn open_file(&self, path: &str) -> Option<Source> {
        self.0.open_file(path)
    }
    fn is_folder(&self, path: &str) -> bool {
        self.0.is_folder(path)
    }
    fn environment(&self, name: &str) -> Option<Vec<u8>> {
        self.0.environment(name)
    }
    fn os_type(&self) -> (&'static str, &'static str) {
        self.0.os_type()
    }
    fn os_version(&self) -> (u32, u32, u32) {
        self.0.os_version()
    }
    fn natives(&self, rt: &Runtime) -> Result<(), AtomError> {
        self.0.natives(rt)
    }
}
