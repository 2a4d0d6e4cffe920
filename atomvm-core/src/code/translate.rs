//! Generic instructions to internal ones: a list of rules, one for each opcode.
//!
//! The code has been verified, so operands have the kinds that the rules expect; what a rule does
//! not expect all the same is refused by name.

use super::emit::{Arg, Args, Emitter, Link};
use super::image::{self, Tables};
use super::isa::Base;
use super::places::{self, Place};
use super::rules::float_registers;
use super::target::Purpose;
use super::verify::Verified;
use crate::beam::opcode::{self, op};
use crate::beam::{Beam, Instr, Operand};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, formatted};
use crate::term::fun::FUN_WORDS;
use alloc::vec::Vec;

/// Internal code with the tables that belong to it; nothing in it is an address.
pub struct Translated {
    /// The code.
    pub code: Vec<u32>,
    /// What the link table refers to.
    pub links: Vec<Link>,
    /// For each function its first word and its entry.
    pub functions: Vec<(u32, u32)>,
    /// For each handler its word, frame size and slot.
    pub catches: Vec<(u32, u16, u16)>,
    /// Code offsets and indexes into the table of lines.
    pub lines: Vec<(u32, u32)>,
    /// Where the code of `-on_load` is.
    pub on_load: Option<u32>,
    /// For each fun its code.
    pub lambdas: Vec<u32>,
    /// For each export its code.
    pub exports: Vec<u32>,
    /// The pairs of each `select_sorted` or `select_ordered`: where they start, and how many there are.
    pub selections: Vec<(u32, u32)>,
}

impl Translated {
    /// The block of an [image](super::image) of it.
    ///
    /// # Errors
    /// There is no memory.
    pub(super) fn block(self, beam: &Beam<'_>) -> Result<Vec<u32>, OutOfMemory> {
        let heads = self.functions.iter().map(|&(offset, _)| offset);
        let table = beam.lines.as_ref();
        let places = self.lines.iter().filter_map(|&(offset, index)| {
            let line = table?.lines.get(index as usize)?;
            Some(Place {
                offset,
                file: line.file,
                line: line.line,
            })
        });
        let (heads, lines) = places::encode(heads, places)?;
        let tables = Tables {
            heads: &heads,
            handlers: &self.catches,
            exports: &self.exports,
            funs: &self.lambdas,
            lines: &lines,
            files: &files(beam)?,
            strings: beam.strings,
            on_load: self.on_load,
        };
        image::block(self.code, &tables)
    }
}

/// The names of source files; the first is the module's own.
fn files(beam: &Beam<'_>) -> Result<Vec<u8>, OutOfMemory> {
    let mut files = Vec::new();
    if let Some(table) = &beam.lines {
        let own = formatted(format_args!("{}.erl", beam.module_name()));
        image::add_name(&mut files, &own)?;
        for file in table.files.iter().skip(1) {
            // Forms without a file have an empty name.
            let name = if file.is_empty() { own.as_str() } else { file };
            image::add_name(&mut files, name)?;
        }
    }
    Ok(files)
}

/// Why code has no translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untranslated {
    /// There is no rule for an instruction.
    Unsupported {
        /// The opcode.
        opcode: u8,
        /// Where it stands in chunk `Code`, in bytes.
        offset: u32,
    },
    /// There is no memory.
    OutOfMemory,
}

impl From<OutOfMemory> for Untranslated {
    fn from(_: OutOfMemory) -> Untranslated {
        Untranslated::OutOfMemory
    }
}

pub(super) struct Translator<'b, 'a> {
    pub(super) beam: &'b Beam<'a>,
    verified: &'b Verified,
    out: Emitter,
    functions: Vec<(u32, u32)>,
    lines: Vec<(u32, u32)>,
    selections: Vec<(u32, u32)>,
    on_load: Option<u32>,
    /// The index of the instruction that is being translated.
    at: usize,
    /// Was a frame just made? Its slots are empty then.
    new_frame: bool,
    pub(super) purpose: Purpose,
}

