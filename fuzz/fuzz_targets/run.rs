//! The whole way: a pack or a module is loaded and what it exports runs, with limits on memory,
//! processes, atoms and reductions.

#![no_main]

use atomvm_core::code::Source;
use atomvm_core::pack::is_pack;
use atomvm_host::LIBRARY;
use atomvm_tests::mutate::{Rng, exercise, exercise_pack};
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    atomvm_fuzz::change(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    if is_pack(data) {
        exercise_pack(Source::owned("pack", data.to_vec()), LIBRARY);
    } else {
        // What it is called with follows from the file, so that a file tells all.
        let seed = data.iter().fold(7u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
        });
        exercise(data, LIBRARY, None, &mut Rng::new(seed));
    }
});
