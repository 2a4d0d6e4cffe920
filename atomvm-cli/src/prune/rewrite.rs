//! Writes a module with some of its functions: a BEAM file that has nothing else in it.

use atomvm_core::beam::opcode::op;
use atomvm_core::beam::{Instr, Line, Operand};

use super::encode::{self, extended, tag};
use super::flow::{Branch, decide, flow};
use super::form::Form;
use super::module::Module;
use super::names::Name;
use super::tables::{Strings, Table};

/// A module that was written.
#[derive(Debug)]
pub struct Written {
    pub data: Vec<u8>,
    /// The bytes of code of each function that it has, by the function's index.
    pub functions: Vec<(usize, usize)>,
    /// The bytes of each chunk, without its header.
    pub chunks: Vec<([u8; 4], usize)>,
    /// The literals that it has: index in the original, and bytes.
    pub literals: Vec<(u32, usize)>,
    pub exports_start: bool,
}

/// Writes `module` with the functions that are `kept`, of which it leaves out what cannot run, for no
/// such atom is made; with `lines`, it keeps the places of its code in the source.
pub fn rewrite(
    module: &Module<'_>,
    kept: &[bool],
    lines: bool,
    is_made: &dyn Fn(Name) -> bool,
) -> Result<Written, String> {
    let mut writer = Writer::new(module, lines);
    // The module's name is the first of its atoms.
    writer.atoms.number(module.beam.module);
    let mut functions = Vec::new();
    for (index, function) in module.functions.iter().enumerate() {
        if kept[index] {
            let before = writer.code.len();
            let instrs = &module.beam.code.instrs[function.instrs.clone()];
            let flow = flow(module, index, is_made);
            for (instr, _) in instrs.iter().zip(&flow.runs).filter(|(_, runs)| **runs) {
                match decide(module, instr, is_made) {
                    Branch::Open => writer.instruction(instr),
                    Branch::Closed(fail) => writer.jump(fail),
                    Branch::Narrowed(pairs) => writer.select(instr, &pairs),
                }
            }
            functions.push((index, writer.code.len() - before));
        }
    }
    writer.code.push(op::INT_CODE_END);
    writer.finish(kept, functions)
}

struct Writer<'m, 'a> {
    module: &'m Module<'a>,
    keeps_lines: bool,
    code: Vec<u8>,
    atoms: Table<u32>,
    imports: Table<u32>,
    literals: Table<u32>,
    lambdas: Table<u32>,
    labels: Table<u32>,
    lines: Table<(u32, u32)>,
    line_instructions: u32,
    strings: Strings,
}

impl<'m, 'a> Writer<'m, 'a> {
    fn new(module: &'m Module<'a>, lines: bool) -> Self {
        Writer {
            module,
            keeps_lines: lines && module.beam.lines.is_some(),
            code: Vec::new(),
            atoms: Table::new(),
            imports: Table::new(),
            literals: Table::new(),
            lambdas: Table::new(),
            labels: Table::new(),
            lines: Table::new(),
            line_instructions: 0,
            strings: Strings::default(),
        }
    }

    fn instruction(&mut self, instr: &Instr) {
        let args = self.module.beam.code.args(instr);
        match (instr.op, args) {
            (op::EXECUTABLE_LINE | op::DEBUG_LINE, _) => return,
            (op::LINE, [Operand::Unsigned(line)]) => return self.line(*line),
            _ => self.code.push(instr.op),
        }
        // Which operand is an index into a table.
        let import = match instr.op {
            op::BIF0 => 0,
            op::CALL_EXT | op::CALL_EXT_LAST | op::CALL_EXT_ONLY => 1,
            op::BIF1 | op::BIF2 | op::BIF3 => 1,
            op::GC_BIF1 | op::GC_BIF2 | op::GC_BIF3 => 2,
            _ => usize::MAX,
        };
        match (instr.op, args) {
            (op::LABEL, [Operand::Unsigned(label)]) => {
                let label = self.label(*label as u32);
                encode::unsigned(&mut self.code, tag::U, u64::from(label));
            }
            (
                op::MAKE_FUN2 | op::MAKE_FUN3 | op::CALL_FUN2,
                [Operand::Unsigned(lambda), rest @ ..],
            ) => {
                let lambda = self.lambdas.number(*lambda as u32);
                encode::unsigned(&mut self.code, tag::U, u64::from(lambda));
                self.operands(rest);
            }
            (op::BS_PUT_STRING, [length, offset]) => {
                let offset = self.string(*length, *offset);
                self.operands(&[*length, offset]);
            }
            (op::BS_MATCH_STRING, [fail, context, bits, offset]) => {
                let bytes = match bits {
                    Operand::Unsigned(bits) => Operand::Unsigned(bits.div_ceil(8)),
                    other => *other,
                };
                let offset = self.string(bytes, *offset);
                self.operands(&[*fail, *context, *bits, offset]);
            }
            (op::BS_CREATE_BIN, [rest @ .., list]) => {
                self.operands(rest);
                self.segments(*list);
            }
            _ => {
                for (at, arg) in args.iter().enumerate() {
                    match arg {
                        Operand::Unsigned(index) if at == import => {
                            let number = self.imports.number(*index as u32);
                            encode::unsigned(&mut self.code, tag::U, u64::from(number));
                        }
                        _ => self.operand(*arg),
                    }
                }
            }
        }
    }

