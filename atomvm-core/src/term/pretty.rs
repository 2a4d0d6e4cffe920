//! Terms as text on several lines, as `~p` of `io_lib:format/2` shows them.
//!
//! A term that does not fit on the rest of its line is broken: atoms, numbers and texts go on one
//! line as long as there is room, every other part begins a line of its own. The parts of a tuple
//! that begins with an atom stand to the right of that atom, as long as that leaves half of the
//! line free on every level; else they are indented by four columns, or by one.
//!
//! First all parts are measured (`Tree`), then laid out; both with explicit stacks.

mod layout;
mod tree;

use super::print::Style;
use super::{AtomTable, Term};
use crate::memory::fallible::lose;
use alloc::string::String;

/// How much room there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Page {
    /// The column that the text begins in; the first is 1.
    pub column: usize,
    /// Characters on a line.
    pub line_length: usize,
    /// After so many characters the text ends, with `...`.
    pub limit: usize,
}

impl Default for Page {
    /// Lines of 80 characters, as many as it takes.
    fn default() -> Self {
        Page {
            column: 1,
            line_length: 80,
            limit: usize::MAX,
        }
    }
}

/// Appends `term` to `out`, broken into lines.
///
/// ```
/// # use atomvm_core::memory::{Budget, Fragment};
/// # use atomvm_core::sync::Arc;
/// # use atomvm_core::term::{AtomTable, pretty, print::Style};
/// # use atomvm_core::value::Value;
/// # let budget = Arc::new(Budget::new(usize::MAX));
/// # let (mut heap, atoms) = (Fragment::new(&budget), AtomTable::new(1000, budget));
/// let term = Value::from((Value::atom("ok"), vec!["a text"; 9])).to_term(&mut heap, &atoms)?;
/// let mut text = String::new();
/// pretty::write(&mut text, term, &atoms, Style::PRETTY, pretty::Page::default());
/// assert_eq!(text.lines().nth(1), Some("     <<\"a text\">>,<<\"a text\">>,<<\"a text\">>,<<\"a text\">>]}"));
/// # Ok::<(), atomvm_core::value::ValueError>(())
/// ```
pub fn write(out: &mut String, term: Term, atoms: &AtomTable, style: Style, page: Page) {
    match tree::Tree::of(term, atoms, style) {
        Ok(tree) => layout::write(out, &tree, page),
        Err(_) => lose(),
    }
}
