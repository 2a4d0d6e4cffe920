//! Streams of `zlib`: the native half of `libs/zlib.erl`.
//!
//! A stream is named by a reference and belongs to the process that may use it. Streams whose
//! reference nobody has any more are dropped when another is opened.

use super::hashes::crc32;
use super::zlib_inflate::{Ended, Fault, Format, Inflate};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::deflate::{NO_FLUSH, Own};
use crate::memory::cells::new_cells;
use crate::memory::charge::Charge;
use crate::memory::fallible::boxed;
use crate::memory::{Fragment, Heap};
use crate::platform::{DeflateError, DeflateSettings, Deflater};
use crate::sync::Mutex;
use crate::term::iolist::{self, Piece, Pieces};
use crate::term::{Reference, Term, atoms};
use crate::vm::Runtime;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;
use hashbrown::HashMap;

pub(super) const TABLE: &[Bif] = &[
    bif("zlib", "open_nif", 0, open_0),
    bif("zlib", "close_nif", 1, close_1),
    bif("zlib", "set_controller_nif", 2, set_controller_2),
    bif("zlib", "deflateInit_nif", 6, deflate_init_6),
    bif(
        "zlib",
        "deflateSetDictionary_nif",
        2,
        deflate_set_dictionary_2,
    ),
    bif("zlib", "deflateReset_nif", 1, deflate_reset_1),
    bif("zlib", "deflateParams_nif", 3, deflate_params_3),
    bif("zlib", "deflateEnd_nif", 1, deflate_end_1),
    bif("zlib", "deflate_nif", 4, deflate_4),
    bif("zlib", "inflateInit_nif", 3, inflate_init_3),
    bif(
        "zlib",
        "inflateSetDictionary_nif",
        2,
        inflate_set_dictionary_2,
    ),
    bif(
        "zlib",
        "inflateGetDictionary_nif",
        1,
        inflate_get_dictionary_1,
    ),
    bif("zlib", "inflateReset_nif", 1, inflate_reset_1),
    bif("zlib", "inflateEnd_nif", 1, inflate_end_1),
    bif("zlib", "inflate_nif", 4, inflate_4),
    bif("zlib", "crc32_nif", 1, crc32_1),
    bif("zlib", "getBufSize_nif", 1, buffer_size_1),
    bif("zlib", "setBufSize_nif", 2, set_buffer_size_2),
    bif("zlib", "getStash_nif", 1, stash_1),
    bif("zlib", "setStash_nif", 2, set_stash_2),
    bif("zlib", "clearStash_nif", 1, clear_stash_1),
    bif("zlib", "enqueue_nif", 2, enqueue_2),
];

/// What the cells of a stream's reference are used for (see `atomics`).
const KIND: u32 = 3;

/// Bytes that `inflateChunk` gives at once, unless told otherwise.
const BUFFER_SIZE: usize = 4000;

enum Mode {
    None,
    Deflate(Deflate),
    Inflate(Box<Inflate>),
}

impl Mode {
    /// The bytes that it takes. Another library has most of them: about so many for its state.
    fn bytes(&self) -> usize {
        const DEFLATING: usize = 320 << 10;
        const INFLATING: usize = 12 << 10;
        match self {
            Mode::None => 0,
            Mode::Deflate(_) => DEFLATING,
            Mode::Inflate(inflate) => INFLATING + inflate.bytes(),
        }
    }
}

/// A stream that deflates.
struct Deflate {
    deflater: Box<dyn Deflater>,
    is_begun: bool,
    is_finished: bool,
    /// The checksum of what was taken in, if nothing stands around the data that has it.
    raw_sum: Option<u32>,
}

impl From<DeflateError> for Fault {
    fn from(error: DeflateError) -> Fault {
        match error {
            DeflateError::Stream => Fault::Stream,
            DeflateError::NoMemory => Fault::NoMemory,
        }
    }
}

