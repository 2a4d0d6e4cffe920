//! Why code cannot be loaded.

use super::translate;
use super::verify::VerifyError;
use crate::beam::BeamError;
use crate::memory::OutOfMemory;
use crate::pack::PackError;
use crate::term::atom::AtomError;
use alloc::boxed::Box;
use alloc::string::String;

/// Code that cannot be loaded: which file, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct LoadError {
    /// The file, or the entry of a pack.
    pub file: String,
    /// What is wrong with it.
    pub reason: LoadReason,
}

/// What is wrong with a file of code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoadReason {
    /// It is neither a BEAM file nor a pack.
    #[error("neither a BEAM file nor a pack")]
    Foreign,
    /// It is damaged, or for a newer VM.
    #[error(transparent)]
    Beam(BeamError),
    /// The pack is damaged.
    #[error(transparent)]
    Pack(PackError),
    /// The code does what compiled code never does.
    #[error(transparent)]
    Verify(#[from] Box<VerifyError>),
    /// An instruction that this VM does not have.
    #[error("module {module}: instruction {} ({opcode}) at offset {offset} is not supported", translate::name(*.opcode))]
    Unsupported {
        /// The module.
        module: String,
        /// The opcode.
        opcode: u8,
        /// Where it stands in chunk `Code`, in bytes.
        offset: u32,
    },
    /// A constant cannot be read.
    #[error("module {module}: literal {index}: {reason}")]
    Literal {
        /// The module.
        module: String,
        /// The literal's number.
        index: u32,
        /// What is wrong with it.
        reason: String,
    },
    /// The module runs code when it is loaded, as modules with native code do.
    #[error("module {module} has an -on_load function, which only a process can call")]
    OnLoad {
        /// The module.
        module: String,
    },
    /// The file is not of the module that was asked for.
    #[error("it holds the module {module}")]
    OtherName {
        /// The module.
        module: String,
    },
    /// There is an old version of the module that must be purged first.
    #[error("an old version of module {module} must be purged first")]
    NotPurged {
        /// The module.
        module: String,
    },
    /// A module of the built-in library cannot be replaced.
    #[error("module {module} is part of the built-in library and cannot be replaced")]
    Sticky {
        /// The module.
        module: String,
    },
    /// It was translated ahead of time, and that is of no use here.
    #[error("it was translated ahead of time, {0}")]
    Untranslated(Unusable),
    /// An atom cannot be made.
    #[error(transparent)]
    Atom(#[from] AtomError),
    /// There is no memory.
    #[error("out of memory")]
    OutOfMemory,
}

/// Why a translation that was made ahead of time is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It is for another machine or version, and there is no code to translate.
    #[error("for another machine or another version of the VM, and has no other code")]
    Foreign,
    /// The embedder does not trust the pack, and there is no code to verify it with.
    #[error("the pack is not trusted, and has no other code to verify")]
    Untrusted,
    /// The translation is not that of the module's code, or its checksum is wrong.
    #[error("but not from this code: the file is damaged, or was made by something else")]
    Damaged,
    /// The VM wants to collect at every opportunity, and there is no code to translate for that.
    #[error("and has no other code for the stress mode")]
    Stress,
}

impl From<OutOfMemory> for LoadReason {
    fn from(_: OutOfMemory) -> LoadReason {
        LoadReason::OutOfMemory
    }
}

impl From<BeamError> for LoadReason {
    fn from(error: BeamError) -> LoadReason {
        match error {
            BeamError::NoMemory | BeamError::OutOfMemory { .. } => LoadReason::OutOfMemory,
            error => LoadReason::Beam(error),
        }
    }
}

impl From<PackError> for LoadReason {
    fn from(error: PackError) -> LoadReason {
        match error {
            PackError::NoMemory => LoadReason::OutOfMemory,
            error => LoadReason::Pack(error),
        }
    }
}

impl LoadReason {
    /// With the file that it is about.
    pub fn in_file(self, file: &str) -> LoadError {
        LoadError {
            file: crate::memory::fallible::text_or_none(file),
            reason: self,
        }
    }
}
