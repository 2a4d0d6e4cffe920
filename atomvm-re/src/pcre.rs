//! PCRE2 behind safe Rust.
//!
//! A [`Code`] is a compiled pattern. Its memory, and what a search takes, counts for the VM that it
//! was made for.

use crate::{older, tables};
use atomvm_core::memory::{Budget, SharedBytes};
use core::ffi::c_void;
use core::ptr::{NonNull, null_mut};
use pcre2_sys as sys;
use std::alloc::{Layout, alloc, dealloc};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

pub use sys::{
    PCRE2_ANCHORED, PCRE2_BSR_ANYCRLF, PCRE2_BSR_UNICODE, PCRE2_CASELESS, PCRE2_DOLLAR_ENDONLY,
    PCRE2_DOTALL, PCRE2_DUPNAMES, PCRE2_EXTENDED, PCRE2_FIRSTLINE, PCRE2_MULTILINE,
    PCRE2_NEVER_UTF, PCRE2_NEWLINE_ANY, PCRE2_NEWLINE_ANYCRLF, PCRE2_NEWLINE_CR,
    PCRE2_NEWLINE_CRLF, PCRE2_NEWLINE_LF, PCRE2_NEWLINE_NUL, PCRE2_NO_AUTO_CAPTURE,
    PCRE2_NO_START_OPTIMIZE, PCRE2_NOTBOL, PCRE2_NOTEMPTY, PCRE2_NOTEMPTY_ATSTART, PCRE2_NOTEOL,
    PCRE2_UCP, PCRE2_UNGREEDY, PCRE2_UTF,
};

/// An escape that is none, which PCRE before version 10 took for the character itself.
const BAD_ESCAPE: i32 = 103;
/// A range in a class that starts or ends with a class.
const BAD_RANGE: i32 = 150;
/// So many of these are mended in a pattern.
const MENDED: usize = 50;

/// Why a pattern cannot be compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CompileError {
    /// PCRE2's number of the error.
    pub code: i32,
    /// Where in the pattern, in bytes.
    pub at: usize,
}

/// How a search ended without a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// Nothing matches.
    NoMatch,
    /// The match limit was reached.
    MatchLimit,
    /// The limit of depth or of memory for one search was reached.
    DepthLimit,
    /// The start is no place in the subject.
    BadOffset,
    /// The VM has no memory left.
    NoMemory,
    /// PCRE2 says this of itself.
    Internal(i32),
}

/// What limits a search.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How often a place to go back to may be made, from one start.
    pub matches: u32,
    /// How many such places there may be at a time; `None`: PCRE2's own limit.
    pub depth: Option<u32>,
    /// The last place where a match may start. Only for code that says it can be
    /// [searched in pieces](Code::by_pieces).
    pub last_start: Option<usize>,
}

/// The memory that one search may take, in KiB: what ten million places take for a usual pattern.
const HEAP_LIMIT: u32 = 1 << 20;

/// How a pattern is to be compiled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Flags {
    /// `PCRE2_...` bits.
    pub bits: u32,
    /// `PCRE2_NEWLINE_...`; 0: the default.
    pub newline: u8,
    /// `PCRE2_BSR_...`; 0: the default.
    pub bsr: u8,
}

/// A compiled pattern.
pub struct Code {
    code: NonNull<sys::pcre2_code_8>,
    general: General,
    spare: Mutex<Option<Workspace>>,
    /// How many groups capture.
    pub captures: usize,
    /// Names of groups with their numbers, in the order of the names.
    pub names: Vec<(Vec<u8>, usize)>,
    /// May several groups have the same name?
    pub has_dupnames: bool,
    /// Are subjects UTF-8?
    pub is_utf: bool,
    /// May a line end with two characters?
    pub has_crlf: bool,
    /// Does the pattern mention the ends of lines itself?
    pub mentions_crlf: bool,
    /// Can a subject be searched in pieces, each with a last place where a match may start?
    pub by_pieces: bool,
}

// SAFETY: compiled code is only read; what a search writes to is a workspace of its own.
unsafe impl Send for Code {}
// SAFETY: as above; the spare workspace has a lock.
unsafe impl Sync for Code {}

impl Drop for Code {
    fn drop(&mut self) {
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // SAFETY: made by `pcre2_compile` and not used any more.
        unsafe { sys::pcre2_code_free_8(self.code.as_ptr()) };
    }
}