impl Deflate {
    fn new(rt: &Runtime, settings: DeflateSettings) -> Result<Deflate, DeflateError> {
        Ok(Deflate {
            deflater: match rt.platform.deflater(settings) {
                Some(deflater) => deflater?,
                None => boxed(Own::new(settings)?)?,
            },
            is_begun: false,
            is_finished: false,
            raw_sum: (settings.window_bits < 0).then_some(0),
        })
    }

    fn reset(&mut self) -> Result<(), DeflateError> {
        self.is_begun = false;
        self.is_finished = false;
        self.raw_sum = self.raw_sum.map(|_| 0);
        self.deflater.reset()
    }

    /// Deflates some of `bytes` to at most `room` bytes. Returns how many were taken, and whether it
    /// could go on with more room.
    fn step(
        &mut self,
        bytes: &[u8],
        flush: i32,
        room: usize,
        out: &mut Vec<u8>,
    ) -> Result<(usize, bool), Fault> {
        self.is_begun = true;
        let filled = out.len();
        let room = room - filled;
        out.try_reserve(room).map_err(|_| Fault::NoMemory)?;
        out.resize(filled + room, 0);
        let done = self.deflater.deflate(bytes, flush, &mut out[filled..])?;
        out.truncate(filled + done.given);
        let taken = &bytes[..done.taken];
        self.raw_sum = self.raw_sum.map(|sum| crc32::update(sum, taken));
        self.is_finished |= done.is_end;
        Ok((done.taken, done.given == room && !done.is_end))
    }
}

struct Stream {
    owner: Term,
    /// A copy of the reference.
    handle: Fragment,
    mode: Mode,
    /// Bytes that are to be dealt with, from `at` on.
    input: Vec<u8>,
    at: usize,
    buffer_size: usize,
    stash: Option<Fragment>,
    /// What the mode takes.
    charge: Charge,
}

/// The streams of a VM.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<u64, Stream>>);

fn error(c: &Ctx<'_>, name: &str) -> Raise {
    match c.rt.atoms.intern(name) {
        Ok(name) => Raise::Error(name),
        Err(error) => error.into(),
    }
}

fn fault(c: &Ctx<'_>, fault: Fault) -> Raise {
    match fault {
        Fault::Data => error(c, "data_error"),
        Fault::Stream => error(c, "stream_error"),
        Fault::NoMemory => Raise::OutOfMemory,
    }
}

/// The number of a stream.
fn number(term: Term) -> Result<u64, Raise> {
    let cells = term.as_cells().filter(|cells| cells.kind == KIND);
    let cell = cells.and_then(|cells| cells.cells.first());
    Ok(cell.ok_or(Raise::BADARG)?.load(Relaxed))
}

/// Does something with a stream of this process.
fn with<T>(
    c: &mut Ctx<'_>,
    term: Term,
    act: impl FnOnce(&mut Ctx<'_>, &mut Stream) -> Result<T, Raise>,
) -> Result<T, Raise> {
    let number = number(term)?;
    let streams = &c.rt.streams;
    let mut streams = streams.0.lock();
    match streams.get_mut(&number) {
        None => Err(error(c, "not_initialized")),
        Some(stream) if stream.owner != c.p.id => Err(error(c, "not_on_controlling_process")),
        Some(stream) => act(c, stream),
    }
}

fn open_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let serial = c.rt.next_reference();
    let reference = Reference::from_serial(serial);
    let term = new_cells(&mut c.p.heap, reference, KIND, 1)?;
    if let Some(cell) = term.as_cells().and_then(|cells| cells.cells.first()) {
        cell.store(serial, Relaxed);
    }
    let stream = Stream {
        owner: c.p.id,
        handle: Fragment::of(term, &c.rt.budget)?,
        mode: Mode::None,
        input: Vec::new(),
        at: 0,
        buffer_size: BUFFER_SIZE,
        stash: None,
        charge: Charge::new(&c.rt.budget),
    };
    let mut streams = c.rt.streams.0.lock();
    streams.retain(|_, stream| !stream.handle.term.is_last_copy());
    streams.try_reserve(1).map_err(|_| Raise::OutOfMemory)?;
    streams.insert(serial, stream);
    Ok(term)
}

