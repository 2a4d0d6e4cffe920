//! The platform of Unix-like hosts.

mod library;

pub use library::LIBRARY;
