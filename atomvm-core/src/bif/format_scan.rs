//! The format of `io_lib:format/2`, taken apart.

use crate::memory::OutOfMemory;
use crate::memory::fallible::Grow;
use crate::term::Term;
use alloc::vec::Vec;

/// A part of a format.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    Char(u32),
    Control(Control),
}

/// A control sequence: `~F.P.PadModC`.
#[derive(Clone, Copy)]
pub(super) struct Control {
    pub letter: u8,
    pub width: Option<usize>,
    pub is_left: bool,
    pub precision: Option<usize>,
    pub pad: u32,
    pub unicode: bool,
    pub strings: bool,
}

/// Widths above it are left to Erlang's code.
const MAX_WIDTH: usize = 1 << 16;

/// The parts of a format; `None` if it is wrong or asks for what is not done here: values taken from the
/// arguments (`*`), and other modifiers than `t` and `l`.
pub(super) fn scan(format: Term) -> Result<Option<Vec<Piece>>, OutOfMemory> {
    let mut pieces = Vec::new();
    let is_whole = if let Some(bytes) = format.as_binary() {
        pieces_of(&mut pieces, bytes.iter().map(|&byte| Some(byte as u32)))?
    } else if format.list_len().is_some() {
        let char = |term: Term| term.as_small().and_then(|char| u32::try_from(char).ok());
        pieces_of(&mut pieces, format.list_iter().map(char))?
    } else {
        false
    };
    Ok(is_whole.then_some(pieces))
}

/// The next character; `None` in a list is something else.
type Chars<I> = core::iter::Peekable<I>;

fn pieces_of(
    pieces: &mut Vec<Piece>,
    chars: impl Iterator<Item = Option<u32>>,
) -> Result<bool, OutOfMemory> {
    let mut chars = chars.peekable();
    while let Some(char) = chars.next() {
        let piece = match char {
            Some(TILDE) => match control(&mut chars) {
                Some(control) => Piece::Control(control),
                None => return Ok(false),
            },
            Some(char) => Piece::Char(char),
            None => return Ok(false),
        };
        pieces.try_push(piece)?;
    }
    Ok(true)
}

const TILDE: u32 = '~' as u32;
const DOT: u32 = '.' as u32;

fn control<I: Iterator<Item = Option<u32>>>(chars: &mut Chars<I>) -> Option<Control> {
    let is_left = chars.next_if_eq(&Some('-' as u32)).is_some();
    let width = number(chars)?;
    if is_left && width.is_none() {
        return None;
    }
    let (mut precision, mut pad) = (None, ' ' as u32);
    if chars.next_if_eq(&Some(DOT)).is_some() {
        precision = number(chars)?;
        // A second dot, or the first if no digits follow it, is followed by the padding character.
        if chars.next_if_eq(&Some(DOT)).is_some() {
            pad = chars.next()??;
            // (Which the arguments may name.)
            if pad == '*' as u32 {
                return None;
            }
        } else if precision.is_none() {
            return None;
        }
    }
    let (mut unicode, mut strings) = (false, true);
    loop {
        match u8::try_from(chars.next()??).ok()? {
            b't' => unicode = true,
            b'l' => strings = false,
            letter => {
                return Some(Control {
                    letter,
                    width,
                    is_left,
                    precision,
                    pad,
                    unicode,
                    strings,
                });
            }
        }
    }
}

/// A number, if there is one; nothing at all if it is too large.
fn number<I: Iterator<Item = Option<u32>>>(chars: &mut Chars<I>) -> Option<Option<usize>> {
    let digit = |char: Option<u32>| char.and_then(char::from_u32).and_then(|c| c.to_digit(10));
    let mut value = None;
    while let Some(next) = chars.next_if(|char| digit(*char).is_some()) {
        let next = digit(next)? as usize;
        value = Some(value.unwrap_or(0) * 10 + next);
        if value > Some(MAX_WIDTH) {
            return None;
        }
    }
    Some(value)
}