fn close_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    with(c, args[0], |_, _| Ok(()))?;
    c.rt.streams.0.lock().remove(&number(args[0])?);
    Ok(atoms::OK)
}

fn set_controller_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[1].is_pid() {
        return Err(Raise::BADARG);
    }
    with(c, args[0], |_, stream| {
        stream.owner = args[1];
        Ok(atoms::OK)
    })
}

fn int(term: Term) -> Result<i32, Raise> {
    let value = term.as_small().and_then(|v| i32::try_from(v).ok());
    value.ok_or(Raise::BADARG)
}

/// Sets a stream up that is not in use.
fn init(c: &mut Ctx<'_>, term: Term, make: impl FnOnce() -> Result<Mode, Fault>) -> BifResult {
    if !c.rt.streams.0.lock().contains_key(&number(term)?) {
        return Err(error(c, "already_initialized"));
    }
    with(c, term, |c, stream| {
        if !matches!(stream.mode, Mode::None) {
            return Err(error(c, "already_initialized"));
        }
        let mode = make().map_err(|f| fault(c, f))?;
        stream.charge.set(mode.bytes())?;
        stream.mode = mode;
        (stream.input, stream.at) = (Vec::new(), 0);
        Ok(atoms::OK)
    })
}

fn deflate_init_6(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let settings = DeflateSettings {
        level: int(args[1])?,
        window_bits: int(args[3])?,
        memory_level: int(args[4])?,
        strategy: int(args[5])?,
    };
    let rt = c.rt;
    init(c, args[0], || {
        Ok(Mode::Deflate(Deflate::new(rt, settings)?))
    })
}

fn inflate_init_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (bits, ended) = (int(args[1])?, int(args[2])?);
    let ended = match ended {
        0 => Ended::Error,
        1 => Ended::Reset,
        2 => Ended::Cut,
        _ => return Err(Raise::BADARG),
    };
    init(c, args[0], || {
        let inflate = Inflate::new(Format::of_input(bits), ended)?;
        Ok(Mode::Inflate(boxed(inflate).map_err(|_| Fault::NoMemory)?))
    })
}

/// Does something with a stream that deflates.
fn deflating(
    c: &mut Ctx<'_>,
    term: Term,
    act: impl FnOnce(&mut Ctx<'_>, &mut Deflate, &mut (&mut Vec<u8>, &mut usize)) -> BifResult,
) -> BifResult {
    with(c, term, |c, stream| match &mut stream.mode {
        Mode::Deflate(deflate) => act(c, deflate, &mut (&mut stream.input, &mut stream.at)),
        _ => Err(error(c, "not_initialized")),
    })
}

/// Does something with a stream that inflates.
fn inflating(
    c: &mut Ctx<'_>,
    term: Term,
    act: impl FnOnce(&mut Ctx<'_>, &mut Inflate, &mut (&mut Vec<u8>, &mut usize)) -> BifResult,
) -> BifResult {
    with(c, term, |c, stream| match &mut stream.mode {
        Mode::Inflate(inflate) => act(c, inflate, &mut (&mut stream.input, &mut stream.at)),
        _ => Err(error(c, "not_initialized")),
    })
}

fn forget(input: &mut (&mut Vec<u8>, &mut usize)) {
    input.0.clear();
    *input.1 = 0;
}

fn deflate_set_dictionary_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let dictionary = iolist::to_vec(args[1])?;
    deflating(c, args[0], |c, deflate, _| {
        let sum = deflate.deflater.set_dictionary(&dictionary);
        let sum = sum.map_err(|f| fault(c, f.into()))?;
        Ok(c.p.heap.uint(sum.into())?)
    })
}

fn deflate_reset_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    deflating(c, args[0], |c, deflate, input| {
        deflate.reset().map_err(|f| fault(c, f.into()))?;
        forget(input);
        Ok(atoms::OK)
    })
}

