//! What packs cost in memory when all their modules are loaded, as a VM counts it.
//!
//!     cargo run -p atomvm-core --example footprint -- app.avm

use std::error::Error;

use atomvm_core::beam::Beam;
use atomvm_core::code::{Source, Trust};
use atomvm_core::pack::Pack;
use atomvm_core::vm::Vm;

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:>8} {:>10} {:>10} {:>6}  pack",
        "modules", "Code", "memory", "ratio"
    );
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let source = Source::owned(&path, bytes).with_trust(Trust::Checksum);
        let pack = Pack::parse(&source)?;
        let vm = Vm::builder().build()?;
        let before = vm.memory().used;
        let (mut modules, mut code) = (0, 0);
        for entry in pack.entries().iter().filter(|entry| entry.is_beam()) {
            let start = entry.data.as_ptr() as usize - source.as_ptr() as usize;
            vm.runtime()
                .load(&source.slice(start..start + entry.data.len()))?;
            let beam = Beam::parse_tables(entry.data)?;
            code += beam.chunk(*b"Code").map_or(0, <[u8]>::len);
            modules += 1;
        }
        let memory = vm.memory().used - before;
        let ratio = memory as f64 / code as f64;
        println!("{modules:>8} {code:>10} {memory:>10} {ratio:>6.2}  {path}");
    }
    Ok(())
}
