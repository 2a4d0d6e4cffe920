//! Compiled patterns: as terms, and the cache of what PCRE2 made of them.
//!
//! ```text
//!   {re_pattern, Groups, IsUnicode, MayEndWithCrLf, Binary}
//!
//!   Binary: "AVMRE", version 1, newline, bsr, bits (32, least significant byte first), the pattern
//! ```

use crate::names::Names;
use crate::pcre::{Code, CompileError, Flags};
use crate::{messages, pcre};
use atomvm_core::bif::{BifResult, Ctx, Raise};
use atomvm_core::memory::{Budget, Heap};
use atomvm_core::term::Term;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

const MAGIC: &[u8; 6] = b"AVMRE\x01";
const HEADER: usize = MAGIC.len() + 6;

/// The bits that a pattern may have.
const BITS: u32 = pcre::PCRE2_ANCHORED
    | pcre::PCRE2_UTF
    | pcre::PCRE2_CASELESS
    | pcre::PCRE2_DOLLAR_ENDONLY
    | pcre::PCRE2_DOTALL
    | pcre::PCRE2_EXTENDED
    | pcre::PCRE2_FIRSTLINE
    | pcre::PCRE2_MULTILINE
    | pcre::PCRE2_NO_AUTO_CAPTURE
    | pcre::PCRE2_DUPNAMES
    | pcre::PCRE2_UNGREEDY
    | pcre::PCRE2_NO_START_OPTIMIZE
    | pcre::PCRE2_UCP
    | pcre::PCRE2_NEVER_UTF;

/// The binary of a pattern.
pub fn encode(pattern: &[u8], flags: Flags) -> Result<Vec<u8>, Raise> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(HEADER + pattern.len())
        .map_err(|_| Raise::OutOfMemory)?;
    bytes.extend(MAGIC);
    bytes.extend([flags.newline, flags.bsr]);
    bytes.extend(flags.bits.to_le_bytes());
    bytes.extend(pattern);
    Ok(bytes)
}

/// Options and text of a binary that a program gave; `None` if no pattern has it.
fn decode(binary: &[u8]) -> Option<(Flags, &[u8])> {
    let rest = binary.strip_prefix(MAGIC)?;
    let (&[newline, bsr, a, b, c, d], pattern) = rest.split_first_chunk::<6>()?;
    let bits = u32::from_le_bytes([a, b, c, d]);
    let known = newline <= pcre::PCRE2_NEWLINE_NUL as u8
        && bsr <= pcre::PCRE2_BSR_ANYCRLF as u8
        && bits & !BITS == 0;
    known.then_some((Flags { bits, newline, bsr }, pattern))
}

/// Compiled code by the binary of its pattern.
pub struct Cache {
    entries: Mutex<Entries>,
    budget: Arc<Budget>,
}

#[derive(Default)]
struct Entries {
    by_binary: HashMap<Box<[u8]>, (Arc<Code>, u64)>,
    clock: u64,
}

/// So many patterns stay compiled.
const CAPACITY: usize = 128;
/// A longer pattern is compiled each time.
const LONGEST: usize = 64 << 10;

impl Cache {
    /// A cache on the account of a VM.
    pub fn new(budget: &Arc<Budget>) -> Cache {
        Cache {
            entries: Mutex::default(),
            budget: budget.clone(),
        }
    }

    /// The code for the binary of a pattern.
    ///
    /// # Errors
    /// `Ok(Err)`: what is wrong with the pattern. `error:badarg`: it is no binary of a pattern.
    pub fn code(&self, binary: &[u8]) -> Result<Result<Arc<Code>, CompileError>, Raise> {
        if let Some(code) = self.find(binary) {
            return Ok(Ok(code));
        }
        let (flags, pattern) = decode(binary).ok_or(Raise::BADARG)?;
        let compiled = Code::compile(pattern, flags, &self.budget).or_else(|| {
            self.clear();
            Code::compile(pattern, flags, &self.budget)
        });
        let code = match compiled.ok_or(Raise::OutOfMemory)? {
            Ok(code) => Arc::new(code),
            Err(error) => return Ok(Err(error)),
        };
        if binary.len() <= LONGEST {
            self.insert(binary, &code);
        }
        Ok(Ok(code))
    }

    fn find(&self, binary: &[u8]) -> Option<Arc<Code>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.clock += 1;
        let clock = entries.clock;
        let (code, used) = entries.by_binary.get_mut(binary)?;
        *used = clock;
        Some(code.clone())
    }

    fn insert(&self, binary: &[u8], code: &Arc<Code>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.by_binary.len() >= CAPACITY {
            let oldest = entries.by_binary.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                entries.by_binary.remove(&oldest);
            }
        }
        let clock = entries.clock;
        entries
            .by_binary
            .insert(binary.into(), (code.clone(), clock));
    }

    fn clear(&self) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.by_binary.clear();
    }

    /// The binary and code of a term `{re_pattern, ...}`.
    ///
    /// # Errors
    /// `error:badarg`: it is no pattern of this VM.
    pub fn of_term(&self, names: &Names, term: Term) -> Result<(Vec<u8>, Arc<Code>), Raise> {
        let &[tag, groups, unicode, crlf, binary] = term.as_tuple().ok_or(Raise::BADARG)? else {
            return Err(Raise::BADARG);
        };
        let binary = binary.as_binary().ok_or(Raise::BADARG)?;
        if tag != names.re_pattern {
            return Err(Raise::BADARG);
        }
        let code = self.code(&binary)?.map_err(|_| Raise::BADARG)?;
        let (flags, _) = decode(&binary).ok_or(Raise::BADARG)?;
        let numbers = [groups, unicode, crlf].map(Term::as_usize);
        let is_unicode = flags.bits & pcre::PCRE2_UTF != 0;
        if numbers != [code.captures, is_unicode.into(), code.has_crlf.into()].map(Some) {
            return Err(Raise::BADARG);
        }
        Ok((binary.into_owned(), code))
    }
}

/// The same pattern with other ends of lines, where `flags` has some.
pub fn with_line_ends(binary: &[u8], flags: Flags) -> Option<Vec<u8>> {
    let mut binary = binary.to_vec();
    let [newline, bsr] = binary.get_mut(MAGIC.len()..MAGIC.len() + 2)? else {
        return None;
    };
    if flags.newline != 0 {
        *newline = flags.newline;
    }
    if flags.bsr != 0 {
        *bsr = flags.bsr;
    }
    Some(binary)
}

/// `{re_pattern, ...}`
pub fn term(c: &mut Ctx<'_>, names: &Names, code: &Code, binary: &[u8]) -> BifResult {
    let (flags, _) = decode(binary).ok_or(Raise::BADARG)?;
    let is_unicode = flags.bits & pcre::PCRE2_UTF != 0;
    let numbers = [code.captures, is_unicode.into(), code.has_crlf.into()];
    let [groups, unicode, crlf] = numbers.map(|n| Term::small(n as isize));
    let binary = c.p.heap.binary(binary)?;
    Ok(c.p
        .heap
        .tuple(&[names.re_pattern, groups, unicode, crlf, binary])?)
}

/// `{Text, Position}`
pub fn error_term(c: &mut Ctx<'_>, pattern: &[u8], error: CompileError) -> BifResult {
    let (text, at) = messages::explain(pattern, error);
    let text = c.p.heap.string(&text)?;
    let at = Term::small(at as isize);
    Ok(c.p.heap.tuple(&[text, at])?)
}
