//! What the code of a function refers to.

use atomvm_core::beam::external::{Token, Tokens};
use atomvm_core::beam::opcode::op;
use atomvm_core::beam::{Instr, Operand};

use super::literals;
use super::module::Module;
use super::names::{Name, Names};
use super::registers::Registers;

/// Something that a function refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// A function of the same module, or a fun, by its index.
    Local(usize),
    /// A function that is called by its full name.
    Call(Mfa),
    /// A function that is a value: `fun M:F/A`.
    Fun(Mfa),
    /// What may be the name of a function: module and function side by side, as in `{M, F, A}` and
    /// `spawn(M, F, A)`.
    Pair(Site),
    /// An atom that becomes a value.
    Atom(Name),
    /// A call whose function is found out as the program runs.
    Dynamic(Site),
}

/// Module, function and arity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mfa {
    pub module: Name,
    pub function: Name,
    pub arity: u32,
}

/// What is known of the function that a call leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Site {
    pub module: Option<Name>,
    pub function: Option<Name>,
    pub arity: Option<u32>,
}

/// Functions of `erlang` that call, or name, the function that three of their arguments say: name,
/// arity, and which argument is the module.
const CALLERS: [(&str, u32, u16); 14] = [
    ("apply", 3, 0),
    ("spawn", 3, 0),
    ("spawn", 4, 1),
    ("spawn_link", 3, 0),
    ("spawn_link", 4, 1),
    ("spawn_monitor", 3, 0),
    ("spawn_monitor", 4, 1),
    ("spawn_opt", 4, 0),
    ("spawn_opt", 5, 1),
    ("spawn_request", 3, 0),
    ("spawn_request", 4, 0),
    ("spawn_request", 5, 1),
    ("hibernate", 3, 0),
    ("make_fun", 3, 0),
];

/// Reads those instructions of function `index` of `module` that `runs` says can run.
pub fn references(
    module: &Module<'_>,
    index: usize,
    names: &mut Names,
    runs: &[bool],
) -> Vec<Reference> {
    let mut scan = Scan {
        module,
        names,
        registers: Registers::default(),
        found: Vec::new(),
    };
    // What a list of the module's own functions names is not thereby called.
    let function = &module.functions[index];
    let is_list = matches!(
        (scan.names.text(function.name), function.arity),
        ("__info__" | "behaviour_info" | "module_info", _)
    );
    let code = &module.beam.code;
    let instrs = code.instrs[function.instrs.clone()].iter();
    for (instr, _) in instrs.zip(runs).filter(|(_, runs)| **runs) {
        scan.instruction(instr);
        scan.registers.step(code, instr);
    }
    let mut found = scan.found;
    if is_list {
        let is_call = |it: &Reference| matches!(it, Reference::Local(_) | Reference::Call(_));
        found.retain(is_call);
    }
    found
}

struct Scan<'m, 'a, 'n> {
    module: &'m Module<'a>,
    names: &'n mut Names,
    registers: Registers,
    found: Vec<Reference>,
}

