//! OTP's module `re`: its native half, on top of PCRE2.
//!
//! The Erlang half (`split`, `replace`, runs with `global`, characters in lists) is OTP's own module,
//! unmodified; [`install`] gives a VM the functions that it calls:
//!
//! ```text
//!   pcre      PCRE2's C functions behind safe Rust; the only unsafe code
//!   messages  what OTP says of a pattern that cannot be compiled
//!   older     patterns that PCRE2 reads in another way than PCRE 8
//!   options   lists of options
//!   pattern   compiled patterns: as terms, and the cache of what PCRE2 made of them
//!   capture   which parts of a match a program wants, and as what
//!   run       searching, by turns
//!   tables    the characters of Latin-1
//! ```
//!
//! A compiled pattern that a program holds is its text with its options, never PCRE2's own code: so
//! it may be stored, sent and forged. See `docs/re.md` for what differs from OTP.

mod capture;
mod messages;
mod names;
mod older;
mod options;
mod pattern;
mod pcre;
mod run;
mod tables;

use atomvm_core::term::atom::AtomError;
use atomvm_core::vm::Runtime;
use std::sync::Arc;

/// What `re:version/0` returns. It names the VM as well: who finds another version than that a
/// pattern was made with makes the pattern anew (as Elixir's `Regex` does).
pub const VERSION: &str = concat!("10.46 2025-08-27 (AtomVM ", env!("CARGO_PKG_VERSION"), ")");

/// Gives a VM the native functions of `re`.
///
/// # Errors
/// The VM has no room for their names.
pub fn install(rt: &Runtime) -> Result<(), AtomError> {
    let re = Arc::new(run::Re::new(rt)?);
    rt.extend("re", "version", 0, |c, _| {
        use atomvm_core::memory::Heap;
        Ok(c.p.heap.binary(VERSION.as_bytes())?)
    })?;
    type Function = fn(
        &run::Re,
        &mut atomvm_core::bif::Ctx<'_>,
        &[atomvm_core::term::Term],
    ) -> atomvm_core::bif::BifResult;
    let functions: [(&str, &str, u8, Function); 8] = [
        ("re", "compile", 1, run::Re::compile_1),
        ("re", "compile", 2, run::Re::compile_2),
        ("re", "import", 1, run::Re::import_1),
        ("re", "inspect", 2, run::Re::inspect_2),
        ("re", "run", 2, run::Re::run_2),
        ("re", "run", 3, run::Re::run_3),
        ("re", "internal_run", 4, run::Re::internal_run_4),
        ("atomvm_re", "continue", 4, run::Re::continue_4),
    ];
    for (module, function, arity, call) in functions {
        let re = re.clone();
        rt.extend(module, function, arity, move |c, args| call(&re, c, args))?;
    }
    Ok(())
}
