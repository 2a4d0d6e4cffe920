//! What Unicode says of characters: graphemes, cases, composition.
//!
//! The tables are those of OTP 25 (Unicode 14), made from its `unicode_util` by
//! `scripts/unicode-tables.escript`, so that text breaks and folds here as it does there. They are
//! read where they are; in all some 50 KB of constants.

mod case;
mod compose;
mod grapheme;
mod tables;

pub use case::{Case, Forms, of_case};
pub use compose::{canonical, combining, compose_pair};
pub use grapheme::{Class, class};

/// The last entry that begins at `char` or before it, of a table whose entries hold the character
/// that they begin at in the upper 24 bits and a value below.
fn value_of(table: &[u32], char: u32) -> u8 {
    let after = table.partition_point(|entry| entry >> 8 <= char);
    if after == 0 {
        return 0;
    }
    table[after - 1] as u8
}

/// The text that belongs to `char` in a table of characters and places in a pool.
fn text_of(table: &[(u32, u16, u8)], pool: &'static str, char: u32) -> Option<&'static str> {
    let at = table.binary_search_by_key(&char, |entry| entry.0).ok()?;
    let (_, from, len) = table[at];
    pool.get(from as usize..from as usize + len as usize)
}
