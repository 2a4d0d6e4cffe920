//! What operands each instruction has: the one table of it.

use crate::beam::opcode::op;

/// What an operand is, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A term that is read: a register, an integer, an atom, a literal.
    Src,
    /// The same, or a plain number.
    Size,
    /// A register that is read.
    Reg,
    /// A register that is set, but only when the instruction succeeds.
    Dst,
    /// A frame slot that is read.
    YSrc,
    /// A frame slot that is set.
    YDst,
    /// A floating point register.
    Float,
    /// A term or a floating point register that is read.
    SrcOrFloat,
    /// A register of either kind that is set.
    DstOrFloat,
    /// Where to go when the instruction fails.
    Fail,
    /// The same, or 0: a failure raises an exception.
    FailOrRaise,
    /// The same, or an atom: it cannot fail (`bs_start_match4`).
    FailOrAtom,
    /// A label of the same function.
    Label,
    /// The entry of a function whose arity is the first operand.
    Entry,
    /// An import whose arity is the first operand.
    Callee,
    /// An import that takes as many arguments as the instruction has sources.
    Bif,
    /// A number of arguments.
    Arity,
    /// How many X registers are live: the others are lost.
    Live,
    /// The size of a frame.
    Frame,
    /// Room on the heap.
    Heap,
    /// An index into the funs.
    Lambda,
    /// An atom.
    Atom,
    /// A number of 32 bits that matters to nothing but the instruction.
    Number,
    /// How many bits a command of `bs_match` is about.
    Bits,
    /// A number of any size.
    Count,
    /// The number of an element of a tuple, or how many it has.
    Element,
    /// How many elements a tuple has that has some.
    Elements,
    /// A number of bits in a unit: 0 to 256.
    Unit,
    /// Flags of the bit syntax.
    Flags,
    /// How much of the strings is meant, in bytes, and the offset follows.
    StringBytes,
    /// How much of the strings is meant, in bits, and the offset follows.
    StringBits,
    /// Where in the strings: checked with the operand before it.
    StringOffset,
    /// A place to keep a position in: a number, or an atom.
    Slot,
    /// The name of a native record: an atom, or a literal with the module's name.
    Record,
    /// How sure the compiler is of a fun: an atom, or an index into the funs.
    FunTag,
    /// A list; its form belongs to the instruction.
    List,
}

