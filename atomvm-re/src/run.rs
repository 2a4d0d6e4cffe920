//! Compiling and searching, as OTP's module `re` asks for them.

use crate::capture::{self, Capture};
use crate::names::Names;
use crate::options::{self, Options};
use crate::pattern::{self, Cache};
use crate::pcre::{self, Code, Failure, KnownText, Limits, Match, Subject};
use atomvm_core::bif::{BifResult, Ctx, Raise};
use atomvm_core::memory::{Heap, SharedBytes};
use atomvm_core::term::atom::AtomError;
use atomvm_core::term::iolist::{self, IoListError};
use atomvm_core::term::{Term, atoms};
use atomvm_core::vm::Runtime;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// The module's state in one VM.
pub struct Re {
    names: Names,
    cache: Cache,
    /// Subjects of runs that look for all matches, the latest last.
    known: Mutex<Vec<Arc<KnownText>>>,
}

/// So many subjects are remembered.
const KNOWN: usize = 4;

/// OTP's limit for a search, if a program sets none.
const MATCH_LIMIT: u32 = 10_000_000;
/// The limit of the first try: about a millisecond. Later ones may take more, up to what is asked for.
const FIRST_LIMIT: u32 = 20_000;
/// How many bytes are searched at first before others get their turn.
const FIRST_PIECE: usize = 64 << 10;
/// The time, in nanoseconds, after which others get their turn.
const TURN: u64 = 1_000_000;

/// How far a search is.
#[derive(Clone, Copy)]
struct Progress {
    /// From which byte on to search.
    start: usize,
    /// The limit of this try.
    limit: u32,
    /// How many places to start from.
    piece: usize,
}

/// What to search for and how.
struct Search<'a> {
    code: &'a Code,
    bits: u32,
    match_limit: u32,
    depth_limit: Option<u32>,
    first_start: usize,
}

/// The end of a search, or of its turn.
enum Turn {
    Found(Match),
    Failed(Failure),
    More(Progress),
}

impl Re {
    /// The state for a new VM.
    pub fn new(rt: &Runtime) -> Result<Re, AtomError> {
        Ok(Re {
            names: Names::new(&rt.atoms)?,
            cache: Cache::new(&rt.budget),
            known: Mutex::default(),
        })
    }

    /// `re:compile/1`
    pub fn compile_1(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        self.compile(c, args[0], Term::NIL)
    }

    /// `re:compile/2`
    pub fn compile_2(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        self.compile(c, args[0], args[1])
    }

    fn compile(&self, c: &mut Ctx<'_>, text: Term, list: Term) -> BifResult {
        let names = &self.names;
        let (plain, export) = without_export(c, names, list)?;
        let options = options::parse(names, plain).filter(|options| !options.only_search);
        let options = options.ok_or(Raise::BadArg(atoms::BADOPT))?;
        if options.unicode && !text.is_bitstring() {
            return Err(trap(c, names.re, "ucompile", &[text, list])?);
        }
        let binary = pattern::encode(&bytes(text)?, options.compile)?;
        let code = match self.cache.code(&binary)? {
            Ok(code) => code,
            Err(error) => {
                let reason = pattern::error_term(c, &bytes(text)?, error)?;
                return Ok(c.p.heap.tuple(&[names.error, reason])?);
            }
        };
        let compiled = if export {
            let header = c.p.heap.binary(crate::VERSION.as_bytes())?;
            let text = c.p.heap.binary(&bytes(text)?)?;
            let encoded = c.p.heap.binary(&binary)?;
            c.p.heap
                .tuple(&[names.re_exported_pattern, header, text, plain, encoded])?
        } else {
            pattern::term(c, names, &code, &binary)?
        };
        Ok(c.p.heap.tuple(&[names.ok, compiled])?)
    }

    /// `re:import/1`: what `compile` exported, here or on OTP, is compiled from its text.
    pub fn import_1(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        let Some(&[tag, _, text, list, _]) = args[0].as_tuple() else {
            return Err(Raise::BADARG);
        };
        if tag != self.names.re_exported_pattern || !text.is_bitstring() {
            return Err(Raise::BADARG);
        }
        let options = options::parse(&self.names, list).filter(|options| !options.only_search);
        let options = options.ok_or(Raise::BADARG)?;
        let binary = pattern::encode(&bytes(text)?, options.compile)?;
        let code = self.cache.code(&binary)?.map_err(|_| Raise::BADARG)?;
        pattern::term(c, &self.names, &code, &binary)
    }

