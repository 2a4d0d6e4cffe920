//! Upper, lower and title case, and what ignores case.

use super::tables::{CASE_RUNS, SPECIAL_CASE, SPECIAL_CASE_POOL};
use super::text_of;

/// A form that a letter has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Case {
    /// As in `string:uppercase/1`.
    Upper,
    /// As in `string:lowercase/1`.
    Lower,
    /// As in `string:titlecase/1`.
    Title,
    /// As in `string:casefold/1`.
    Fold,
}

/// `char` in another case: one character or several, `None` if it is the same.
///
/// ```
/// use atomvm_core::unicode::{Case, of_case};
///
/// let upper = |c: char| of_case(c as u32, Case::Upper);
/// assert_eq!(upper('a').unwrap().chars(), ['A' as u32]);
/// assert_eq!(upper('ß').unwrap().chars(), ['S' as u32, 'S' as u32]);
/// assert!(upper('1').is_none());
/// ```
pub fn of_case(char: u32, case: Case) -> Option<Forms> {
    let mut forms = Forms {
        chars: [0; 3],
        len: 0,
    };
    match text_of(SPECIAL_CASE, SPECIAL_CASE_POOL, char) {
        Some(all) => {
            let text = all.split(' ').nth(case as usize)?;
            text.chars().for_each(|c| forms.push(c as u32));
        }
        None => forms.push(plain(char, case)?),
    }
    Some(forms)
}

/// What a letter becomes: up to three characters.
#[derive(Clone, Copy, Debug)]
pub struct Forms {
    chars: [u32; 3],
    len: usize,
}

impl Forms {
    fn push(&mut self, char: u32) {
        self.chars[self.len] = char;
        self.len += 1;
    }

    /// The characters.
    pub fn chars(&self) -> &[u32] {
        &self.chars[..self.len]
    }
}

/// In the runs, title case is upper case, and folded is lower case.
fn plain(char: u32, case: Case) -> Option<u32> {
    let after = CASE_RUNS.partition_point(|run| run.0 <= char);
    // Two runs of a step of two may lie in one another.
    CASE_RUNS[..after]
        .iter()
        .rev()
        .take(2)
        .find_map(|&(first, count, step, upper, lower)| {
            let (from, step) = (char - first, step as u32);
            let is_in = from % step == 0 && from / step < count as u32;
            let add = match case {
                Case::Upper | Case::Title => upper,
                Case::Lower | Case::Fold => lower,
            };
            is_in.then(|| char.checked_add_signed(add)).flatten()
        })
        .filter(|&other| other != char)
}