    /// Goes to where a test fails that cannot succeed.
    fn jump(&mut self, fail: Operand) {
        self.code.push(op::JUMP);
        self.operand(fail);
    }

    /// `select_val` with some of its pairs of value and label.
    fn select(&mut self, instr: &Instr, pairs: &[Operand]) {
        let args = self.module.beam.code.args(instr);
        self.code.push(instr.op);
        self.operands(&args[..2]);
        self.code.push(extended::LIST);
        encode::unsigned(&mut self.code, tag::U, pairs.len() as u64);
        self.operands(pairs);
    }

    fn line(&mut self, index: u64) {
        let Some(lines) = self.module.beam.lines.as_ref().filter(|_| self.keeps_lines) else {
            return;
        };
        let number = match lines.lines.get(index as usize) {
            // Entry 0 stands for an instruction that has no place.
            Some(Line { file, line }) if index != 0 => self.lines.number((*file, *line)) + 1,
            _ => 0,
        };
        self.line_instructions += 1;
        self.code.push(op::LINE);
        encode::unsigned(&mut self.code, tag::U, u64::from(number));
    }

    /// The new number of a label; 0 stays what it is.
    fn label(&mut self, label: u32) -> u32 {
        match label {
            0 => 0,
            label => self.labels.number(label) + 1,
        }
    }

    /// The new place of the string at `offset`, `length` bytes long.
    fn string(&mut self, length: Operand, offset: Operand) -> Operand {
        let number = |operand| match operand {
            Operand::Unsigned(value) => Some(value),
            Operand::Integer(value) => u64::try_from(value).ok(),
            _ => None,
        };
        let (Some(length), Some(start)) = (number(length), number(offset)) else {
            return offset;
        };
        let bytes = self.module.beam.strings.get(start as usize..);
        let bytes = bytes.and_then(|bytes| bytes.get(..length as usize));
        Operand::Unsigned(self.strings.offset(bytes.unwrap_or(&[])))
    }

    /// The segments of `bs_create_bin`, of six operands each; a string's fifth is its place.
    fn segments(&mut self, list: Operand) {
        let elements = self.module.beam.code.list(list);
        self.code.push(extended::LIST);
        encode::unsigned(&mut self.code, tag::U, elements.len() as u64);
        for segment in elements.chunks(6) {
            let is_string =
                |kind| matches!(kind, Operand::Atom(a) if self.module.beam.atom(a) == "string");
            match segment {
                [kind, number, unit, flags, value, size] if is_string(*kind) => {
                    let value = self.string(*size, *value);
                    self.operands(&[*kind, *number, *unit, *flags, value, *size]);
                }
                other => self.operands(other),
            }
        }
    }

    fn operands(&mut self, operands: &[Operand]) {
        operands.iter().for_each(|operand| self.operand(*operand));
    }

