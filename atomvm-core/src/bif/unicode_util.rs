//! `unicode_util`: the front of a text, as a character, as a grapheme, in another case or normal
//! form.
//!
//! These are the functions that `string` and Elixir's `String` go through a text with. What is not
//! here (`nfkd/1`, `nfkc/1`, `lookup/1` ...) is OTP's Erlang code.

use super::unicode_cp::{Front, front};
use super::unicode_gc::gc;
use super::unicode_normal::{nfc, nfd};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::{Term, atoms};
use crate::unicode::{Case, of_case};

pub(super) const TABLE: &[Bif] = &[
    bif("unicode_util", "cp", 1, |c, a| {
        let front = front(&mut c.p.heap, a[0])?;
        Ok(front.to_term(&mut c.p.heap)?)
    }),
    bif("unicode_util", "gc", 1, |c, a| gc(&mut c.p.heap, a[0])),
    bif("unicode_util", "nfd", 1, |c, a| nfd(&mut c.p.heap, a[0])),
    bif("unicode_util", "nfc", 1, |c, a| nfc(&mut c.p.heap, a[0])),
    bif("unicode_util", "uppercase", 1, |c, a| {
        in_case(c, a[0], Case::Upper)
    }),
    bif("unicode_util", "lowercase", 1, |c, a| {
        in_case(c, a[0], Case::Lower)
    }),
    bif("unicode_util", "titlecase", 1, |c, a| {
        in_case(c, a[0], Case::Title)
    }),
    bif("unicode_util", "casefold", 1, |c, a| {
        in_case(c, a[0], Case::Fold)
    }),
];

/// `[Letter | Rest]`, where the letter may be several characters.
fn in_case(c: &mut Ctx<'_>, text: Term, case: Case) -> BifResult {
    let heap = &mut c.p.heap;
    match front(heap, text)? {
        Front::Char(char, rest, list) => {
            let other = char
                .as_small()
                .and_then(|value| u32::try_from(value).ok())
                .and_then(|value| of_case(value, case));
            let Some(forms) = other else {
                return Ok(Front::Char(char, rest, list).to_term(heap)?);
            };
            let letter = match forms.chars() {
                [char] => Term::small(*char as isize),
                chars => chars.iter().try_rfold(Term::NIL, |list, &char| {
                    heap.cons(Term::small(char as isize), list)
                })?,
            };
            Ok(heap.cons(letter, rest)?)
        }
        Front::End => Ok(Term::NIL),
        Front::Invalid(invalid) => {
            let reason = heap.tuple(&[atoms::BADARG, invalid])?;
            Err(Raise::Error(reason))
        }
    }
}