impl Scan<'_, '_, '_> {
    fn instruction(&mut self, instr: &Instr) {
        let code = &self.module.beam.code;
        let args = code.args(instr);
        match (instr.op, args) {
            // Its own name, what is only compared, and the kinds of a binary's parts.
            (op::FUNC_INFO | op::BS_MATCH, _) => return,
            (op::BS_CREATE_BIN, args) => return self.segments(args),
            (op, _) if is_test(op) => return,
            (
                op::CALL | op::CALL_ONLY | op::CALL_LAST,
                [Operand::Unsigned(arity), Operand::Label(label), ..],
            ) => {
                self.arguments(*arity);
                self.local(*label);
            }
            (
                op::CALL_EXT | op::CALL_EXT_ONLY | op::CALL_EXT_LAST,
                [Operand::Unsigned(arity), Operand::Unsigned(import), ..],
            ) => {
                self.arguments(*arity);
                self.import(*import, true);
            }
            (op::BIF0, [Operand::Unsigned(import), ..])
            | (op::BIF1 | op::BIF2 | op::BIF3, [_, Operand::Unsigned(import), ..])
            | (op::GC_BIF1 | op::GC_BIF2 | op::GC_BIF3, [_, _, Operand::Unsigned(import), ..]) => {
                self.import(*import, false);
            }
            (op::MAKE_FUN2 | op::MAKE_FUN3 | op::CALL_FUN2, [Operand::Unsigned(lambda), ..]) => {
                if let Some(lambda) = self.module.beam.lambdas.get(*lambda as usize) {
                    self.local(lambda.label);
                }
            }
            (op::APPLY | op::APPLY_LAST, [Operand::Unsigned(arity), ..]) => {
                let (module, function) = (*arity as u16, (*arity as u16).wrapping_add(1));
                let site = Site {
                    module: self.known(module),
                    function: self.known(function),
                    arity: Some(*arity as u32),
                };
                self.found.push(Reference::Dynamic(site));
            }
            (op::PUT_TUPLE2, [_, list]) => {
                let elements = code.list(*list).iter();
                let values: Vec<_> = elements.map(|it| self.registers.value(*it)).collect();
                self.pairs(&values);
            }
            _ => {}
        }
        self.values(instr);
    }

    /// Atoms and literals among the operands.
    fn values(&mut self, instr: &Instr) {
        let code = &self.module.beam.code;
        for arg in code.args(instr) {
            self.operand(*arg);
            // The keys of a map may stand in a pattern; but they are few.
            for element in code.list(*arg) {
                self.operand(*element);
            }
        }
    }

    fn operand(&mut self, operand: Operand) {
        match operand {
            Operand::Atom(index) => {
                let atom = self.module.atom(index);
                self.found.extend(atom.map(Reference::Atom));
            }
            Operand::Literal(index) => self.literal(index),
            _ => {}
        }
    }

    fn literal(&mut self, index: u32) {
        let Some(term) = self.module.beam.literals.get(index as usize) else {
            return;
        };
        let contents = literals::contents(term);
        for atom in contents.atoms {
            self.found.push(Reference::Atom(self.names.intern(atom)));
        }
        for (module, function, arity) in contents.funs {
            let mfa = Mfa {
                module: self.names.intern(module),
                function: self.names.intern(function),
                arity,
            };
            self.found.push(Reference::Fun(mfa));
        }
        for (module, function, arity) in contents.pairs {
            let site = Site {
                module: Some(self.names.intern(module)),
                function: Some(self.names.intern(function)),
                arity,
            };
            self.found.push(Reference::Pair(site));
        }
    }

    fn local(&mut self, label: u32) {
        let index = self.module.entries.get(&label);
        self.found.extend(index.copied().map(Reference::Local));
    }

    fn import(&mut self, index: u64, is_call: bool) {
        let Some(import) = self.module.beam.imports.get(index as usize) else {
            return;
        };
        let (Some(module), Some(function)) = (
            self.module.atom(import.module),
            self.module.atom(import.function),
        ) else {
            return;
        };
        let mfa = Mfa {
            module,
            function,
            arity: import.arity,
        };
        self.found.push(Reference::Call(mfa));
        if is_call && self.names.text(module) == "erlang" {
            let name = self.names.text(function);
            let caller = CALLERS
                .iter()
                .find(|(caller, arity, _)| *caller == name && *arity == import.arity);
            if let Some((name, _, first)) = caller {
                self.caller(name, *first);
            }
        }
    }

    /// A call of a function that calls what its arguments from `first` on say.
    fn caller(&mut self, name: &str, first: u16) {
        let third = self.registers.x(first + 2);
        let site = Site {
            module: self.known(first),
            function: self.known(first + 1),
            arity: match (name, third) {
                ("make_fun", Some(Operand::Integer(arity))) => u32::try_from(arity).ok(),
                ("make_fun", _) | (_, None) => None,
                (_, Some(list)) => self.length(list),
            },
        };
        self.found.push(Reference::Dynamic(site));
    }

    /// The atom in an X register.
    fn known(&self, register: u16) -> Option<Name> {
        match self.registers.x(register)? {
            Operand::Atom(atom) => self.module.atom(atom),
            _ => None,
        }
    }

    /// The length of a constant list.
    fn length(&self, list: Operand) -> Option<u32> {
        match list {
            Operand::Atom(0) => Some(0),
            Operand::Literal(index) => {
                let term = self.module.beam.literals.get(index as usize)?;
                match Tokens::new(term).next()? {
                    Token::List(length) => Some(length),
                    Token::Bytes(bytes) => u32::try_from(bytes.len()).ok(),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Values that stand side by side, of which two could be a module and a function.
    fn pairs(&mut self, values: &[Option<Operand>]) {
        let atom = |value: Option<Operand>| match value {
            Some(Operand::Atom(atom)) => self.module.atom(atom),
            _ => None,
        };
        for (at, two) in values.windows(2).enumerate() {
            let (Some(module), Some(function)) = (atom(two[0]), atom(two[1])) else {
                continue;
            };
            let arity = match values.get(at + 2).copied().flatten() {
                Some(Operand::Integer(arity @ 0..=255)) => Some(arity as u32),
                Some(list) => self.length(list),
                None => None,
            };
            let site = Site {
                module: Some(module),
                function: Some(function),
                arity,
            };
            self.found.push(Reference::Pair(site));
        }
    }

    /// The constants among the arguments of a call.
    fn arguments(&mut self, arity: u64) {
        let values: Vec<_> = (0..arity as u16).map(|x| self.registers.x(x)).collect();
        self.pairs(&values);
    }

    /// The values that a binary is made of: of each segment, the fifth and sixth operand.
    fn segments(&mut self, args: &[Operand]) {
        let list = args.last().copied().unwrap_or(Operand::Atom(0));
        for segment in self.module.beam.code.list(list).chunks(6) {
            if let [_, _, _, _, value, _] = segment {
                self.operand(*value);
            }
        }
    }
}

/// Whether an instruction only looks at values: an atom in it need not exist anywhere else.
fn is_test(op: u8) -> bool {
    matches!(
        op,
        op::IS_LT
            | op::IS_GE
            | op::IS_EQ
            | op::IS_NE
            | op::IS_EQ_EXACT
            | op::IS_NE_EXACT
            | op::SELECT_VAL
            | op::SELECT_TUPLE_ARITY
            | op::IS_TAGGED_TUPLE
            | op::HAS_MAP_FIELDS
            | op::GET_MAP_ELEMENTS
    )
}
