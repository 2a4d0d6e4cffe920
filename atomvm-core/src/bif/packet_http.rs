//! Lines and headers of HTTP, as `erlang:decode_packet/3` takes them apart.

use super::BifResult;
use crate::memory::fallible::AddText;
use crate::memory::{Heap, OutOfMemory, ProcessHeap};
use crate::term::{AtomTable, Term, atoms};
use alloc::string::String;

/// How texts are given.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Text {
    List,
    Binary,
}

impl Text {
    fn term(self, heap: &mut ProcessHeap, bytes: &[u8]) -> Result<Term, OutOfMemory> {
        match self {
            Text::List => heap.byte_list(bytes, Term::NIL),
            Text::Binary => heap.binary(bytes),
        }
    }
}

/// The methods that are atoms.
const METHODS: [&str; 7] = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE"];

/// The headers that are atoms; each has its place here as its number, from 1.
const HEADERS: [&str; 52] = [
    "Cache-Control",
    "Connection",
    "Date",
    "Pragma",
    "Transfer-Encoding",
    "Upgrade",
    "Via",
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Authorization",
    "From",
    "Host",
    "If-Modified-Since",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Max-Forwards",
    "Proxy-Authorization",
    "Range",
    "Referer",
    "User-Agent",
    "Age",
    "Location",
    "Proxy-Authenticate",
    "Public",
    "Retry-After",
    "Server",
    "Vary",
    "Warning",
    "Www-Authenticate",
    "Allow",
    "Content-Base",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Md5",
    "Content-Range",
    "Content-Type",
    "Etag",
    "Expires",
    "Last-Modified",
    "Accept-Ranges",
    "Set-Cookie",
    "Set-Cookie2",
    "X-Forwarded-For",
    "Cookie",
    "Keep-Alive",
    "Proxy-Connection",
];

