//! The platform of Unix-like hosts: clocks, console, entropy, mapped files; and the library of
//! Erlang modules that programs on a host find.

mod library;
mod platform;

pub use library::{LIBRARY, library};
pub use platform::{Host, map_file};
