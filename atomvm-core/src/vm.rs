//! The VM as its embedder sees it, and what its processes share.

use crate::code::export::{ExportTable, FunTable};
use crate::memory::Budget;
use crate::platform::Platform;
use crate::sync::Arc;
use crate::term::AtomTable;
use alloc::boxed::Box;

/// What the processes of a VM share. Everything in it has its own lock, or needs none.
pub struct Runtime {
    /// The count of the VM's memory.
    pub budget: Arc<Budget>,
    /// The atoms.
    pub atoms: AtomTable,
    /// The functions that can be called by name.
    pub exports: ExportTable,
    /// The funs.
    pub funs: FunTable,
    /// The machine.
    pub platform: Box<dyn Platform>,
}
