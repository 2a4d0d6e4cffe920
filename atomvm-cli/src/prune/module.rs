//! A module, cut into its functions.

use std::collections::HashMap;
use std::ops::Range;

use atomvm_core::beam::opcode::op;
use atomvm_core::beam::{Beam, BeamError, Operand};

use super::names::{Name, Names};

/// A module of the program.
#[derive(Debug)]
pub struct Module<'a> {
    pub name: Name,
    /// The file that it came from, for messages.
    pub origin: &'a str,
    pub beam: Beam<'a>,
    /// Whether it is of a library that is known: OTP's, Elixir's or the VM's.
    pub is_library: bool,
    /// Whether it is not for the pack, but in the library of whoever runs that.
    pub is_elsewhere: bool,
    /// Whether it takes the place of a module of its name only when that is needed.
    pub is_late: bool,
    /// The atoms of [`Module::beam`], by index.
    pub atoms: Vec<Name>,
    pub functions: Vec<Function>,
    /// The functions by the labels of their entries.
    pub entries: HashMap<u32, usize>,
    /// The exported functions.
    pub exports: HashMap<(Name, u32), usize>,
}

/// A function of a module.
#[derive(Debug)]
pub struct Function {
    pub name: Name,
    pub arity: u32,
    /// Where its instructions are.
    pub instrs: Range<usize>,
    /// Whether other modules can call it.
    pub is_exported: bool,
    /// Whether it runs when the module is loaded.
    pub is_on_load: bool,
}

impl<'a> Module<'a> {
    /// Reads a module.
    ///
    /// # Errors
    ///
    /// What is wrong with the BEAM file `bytes`.
    pub fn parse(
        bytes: &'a [u8],
        origin: &'a str,
        names: &mut Names,
    ) -> Result<Module<'a>, BeamError> {
        let beam = Beam::parse(bytes)?;
        let atoms: Vec<Name> = beam.atoms.iter().map(|atom| names.intern(atom)).collect();
        let mut module = Module {
            name: names.intern(beam.module_name()),
            origin,
            atoms,
            is_library: false,
            is_elsewhere: false,
            is_late: false,
            functions: Vec::new(),
            entries: HashMap::new(),
            exports: HashMap::new(),
            beam,
        };
        module.split();
        for export in &module.beam.exports {
            if let Some(index) = module.entries.get(&export.label) {
                let function = &mut module.functions[*index];
                function.is_exported = true;
                module
                    .exports
                    .insert((function.name, function.arity), *index);
            }
        }
        Ok(module)
    }

    /// Finds the functions: each begins with a label, perhaps a line, `func_info` and the label of
    /// its entry.
    fn split(&mut self) {
        let code = &self.beam.code;
        let mut start = 0;
        for (at, instr) in code.instrs.iter().enumerate() {
            match instr.op {
                // Two labels may follow each other within a function, but not before its head.
                op::LABEL => start = at,
                op::LINE | op::EXECUTABLE_LINE | op::DEBUG_LINE => {}
                op::FUNC_INFO => {
                    if let Some(last) = self.functions.last_mut() {
                        last.instrs.end = start;
                    }
                    let [_, Operand::Atom(name), Operand::Unsigned(arity)] = code.args(instr)
                    else {
                        continue;
                    };
                    let entry = code.instrs.get(at + 1).map(|label| code.args(label));
                    if let Some([Operand::Unsigned(label)]) = entry {
                        self.entries.insert(*label as u32, self.functions.len());
                    }
                    self.functions.push(Function {
                        name: self.atoms[*name as usize],
                        arity: *arity as u32,
                        instrs: start..code.instrs.len(),
                        is_exported: false,
                        is_on_load: false,
                    });
                }
                op::ON_LOAD => {
                    if let Some(last) = self.functions.last_mut() {
                        last.is_on_load = true;
                    }
                }
                op::INT_CODE_END => {
                    if let Some(last) = self.functions.last_mut() {
                        last.instrs.end = at;
                    }
                }
                _ => {}
            }
        }
    }

    /// The atom with an index of this module.
    pub fn atom(&self, index: u32) -> Option<Name> {
        // Index 0 is the empty list.
        self.atoms
            .get(index as usize)
            .copied()
            .filter(|_| index != 0)
    }

    /// The function with this name and arity.
    pub fn function(&self, name: Name, arity: u32) -> Option<usize> {
        let is = |function: &Function| function.name == name && function.arity == arity;
        self.functions.iter().position(is)
    }
}
