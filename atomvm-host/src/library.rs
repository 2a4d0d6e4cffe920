//! The library that every program finds: OTP's own modules and those of `libs/`.

/// The built-in library, a pack without entry point. It is aligned as a mapped file is, so that
/// literals in it can be used in place.
pub static LIBRARY: &[u8] = &ALIGNED.0;

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
    fn it_starts_nothing() {
        assert!(Pack::parse(LIBRARY).unwrap().start_module().is_none());
    }
}
