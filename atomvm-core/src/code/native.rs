//! Functions that the embedder implements.

use super::export::Export;
use crate::bif::{BifResult, Ctx, Raise};
use crate::sync::{Arc, RwLock};
use crate::term::Term;
use crate::vm::Runtime;
use hashbrown::HashMap;

/// A function of the embedder.
pub type Native = Arc<dyn Fn(&mut Ctx<'_>, &[Term]) -> BifResult + Send + Sync>;

/// The embedder's functions by module, function and arity.
#[derive(Default)]
pub struct NativeTable(RwLock<HashMap<(Term, Term, u32), Native>>);

impl NativeTable {
    /// Registers a function; calls that are linked later reach it.
    pub fn insert(&self, module: Term, function: Term, arity: u32, native: Native) {
        self.0.write().insert((module, function, arity), native);
    }

    fn find(&self, module: Term, function: Term, arity: u32) -> Option<Native> {
        self.0.read().get(&(module, function, arity)).cloned()
    }
}

impl Runtime {
    pub(crate) fn has_native(&self, module: Term, function: Term, arity: u32) -> bool {
        self.code.natives.find(module, function, arity).is_some()
    }

    /// Registers a function, which also calls reach that found nothing before.
    pub(crate) fn register_native(&self, module: Term, function: Term, arity: u32, native: Native) {
        self.code.natives.insert(module, function, arity, native);
        if let Some(export) = self.exports.find(module, function, arity) {
            self.link_native(export);
        }
    }

    /// Calls a function of the embedder.
    pub(crate) fn call_native(&self, c: &mut Ctx<'_>, export: &Export, args: &[Term]) -> BifResult {
        match self
            .code
            .natives
            .find(export.module, export.function, u32::from(export.arity))
        {
            Some(native) => native(c, args),
            None => Err(Raise::UNDEF),
        }
    }
}
