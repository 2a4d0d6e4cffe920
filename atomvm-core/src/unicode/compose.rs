//! Canonical decomposition and composition, but for Hangul, which is computed.

use super::tables::{CANONICAL, CANONICAL_POOL, COMBINING, PAIRS};
use super::{text_of, value_of};

/// The canonical combining class of `char`; 0 for what begins a sequence.
pub fn combining(char: u32) -> u8 {
    value_of(COMBINING, char)
}

/// What `char` is made of, as far as it goes; `None` if it cannot be taken apart.
///
/// ```
/// use atomvm_core::unicode::canonical;
///
/// assert_eq!(canonical('ế' as u32), Some("e\u{302}\u{301}"));
/// assert_eq!(canonical('e' as u32), None);
/// ```
pub fn canonical(char: u32) -> Option<&'static str> {
    text_of(CANONICAL, CANONICAL_POOL, char)
}

/// The character that two make together.
///
/// ```
/// use atomvm_core::unicode::compose_pair;
///
/// assert_eq!(compose_pair('e' as u32, 0x302), Some('ê' as u32));
/// ```
pub fn compose_pair(first: u32, second: u32) -> Option<u32> {
    let at = PAIRS
        .binary_search_by_key(&(first, second), |&(a, b, _)| (a, b))
        .ok()?;
    Some(PAIRS[at].2)
}