/// Translates a module for `purpose`.
///
/// # Errors
/// An instruction has no translation, or there is no memory.
pub fn translate(
    beam: &Beam<'_>,
    verified: &Verified,
    purpose: Purpose,
) -> Result<Translated, Untranslated> {
    let mut t = Translator::new(beam, verified, purpose);
    let instrs = &beam.code.instrs;
    while t.at < instrs.len() {
        let taken = t.instruction(&instrs[t.at..])?;
        t.at += taken;
    }
    // Nothing runs off the end, but an address after the last call must lie in the code.
    t.out.emit(Base::IfEnd, &[]);
    t.finish()
}

/// The opcodes of a module, each with the name of the internal instruction that it became at some
/// place of the code, or with none where it became no code of its own.
///
/// # Errors
/// An instruction has no translation, or there is no memory.
pub fn forms(
    beam: &Beam<'_>,
    verified: &Verified,
) -> Result<Vec<(u8, Option<&'static str>)>, Untranslated> {
    let mut t = Translator::new(beam, verified, Purpose::HERE);
    let instrs = &beam.code.instrs;
    let mut forms = Vec::new();
    while t.at < instrs.len() {
        t.out.last = None;
        let taken = t.instruction(&instrs[t.at..])?;
        let name = t.out.last.map(|base| base.info().name);
        forms.try_push((instrs[t.at].op, name))?;
        // What was taken along is part of the same internal instruction.
        let along = instrs[t.at + 1..t.at + taken].iter();
        forms.try_extend(along.map(|instr| (instr.op, name)))?;
        t.at += taken;
    }
    forms.sort_unstable();
    forms.dedup();
    Ok(forms)
}

impl<'b, 'a> Translator<'b, 'a> {
    fn new(beam: &'b Beam<'a>, verified: &'b Verified, purpose: Purpose) -> Translator<'b, 'a> {
        Translator {
            beam,
            verified,
            out: Emitter::new(beam.code.label_count),
            functions: Vec::new(),
            lines: Vec::new(),
            selections: Vec::new(),
            on_load: None,
            at: 0,
            new_frame: false,
            purpose,
        }
    }

    fn finish(mut self) -> Result<Translated, Untranslated> {
        let defined = self.out.finish();
        if self.out.failed {
            return Err(Untranslated::OutOfMemory);
        }
        let place = |label: u32| self.out.label_offset(label).unwrap_or(0);
        if !defined {
            return Err(Untranslated::Unsupported {
                opcode: op::LABEL,
                offset: 0,
            });
        }
        let catches = self.verified.catches.iter();
        let catches = collect(catches.map(|c| (place(c.label), c.frame, c.y)))?;
        let lambdas = collect(self.beam.lambdas.iter().map(|l| place(l.label)))?;
        let exports = collect(self.beam.exports.iter().map(|e| place(e.label)))?;
        let functions = self.functions.iter().zip(&self.verified.functions);
        let functions = collect(functions.map(|(&(offset, _), f)| (offset, place(f.entry_label))))?;
        Ok(Translated {
            functions,
            catches,
            lambdas,
            exports,
            lines: self.lines,
            selections: self.selections,
            on_load: self.on_load,
            code: self.out.code,
            links: self.out.links,
        })
    }

    /// There is no opcode for the last call of a fun: it is known by what follows, and gives up the
    /// frame first, or a loop through funs would take ever more of the stack.
    fn call_fun(&mut self, fun: Arg, arity: Arg, instrs: &[Instr]) -> usize {
        if let [_, free, back, ..] = instrs
            && free.op == op::DEALLOCATE
            && back.op == op::RETURN
        {
            let size = n(self.beam.code.args(free)[0]);
            self.emit(Base::CallFunLast, &[fun, arity, size]);
            return 3;
        }
        self.emit(Base::CallFun, &[fun, arity]);
        1
    }