/// Where PCRE2 gets its memory from.
struct General {
    context: NonNull<sys::pcre2_general_context_8>,
    /// Whose address the context holds.
    _budget: Arc<Budget>,
}

impl General {
    fn new(budget: &Arc<Budget>) -> Option<General> {
        let data = Arc::as_ptr(budget).cast_mut().cast::<c_void>();
        // SAFETY: the budget lives as long as the context, which is all that PCRE2 hands its
        // address to the two functions for.
        let context =
            unsafe { sys::pcre2_general_context_create_8(Some(allocate), Some(release), data) };
        Some(General {
            context: NonNull::new(context)?,
            _budget: budget.clone(),
        })
    }
}

impl Drop for General {
    fn drop(&mut self) {
        // SAFETY: made by `new`; fields that need it are dropped before (see `Code`).
        unsafe { sys::pcre2_general_context_free_8(self.context.as_ptr()) };
    }
}

/// Bytes before each block, which hold its size; they keep the block aligned for everything.
const HEADER: usize = 16;

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(HEADER)?, HEADER).ok()
}

/// `malloc` on a VM's account.
unsafe extern "C" fn allocate(size: usize, data: *mut c_void) -> *mut c_void {
    // SAFETY: `data` is the budget's address, which `General` keeps alive.
    let budget = unsafe { &*data.cast::<Budget>() };
    let Some(layout) = layout(size) else {
        return null_mut();
    };
    if budget.charge(layout.size()).is_err() {
        return null_mut();
    }
    // SAFETY: the layout is not empty, and the header has room for a size.
    unsafe {
        let block = alloc(layout);
        if block.is_null() {
            budget.refund(layout.size());
            return null_mut();
        }
        block.cast::<usize>().write(size);
        block.add(HEADER).cast()
    }
}

/// `free` for what `allocate` gave.
unsafe extern "C" fn release(block: *mut c_void, data: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: the block came from `allocate`, so its size stands before it, and `data` is the same
    // budget.
    unsafe {
        let budget = &*data.cast::<Budget>();
        let block = block.cast::<u8>().sub(HEADER);
        let Some(layout) = layout(block.cast::<usize>().read()) else {
            return;
        };
        budget.refund(layout.size());
        dealloc(block, layout);
    }
}

/// What one search at a time works with.
struct Workspace {
    data: NonNull<sys::pcre2_match_data_8>,
    context: NonNull<sys::pcre2_match_context_8>,
}

// SAFETY: it belongs to whoever holds it.
unsafe impl Send for Workspace {}

impl Workspace {
    fn new(code: &Code) -> Option<Workspace> {
        // SAFETY: the code and the general context are live.
        unsafe {
            let general = code.general.context.as_ptr();
            let data = sys::pcre2_match_data_create_from_pattern_8(code.code.as_ptr(), general);
            let data = NonNull::new(data)?;
            let context = sys::pcre2_match_context_create_8(general);
            let Some(context) = NonNull::new(context) else {
                sys::pcre2_match_data_free_8(data.as_ptr());
                return None;
            };
            sys::pcre2_set_heap_limit_8(context.as_ptr(), HEAP_LIMIT);
            Some(Workspace { data, context })
        }
    }

    /// Is it small enough to be kept for the next search?
    fn is_small(&self) -> bool {
        const SMALL: usize = 64 << 10;
        // SAFETY: the match data is live.
        unsafe { sys::pcre2_get_match_data_heapframes_size_8(self.data.as_ptr()) <= SMALL }
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // SAFETY: made by `new`, with memory of a general context that outlives it.
        unsafe {
            sys::pcre2_match_data_free_8(self.data.as_ptr());
            sys::pcre2_match_context_free_8(self.context.as_ptr());
        }
    }
}

/// What matched: the whole (0) and what each group captured, as first byte and end.
#[derive(Debug)]
pub struct Match {
    /// `None` for a group that took no part. There is one for each group.
    pub groups: Vec<Option<(usize, usize)>>,
    /// The number of the last group that took part, plus one.
    pub top: usize,
}