fn deflate_params_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (level, strategy) = (int(args[1])?, int(args[2])?);
    deflating(c, args[0], |c, deflate, _| {
        let set = deflate.deflater.set_params(level, strategy);
        set.map_err(|f| fault(c, f.into()))?;
        Ok(atoms::OK)
    })
}

/// Ends a stream; `is_whole` says whether it has come to its end.
fn end(c: &mut Ctx<'_>, term: Term, is_whole: impl FnOnce(&Mode) -> Option<bool>) -> BifResult {
    with(c, term, |c, stream| {
        let is_whole = is_whole(&stream.mode).ok_or_else(|| error(c, "not_initialized"))?;
        let is_empty = stream.at == stream.input.len();
        stream.mode = Mode::None;
        stream.charge.set(0)?;
        (stream.input, stream.at) = (Vec::new(), 0);
        match is_whole && is_empty {
            true => Ok(atoms::OK),
            false => Err(error(c, "data_error")),
        }
    })
}

fn deflate_end_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    end(c, args[0], |mode| match mode {
        Mode::Deflate(deflate) => Some(deflate.is_finished || !deflate.is_begun),
        _ => None,
    })
}

fn inflate_end_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    end(c, args[0], |mode| match mode {
        Mode::Inflate(inflate) => Some(inflate.is_finished()),
        _ => None,
    })
}

/// `{continue, Output}` or `{finished, Output}`
fn progress(c: &mut Ctx<'_>, out: &[u8], is_done: bool) -> BifResult {
    let output = match out {
        [] => Term::NIL,
        out => {
            let binary = c.p.heap.binary(out)?;
            c.p.heap.cons(binary, Term::NIL)?
        }
    };
    let tag =
        c.rt.atoms
            .intern(if is_done { "finished" } else { "continue" })?;
    Ok(c.p.heap.tuple(&[tag, output])?)
}

/// Bytes of input and output that take about as long as a reduction.
const INPUT_PER_REDUCTION: usize = 4;
const OUTPUT_PER_REDUCTION: usize = 16;

fn deflate_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let most = args[1].as_usize().ok_or(Raise::BADARG)?;
    let room = args[2].as_usize().ok_or(Raise::BADARG)?;
    let flush = int(args[3])?;
    deflating(c, args[0], |c, deflate, (input, at)| {
        let end = input.len().min(at.saturating_add(most));
        let mut out = Vec::new();
        let chunk = &input[**at..end];
        let (mut taken, mut goes_on) = (0, false);
        // As in OTP the data comes first, and then what is to happen after it: zlib's bytes can depend
        // on that.
        if !chunk.is_empty() {
            let step = deflate.step(chunk, NO_FLUSH, room, &mut out);
            (taken, goes_on) = step.map_err(|f| fault(c, f))?;
        }
        super::work::charge(c, taken / INPUT_PER_REDUCTION);
        **at += taken;
        let flushes = flush != NO_FLUSH || chunk.is_empty();
        if **at == input.len() && !goes_on && flushes {
            let step = deflate.step(&[], flush, room, &mut out);
            (_, goes_on) = step.map_err(|f| fault(c, f))?;
        }
        let is_done = **at == input.len() && !goes_on;
        if **at == input.len() {
            input.clear();
            **at = 0;
        }
        progress(c, &out, is_done)
    })
}