    /// Translates the first instruction, or the first few as one, and says how many those were.
    fn instruction(&mut self, instrs: &[Instr]) -> Result<usize, Untranslated> {
        let instr = &instrs[0];
        self.new_frame &= matches!(instr.op, op::INIT | op::INIT_YREGS | op::LINE);
        let beam = self.beam;
        let code = &beam.code;
        let args = code.args(instr);
        let next = instrs.get(1);
        match instr.op {
            op::LABEL => self.out.label(unsigned(args[0])),
            op::LINE => self.line(unsigned(args[0])),
            op::FUNC_INFO => self.func_info(args),
            op::ON_LOAD => self.on_load = Some(self.out.here()),
            op::INT_CODE_END | op::NIF_START | op::EXECUTABLE_LINE | op::DEBUG_LINE => {}
            op::FCLEARERROR | op::FCHECKERROR | op::RECV_MARK | op::RECV_SET => {}

            op::MOVE => return Ok(self.moves(instrs)),
            op::SWAP => self.emit(Base::Swap, &[value(args[0]), value(args[1])]),
            op::INIT | op::INIT_YREGS if self.new_frame => return Ok(1),
            op::INIT => self.emit(Base::Init, &[N(register(args[0]))]),
            op::INIT_YREGS => {
                for &slot in code.list(args[0]) {
                    self.emit(Base::Init, &[N(register(slot))]);
                }
            }
            op::ALLOCATE | op::ALLOCATE_ZERO => {
                self.stress(unsigned(args[1]) as usize);
                self.emit(Base::Allocate, &[n(args[0]), n(args[1])]);
                self.new_frame = true;
            }
            op::ALLOCATE_HEAP | op::ALLOCATE_HEAP_ZERO => {
                self.stress(unsigned(args[2]) as usize);
                self.emit(
                    Base::AllocateHeap,
                    &[n(args[0]), n(args[2]), N(self.need(args[1]))],
                );
                self.new_frame = true;
            }
            op::TEST_HEAP => {
                self.stress(unsigned(args[1]) as usize);
                self.emit(Base::TestHeap, &[N(self.need(args[0])), n(args[1])]);
            }
            op::DEALLOCATE => {
                if next.is_some_and(|i| i.op == op::RETURN) {
                    self.emit(Base::DeallocateReturn, &[n(args[0])]);
                    return Ok(2);
                }
                self.emit(Base::Deallocate, &[n(args[0])]);
            }
            op::TRIM => self.emit(Base::Trim, &[n(args[0])]),
            op::RETURN => self.emit(Base::Return, &[]),

            op::CALL => self.emit(Base::Call, &[label(args[1]), n(args[0])]),
            op::CALL_ONLY => self.emit(Base::CallOnly, &[label(args[1]), n(args[0])]),
            op::CALL_LAST => self.emit(Base::CallLast, &[label(args[1]), n(args[0]), n(args[2])]),
            op::CALL_EXT => self.call_ext(unsigned(args[1])),
            op::CALL_EXT_ONLY => self.call_ext_only(unsigned(args[1])),
            op::CALL_EXT_LAST => self.call_ext_last(unsigned(args[1]), n(args[2])),
            op::CALL_FUN => {
                let fun = Arg::X(unsigned(args[0]) as u16);
                return Ok(self.call_fun(fun, n(args[0]), instrs));
            }
            op::CALL_FUN2 => return Ok(self.call_fun(value(args[2]), n(args[1]), instrs)),
            op::APPLY => self.emit(Base::Apply, &[n(args[0])]),
            op::APPLY_LAST => self.emit(Base::ApplyLast, &[n(args[0]), n(args[1])]),
            op::JUMP => self.emit(Base::Jump, &[label(args[0])]),

            op::IS_TUPLE => return Ok(self.tuple_test(instrs)),
            op::IS_NONEMPTY_LIST => return Ok(self.nonempty_list(instrs)),
            op::IS_TAGGED_TUPLE => {
                self.emit(
                    Base::IsTaggedTuple,
                    &[label(args[0]), value(args[1]), n(args[2]), value(args[3])],
                );
            }
            op::TEST_ARITY => self.emit(
                Base::TestArity,
                &[label(args[0]), value(args[1]), n(args[2])],
            ),
            op::SELECT_VAL => self.select_val(args),
            op::SELECT_TUPLE_ARITY => self.select_arity(args),

            op::GET_LIST => self.emit(Base::GetList, &operands(args)),
            op::GET_HD => self.emit(Base::GetHd, &operands(args)),
            op::GET_TL => self.emit(Base::GetTl, &operands(args)),
            op::GET_TUPLE_ELEMENT => return Ok(self.tuple_elements(instrs)),
            op::SET_TUPLE_ELEMENT => {
                self.emit(
                    Base::SetTupleElement,
                    &[value(args[0]), value(args[1]), n(args[2])],
                );
            }
            op::PUT_LIST => self.emit(Base::PutList, &operands(args)),
            op::PUT_TUPLE => return Ok(self.put_tuple(instrs)),
            op::PUT_TUPLE2 => {
                let elements = self.values(code.list(args[1]));
                self.tuple(value(args[0]), &elements);
            }
            op::PUT_LITERAL => self.emit(Base::Move, &[value(args[0]), value(args[1])]),
            op::UPDATE_RECORD => self.update_record(args),
            op::MAKE_FUN2 => {
                let lambda = unsigned(args[0]);
                let free = self
                    .beam
                    .lambdas
                    .get(lambda as usize)
                    .map_or(0, |l| l.num_free);
                let env = self.list((0..free).map(|i| Arg::X(i as u16)));
                // It makes room for itself, and leaves x0 and the captured registers.
                self.stress(env.len());
                self.emit(Base::TestHeap, &[N(FUN_WORDS + env.len()), N(env.len())]);
                self.tail(
                    Base::MakeFun,
                    &[Arg::X(0), Arg::Link(Link::Lambda(lambda)), N(env.len())],
                    &env,
                );
            }
            op::MAKE_FUN3 => {
                let link = Arg::Link(Link::Lambda(unsigned(args[0])));
                let env = self.values(code.list(args[2]));
                self.tail(Base::MakeFun, &[value(args[1]), link, N(env.len())], &env);
            }

            op::IS_NATIVE_RECORD => self.emit(
                Base::IsNativeRecord,
                &[
                    label(args[0]),
                    value(args[1]),
                    value(args[2]),
                    value(args[3]),
                ],
            ),
            op::IS_RECORD_ACCESSIBLE => self.is_record_accessible(args),
            op::GET_RECORD_ELEMENTS => {
                let pairs = self.values(code.list(args[2]));
                self.tail(
                    Base::GetRecordElements,
                    &[label(args[0]), value(args[1]), N(pairs.len() / 2)],
                    &pairs,
                );
            }
            op::GET_RECORD_FIELD => {
                let mut all = operands(args);
                all[0] = label(args[0]);
                self.emit(Base::GetRecordField, &all);
            }
            op::PUT_RECORD => self.put_record(args),

            op::PUT_MAP_ASSOC => self.put_map(Base::PutMapAssoc, args),
            op::PUT_MAP_EXACT => self.put_map(Base::PutMapExact, args),
            op::HAS_MAP_FIELDS => {
                let keys = self.values(code.list(args[2]));
                self.tail(
                    Base::HasMapFields,
                    &[label(args[0]), value(args[1]), N(keys.len())],
                    &keys,
                );
            }
            op::GET_MAP_ELEMENTS => self.get_map_elements(args),

            op::BIF0 => self.bif0(args),
            op::BIF1 | op::BIF2 | op::BIF3 => self.guard_bif(args, false),
            op::GC_BIF1 | op::GC_BIF2 | op::GC_BIF3 => self.guard_bif(args, true),

            op::FMOVE => return Ok(self.float_move(instrs)),
            op::FCONV => self.emit(Base::Fconv, &[value(args[0]), N(register(args[1]))]),
            op::FADD => return Ok(self.float_result(instrs, Base::Fadd, Base::FaddStore)),
            op::FSUB => return Ok(self.float_result(instrs, Base::Fsub, Base::FsubStore)),
            op::FMUL => return Ok(self.float_result(instrs, Base::Fmul, Base::FmulStore)),
            op::FDIV => return Ok(self.float_result(instrs, Base::Fdiv, Base::FdivStore)),
            op::FNEGATE => self.emit(Base::Fnegate, &float_registers(args)),

            op::TRY | op::CATCH => {
                // A try that no path leads to has no entry, and is never run.
                let found = self
                    .verified
                    .catches
                    .binary_search_by_key(&(self.at as u32), |c| c.instr);
                self.emit(Base::Try, &[N(register(args[0])), N(found.unwrap_or(0))]);
            }
            op::TRY_END => self.emit(Base::TryEnd, &[N(register(args[0]))]),
            op::TRY_CASE => self.emit(Base::TryCase, &[N(register(args[0]))]),
            op::CATCH_END => self.emit(Base::CatchEnd, &[N(register(args[0]))]),
            op::TRY_CASE_END => self.emit(Base::TryCaseEnd, &[value(args[0])]),
            op::RAISE => self.emit(Base::Raise, &operands(args)),
            op::RAW_RAISE => self.emit(Base::RawRaise, &[]),
            op::BUILD_STACKTRACE => self.emit(Base::BuildStacktrace, &[]),
            op::BADMATCH => self.emit(Base::Badmatch, &[value(args[0])]),
            op::CASE_END => self.emit(Base::CaseEnd, &[value(args[0])]),
            op::BADRECORD => self.emit(Base::Badrecord, &[value(args[0])]),
            op::IF_END => self.emit(Base::IfEnd, &[]),

            op::SEND => self.emit(Base::Send, &[]),
            op::LOOP_REC => self.emit(Base::LoopRec, &[label(args[0]), value(args[1])]),
            op::LOOP_REC_END => self.emit(Base::LoopRecEnd, &[label(args[0])]),
            op::REMOVE_MESSAGE => self.emit(Base::RemoveMessage, &[]),
            op::WAIT => self.emit(Base::Wait, &[label(args[0])]),
            op::WAIT_TIMEOUT => self.emit(Base::WaitTimeout, &[label(args[0]), value(args[1])]),
            op::TIMEOUT => self.emit(Base::Timeout, &[]),
            op::RECV_MARKER_RESERVE => self.emit(Base::RecvMarkerReserve, &operands(args)),
            op::RECV_MARKER_BIND => self.emit(Base::RecvMarkerBind, &operands(args)),
            op::RECV_MARKER_CLEAR => self.emit(Base::RecvMarkerClear, &operands(args)),
            op::RECV_MARKER_USE => self.emit(Base::RecvMarkerUse, &operands(args)),

            opcode => match test(opcode) {
                Some(base) => {
                    let mut all = operands(args);
                    all[0] = label(args[0]);
                    self.emit(base, &all);
                }
                None => return self.bits(instr, args).map(|()| 1),
            },
        }
        Ok(1)
    }