    /// `re:inspect/2`
    pub fn inspect_2(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        let (_, code) = self.cache.of_term(&self.names, args[0])?;
        if args[1] != self.names.namelist {
            return Err(Raise::BADARG);
        }
        let mut list = Term::NIL;
        let all: Vec<&[u8]> = capture::unique_names(&code).collect();
        for name in all.into_iter().rev() {
            let name = c.p.heap.binary(name)?;
            list = c.p.heap.cons(name, list)?;
        }
        Ok(c.p.heap.tuple(&[self.names.namelist, list])?)
    }

    /// `re:run/2`
    pub fn run_2(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        self.run(c, [args[0], args[1], Term::NIL], Call::First)
    }

    /// `re:run/3`
    pub fn run_3(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        self.run(c, [args[0], args[1], args[2]], Call::First)
    }

    /// `re:internal_run/4`: one of the runs that look for all matches in a subject.
    pub fn internal_run_4(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        args[3].as_bool().ok_or(Raise::BADARG)?;
        self.run(c, [args[0], args[1], args[2]], Call::OneOfAll)
    }

    /// A run that goes on after it has given way; the last argument says how far it is.
    pub fn continue_4(&self, c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
        let progress = args[3].as_tuple().and_then(|numbers| match numbers {
            [start, limit, piece] => Some(Progress {
                start: start.as_usize()?,
                limit: u32::try_from(limit.as_usize()?).ok()?,
                piece: piece.as_usize()?.max(1),
            }),
            _ => None,
        });
        let progress = progress.ok_or(Raise::BADARG)?;
        self.run(c, [args[0], args[1], args[2]], Call::Again(progress))
    }

    fn run(&self, c: &mut Ctx<'_>, args: [Term; 3], call: Call) -> BifResult {
        let [subject, _, list] = args;
        let began = c.rt.now();
        let options = options::parse(&self.names, list).ok_or(Raise::BadArg(atoms::BADOPT))?;
        let code = match self.code_for(c, args, &options)? {
            Ready::Code(code) => code,
            Ready::Result(term) => return Ok(term),
        };
        let capture = match options.capture {
            Some(spec) => Capture::parse(c, &self.names, &code, spec)?,
            None => Capture::ALL,
        };
        let bytes = bytes(subject)?;
        let known = self.known_text(&code, subject, &bytes, &call)?;
        let subject_bytes = match &known {
            Text::Known(text) => text.subject(),
            Text::Checked(text) => Subject::text(text),
            Text::Bytes => Subject::bytes(&bytes),
        };
        let search = Search {
            code: &code,
            bits: options.search,
            match_limit: options.match_limit.unwrap_or(MATCH_LIMIT),
            depth_limit: options.depth_limit,
            first_start: options.offset,
        };
        let progress = match call {
            Call::Again(progress) => progress,
            _ => Progress {
                start: options.offset,
                limit: FIRST_LIMIT,
                piece: FIRST_PIECE,
            },
        };
        // What it took to get ready is little of each turn.
        let turn = TURN.max(4 * c.rt.now().saturating_sub(began));
        match search.turn(c.rt, subject_bytes, bytes.len(), &bytes, progress, turn) {
            Turn::Found(found) => capture.result(c, &self.names, subject, &bytes, &found),
            Turn::Failed(failure) => self.failed(c, &options, failure),
            Turn::More(progress) => self.give_way(c, args, &bytes, progress, &call),
        }
    }