impl Code {
    /// Compiles `pattern`.
    ///
    /// # Errors
    /// The pattern is wrong (`Ok(Err)`), or there is no memory (`None`).
    pub fn compile(
        pattern: &[u8],
        flags: Flags,
        budget: &Arc<Budget>,
    ) -> Option<Result<Code, CompileError>> {
        let general = General::new(budget)?;
        let by_pieces = flags.bits & (PCRE2_ANCHORED | PCRE2_FIRSTLINE) == 0
            && !contains(pattern, b"\\G")
            && !contains(pattern, b"(*");
        let mut bits = flags.bits;
        if by_pieces {
            bits |= sys::PCRE2_USE_OFFSET_LIMIT;
        }
        // What PCRE2 finds out about the first byte of a match forgets that `\w` matches letters of
        // Latin-1 in UTF-8, too.
        let is_utf = bits & PCRE2_UTF != 0 || contains(pattern, b"(*UTF");
        if is_utf && bits & PCRE2_UCP == 0 && contains(pattern, b"\\w") {
            bits |= PCRE2_NO_START_OPTIMIZE;
        }
        let compiled = compile_as_before(pattern, bits, flags, &general)?;
        let code = match compiled {
            Ok(code) => code,
            Err(error) => return Some(Err(error)),
        };
        let mut code = Code {
            code,
            general,
            spare: Mutex::new(None),
            captures: 0,
            names: Vec::new(),
            has_dupnames: false,
            is_utf: false,
            has_crlf: false,
            mentions_crlf: false,
            by_pieces,
        };
        code.captures = code.info(sys::PCRE2_INFO_CAPTURECOUNT) as usize;
        let all = code.info(sys::PCRE2_INFO_ALLOPTIONS);
        code.is_utf = all & PCRE2_UTF != 0;
        code.has_dupnames = flags.bits & PCRE2_DUPNAMES != 0;
        code.by_pieces &= all & PCRE2_ANCHORED == 0;
        code.has_crlf = matches!(
            code.info(sys::PCRE2_INFO_NEWLINE),
            PCRE2_NEWLINE_ANY | PCRE2_NEWLINE_CRLF | PCRE2_NEWLINE_ANYCRLF
        );
        code.mentions_crlf = code.info(sys::PCRE2_INFO_HASCRORLF) != 0;
        code.names = code.name_table();
        Some(Ok(code))
    }

    fn info(&self, what: u32) -> u32 {
        let mut value = 0u32;
        // SAFETY: all that is asked for here is given as 32 bits.
        unsafe {
            sys::pcre2_pattern_info_8(self.code.as_ptr(), what, (&raw mut value).cast());
        }
        value
    }

    fn name_table(&self) -> Vec<(Vec<u8>, usize)> {
        let count = self.info(sys::PCRE2_INFO_NAMECOUNT) as usize;
        let size = self.info(sys::PCRE2_INFO_NAMEENTRYSIZE) as usize;
        let mut table: *const u8 = core::ptr::null();
        // SAFETY: the table is given as an address.
        unsafe {
            let to = (&raw mut table).cast();
            sys::pcre2_pattern_info_8(self.code.as_ptr(), sys::PCRE2_INFO_NAMETABLE, to);
        }
        if count == 0 || size < 3 || table.is_null() {
            return Vec::new();
        }
        // SAFETY: the table has `count` entries of `size` bytes, and lives as long as the code.
        let table = unsafe { core::slice::from_raw_parts(table, count * size) };
        let entry = |entry: &[u8]| {
            let number = usize::from(u16::from_be_bytes([entry[0], entry[1]]));
            let name = entry[2..].split(|&byte| byte == 0).next();
            (name.unwrap_or_default().to_vec(), number)
        };
        table.chunks_exact(size).map(entry).collect()
    }

    /// Searches `subject` from byte `start` on; `bits` are `PCRE2_ANCHORED` and `PCRE2_NOT...`.
    ///
    /// Where the code is for UTF-8, `subject` must be, and `start` the first byte of a character.
    ///
    /// # Errors
    /// Nothing was found, for the reason given.
    pub fn search(
        &self,
        subject: Subject<'_>,
        start: usize,
        bits: u32,
        limits: Limits,
    ) -> Result<Match, Failure> {
        if self.is_utf && !subject.is_utf8 || start > subject.bytes.len() {
            return Err(Failure::BadOffset);
        }
        if self.is_utf && !subject.is_start_of_char(start) {
            return Err(Failure::BadOffset);
        }
        let spare = self
            .spare
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let workspace = spare.or_else(|| Workspace::new(self));
        let workspace = workspace.ok_or(Failure::NoMemory)?;
        let result = self.search_in(&workspace, subject.bytes, start, bits, limits);
        if workspace.is_small() {
            *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = Some(workspace);
        }
        result
    }

