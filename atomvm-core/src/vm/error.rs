//! What goes wrong, as the host sees it.

use crate::code::error::LoadError;
use crate::value::{Value, ValueError};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why a program gave no value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or module cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// No module of the packs exports `start/0`.
    #[error("no module exports start/0")]
    NoEntryPoint,
    /// An exception that nothing caught, or an exit signal.
    #[error("{0}")]
    Exception(alloc::boxed::Box<ErlangError>),
    /// A limit of the VM is reached.
    #[error("the VM's limit of {0} is reached")]
    Limit(Limit),
    /// The program has stopped the VM, with this exit status.
    #[error("the program stopped the VM with status {0}")]
    Halted(i32),
    /// The program has stopped the VM as crashed (`erlang:halt/1` with a text or `abort`).
    #[error("the program stopped the VM: {0}")]
    Crashed(String),
    /// Every process waits, for nothing that the VM knows of, and the platform cannot wait.
    #[error("all processes wait and nothing will wake them")]
    Stalled,
    /// A value from the host cannot be a term, or a term no value.
    #[error("a value cannot pass between host and program: {0}")]
    BadValue(ValueError),
}

/// What a VM can have too much of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Bytes.
    Memory,
    /// Processes.
    Processes,
    /// Atoms.
    Atoms,
    /// Reductions.
    Reductions,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Memory => "memory",
            Limit::Processes => "processes",
            Limit::Atoms => "atoms",
            Limit::Reductions => "reductions",
        })
    }
}

/// The class of an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// `error`
    Error,
    /// `exit`
    Exit,
    /// `throw`
    Throw,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Error => "error",
            Class::Exit => "exit",
            Class::Throw => "throw",
        })
    }
}

/// A place in a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The module.
    pub module: String,
    /// The function.
    pub function: String,
    /// How many arguments it has.
    pub arity: usize,
    /// The source file, if the compiler recorded it.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
}

/// An exception that ended a process.
#[derive(Clone, Debug)]
pub struct ErlangError {
    /// Its class.
    pub class: Class,
    /// Its reason.
    pub reason: Value,
    /// Its reason as OTP prints it.
    pub reason_text: String,
    /// Where it was raised, innermost first.
    pub stacktrace: Vec<Frame>,
    /// OTP's error report, with the time.
    pub report: String,
}

impl ErlangError {
    /// OTP's error report.
    pub fn report(&self) -> &str {
        &self.report
    }
}

impl fmt::Display for ErlangError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.reason_text)
    }
}
