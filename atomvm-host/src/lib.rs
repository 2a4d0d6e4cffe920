//! The platform of Unix-like hosts: clocks, console, entropy, mapped files; and the library of
//! Erlang modules that programs on a host find.

mod environment;
mod files;
mod library;
mod memory;
mod platform;
mod programs;
mod signals;
mod stdin;
mod terminal;

pub use files::Files;
pub use library::{LIBRARY, SMALL_LIBRARY, library, library_modules};
pub use platform::{Host, map_file};
pub use signals::{SetSignal, SignalUse};
