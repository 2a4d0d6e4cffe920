//! Code: modules, the functions that others can call, and the way from a BEAM file to them.
//!
//! A file is read by [`beam`](crate::beam), checked by [`verify`], translated to the internal
//! instructions of [`isa`] by [`translate`], and linked: the result is a [`Module`].

pub mod ahead;
pub(crate) mod bits_form;
pub mod disasm;
pub mod emit;
pub mod error;
pub mod export;
pub(crate) mod image;
pub mod isa;
mod link;
pub(crate) mod md5;
pub mod module;
pub mod native;
mod numbers;
mod places;
pub(crate) mod purge;
pub mod records;
mod rules;
pub mod server;
pub mod source;
pub mod target;
pub mod translate;
mod translate_bits;
pub mod verify;
pub(crate) mod versions;

pub use error::{LoadError, LoadReason};
pub use export::{Export, ExportTable, FunEntry};
pub use module::Module;
pub use server::CodeServer;
pub use source::{Source, Trust};
pub use target::Target;
