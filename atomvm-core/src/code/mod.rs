//! Code: modules, the functions that others can call, and the way from a BEAM file to them.

pub mod export;
pub mod source;

pub use export::{Export, ExportTable, FunEntry};
