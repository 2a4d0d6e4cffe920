//! The loader: bytes of a pack or a module are parsed, verified, translated and linked, or refused
//! with an error that can be shown. What the packer and the listing do with a file is here, too.

#![no_main]

use atomvm_core::beam::Beam;
use atomvm_core::code::target::{Purpose, Target};
use atomvm_core::code::{Source, ahead, translate, verify};
use atomvm_core::pack::{Builder, Pack, is_pack, strip};
use atomvm_core::vm::Vm;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    atomvm_fuzz::change(data, size, max_size, seed)
});

fuzz_target!(|data: &[u8]| {
    let Some(mut vm) = atomvm_fuzz::vm(None) else {
        return;
    };
    if is_pack(data) {
        pack(&mut vm, data);
    } else {
        module(&mut vm, data);
    }
});

fn pack(vm: &mut Vm, data: &[u8]) {
    match Pack::parse(data) {
        Err(error) => drop(error.to_string()),
        Ok(pack) => {
            let _ = pack.start_module();
            for entry in pack.entries() {
                let _ = (entry.is_start(), entry.module_name(), entry.contents());
                if entry.is_beam() {
                    module(vm, entry.data);
                }
            }
        }
    }
    let mut builder = Builder::new(true);
    if builder.add_pack(data).is_ok() {
        let _ = builder.finish();
    }
}

fn module(vm: &mut Vm, data: &[u8]) {
    let _ = strip(data, true);
    match Beam::parse(data) {
        Err(error) => drop(error.to_string()),
        Ok(beam) => match verify::verify(&beam) {
            Err(error) => drop(error.to_string()),
            Ok(verified) => {
                let purpose = Purpose {
                    stress: true,
                    ..Purpose::HERE
                };
                let _ = translate::translate(&beam, &verified, purpose);
                let _ = ahead::translate(data, Target::NATIVE, true);
            }
        },
    }
    if let Err(error) = vm.runtime().load(&Source::owned("module", data.to_vec())) {
        let _ = error.to_string();
    }
}