    /// The elements of a list of operands.
    pub(super) fn values(&mut self, operands: &[Operand]) -> Vec<Arg> {
        self.out.list(operands.iter().map(|&o| value(o)))
    }

    /// There is no memory for the code.
    pub(super) fn fail(&mut self) {
        self.out.failed = true;
    }

    /// A list of operands, as [`Emitter::list`] makes it.
    pub(super) fn list<T>(&mut self, of: impl Iterator<Item = T>) -> Vec<T> {
        self.out.list(of)
    }

    pub(super) fn emit(&mut self, base: Base, args: &[Arg]) {
        self.out.emit(base, args);
    }

    pub(super) fn tail(&mut self, base: Base, args: &[Arg], tail: &[Arg]) {
        self.out.emit_tail(base, args, tail);
    }

    fn need(&self, operand: Operand) -> usize {
        need(operand, self.purpose)
    }

    /// In the stress mode: collects before an instruction that could.
    pub(super) fn stress(&mut self, live: usize) {
        if self.purpose.stress {
            self.out.emit(Base::Collect, &[N(live)]);
        }
    }

    fn line(&mut self, index: u32) {
        let here = self.out.here();
        match self.lines.last_mut() {
            Some(last) if last.0 == here => last.1 = index,
            _ => self.out.push(&mut self.lines, (here, index)),
        }
    }