fn inflate_4(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let most = args[1].as_usize().ok_or(Raise::BADARG)?;
    let room = args[2].as_usize().ok_or(Raise::BADARG)?;
    inflating(c, args[0], |c, inflate, (input, at)| {
        let end = input.len().min(at.saturating_add(most));
        let mut out = Vec::new();
        let step = inflate.step(&input[**at..end], room, &mut out);
        let step = step.map_err(|f| fault(c, f))?;
        super::work::charge(c, out.len() / OUTPUT_PER_REDUCTION);
        **at += step.used;
        if step.drops_rest {
            **at = input.len();
        }
        let is_done = **at == input.len() && out.len() < room;
        if **at == input.len() {
            input.clear();
            **at = 0;
        }
        let Some(sum) = step.needs_dictionary else {
            return progress(c, &out, is_done || step.is_stuck);
        };
        let pair = progress(c, &out, true)?;
        let output = pair.as_tuple().map_or(Term::NIL, |pair| pair[1]);
        let sum = c.p.heap.uint(sum.into())?;
        let tag = c.rt.atoms.intern("need_dictionary")?;
        Ok(c.p.heap.tuple(&[tag, sum, output])?)
    })
}

fn inflate_set_dictionary_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let dictionary = iolist::to_vec(args[1])?;
    inflating(c, args[0], |c, inflate, _| {
        let set = inflate.set_dictionary(&dictionary);
        set.map_err(|f| fault(c, f))?;
        Ok(atoms::OK)
    })
}

fn inflate_get_dictionary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    inflating(c, args[0], |c, inflate, _| {
        Ok(c.p.heap.binary(inflate.window())?)
    })
}

fn inflate_reset_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    inflating(c, args[0], |_, inflate, input| {
        inflate.reset();
        forget(input);
        Ok(atoms::OK)
    })
}

/// The checksum of the data without its header, of streams that have none of their own.
fn crc32_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    with(c, args[0], |c, stream| {
        let sum = match &stream.mode {
            Mode::Deflate(deflate) => deflate.raw_sum.unwrap_or(0),
            Mode::Inflate(inflate) => inflate.raw_sum(),
            Mode::None => return Err(error(c, "not_initialized")),
        };
        Ok(c.p.heap.uint(sum.into())?)
    })
}

fn buffer_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    with(c, args[0], |c, stream| {
        Ok(c.p.heap.uint(stream.buffer_size as u64)?)
    })
}

fn set_buffer_size_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let size = args[1].as_usize().ok_or(Raise::BADARG)?;
    with(c, args[0], |_, stream| {
        stream.buffer_size = size;
        Ok(atoms::OK)
    })
}

fn stash_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    with(c, args[0], |c, stream| match &stream.stash {
        None => Ok(c.rt.atoms.intern("empty")?),
        Some(stash) => {
            let term = stash.term;
            let size = crate::memory::copy::size(term);
            let copy = crate::memory::copy::copy(term, size, &mut c.p.heap)?;
            Ok(c.p.heap.tuple(&[atoms::OK, copy])?)
        }
    })
}

fn set_stash_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    with(c, args[0], |c, stream| {
        if stream.stash.is_some() {
            return Err(error(c, "already_stashed"));
        }
        stream.stash = Some(Fragment::of(args[1], &c.rt.budget)?);
        Ok(atoms::OK)
    })
}

fn clear_stash_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    with(c, args[0], |c, stream| match stream.stash.take() {
        Some(_) => Ok(atoms::OK),
        None => Err(error(c, "not_stashed")),
    })
}

fn enqueue_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let size = iolist::byte_size(args[1])?;
    super::work::charge(c, size / 1024);
    with(c, args[0], |_, stream| {
        if stream.at > 0 {
            stream.input.drain(..stream.at);
            stream.at = 0;
        }
        let room = stream.input.try_reserve(size);
        room.map_err(|_| Raise::OutOfMemory)?;
        let mut pieces = Pieces::of(args[1]);
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Byte(byte) => stream.input.push(byte),
                Piece::Bits(_, bits) => stream.input.extend_from_slice(&bits.bytes()),
            }
        }
        Ok(atoms::OK)
    })
}
