//! Classes of characters by which text is cut into graphemes.

use super::tables::GRAPHEME;
use super::value_of;

/// How a character stands in a grapheme (Unicode Standard Annex 29, as OTP applies it).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// None of the others.
    Other,
    /// Stands alone.
    Control,
    /// Belongs to what is before it.
    Extend,
    /// Belongs to what is before it, and joins a pictograph after it.
    Zwj,
    /// Belongs to what follows.
    Prepend,
    /// Hangul: a leading consonant.
    L,
    /// Hangul: a vowel.
    V,
    /// Hangul: a trailing consonant.
    T,
    /// Hangul: a syllable without a trailing consonant.
    LV,
    /// Hangul: a whole syllable.
    LVT,
    /// One of the two letters of a flag.
    Regional,
    /// A pictograph.
    Pictograph,
}

const SYLLABLES: core::ops::RangeInclusive<u32> = 0xac00..=0xd7a3;
const TRAILING: u32 = 28;

/// The class of `char`.
///
/// ```
/// use atomvm_core::unicode::{Class, class};
///
/// assert_eq!(class('a' as u32), Class::Other);
/// assert_eq!(class(0x301), Class::Extend);
/// assert_eq!(class('한' as u32), Class::LVT);
/// ```
pub fn class(char: u32) -> Class {
    if SYLLABLES.contains(&char) {
        return match (char - SYLLABLES.start()) % TRAILING {
            0 => Class::LV,
            _ => Class::LVT,
        };
    }
    // The numbers are those of the script that makes the table.
    match value_of(GRAPHEME, char) {
        1 => Class::Control,
        2 => Class::Extend,
        3 => Class::Zwj,
        4 => Class::Prepend,
        5 => Class::L,
        6 => Class::V,
        7 => Class::T,
        8 => Class::Regional,
        9 => Class::Pictograph,
        _ => Class::Other,
    }
}