    /// How many pairs stand in the selections before.
    pub(super) fn ordered(&self) -> u32 {
        self.selections.iter().map(|&(_, pairs)| pairs).sum()
    }

    /// Notes the pairs that were written last, for linking to order them.
    pub(super) fn selection(&mut self, pairs: usize) {
        let start = self.out.here().saturating_sub(2 * pairs as u32);
        self.out.push(&mut self.selections, (start, pairs as u32));
    }

    fn func_info(&mut self, args: &[Operand]) {
        let here = self.out.here();
        // The line of a function's head is recorded before its first word.
        self.out.push(&mut self.functions, (here, here));
        self.emit(
            Base::FuncInfo,
            &[value(args[0]), value(args[1]), n(args[2])],
        );
    }

    fn bits(&mut self, instr: &Instr, args: &[Operand]) -> Result<(), Untranslated> {
        if super::translate_bits::instruction(
            self.beam,
            &mut self.out,
            instr.op,
            args,
            self.purpose,
        ) {
            return Ok(());
        }
        Err(Untranslated::Unsupported {
            opcode: instr.op,
            offset: instr.offset,
        })
    }
}

use Arg::N;

/// An operand that is a value or a place.
pub(super) fn value(operand: Operand) -> Arg {
    match operand {
        Operand::X(i) | Operand::TypedX(i, _) => Arg::X(i),
        Operand::Y(i) | Operand::TypedY(i, _) => Arg::Y(i),
        Operand::Atom(0) => Arg::Link(Link::Nil),
        Operand::Atom(i) => Arg::Link(Link::Atom(i)),
        Operand::Integer(v) => Arg::integer(v),
        Operand::Unsigned(v) => Arg::integer(v as i64),
        Operand::Char(v) => Arg::integer(v as i64),
        Operand::BigInteger(i) => Arg::Link(Link::BigInteger(i)),
        Operand::Literal(i) => Arg::Link(Link::Literal(i)),
        _ => Arg::Link(Link::Nil),
    }
}