    fn search_in(
        &self,
        workspace: &Workspace,
        subject: &[u8],
        start: usize,
        bits: u32,
        limits: Limits,
    ) -> Result<Match, Failure> {
        const BITS: u32 =
            PCRE2_ANCHORED | PCRE2_NOTBOL | PCRE2_NOTEOL | PCRE2_NOTEMPTY | PCRE2_NOTEMPTY_ATSTART;
        let data = workspace.data.as_ptr();
        let context = workspace.context.as_ptr();
        let last_start = limits.last_start.filter(|_| self.by_pieces);
        // SAFETY: code, data and context are live and belong together; the subject is as long as
        // it says. `search` has made sure that it is UTF-8 where it has to be, and that a
        // character starts at the start.
        let top = unsafe {
            sys::pcre2_set_match_limit_8(context, limits.matches);
            sys::pcre2_set_depth_limit_8(context, limits.depth.unwrap_or(DEFAULT_DEPTH));
            sys::pcre2_set_offset_limit_8(context, last_start.unwrap_or(usize::MAX));
            sys::pcre2_match_8(
                self.code.as_ptr(),
                subject.as_ptr(),
                subject.len(),
                start,
                bits & BITS | sys::PCRE2_NO_UTF_CHECK,
                data,
                context,
            )
        };
        match top {
            1.. => {}
            sys::PCRE2_ERROR_NOMATCH => return Err(Failure::NoMatch),
            sys::PCRE2_ERROR_MATCHLIMIT => return Err(Failure::MatchLimit),
            sys::PCRE2_ERROR_DEPTHLIMIT | sys::PCRE2_ERROR_HEAPLIMIT => {
                return Err(Failure::DepthLimit);
            }
            sys::PCRE2_ERROR_NOMEMORY => return Err(Failure::NoMemory),
            sys::PCRE2_ERROR_BADOFFSET | sys::PCRE2_ERROR_BADUTFOFFSET => {
                return Err(Failure::BadOffset);
            }
            // A pattern that calls itself for ever without reading on matches nothing.
            sys::PCRE2_ERROR_RECURSELOOP => return Err(Failure::NoMatch),
            other => return Err(Failure::Internal(other)),
        }
        // SAFETY: after a match the vector has a pair for each group and one for the whole.
        let pairs = unsafe {
            let count = sys::pcre2_get_ovector_count_8(data) as usize;
            core::slice::from_raw_parts(sys::pcre2_get_ovector_pointer_8(data), 2 * count)
        };
        let group = |pair: &[usize]| {
            let (from, to) = (pair[0], pair[1]);
            (from != sys::PCRE2_UNSET && to != sys::PCRE2_UNSET).then_some((from, to))
        };
        Ok(Match {
            groups: pairs.chunks_exact(2).map(group).collect(),
            top: top as usize,
        })
    }
}

/// PCRE2's limit of depth, if a program sets none.
const DEFAULT_DEPTH: u32 = 10_000_000;

/// Bytes to search in, and whether they are known to be UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    bytes: &'a [u8],
    is_utf8: bool,
}