    fn operand(&mut self, operand: Operand) {
        let (tag, value) = match operand {
            Operand::Unsigned(value) => (tag::U, value),
            Operand::Integer(value) => return encode::signed(&mut self.code, value),
            Operand::BigInteger(index) => {
                if let Some(value) = self.module.beam.code.big_integer(index) {
                    encode::big(&mut self.code, value);
                }
                return;
            }
            Operand::Atom(0) => (tag::A, 0),
            Operand::Atom(atom) => (tag::A, u64::from(self.atom(atom))),
            // What the compiler knew of types is not kept: it only hints.
            Operand::X(x) | Operand::TypedX(x, _) => (tag::X, u64::from(x)),
            Operand::Y(y) | Operand::TypedY(y, _) => (tag::Y, u64::from(y)),
            Operand::Label(label) => (tag::F, u64::from(self.label(label))),
            Operand::Char(value) => (tag::H, u64::from(value)),
            Operand::FloatReg(number) => {
                self.code.push(extended::FLOAT_REGISTER);
                (tag::U, u64::from(number))
            }
            Operand::Literal(index) => {
                self.code.push(extended::LITERAL);
                (tag::U, u64::from(self.literals.number(index)))
            }
            Operand::List { .. } => {
                let elements = self.module.beam.code.list(operand);
                self.code.push(extended::LIST);
                encode::unsigned(&mut self.code, tag::U, elements.len() as u64);
                return self.operands(elements);
            }
            Operand::AllocList {
                words,
                floats,
                funs,
            } => return self.alloc_list([words, floats, funs]),
        };
        encode::unsigned(&mut self.code, tag, value);
    }

    fn alloc_list(&mut self, amounts: [u32; 3]) {
        self.code.push(extended::ALLOC_LIST);
        let used = amounts.iter().filter(|amount| **amount != 0).count();
        encode::unsigned(&mut self.code, tag::U, used as u64);
        for (kind, amount) in (0..).zip(amounts) {
            if amount != 0 {
                encode::unsigned(&mut self.code, tag::U, kind);
                encode::unsigned(&mut self.code, tag::U, u64::from(amount));
            }
        }
    }

    /// The new number of an atom: there is none with number 0.
    fn atom(&mut self, atom: u32) -> u32 {
        self.atoms.number(atom) + 1
    }

    fn finish(mut self, kept: &[bool], functions: Vec<(usize, usize)>) -> Result<Written, String> {
        let exports = self.exports(kept);
        let imports = self.import_table();
        let lambdas = self.lambda_table();
        let records = self.records();
        let mut form = Form::new();
        form.chunk(*b"AtU8", &self.atom_table());
        form.chunk(*b"Code", &self.code_chunk(functions.len()));
        form.chunk(*b"StrT", &self.strings.bytes);
        form.chunk(*b"ImpT", &imports);
        form.chunk(*b"ExpT", &exports);
        if !self.lambdas.entries().is_empty() {
            form.chunk(*b"FunT", &lambdas);
        }
        let (table, literals) = self.literal_table();
        if !literals.is_empty() {
            form.chunk(*b"LitU", &table);
        }
        if let Some(records) = records {
            form.chunk(*b"Recs", &records);
        }
        if self.keeps_lines {
            form.chunk(*b"Line", &self.line_table());
        }
        let chunks = form.chunks().to_vec();
        let start = self.module.exports.iter().any(|((_, arity), index)| {
            let function = &self.module.functions[*index];
            *arity == 0 && kept[*index] && self.is_start(function.instrs.start)
        });
        Ok(Written {
            data: form.finish()?,
            functions,
            chunks,
            literals,
            exports_start: start,
        })
    }

    /// Whether the function whose instructions begin at `start` is called `start`.
    fn is_start(&self, start: usize) -> bool {
        let code = &self.module.beam.code;
        let info = code.instrs[start..]
            .iter()
            .find(|it| it.op == op::FUNC_INFO);
        let name = info.map(|info| code.args(info));
        matches!(name, Some([_, Operand::Atom(name), _]) if self.module.beam.atom(*name) == "start")
    }

    fn code_chunk(&self, functions: usize) -> Vec<u8> {
        let labels = self.labels.entries().len() as u32 + 1;
        let highest = self.module.beam.code.max_opcode;
        let header = [16, 0, highest, labels, functions as u32];
        let mut chunk: Vec<u8> = header.iter().flat_map(|it| it.to_be_bytes()).collect();
        chunk.extend_from_slice(&self.code);
        chunk
    }

    /// The atoms with lengths of one byte, if they fit.
    fn atom_table(&self) -> Vec<u8> {
        let atoms = self.atoms.entries();
        let texts: Vec<&str> = atoms.iter().map(|it| self.module.beam.atom(*it)).collect();
        let is_short = texts.iter().all(|text| text.len() <= 255);
        let count = texts.len() as i32;
        let count = if is_short { count } else { -count };
        let mut table = count.to_be_bytes().to_vec();
        for text in texts {
            match is_short {
                true => table.push(text.len() as u8),
                false => encode::unsigned(&mut table, tag::U, text.len() as u64),
            }
            table.extend_from_slice(text.as_bytes());
        }
        table
    }

