//! What internal code is made for.

/// A machine, as far as internal code depends on it: the size of its words and their byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The bytes of a word, 4 or 8.
    pub word_bytes: u8,
    /// Does the most significant byte come first?
    pub is_big_endian: bool,
}

impl Target {
    /// The machine that this VM runs on.
    pub const NATIVE: Target = Target {
        word_bytes: crate::term::WORD_BYTES as u8,
        is_big_endian: cfg!(target_endian = "big"),
    };

    /// The words that a float takes on the heap.
    pub(crate) fn float_words(self) -> u32 {
        1 + 8 / u32::from(self.word_bytes)
    }
}

/// What a module is translated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// The machine that runs it.
    pub target: Target,
    /// Will the code stay where nobody may write to it?
    pub is_placed: bool,
    /// Does the code collect at every opportunity?
    pub stress: bool,
}

impl Purpose {
    /// Code in memory of its own, for the machine that this VM runs on.
    pub const HERE: Purpose = Purpose {
        target: Target::NATIVE,
        is_placed: false,
        stress: false,
    };
}