impl<'a> Subject<'a> {
    /// Any bytes.
    pub fn bytes(bytes: &'a [u8]) -> Subject<'a> {
        Subject {
            bytes,
            is_utf8: false,
        }
    }

    /// Text.
    pub fn text(text: &'a str) -> Subject<'a> {
        Subject {
            bytes: text.as_bytes(),
            is_utf8: true,
        }
    }

    /// Does a character start at byte `at`, or does the text end there?
    pub fn is_start_of_char(&self, at: usize) -> bool {
        self.bytes.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
    }
}

/// Text that was checked, and is known when it comes again: a search for all matches looks at the
/// same subject once for each.
#[derive(Debug)]
pub struct KnownText(SharedBytes);

impl KnownText {
    /// Checks the bytes.
    pub fn new(bytes: SharedBytes) -> Option<KnownText> {
        core::str::from_utf8(&bytes).ok()?;
        Some(KnownText(bytes))
    }

    /// Is it these bytes, in the same place?
    pub fn is(&self, bytes: &[u8]) -> bool {
        core::ptr::eq::<[u8]>(&*self.0, bytes)
    }

    /// The text as a subject.
    pub fn subject(&self) -> Subject<'_> {
        Subject {
            bytes: &self.0,
            is_utf8: true,
        }
    }
}

/// Compiles what PCRE before version 10 would have compiled in its way.
fn compile_as_before(
    pattern: &[u8],
    bits: u32,
    flags: Flags,
    general: &General,
) -> Option<Result<NonNull<sys::pcre2_code_8>, CompileError>> {
    let end = pattern.iter().position(|&byte| byte == 0);
    let pattern = &pattern[..end.unwrap_or(pattern.len())];
    let mut pattern = older::plain_braces(pattern);
    let mut extra = sys::PCRE2_EXTRA_ALLOW_LOOKAROUND_BSK;
    for _ in 0..MENDED {
        let error = match compile(&pattern, bits, extra, flags, general)? {
            Err(error) => error,
            Ok(code) => return Some(Ok(code)),
        };
        match error.code {
            BAD_ESCAPE if extra & sys::PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL == 0 => {
                extra |= sys::PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL;
            }
            BAD_RANGE => match older::plain_hyphen(&pattern, error.at) {
                Some(mended) => pattern = Cow::Owned(mended),
                None => return Some(Err(error)),
            },
            _ => return Some(Err(error)),
        }
    }
    compile(&pattern, bits, extra, flags, general)
}

fn compile(
    pattern: &[u8],
    bits: u32,
    extra: u32,
    flags: Flags,
    general: &General,
) -> Option<Result<NonNull<sys::pcre2_code_8>, CompileError>> {
    let (mut code, mut at) = (0, 0);
    // SAFETY: the contexts are live, the pattern is as long as it says.
    let compiled = unsafe {
        let context = sys::pcre2_compile_context_create_8(general.context.as_ptr());
        if context.is_null() {
            return None;
        }
        if flags.newline != 0 {
            sys::pcre2_set_newline_8(context, flags.newline.into());
        }
        if flags.bsr != 0 {
            sys::pcre2_set_bsr_8(context, flags.bsr.into());
        }
        // Only lookbehinds of fixed length, as before version 10.
        sys::pcre2_set_max_varlookbehind_8(context, 0);
        sys::pcre2_set_compile_extra_options_8(context, extra);
        sys::pcre2_set_character_tables_8(context, tables::LATIN1.as_ptr());
        sys::pcre2_set_parens_nest_limit_8(context, NESTING);
        let mut here = 0u8;
        let here = (&raw mut here).cast();
        sys::pcre2_set_compile_recursion_guard_8(context, Some(is_too_deep), here);
        let compiled = sys::pcre2_compile_8(
            pattern.as_ptr(),
            pattern.len(),
            bits,
            &mut code,
            &mut at,
            context,
        );
        sys::pcre2_compile_context_free_8(context);
        compiled
    };
    match NonNull::new(compiled) {
        Some(compiled) => Some(Ok(compiled)),
        None if code == sys::PCRE2_ERROR_HEAP_FAILED as i32 => None,
        None => Some(Err(CompileError { code, at })),
    }
}

/// How deep groups may nest, if the stack allows that.
const NESTING: u32 = 2000;
/// How much of the native stack compiling may take, in bytes.
const STACK: usize = 512 << 10;

/// Is the native stack so far from where compiling began?
unsafe extern "C" fn is_too_deep(_: u32, began: *mut c_void) -> i32 {
    let here = 0u8;
    ((&raw const here as usize).abs_diff(began as usize) > STACK).into()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// PCRE2's own text for an error.
pub fn message(code: i32) -> String {
    let mut text = [0u8; 256];
    // SAFETY: the buffer is as long as it says.
    let len = unsafe { sys::pcre2_get_error_message_8(code, text.as_mut_ptr(), text.len()) };
    let len = usize::try_from(len).unwrap_or(0);
    String::from_utf8_lossy(&text[..len.min(text.len())]).into_owned()
}
