//! What can be wrong with a pack, or with what goes into one.

use alloc::string::String;

use thiserror::Error;

use crate::beam::BeamError;
use crate::memory::OutOfMemory;

/// Why a pack was refused or cannot be made. Offsets count bytes from the start of the pack.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PackError {
    /// It does not begin as a pack does.
    #[error("not an AtomVM pack")]
    NotAPack,
    /// The pack ends in the middle of an entry, or without the entry that ends it.
    #[error("offset {offset}: the pack ends too early")]
    Truncated {
        /// Where the entry begins.
        offset: usize,
    },
    /// An entry is not as the format says.
    #[error("offset {offset}: {what}")]
    BadEntry {
        /// Where the entry begins.
        offset: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There was no memory to read it.
    #[error("no memory to read the pack")]
    NoMemory,
    /// A module is damaged.
    #[error("{name}: {error}")]
    BadModule {
        /// The entry's name.
        name: String,
        /// What is wrong with it.
        error: BeamError,
    },
    /// A name that an entry cannot have: empty, with a zero byte, or the one that ends a pack.
    #[error("{name:?} cannot be the name of an entry")]
    BadName {
        /// The name.
        name: String,
    },
    /// The module to start with is not there.
    #[error("there is no module {module} to start with")]
    MissingStart {
        /// The module.
        module: String,
    },
    /// The module to start with cannot be started.
    #[error("module {module} does not export start/0")]
    BadStart {
        /// The module.
        module: String,
    },
    /// An entry is larger than the format can say (4 GiB).
    #[error("{name} is too large for a pack")]
    TooLarge {
        /// The entry.
        name: String,
    },
}

impl From<OutOfMemory> for PackError {
    fn from(_: OutOfMemory) -> PackError {
        PackError::NoMemory
    }
}