    /// The code to search with, or what is to be returned or called instead.
    fn code_for(
        &self,
        c: &mut Ctx<'_>,
        [subject, pattern, list]: [Term; 3],
        options: &Options,
    ) -> Result<Ready, Raise> {
        let names = &self.names;
        let wants_lists = options
            .capture
            .is_some_and(|(_, kind)| kind == Some(names.list));
        let needs_help =
            |unicode: bool| unicode && (!subject.is_bitstring() || wants_lists && !options.global);
        if pattern.as_tuple().is_some_and(|tuple| tuple.len() == 5) {
            if options.only_compile {
                return Err(Raise::BADARG);
            }
            let (binary, code) = self.cache.of_term(names, pattern)?;
            let unicode = pattern.as_tuple().is_some_and(|t| t[2] == Term::small(1));
            if needs_help(unicode) {
                return Err(trap(c, names.re, "urun", &[subject, pattern, list])?);
            }
            if options.global {
                let how = c.p.heap.tuple(&[list, atoms::FALSE])?;
                return Err(trap(c, names.re, "grun", &[subject, pattern, how])?);
            }
            let flags = options.compile;
            if flags.newline == 0 && flags.bsr == 0 {
                return Ok(Ready::Code(code));
            }
            // PCRE2 knows the ends of lines only when it compiles.
            let binary = pattern::with_line_ends(&binary, flags).ok_or(Raise::BADARG)?;
            let code = self.cache.code(&binary)?.map_err(|_| Raise::BADARG)?;
            return Ok(Ready::Code(code));
        }
        if !pattern.is_bitstring() && !pattern.is_list() {
            return Err(Raise::BADARG);
        }
        if needs_help(options.unicode) || options.unicode && !pattern.is_bitstring() {
            return Err(trap(c, names.re, "urun", &[subject, pattern, list])?);
        }
        let binary = pattern::encode(&bytes(pattern)?, options.compile)?;
        let code = match self.cache.code(&binary)? {
            Ok(code) => code,
            Err(error) if options.report_errors => {
                let error = pattern::error_term(c, &bytes(pattern)?, error)?;
                let error = c.p.heap.tuple(&[names.compile, error])?;
                let error = c.p.heap.tuple(&[names.error, error])?;
                return Ok(Ready::Result(error));
            }
            Err(_) => return Err(Raise::BADARG),
        };
        if options.global {
            let compiled = pattern::term(c, names, &code, &binary)?;
            let clean = Term::bool(options.only_compile);
            // The pattern is there for exceptions.
            let how = c.p.heap.tuple(&[list, clean, pattern])?;
            return Err(trap(c, names.re, "grun", &[subject, compiled, how])?);
        }
        Ok(Ready::Code(code))
    }

    /// The subject as text, where the pattern is for text.
    fn known_text<'a>(
        &self,
        code: &Code,
        subject: Term,
        bytes: &'a [u8],
        call: &Call,
    ) -> Result<Text<'a>, Raise> {
        if !code.is_utf {
            return Ok(Text::Bytes);
        }
        if let Call::OneOfAll = call
            && let Some(shared) = SharedBytes::of(subject)
        {
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(text) = all.iter().rev().find(|text| text.is(bytes)) {
                return Ok(Text::Known(text.clone()));
            }
            let text = Arc::new(KnownText::new(shared).ok_or(Raise::BADARG)?);
            if all.len() >= KNOWN {
                all.remove(0);
            }
            all.push(text.clone());
            return Ok(Text::Known(text));
        }
        let text = core::str::from_utf8(bytes).map_err(|_| Raise::BADARG)?;
        Ok(Text::Checked(text))
    }

    fn failed(&self, c: &mut Ctx<'_>, options: &Options, failure: Failure) -> BifResult {
        let names = &self.names;
        let reason = match failure {
            Failure::NoMatch => {
                // A run for all matches ends so, but for its second try after an empty match, which
                // is anchored: then its subject need not be kept.
                if options.search & pcre::PCRE2_ANCHORED == 0 {
                    let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                    known.clear();
                }
                return Ok(names.nomatch);
            }
            Failure::MatchLimit => names.match_limit,
            Failure::DepthLimit => names.match_limit_recursion,
            Failure::BadOffset => return Err(Raise::BADARG),
            Failure::NoMemory => return Err(Raise::OutOfMemory),
            Failure::Internal(_) => return Err(Raise::Error(names.internal_error)),
        };
        match options.report_errors {
            true => Ok(c.p.heap.tuple(&[names.error, reason])?),
            false => Ok(names.nomatch),
        }
    }

    /// Lets others have their turn, and goes on then.
    fn give_way(
        &self,
        c: &mut Ctx<'_>,
        [subject, pattern, list]: [Term; 3],
        bytes: &[u8],
        progress: Progress,
        call: &Call,
    ) -> BifResult {
        // A list would have to be flattened again in each turn.
        let subject = match subject.is_bitstring() {
            true => subject,
            false => c.p.heap.binary(bytes)?,
        };
        let numbers = [progress.start, progress.limit as usize, progress.piece];
        let numbers = numbers.map(|n| Term::small(n as isize));
        let state = c.p.heap.tuple(&numbers)?;
        let args = [subject, pattern, list, state];
        match call {
            Call::Again(_) => Err(c.p.yield_with(&args)),
            _ => {
                let module = c.rt.atoms.intern("atomvm_re")?;
                Err(trap(c, module, "continue", &args)?)
            }
        }
    }
}