/// The operands of an instruction.
pub(super) fn operands(operands: &[Operand]) -> Args {
    Args::collect(operands.iter().map(|&o| value(o)))
}

pub(super) fn label(operand: Operand) -> Arg {
    match operand {
        Operand::Label(l) => Arg::Label(l),
        _ => Arg::Label(0),
    }
}

pub(super) fn unsigned(operand: Operand) -> u32 {
    match operand {
        Operand::Unsigned(v) => v as u32,
        Operand::Integer(v) => v as u32,
        Operand::Label(l) => l,
        _ => 0,
    }
}

pub(super) fn n(operand: Operand) -> Arg {
    N(unsigned(operand) as usize)
}

pub(super) fn register(operand: Operand) -> usize {
    match operand {
        Operand::X(i) | Operand::Y(i) | Operand::FloatReg(i) => i as usize,
        Operand::TypedX(i, _) | Operand::TypedY(i, _) => i as usize,
        _ => 0,
    }
}

/// The words that an allocation asks for.
pub(super) fn need(operand: Operand, purpose: Purpose) -> usize {
    let words = super::verify::heap_words_of(operand, purpose.target.float_words());
    // The verifier refuses other operands.
    words.unwrap_or(0) as usize
}

/// The internal form of tests that have a label and registers, and nothing special.
fn test(opcode: u8) -> Option<Base> {
    Some(match opcode {
        op::IS_LT => Base::IsLt,
        op::IS_GE => Base::IsGe,
        op::IS_EQ => Base::IsEq,
        op::IS_NE => Base::IsNe,
        op::IS_EQ_EXACT => Base::IsEqExact,
        op::IS_NE_EXACT => Base::IsNeExact,
        op::IS_INTEGER => Base::IsInteger,
        op::IS_FLOAT => Base::IsFloat,
        op::IS_NUMBER => Base::IsNumber,
        op::IS_ATOM => Base::IsAtom,
        op::IS_PID => Base::IsPid,
        op::IS_REFERENCE => Base::IsReference,
        op::IS_PORT => Base::IsPort,
        op::IS_NIL => Base::IsNil,
        op::IS_BINARY => Base::IsBinary,
        op::IS_BITSTR => Base::IsBitstr,
        op::IS_LIST => Base::IsList,
        op::IS_MAP => Base::IsMap,
        op::IS_BOOLEAN => Base::IsBoolean,
        op::IS_FUNCTION => Base::IsFunction,
        op::IS_FUNCTION2 => Base::IsFunction2,
        op::IS_ANY_NATIVE_RECORD => Base::IsAnyNativeRecord,
        _ => return None,
    })
}

/// The name of an opcode, for messages.
pub fn name(opcode: u8) -> &'static str {
    opcode::name(opcode)
}
