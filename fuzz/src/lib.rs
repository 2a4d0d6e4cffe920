//! What the fuzz targets share: how a file is changed, and a VM that reads it.

use atomvm_core::code::Source;
use atomvm_core::vm::{Limits, Vm};
use atomvm_tests::mutate::{Clock, Module, Rng, mutate};
use libfuzzer_sys::fuzzer_mutate;

/// Limits of a VM that only loads.
const LIMITS: Limits = Limits {
    memory: 32 << 20,
    processes: 100,
    ports: 100,
    atoms: 20_000,
    tables: 1000,
    reductions: u64::MAX,
};

/// A VM without a program, and with a library whose modules are loaded when they are called.
pub fn vm(library: Option<&'static [u8]>) -> Option<Vm> {
    let mut builder = Vm::builder()
        .platform(Clock::default())
        .limits(LIMITS)
        .seed(1)
        .console(|_, _| {});
    if let Some(library) = library {
        builder = builder.library(Source::from_static("library", library));
    }
    builder.build().ok()
}

/// Changes the file that the first `size` bytes of `data` are, and gives its new size.
///
/// A module's code is changed by instructions and operands as often as not: what libFuzzer does
/// with bytes rarely gets past the parser, and its own changes come in addition. It goes as far as
/// `max_size`.
pub fn change(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut rng = Rng::new(seed.into());
    if rng.percent(40) {
        return fuzzer_mutate(data, size, max_size);
    }
    let Ok(module) = Module::parse(&data[..size]) else {
        return fuzzer_mutate(data, size, max_size);
    };
    if module.lines.is_empty() {
        return fuzzer_mutate(data, size, max_size);
    }
    let mutant = mutate(&module, &module, rng.next_u64(), None).file;
    if mutant.len() > max_size {
        return fuzzer_mutate(data, size, max_size);
    }
    data[..mutant.len()].copy_from_slice(&mutant);
    mutant.len()
}