/// Which function was called.
enum Call {
    First,
    OneOfAll,
    Again(Progress),
}

enum Ready {
    Code(Arc<Code>),
    Result(Term),
}

enum Text<'a> {
    Bytes,
    Checked(&'a str),
    Known(Arc<KnownText>),
}

impl Search<'_> {
    /// Searches until the end or for about `time` nanoseconds.
    fn turn(
        &self,
        rt: &Runtime,
        subject: Subject<'_>,
        len: usize,
        bytes: &[u8],
        mut at: Progress,
        time: u64,
    ) -> Turn {
        let began = rt.now();
        let mut last = began;
        loop {
            let limits = Limits {
                matches: at.limit.min(self.match_limit),
                depth: self.depth_limit,
                last_start: (self.code.by_pieces && len - at.start.min(len) > at.piece)
                    .then(|| at.start + at.piece),
            };
            let result = self
                .code
                .search(subject, at.start, self.bits_at(at.start), limits);
            let now = rt.now();
            match (result, limits.last_start) {
                (Ok(found), _) => return Turn::Found(found),
                (Err(Failure::NoMatch), Some(end)) => {
                    at.start = self.next_start(subject, bytes, end + 1);
                    at.piece = match now.saturating_sub(last) {
                        ..100_000 => at.piece.saturating_mul(4),
                        100_000..500_000 => at.piece,
                        _ => (at.piece / 4).max(16),
                    };
                }
                (Err(Failure::MatchLimit), _) if limits.matches < self.match_limit => {
                    at.limit = at.limit.saturating_mul(4);
                }
                (Err(failure), _) => return Turn::Failed(failure),
            }
            last = now;
            if now.saturating_sub(began) > time {
                return Turn::More(at);
            }
        }
    }

    /// The bits for a search from `start`: only at the first start of all may be what is special
    /// there.
    fn bits_at(&self, start: usize) -> u32 {
        match start == self.first_start {
            true => self.bits,
            false => self.bits & !pcre::PCRE2_NOTEMPTY_ATSTART,
        }
    }

    /// The first place from `at` on where a match could start.
    fn next_start(&self, subject: Subject<'_>, bytes: &[u8], at: usize) -> usize {
        let mut at = at.min(bytes.len());
        while self.code.is_utf && !subject.is_start_of_char(at) {
            at += 1;
        }
        let crlf = at > 0 && bytes[at - 1] == b'\r' && bytes.get(at) == Some(&b'\n');
        if crlf && self.code.has_crlf && !self.code.mentions_crlf {
            at += 1;
        }
        at
    }
}

/// The bytes of a list or binary.
fn bytes<'a>(term: Term) -> Result<Cow<'a, [u8]>, Raise> {
    if let Some(bytes) = term.as_binary() {
        return Ok(bytes);
    }
    let flat = iolist::to_vec(term).map_err(|error| match error {
        IoListError::BadTerm => Raise::BADARG,
        IoListError::NoMemory => Raise::OutOfMemory,
    })?;
    Ok(Cow::Owned(flat))
}

/// Asks for a call in place of the one that runs.
fn trap(c: &mut Ctx<'_>, module: Term, function: &str, args: &[Term]) -> Result<Raise, Raise> {
    let function = c.rt.atoms.intern(function)?;
    let export = c.rt.export(module, function, args.len() as u32)?;
    Ok(c.p.trap_to(export, args))
}

/// The options without `export`, and whether that was among them.
fn without_export(c: &mut Ctx<'_>, names: &Names, list: Term) -> Result<(Term, bool), Raise> {
    let mut others = Vec::new();
    let (mut rest, mut export) = (list, false);
    while let Some((item, next)) = rest.as_cons() {
        match item == names.export {
            true => export = true,
            false => others.push(item),
        }
        rest = next;
    }
    match export {
        true => Ok((c.p.heap.list_with_tail(&others, rest)?, true)),
        false => Ok((list, false)),
    }
}