    fn exports(&mut self, kept: &[bool]) -> Vec<u8> {
        let module = self.module;
        let mut rows = Vec::new();
        for export in &module.beam.exports {
            let index = module.entries.get(&export.label);
            if index.is_some_and(|index| kept[*index]) {
                let function = self.atom(export.function);
                let label = self.label(export.label);
                rows.push([function, export.arity, label]);
            }
        }
        table(&rows)
    }

    fn import_table(&mut self) -> Vec<u8> {
        let module = self.module;
        let used = self.imports.entries().to_vec();
        let imports = used
            .iter()
            .filter_map(|it| module.beam.imports.get(*it as usize));
        let rows: Vec<[u32; 3]> = imports
            .map(|it| [self.atom(it.module), self.atom(it.function), it.arity])
            .collect();
        table(&rows)
    }

    fn lambda_table(&mut self) -> Vec<u8> {
        let module = self.module;
        let used = self.lambdas.entries().to_vec();
        let lambdas = used
            .iter()
            .filter_map(|it| module.beam.lambdas.get(*it as usize));
        let rows: Vec<[u32; 6]> = lambdas
            .map(|it| {
                let (function, label) = (self.atom(it.function), self.label(it.label));
                [
                    function,
                    it.arity,
                    label,
                    it.index,
                    it.num_free,
                    it.old_uniq,
                ]
            })
            .collect();
        table(&rows)
    }

    fn literal_table(&self) -> (Vec<u8>, Vec<(u32, usize)>) {
        let used = self.literals.entries();
        let mut table = (used.len() as u32).to_be_bytes().to_vec();
        let mut sizes = Vec::new();
        for index in used {
            let term = self.module.beam.literals.get(*index as usize);
            let term = term.unwrap_or(&[]);
            table.extend_from_slice(&(term.len() as u32).to_be_bytes());
            table.extend_from_slice(term);
            sizes.push((*index, term.len()));
        }
        (table, sizes)
    }

    /// The places in the source: where the file changes, it stands before the line.
    fn line_table(&self) -> Vec<u8> {
        let mut files: Table<u32> = Table::new();
        let mut places = Vec::new();
        let mut current = 0;
        for (file, line) in self.lines.entries() {
            if *file != current {
                current = *file;
                let number = match file {
                    0 => 0,
                    file => files.number(*file) + 1,
                };
                encode::unsigned(&mut places, tag::A, u64::from(number));
            }
            encode::unsigned(&mut places, tag::I, u64::from(*line));
        }
        let (lines, count) = (self.lines.entries().len(), files.entries().len());
        let header = [0, 0, self.line_instructions, lines as u32, count as u32];
        let mut table: Vec<u8> = header.iter().flat_map(|it| it.to_be_bytes()).collect();
        table.extend_from_slice(&places);
        for file in files.entries() {
            let names = self.module.beam.lines.as_ref().map(|lines| &lines.files);
            let name = names.and_then(|names| names.get(*file as usize));
            let name = name.copied().unwrap_or_default();
            table.extend_from_slice(&(name.len() as u16).to_be_bytes());
            table.extend_from_slice(name.as_bytes());
        }
        table
    }

    /// The native records that the module defines.
    fn records(&mut self) -> Option<Vec<u8>> {
        let records = &self.module.beam.records;
        if records.is_empty() {
            return None;
        }
        let code = std::mem::take(&mut self.code);
        let mut fields = 0;
        for record in records {
            fields += self.module.beam.code.list(record.fields).len() / 2;
            let exported = if record.is_exported { "true" } else { "false" };
            let atoms = &self.module.beam.atoms;
            let exported = atoms.iter().position(|atom| *atom == exported)?;
            self.operands(&[
                Operand::Label(0),
                Operand::Atom(record.name),
                Operand::Atom(exported as u32),
                record.fields,
            ]);
        }
        let operands = std::mem::replace(&mut self.code, code);
        let header = [0, records.len() as u32, fields as u32];
        let mut chunk: Vec<u8> = header.iter().flat_map(|it| it.to_be_bytes()).collect();
        chunk.extend_from_slice(&operands);
        Some(chunk)
    }
}

fn table<const N: usize>(rows: &[[u32; N]]) -> Vec<u8> {
    let mut table = (rows.len() as u32).to_be_bytes().to_vec();
    table.extend(rows.iter().flatten().flat_map(|it| it.to_be_bytes()));
    table
}
