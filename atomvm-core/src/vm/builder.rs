//! Setting up a VM.
#![expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]

use super::error::Error;
use super::native::{NativeCall, NativeError, NativeFn};
use super::{Console, Limits, Runtime, Vm};
use crate::code::LoadReason;
use crate::code::source::{Source, Trust};
use crate::platform::{Platform, Stream};
use crate::sched::{RunQueue, Statistics, online::Online};
use crate::value::Value;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

struct Native {
    module: String,
    function: String,
    arity: u8,
    call: Box<NativeFn>,
}

/// What a [`Vm`] is made of.
#[derive(Default)]
pub struct VmBuilder {
    platform: Option<Box<dyn Platform>>,
    limits: Limits,
    console: Option<Console>,
    libraries: Vec<Source>,
    packs: Vec<Source>,
    modules: Vec<Source>,
    natives: Vec<Native>,
    stress: bool,
    schedulers: usize,
    seed: Option<u64>,
    arguments: Vec<String>,
    trust: Trust,
}

/// A platform without a clock, for programs that need none.
struct NoPlatform;

impl Platform for NoPlatform {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

impl VmBuilder {
    /// The machine that the VM runs on. Without one it has no clock and no console.
    pub fn platform(mut self, platform: impl Platform + 'static) -> Self {
        self.platform = Some(Box::new(platform));
        self
    }

    /// What the VM may use at most.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What gets the console's output in place of the platform.
    pub fn console(mut self, sink: impl FnMut(Stream, &[u8]) + Send + 'static) -> Self {
        self.console = Some(Box::new(sink));
        self
    }

    /// Adds a pack (`.avm`) or BEAM file, whose modules are loaded when they are first called.
    pub fn pack(mut self, source: Source) -> Self {
        self.packs.push(source);
        self
    }

    /// Adds a BEAM file that is loaded at once.
    pub fn module(mut self, source: Source) -> Self {
        self.modules.push(source);
        self
    }

    /// Adds a pack whose modules come before all others of the same name.
    pub fn library(mut self, source: Source) -> Self {
        self.libraries.push(source);
        self
    }

    /// Trusts translations that `packbeam create --translate` made, in what the embedder adds to the VM,
    /// at least so much. What the program itself adds is verified all the same.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Makes calls of `module:function/arity` reach a function of the host.
    pub fn native<F>(mut self, module: &str, function: &str, arity: u8, call: F) -> Self
    where
        F: Fn(&mut NativeCall<'_>) -> Result<Value, NativeError> + Send + Sync + 'static,
    {
        self.natives.push(Native {
            module: module.to_string(),
            function: function.to_string(),
            arity,
            call: Box::new(call),
        });
        self
    }

    /// Collects memory at every opportunity: slow, and finds what a collection breaks.
    pub fn stress(mut self, stress: bool) -> Self {
        self.stress = stress;
        self
    }

    /// How many processes may run at the same time. While [`Vm::run`] or [`Vm::call`] runs, it
    /// uses the calling thread and `count - 1` more; [`Vm::step`] uses the calling thread alone.
    /// One (the default) makes runs repeatable. At most 128; 0 counts as 1.
    #[cfg(feature = "std")]
    pub fn schedulers(mut self, count: usize) -> Self {
        self.schedulers = count.min(128);
        self
    }

    /// Gives the program arguments, which it reads with `init:get_plain_arguments/0`.
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = String>) -> Self {
        self.arguments.extend(arguments);
        self
    }

    /// Makes everything random in the VM follow from `seed`.
    ///
    /// Identifiers of processes, references, unique integers, hashes and the order of turns follow
    /// from the program alone. So where time, too, comes from the platform's own clock (one that
    /// does not look at the machine's), and one thread runs the VM, the same program with the same
    /// seed and the same input does the same each time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Makes the VM, and loads what was added as modules.
    ///
    /// # Errors
    /// A file is damaged or its code is refused, or a limit is too low even for that.
    pub fn build(self) -> Result<Vm, Error> {
        let platform = self.platform.unwrap_or_else(|| Box::new(NoPlatform));
        let mut rt = Runtime::new(platform, self.limits);
        rt.stress = self.stress;
        rt.trust = self.trust;
        rt.run_queue = RunQueue::new(self.schedulers);
        rt.online = Online::new(rt.run_queue.schedulers());
        rt.statistics = Statistics::new(rt.run_queue.schedulers());
        rt.statistics.start(rt.now());
        if self.schedulers > 1 {
            rt.ets.share();
        }
        rt.set_arguments(self.arguments);
        rt.seed(self.seed);
        rt.set_console(self.console);
        rt.platform.natives(&rt)?;
        rt.code.set_paths(rt.platform.code_paths());
        for native in self.natives {
            let module = rt.atoms.intern(&native.module)?;
            let function = rt.atoms.intern(&native.function)?;
            let arity = u32::from(native.arity);
            let call = super::native::native(native.call);
            rt.code.natives.insert(module, function, arity, call);
        }
        for source in self.libraries {
            rt.otp_release = rt.otp_release.or(source.release());
            rt.atoms.of_release(rt.otp_release.unwrap_or_default());
            rt.code.add(source.trusted_at_least(rt.trust), true)?;
        }
        for source in self.packs {
            rt.code.add(source.trusted_at_least(rt.trust), false)?;
        }
        for source in self.modules {
            let source = source.trusted_at_least(rt.trust);
            match rt.load(&source) {
                Ok(_) => {}
                // A process calls its function, when the module is first called.
                Err(error) if matches!(error.reason, LoadReason::OnLoad { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            rt.code.add(source, false)?;
        }
        Ok(Vm::new(rt))
    }
}
