//! Why a module is refused.

use crate::memory::OutOfMemory;
use alloc::string::String;
use core::fmt;
use thiserror::Error;

/// A module that cannot be trusted: where the first fault is, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct VerifyError {
    /// The module's name.
    pub module: String,
    /// The function's name; empty if the fault is in no function.
    pub function: String,
    /// How many arguments the function takes.
    pub arity: u32,
    /// Where the instruction stands in chunk `Code`, in bytes.
    pub offset: u32,
    /// The instruction's name.
    pub opcode: &'static str,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VerifyError { module, offset, .. } = self;
        write!(f, "module {module}")?;
        if !self.function.is_empty() {
            write!(f, ", function {}/{}", self.function, self.arity)?;
        }
        write!(f, ", code offset {offset}: {} {}", self.opcode, self.reason)
    }
}

/// What is wrong with an instruction, as the rest of a sentence that its name begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// There is no memory to follow the code.
    #[error("cannot be verified for want of memory")]
    OutOfMemory,
    /// The code has another layout than functions, one after the other.
    #[error("stands outside of a function")]
    OutsideFunction,
    /// `func_info` is not between a label and the label of the entry.
    #[error("is not between the two labels that begin a function")]
    FunctionHead,
    /// `func_info` names another module.
    #[error("names another module")]
    WrongModule,
    /// The same label stands twice.
    #[error("defines label {0} a second time")]
    LabelTwice(u32),
    /// A label of the code has a number that its header does not allow.
    #[error("defines label {0}, which is out of range")]
    LabelRange(u64),
    /// A label is used that is not defined.
    #[error("refers to label {0}, which does not exist")]
    NoLabel(u32),
    /// A branch leaves its function.
    #[error("refers to label {0}, which is in another function")]
    ForeignLabel(u32),
    /// A call, an export or a fun does not lead to a function's entry with that arity.
    #[error("refers to label {label}, which is not the entry of a function of {arity} arguments")]
    NotAnEntry {
        /// The label.
        label: u32,
        /// The arity that is meant.
        arity: u32,
    },
    /// The table of exports names a function that is not there.
    #[error("is not where export {0} says a function begins")]
    BadExport(u32),
    /// The table of funs names a function that is not there.
    #[error("is not where fun {0} says its function begins")]
    BadLambda(u32),
    /// An instruction that compilers have not used since OTP 21.
    #[error("is of a release before OTP 21")]
    Obsolete,
    /// The number of operands is wrong.
    #[error("has the wrong number of operands")]
    OperandCount,
    /// An operand is of a kind that the instruction has no use for.
    #[error("has an operand {index} that is not {expected}")]
    Operand {
        /// Which operand, from 1.
        index: u8,
        /// What it should be.
        expected: &'static str,
    },
    /// A list of operands has an element that it must not have there.
    #[error("has a list whose element {index} is not {expected}")]
    Element {
        /// Which element, from 1.
        index: u32,
        /// What it should be.
        expected: &'static str,
    },
    /// A list has too few elements, or too many.
    #[error("has a list of the wrong length")]
    ListLength,
    /// An import is called with another number of arguments than it has.
    #[error("calls import {import}, which takes {arity} arguments")]
    ImportArity {
        /// The import's index.
        import: u32,
        /// How many arguments it takes.
        arity: u32,
    },
    /// A function is called as if in a guard that guards cannot call.
    #[error("calls import {0}, which guards cannot call")]
    NotAGuard(u32),
    /// A fun is made with another number of free variables than it has.
    #[error("captures another number of terms than fun {0} has free variables")]
    FreeVariables(u32),
    /// An X register that there is not.
    #[error("uses x{0}, which does not exist")]
    XRange(u64),
    /// A Y register that there is not in any frame.
    #[error("uses y{0}, which does not exist")]
    YRange(u16),
    /// A floating point register that there is not.
    #[error("uses fr{0}, which does not exist")]
    FloatRange(u16),
    /// An X register is read that is not set on every path.
    #[error("reads x{0}, which is not set")]
    UnsetX(u16),
    /// An instruction says that an X register is live, but it is not set on every path.
    #[error("says that {live} X registers are live, but x{unset} is not set")]
    NotLive {
        /// How many should be.
        live: u16,
        /// The first that is not.
        unset: u16,
    },
    /// A frame slot is used without a frame.
    #[error("uses y{0} without a frame")]
    NoFrameFor(u16),
    /// A frame slot is used that lies outside the frame.
    #[error("uses y{y}, which is outside the frame of {frame}")]
    OutsideFrame {
        /// The slot.
        y: u16,
        /// The frame's size.
        frame: u16,
    },
    /// There is a frame where there must not be one.
    #[error("must not have a frame, but there is one of {0}")]
    HasFrame(u16),
    /// There is no frame where there must be one.
    #[error("needs a frame")]
    NoFrame,
    /// The size of the frame is given wrongly.
    #[error("says that the frame is of {said}, but it is of {frame}")]
    FrameSize {
        /// What the instruction says.
        said: u16,
        /// What it is.
        frame: u16,
    },
    /// The paths that lead there come with different frames.
    #[error("needs to know the frame, but paths with different frames lead there")]
    UnknownFrame,
    /// More is built than there is room for.
    #[error("takes {needs} words of the heap, but {left} are left")]
    Heap {
        /// How many it takes.
        needs: u32,
        /// How many are left of what was asked for.
        left: u32,
    },
    /// The handler of an exception does not begin with the instruction that takes it.
    #[error("has a handler at label {0} that does not begin with the matching end")]
    Handler(u32),
    /// `put_tuple` without as many `put` as it has elements, or `put` without `put_tuple`.
    #[error("is not part of a tuple that is built as a whole")]
    TupleParts,
    /// A tuple is changed that others may see.
    #[error("changes a tuple that setelement has not just made")]
    SharedTuple,
    /// The end of a function is reached.
    #[error("is reached from the end of a function")]
    FallsOff,
    /// The function takes more work to follow than compiled code does.
    #[error("is part of loops that are too tangled to follow")]
    TooComplex,
    /// Code goes round without ever letting other processes run.
    #[error("begins a loop that nothing could stop")]
    Endless,
}

impl From<OutOfMemory> for Reason {
    fn from(_: OutOfMemory) -> Reason {
        Reason::OutOfMemory
    }
}