/// The operands of instruction `opcode`; none if compilers have not written it since OTP 21.
#[rustfmt::skip]
pub(super) fn signature(opcode: u8) -> Option<&'static [Kind]> {
    use Kind::*;
    Some(match opcode {
        op::LABEL => &[Number],
        op::FUNC_INFO => &[Atom, Atom, Arity],
        op::INT_CODE_END | op::ON_LOAD | op::NIF_START => &[],
        op::LINE => &[Number],
        op::EXECUTABLE_LINE => &[Number, Number],
        op::DEBUG_LINE => &[Atom, Number, Number, Number],

        op::CALL | op::CALL_ONLY => &[Arity, Entry],
        op::CALL_LAST => &[Arity, Entry, Frame],
        op::CALL_EXT | op::CALL_EXT_ONLY => &[Arity, Callee],
        op::CALL_EXT_LAST => &[Arity, Callee, Frame],
        op::CALL_FUN | op::APPLY => &[Arity],
        op::CALL_FUN2 => &[FunTag, Arity, Src],
        op::APPLY_LAST => &[Arity, Frame],
        op::RETURN | op::SEND => &[],
        op::BIF0 => &[Bif, Dst],
        op::BIF1 => &[FailOrRaise, Bif, Src, Dst],
        op::BIF2 => &[FailOrRaise, Bif, Src, Src, Dst],
        op::BIF3 => &[FailOrRaise, Bif, Src, Src, Src, Dst],
        op::GC_BIF1 => &[FailOrRaise, Live, Bif, Src, Dst],
        op::GC_BIF2 => &[FailOrRaise, Live, Bif, Src, Src, Dst],
        op::GC_BIF3 => &[FailOrRaise, Live, Bif, Src, Src, Src, Dst],
        op::MAKE_FUN2 => &[Lambda],
        op::MAKE_FUN3 => &[Lambda, Dst, List],

        op::ALLOCATE | op::ALLOCATE_ZERO => &[Frame, Live],
        op::ALLOCATE_HEAP | op::ALLOCATE_HEAP_ZERO => &[Frame, Heap, Live],
        op::TEST_HEAP => &[Heap, Live],
        op::DEALLOCATE => &[Frame],
        op::TRIM => &[Frame, Frame],
        op::INIT => &[YDst],
        op::INIT_YREGS => &[List],

        op::REMOVE_MESSAGE | op::TIMEOUT => &[],
        op::LOOP_REC => &[Fail, Dst],
        op::LOOP_REC_END | op::WAIT => &[Label],
        op::WAIT_TIMEOUT => &[Label, Src],
        op::RECV_MARK | op::RECV_SET => &[Label],
        op::RECV_MARKER_BIND => &[Reg, Reg],
        op::RECV_MARKER_CLEAR | op::RECV_MARKER_USE => &[Reg],
        op::RECV_MARKER_RESERVE => &[Dst],

        op::IS_LT | op::IS_GE | op::IS_EQ | op::IS_NE | op::IS_EQ_EXACT | op::IS_NE_EXACT => &[Fail, Src, Src],
        op::IS_INTEGER | op::IS_FLOAT | op::IS_NUMBER | op::IS_ATOM | op::IS_PID
        | op::IS_REFERENCE | op::IS_PORT | op::IS_NIL | op::IS_BINARY | op::IS_LIST
        | op::IS_NONEMPTY_LIST | op::IS_TUPLE | op::IS_FUNCTION | op::IS_BOOLEAN
        | op::IS_BITSTR | op::IS_MAP | op::IS_ANY_NATIVE_RECORD => &[Fail, Src],
        op::IS_FUNCTION2 => &[Fail, Src, Src],
        op::TEST_ARITY => &[Fail, Src, Element],
        op::IS_TAGGED_TUPLE => &[Fail, Src, Elements, Atom],
        op::IS_NATIVE_RECORD => &[Fail, Src, Atom, Atom],
        op::HAS_MAP_FIELDS | op::GET_MAP_ELEMENTS => &[Fail, Src, List],
        op::IS_RECORD_ACCESSIBLE => &[Fail, Src, Atom],
        op::GET_RECORD_ELEMENTS => &[Fail, Src, List],
        op::GET_RECORD_FIELD => &[FailOrRaise, Src, Record, Atom, Dst],
        op::SELECT_VAL | op::SELECT_TUPLE_ARITY => &[Src, Fail, List],
        op::JUMP => &[Label],

        op::CATCH | op::TRY => &[YDst, Label],
        op::CATCH_END | op::TRY_END | op::TRY_CASE => &[YSrc],
        op::TRY_CASE_END | op::BADMATCH | op::CASE_END | op::BADRECORD => &[Src],
        op::IF_END | op::BUILD_STACKTRACE | op::RAW_RAISE => &[],
        op::RAISE => &[Src, Src],

        op::MOVE => &[Src, Dst],
        op::SWAP => &[Reg, Reg],
        op::GET_LIST => &[Src, Dst, Dst],
        op::GET_HD | op::GET_TL => &[Src, Dst],
        op::GET_TUPLE_ELEMENT => &[Src, Element, Dst],
        op::SET_TUPLE_ELEMENT => &[Src, Reg, Element],
        op::PUT_LIST => &[Src, Src, Dst],
        op::PUT_TUPLE => &[Element, Dst],
        op::PUT => &[Src],
        op::PUT_TUPLE2 => &[Dst, List],
        op::UPDATE_RECORD => &[Atom, Element, Src, Dst, List],
        op::PUT_MAP_ASSOC | op::PUT_MAP_EXACT => &[FailOrRaise, Src, Dst, Live, List],
        op::PUT_RECORD => &[FailOrRaise, Record, Src, Dst, Live, List],

        op::FCLEARERROR => &[],
        op::FCHECKERROR => &[FailOrRaise],
        op::FMOVE => &[SrcOrFloat, DstOrFloat],
        op::FCONV => &[Src, Float],
        op::FADD | op::FSUB | op::FMUL | op::FDIV => &[FailOrRaise, Float, Float, Float],
        op::FNEGATE => &[FailOrRaise, Float, Float],

        op::BS_START_MATCH2 => &[Fail, Src, Live, Slot, Dst],
        op::BS_START_MATCH3 => &[Fail, Src, Live, Dst],
        op::BS_START_MATCH4 => &[FailOrAtom, Live, Src, Dst],
        op::BS_GET_INTEGER2 | op::BS_GET_FLOAT2 | op::BS_GET_BINARY2 => &[Fail, Reg, Live, Src, Unit, Flags, Dst],
        op::BS_SKIP_BITS2 => &[Fail, Reg, Src, Unit, Flags],
        op::BS_TEST_TAIL2 => &[Fail, Reg, Count],
        op::BS_TEST_UNIT => &[Fail, Reg, Unit],
        op::BS_MATCH_STRING => &[Fail, Reg, StringBits, StringOffset],
        op::BS_GET_UTF8 | op::BS_GET_UTF16 | op::BS_GET_UTF32 => &[Fail, Reg, Live, Flags, Dst],
        op::BS_SKIP_UTF8 | op::BS_SKIP_UTF16 | op::BS_SKIP_UTF32 => &[Fail, Reg, Live, Flags],
        op::BS_GET_TAIL | op::BS_GET_POSITION => &[Reg, Dst, Live],
        op::BS_SET_POSITION => &[Reg, Src],
        op::BS_SAVE2 | op::BS_RESTORE2 => &[Reg, Slot],
        op::BS_CONTEXT_TO_BINARY => &[Reg],
        op::BS_MATCH => &[Fail, Reg, List],

        op::BS_CREATE_BIN => &[FailOrRaise, Heap, Live, Unit, Dst, List],
        op::BS_INIT2 | op::BS_INIT_BITS => &[FailOrRaise, Size, Heap, Live, Flags, Dst],
        op::BS_APPEND => &[FailOrRaise, Src, Heap, Live, Unit, Src, Flags, Dst],
        op::BS_PRIVATE_APPEND => &[FailOrRaise, Src, Unit, Src, Flags, Dst],
        op::BS_INIT_WRITABLE => &[],
        op::BS_PUT_INTEGER | op::BS_PUT_BINARY | op::BS_PUT_FLOAT => &[FailOrRaise, Src, Unit, Flags, Src],
        op::BS_PUT_STRING => &[StringBytes, StringOffset],
        op::BS_PUT_UTF8 | op::BS_PUT_UTF16 | op::BS_PUT_UTF32 => &[FailOrRaise, Flags, Src],
        op::BS_UTF8_SIZE | op::BS_UTF16_SIZE => &[FailOrRaise, Src, Dst],
        op::BS_ADD => &[FailOrRaise, Src, Src, Unit, Dst],

        _ => return None,
    })
}
