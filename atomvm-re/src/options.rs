//! Lists of options, for compiling and for searching alike.

use crate::names::Names;
use crate::pcre::{self, Flags};
use atomvm_core::term::Term;

/// What a list of options says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How to compile.
    pub compile: Flags,
    /// How to search: `PCRE2_...` bits.
    pub search: u32,
    /// Is there an option that only compiling knows?
    pub only_compile: bool,
    /// Is there an option that only searching knows?
    pub only_search: bool,
    /// Are pattern and subject Unicode?
    pub unicode: bool,
    /// Find all matches?
    pub global: bool,
    /// Return `{error, _}` for what is `nomatch` or `badarg` otherwise?
    pub report_errors: bool,
    /// The first byte to search from.
    pub offset: usize,
    /// The parts that are wanted, and as what.
    pub capture: Option<(Term, Option<Term>)>,
    /// Limits.
    pub match_limit: Option<u32>,
    /// Limits.
    pub depth_limit: Option<u32>,
}

/// The largest number that OTP takes: a C `int`.
const MAX: isize = i32::MAX as isize;

/// A number of an option.
fn number(term: Term) -> Option<u32> {
    let value = term.as_small().filter(|value| (0..=MAX).contains(value))?;
    u32::try_from(value).ok()
}

/// The numbers that PCRE2 has for the ends of lines.
fn newline(names: &Names, term: Term) -> Option<u8> {
    let which = match term {
        t if t == names.cr => pcre::PCRE2_NEWLINE_CR,
        t if t == names.lf => pcre::PCRE2_NEWLINE_LF,
        t if t == names.crlf => pcre::PCRE2_NEWLINE_CRLF,
        t if t == names.any => pcre::PCRE2_NEWLINE_ANY,
        t if t == names.anycrlf => pcre::PCRE2_NEWLINE_ANYCRLF,
        t if t == names.nul => pcre::PCRE2_NEWLINE_NUL,
        _ => return None,
    };
    Some(which as u8)
}

/// Reads a list of options; `None` if it is none.
pub fn parse(names: &Names, list: Term) -> Option<Options> {
    let mut options = Options::default();
    let mut rest = list;
    while let Some((item, next)) = rest.as_cons() {
        match item.as_tuple() {
            Some(tuple) => options.pair(names, tuple)?,
            None => options.single(names, item)?,
        }
        rest = next;
    }
    rest.is_nil().then_some(options)
}

impl Options {
    fn pair(&mut self, names: &Names, tuple: &[Term]) -> Option<()> {
        let (tag, value) = (*tuple.first()?, *tuple.get(1)?);
        if tag == names.newline && tuple.len() == 2 {
            self.compile.newline = newline(names, value)?;
            return Some(());
        }
        self.only_search = true;
        match tuple {
            [tag, values, kind] if *tag == names.capture => {
                self.capture = Some((*values, Some(*kind)));
            }
            [_, _] if tag == names.capture => self.capture = Some((value, None)),
            [_, _] if tag == names.offset => self.offset = number(value)? as usize,
            [_, _] if tag == names.match_limit => self.match_limit = Some(number(value)?),
            [_, _] if tag == names.match_limit_recursion => {
                self.depth_limit = Some(number(value)?);
            }
            _ => return None,
        }
        Some(())
    }

    fn single(&mut self, names: &Names, item: Term) -> Option<()> {
        if let Some(bits) = compile_bits(names, item) {
            self.compile.bits |= bits;
            self.only_compile = true;
            self.unicode |= item == names.unicode;
        } else if let Some(bits) = search_bits(names, item) {
            self.search |= bits;
            self.only_search = true;
        } else if item == names.anchored {
            self.compile.bits |= pcre::PCRE2_ANCHORED;
            self.search |= pcre::PCRE2_ANCHORED;
        } else if item == names.bsr_anycrlf {
            self.compile.bsr = pcre::PCRE2_BSR_ANYCRLF as u8;
        } else if item == names.bsr_unicode {
            self.compile.bsr = pcre::PCRE2_BSR_UNICODE as u8;
        } else if item == names.global {
            self.global = true;
            self.only_search = true;
        } else if item == names.report_errors {
            self.report_errors = true;
            self.only_search = true;
        } else {
            return None;
        }
        Some(())
    }
}

fn compile_bits(names: &Names, item: Term) -> Option<u32> {
    let known = [
        (names.unicode, pcre::PCRE2_UTF),
        (names.caseless, pcre::PCRE2_CASELESS),
        (names.dollar_endonly, pcre::PCRE2_DOLLAR_ENDONLY),
        (names.dotall, pcre::PCRE2_DOTALL),
        (names.extended, pcre::PCRE2_EXTENDED),
        (names.firstline, pcre::PCRE2_FIRSTLINE),
        (names.multiline, pcre::PCRE2_MULTILINE),
        (names.no_auto_capture, pcre::PCRE2_NO_AUTO_CAPTURE),
        (names.dupnames, pcre::PCRE2_DUPNAMES),
        (names.ungreedy, pcre::PCRE2_UNGREEDY),
        (names.no_start_optimize, pcre::PCRE2_NO_START_OPTIMIZE),
        (names.ucp, pcre::PCRE2_UCP),
        (names.never_utf, pcre::PCRE2_NEVER_UTF),
    ];
    let found = known.iter().find(|(name, _)| *name == item)?;
    Some(found.1)
}

fn search_bits(names: &Names, item: Term) -> Option<u32> {
    let known = [
        (names.notbol, pcre::PCRE2_NOTBOL),
        (names.noteol, pcre::PCRE2_NOTEOL),
        (names.notempty, pcre::PCRE2_NOTEMPTY),
        (names.notempty_atstart, pcre::PCRE2_NOTEMPTY_ATSTART),
    ];
    let found = known.iter().find(|(name, _)| *name == item)?;
    Some(found.1)
}