/// Names are tokens: without white space, control characters (but for DEL, as in OTP) and what
/// separates.
fn is_token(byte: u8) -> bool {
    (byte.is_ascii_graphic() || byte == 127) && !b"()<>@,;:\\\"/[]?={}".contains(&byte)
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// The bytes up to the first that is not so, and the rest.
fn split(bytes: &[u8], is_so: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let at = bytes.iter().position(|&b| !is_so(b));
    bytes.split_at(at.unwrap_or(bytes.len()))
}

fn skip_space(bytes: &[u8]) -> &[u8] {
    split(bytes, is_space).1
}

/// The line without its end.
fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// `HTTP/1.1`, and what follows.
fn version(bytes: &[u8]) -> Option<((i32, i32), &[u8])> {
    let (major, rest) = number(bytes.strip_prefix(b"HTTP/")?)?;
    let (minor, rest) = number(rest.strip_prefix(b".")?)?;
    Some(((major, minor), rest))
}

/// Digits as an integer of 32 bits, from which too many fall out at the top, as in OTP.
fn number(bytes: &[u8]) -> Option<(i32, &[u8])> {
    let (digits, rest) = split(bytes, |b| b.is_ascii_digit());
    let add = |n: i32, &d: &u8| n.wrapping_mul(10).wrapping_add(i32::from(d - b'0'));
    (!digits.is_empty()).then(|| (digits.iter().fold(0, add), rest))
}

/// The first line of a request or response.
pub(super) fn line(
    heap: &mut ProcessHeap,
    atoms: &AtomTable,
    line: &[u8],
    text: Text,
) -> BifResult {
    let packet = if line.starts_with(b"HTTP/") {
        response(heap, atoms, content(line), text)?
    } else {
        request(heap, atoms, content(line), text)?
    };
    match packet {
        Some(packet) => Ok(packet),
        None => error(heap, atoms, line, text),
    }
}

/// `{http_error, Line}`
fn error(heap: &mut ProcessHeap, atoms: &AtomTable, line: &[u8], text: Text) -> BifResult {
    let line = text.term(heap, line)?;
    Ok(heap.tuple(&[atoms.intern("http_error")?, line])?)
}

fn pair(heap: &mut ProcessHeap, (major, minor): (i32, i32)) -> Result<Term, OutOfMemory> {
    let pair = [heap.int(major.into())?, heap.int(minor.into())?];
    heap.tuple(&pair)
}

/// `{http_response, Version, Status, Phrase}`
fn response(
    heap: &mut ProcessHeap,
    atoms: &AtomTable,
    line: &[u8],
    text: Text,
) -> Result<Option<Term>, super::Raise> {
    let parts = || {
        let (version, rest) = version(line)?;
        rest.first().filter(|&&b| is_space(b))?;
        let (status, rest) = number(skip_space(rest))?;
        let is_whole = rest.first().is_none_or(|&b| is_space(b));
        is_whole.then(|| (version, status, skip_space(rest)))
    };
    let Some((version, status, phrase)) = parts() else {
        return Ok(None);
    };
    let version = pair(heap, version)?;
    let status = heap.int(status.into())?;
    let phrase = text.term(heap, phrase)?;
    let tag = atoms.intern("http_response")?;
    Ok(Some(heap.tuple(&[tag, version, status, phrase])?))
}

/// `{http_request, Method, Uri, Version}`
fn request(
    heap: &mut ProcessHeap,
    atoms: &AtomTable,
    line: &[u8],
    text: Text,
) -> Result<Option<Term>, super::Raise> {
    let parts = || {
        let (method, rest) = split(line, is_token);
        rest.first()
            .filter(|&&b| is_space(b) && !method.is_empty())?;
        let (uri, rest) = split(skip_space(rest), |b| !is_space(b));
        let rest = skip_space(rest);
        let version = match rest {
            [] => (0, 9),
            rest => version(rest)?.0,
        };
        (!uri.is_empty()).then_some((method, uri, version))
    };
    let Some((method, uri, version)) = parts() else {
        return Ok(None);
    };
    let method = match METHODS.iter().find(|name| name.as_bytes() == method) {
        Some(name) => atoms.intern(name)?,
        None => text.term(heap, method)?,
    };
    let uri = target(heap, atoms, uri, text)?;
    let version = pair(heap, version)?;
    let tag = atoms.intern("http_request")?;
    Ok(Some(heap.tuple(&[tag, method, uri, version])?))
}

/// What a request is for.
fn target(heap: &mut ProcessHeap, atoms: &AtomTable, uri: &[u8], text: Text) -> BifResult {
    if uri == b"*" {
        return Ok(atoms.intern("*")?);
    }
    if uri.len() == 1 || uri[0] == b'/' {
        let path = text.term(heap, uri)?;
        return Ok(heap.tuple(&[atoms.intern("abs_path")?, path])?);
    }
    for scheme in ["http", "https"] {
        let (start, rest) = uri.split_at(uri.len().min(scheme.len()));
        if start.eq_ignore_ascii_case(scheme.as_bytes())
            && let Some(rest) = rest.strip_prefix(b"://")
        {
            return absolute(heap, atoms, scheme, rest, text);
        }
    }
    match uri.iter().position(|&b| b == b':') {
        Some(at) => {
            let scheme = text.term(heap, &uri[..at])?;
            let rest = text.term(heap, &uri[at + 1..])?;
            Ok(heap.tuple(&[atoms.intern("scheme")?, scheme, rest])?)
        }
        None => Ok(text.term(heap, uri)?),
    }
}

/// `{absoluteURI, Scheme, Host, Port, Path}`
fn absolute(
    heap: &mut ProcessHeap,
    atoms: &AtomTable,
    scheme: &str,
    rest: &[u8],
    text: Text,
) -> BifResult {
    let (place, path) = split(rest, |b| b != b'/');
    let (host, port) = split(place, |b| b != b':');
    let port = match number(port.strip_prefix(b":").unwrap_or(&[])) {
        Some((port @ (..=-1 | 1..), [])) => heap.int(port.into())?,
        _ => atoms::UNDEFINED,
    };
    let host = text.term(heap, host)?;
    let path = text.term(heap, if path.is_empty() { b"/" } else { path })?;
    let scheme = atoms.intern(scheme)?;
    let tag = atoms.intern("absoluteURI")?;
    Ok(heap.tuple(&[tag, scheme, host, port, path])?)
}

/// Longer names keep their letters as they are.
const LONGEST_NAME: usize = 50;

/// `{http_header, Number, Name, NameAsItCame, Value}`, or `http_eoh` for an empty line.
pub(super) fn header(
    heap: &mut ProcessHeap,
    atoms: &AtomTable,
    lines: &[u8],
    text: Text,
) -> BifResult {
    if lines == b"\n" || lines == b"\r\n" {
        return Ok(atoms.intern("http_eoh")?);
    }
    let (name, rest) = split(content(lines), is_token);
    let Some(value) = rest.strip_prefix(b":") else {
        return error(heap, atoms, lines, text);
    };
    let usual = if name.len() > LONGEST_NAME {
        latin1(name.iter().map(|&b| b as char))?
    } else {
        usual_case(name)?
    };
    let number = HEADERS.iter().position(|&known| known == usual);
    let field = match number {
        Some(at) => atoms.intern(HEADERS[at])?,
        None => text.term(heap, usual.as_bytes())?,
    };
    let number = Term::small(number.map_or(0, |at| at as isize + 1));
    let name = text.term(heap, name)?;
    let value = text.term(heap, skip_space(value))?;
    let tag = atoms.intern("http_header")?;
    Ok(heap.tuple(&[tag, number, field, name, value])?)
}

/// A name with a capital letter at the front and behind each hyphen that does not follow another.
fn usual_case(name: &[u8]) -> Result<String, OutOfMemory> {
    let mut is_first = true;
    let mut letter = |&b: &u8| {
        let c = if is_first {
            b.to_ascii_uppercase()
        } else {
            b.to_ascii_lowercase()
        };
        is_first = !is_first && b == b'-';
        c as char
    };
    latin1(name.iter().map(&mut letter))
}

/// A text of these characters, each of one or two bytes.
fn latin1(chars: impl ExactSizeIterator<Item = char>) -> Result<String, OutOfMemory> {
    let mut text = String::new();
    let room = text.try_reserve(2 * chars.len());
    room.map_err(|_| OutOfMemory)?;
    text.add_chars(chars);
    Ok(text)
}
