//! What decoding needs to know besides the bytes: names and functions.

use crate::code::export::FunKey;
use crate::code::{Export, FunEntry};
use crate::memory::OutOfMemory;
use crate::term::Term;
use crate::term::atom::AtomTable;
use crate::vm::Runtime;

/// Which fun expression a fun was made by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunId {
    /// The module, an atom.
    pub module: Term,
    /// Its number among the funs of the module.
    pub index: u32,
    /// The MD5 sum of the module's code.
    pub uniq: [u8; 16],
    /// Its number in older versions of the format.
    pub old_index: u32,
    /// The compiler's hash of it.
    pub old_uniq: u32,
    /// Arguments of a call.
    pub arity: u32,
    /// How many terms are captured.
    pub num_free: u32,
    /// The process that made it.
    pub creator: Term,
}

/// The names and functions that decoded terms refer to.
pub trait Env {
    /// The atoms.
    fn atoms(&self) -> &AtomTable;

    /// The entry of a function for external funs; `None` where there are no such entries.
    fn export(
        &self,
        module: Term,
        function: Term,
        arity: u32,
    ) -> Result<Option<&Export>, OutOfMemory>;

    /// The entry of a function, if it is loaded.
    fn existing_export(&self, module: Term, function: Term, arity: u32) -> Option<&Export>;

    /// The entry of a fun expression; `None` where there are no such entries.
    fn fun(&self, id: &FunId) -> Result<Option<&FunEntry>, OutOfMemory>;
}

/// Atoms only: funs cannot be decoded.
impl Env for AtomTable {
    fn atoms(&self) -> &AtomTable {
        self
    }

    fn export(&self, _: Term, _: Term, _: u32) -> Result<Option<&Export>, OutOfMemory> {
        Ok(None)
    }

    fn existing_export(&self, _: Term, _: Term, _: u32) -> Option<&Export> {
        None
    }

    fn fun(&self, _: &FunId) -> Result<Option<&FunEntry>, OutOfMemory> {
        Ok(None)
    }
}

impl Env for Runtime {
    fn atoms(&self) -> &AtomTable {
        &self.atoms
    }

    fn export(
        &self,
        module: Term,
        function: Term,
        arity: u32,
    ) -> Result<Option<&Export>, OutOfMemory> {
        Runtime::export(self, module, function, arity).map(Some)
    }

    fn existing_export(&self, module: Term, function: Term, arity: u32) -> Option<&Export> {
        let (module_name, name) = (self.atoms.name(module), self.atoms.name(function));
        if crate::bif::find(module_name, name, arity).is_some() {
            return Runtime::export(self, module, function, arity).ok();
        }
        let export = self.exports.find(module, function, arity)?;
        (!self.is_undefined(export)).then_some(export)
    }

    fn fun(&self, id: &FunId) -> Result<Option<&FunEntry>, OutOfMemory> {
        let key = FunKey {
            module: id.module,
            index: id.index,
            uniq: id.uniq,
            arity: id.arity,
            num_free: id.num_free,
        };
        self.funs.get_or_insert(key, id.old_uniq).map(Some)
    }
}
