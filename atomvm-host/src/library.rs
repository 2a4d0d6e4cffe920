//! The library that every program finds: OTP's own modules and those of `libs/`.

use atomvm_core::code::source::ModuleIndex;
use atomvm_core::code::{Source, Trust};

/// The built-in library, a pack without entry point. It is aligned as a mapped file is, so that
/// literals in it can be used in place.
pub static LIBRARY: &[u8] = &ALIGNED.0;

/// Where each module of [`LIBRARY`] is.
static MODULES: ModuleIndex = include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Modules that stand for larger ones of the same name where a pack is to hold only what is used: a pack.
pub static SMALL_LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/atomvm-small.avm"));

/// The modules of [`LIBRARY`] that are the VM's own: those of `libs/`, some of which stand in the places
/// of OTP's modules of the same name. In the order of their names.
pub fn library_modules() -> &'static [&'static str] {
    OWN
}

static OWN: &[&str] = include!(concat!(env!("OUT_DIR"), "/own.rs"));

/// The built-in library, to be given to a VM's builder.
///
/// ```
/// let vm = atomvm_core::vm::Vm::builder().library(atomvm_host::library());
/// ```
pub fn library() -> Source {
    let library = Source::from_static("atomvm-lib.avm", LIBRARY)
        .with_index(MODULES)
        .with_trust(Trust::All);
    match env!("ATOMVM_OTP_RELEASE").parse() {
        Ok(release) => library.of_release(release),
        Err(_) => library,
    }
}

#[repr(C, align(4096))]
struct Aligned<T: ?Sized>(T);

static ALIGNED: &Aligned<[u8]> =
    &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/atomvm-lib.avm")));

#[cfg(test)]
mod tests {
    use super::LIBRARY;
    use atomvm_core::pack::Pack;

    #[test]
    fn what_a_program_needs_is_in_it() {
        let pack = Pack::parse(LIBRARY).unwrap();
        for module in [
            "lists",
            "io",
            "gen_server",
            "supervisor",
            "atomvm_io",
            "logger",
        ] {
            let entry = pack.find(&format!("{module}.beam"));
            assert!(entry.is_some_and(|entry| entry.is_beam()), "{module}");
        }
    }

    #[test]
    fn its_index_leads_to_the_modules() {
        let pack = Pack::parse(LIBRARY).unwrap();
        let modules = pack.entries().iter().filter(|entry| entry.is_beam());
        assert_eq!(super::MODULES.len(), modules.count());
        for (name, start, len) in super::MODULES {
            let entry = pack.find(&format!("{name}.beam")).unwrap();
            let (start, len) = (*start as usize, *len as usize);
            assert_eq!(entry.data, &LIBRARY[start..start + len], "{name}");
        }
    }

    #[test]
    fn it_starts_nothing() {
        assert!(Pack::parse(LIBRARY).unwrap().start_module().is_none());
    }
}
