//! `erlang:decode_packet/3`: the first packet of a stream of bytes, in the framings that sockets
//! know.
//!
//! ```text
//! raw            all there is
//! 1, 2, 4        so many bytes of length, then the body
//! line           up to and with a delimiter
//! asn1           a value in BER
//! sunrm          a record mark of 31 bits, kept        cdr    a message of GIOP
//! fcgi           a record of FastCGI                   tpkt   RFC 1006
//! ssl_tls        a record of TLS, taken apart
//! http, httph    a line of a request or response, a header; taken apart (`packet_http`)
//! ```

use super::packet_http::{self, Text};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::{Heap, ProcessHeap};
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[bif("erlang", "decode_packet", 3, decode_packet_3)];

/// How packets are told from each other.
#[derive(Clone, Copy, PartialEq)]
enum Framing {
    Raw,
    /// So many bytes of length.
    Length(usize),
    Line,
    Asn1,
    SunRm,
    Cdr,
    FastCgi,
    Tpkt,
    Tls,
    Http(Text),
    HttpHeader(Text),
}

impl Framing {
    fn of(c: &Ctx<'_>, term: Term) -> Option<Framing> {
        if let Some(number) = term.as_small() {
            return match number {
                0 => Some(Framing::Raw),
                1 | 2 | 4 => Some(Framing::Length(number as usize)),
                _ => None,
            };
        }
        if !term.is_atom() {
            return None;
        }
        Some(match c.rt.atoms.name(term) {
            "raw" => Framing::Raw,
            "line" => Framing::Line,
            "asn1" => Framing::Asn1,
            "sunrm" => Framing::SunRm,
            "cdr" => Framing::Cdr,
            "fcgi" => Framing::FastCgi,
            "tpkt" => Framing::Tpkt,
            "ssl_tls" => Framing::Tls,
            "http" => Framing::Http(Text::List),
            "http_bin" => Framing::Http(Text::Binary),
            "httph" => Framing::HttpHeader(Text::List),
            "httph_bin" => Framing::HttpHeader(Text::Binary),
            _ => return None,
        })
    }
}

struct Options {
    /// The largest body, 0 for any.
    packet_size: u32,
    /// Where longer lines are cut, 0 for nowhere.
    line_length: u32,
    delimiter: u8,
}

impl Options {
    fn of(c: &Ctx<'_>, list: Term) -> Option<Options> {
        let mut options = Options {
            packet_size: 0,
            line_length: 0,
            delimiter: b'\n',
        };
        let mut iter = list.list_iter();
        for option in iter.by_ref() {
            let &[name, value] = option.as_tuple()? else {
                return None;
            };
            let value = u32::try_from(value.as_i64()?).ok()?;
            if !name.is_atom() {
                return None;
            }
            match c.rt.atoms.name(name) {
                "packet_size" => options.packet_size = value,
                "line_length" => options.line_length = value,
                "line_delimiter" => options.delimiter = u8::try_from(value).ok()?,
                _ => return None,
            }
        }
        iter.rest().is_nil().then_some(options)
    }
}

/// What the bytes so far say of the first packet.
#[derive(Clone, Copy)]
enum Extent {
    /// It has so many bytes in all.
    Known(usize),
    /// Nothing yet.
    More,
    Invalid,
}

fn decode_packet_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let framing = Framing::of(c, args[0]).ok_or(Raise::BadArg(atoms::BADOPT))?;
    let bits = args[1].as_bits().ok_or(Raise::BADARG)?;
    let options = Options::of(c, args[2]).ok_or(Raise::BADARG)?;
    let whole = bits.bytes();
    let bytes = &whole[..];
    super::work::charge(c, bytes.len() / 1024);
    let size = match extent(framing, bytes, &options) {
        Extent::Known(size) => size,
        Extent::More => return more(c, None),
        Extent::Invalid => return invalid(c),
    };
    if size > bytes.len() {
        return more(c, Some(size));
    }
    let heap = &mut c.p.heap;
    let packet = match framing {
        Framing::Http(text) => packet_http::line(heap, &c.rt.atoms, &bytes[..size], text)?,
        Framing::HttpHeader(text) => packet_http::header(heap, &c.rt.atoms, &bytes[..size], text)?,
        Framing::Tls => {
            let tag = c.rt.atoms.intern("ssl_tls")?;
            tls(heap, tag, args[1], &bytes[..size])?
        }
        Framing::Length(header) => heap.sub_bits(args[1], header * 8, (size - header) * 8)?,
        Framing::FastCgi => heap.sub_bits(args[1], 0, (size - usize::from(bytes[6])) * 8)?,
        _ => heap.sub_bits(args[1], 0, size * 8)?,
    };
    let rest = heap.sub_bits(args[1], size * 8, bits.len - size * 8)?;
    Ok(heap.tuple(&[atoms::OK, packet, rest])?)
}

fn more(c: &mut Ctx<'_>, size: Option<usize>) -> BifResult {
    let size = match size {
        Some(size) => c.p.heap.uint(size as u64)?,
        None => atoms::UNDEFINED,
    };
    let tag = c.rt.atoms.intern("more")?;
    Ok(c.p.heap.tuple(&[tag, size])?)
}

fn invalid(c: &mut Ctx<'_>) -> BifResult {
    let reason = c.rt.atoms.intern("invalid")?;
    Ok(c.p.heap.tuple(&[atoms::ERROR, reason])?)
}

/// The number that bytes are in big-endian order.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, &b| n << 8 | u64::from(b))
}

fn extent(framing: Framing, bytes: &[u8], options: &Options) -> Extent {
    match framing {
        Framing::Raw if bytes.is_empty() => Extent::More,
        Framing::Raw => Extent::Known(bytes.len()),
        Framing::Line => line(bytes, options),
        Framing::Http(_) => match bytes.iter().position(|&b| b == b'\n') {
            Some(at) => http_line(at + 1, options),
            None => http_more(bytes.len(), options),
        },
        Framing::HttpHeader(_) => header_lines(bytes, options),
        _ => match by_length(framing, bytes) {
            None => Extent::More,
            Some(None) => Extent::Invalid,
            Some(Some((header, body))) => {
                let is_large = options.packet_size != 0 && body > u64::from(options.packet_size);
                if is_large || header as u64 + body > i32::MAX as u64 {
                    return Extent::Invalid;
                }
                Extent::Known(header + body as usize)
            }
        },
    }
}

/// The sizes of header and body; `None` when there is not all of the header, `Some(None)` when it
/// is wrong.
fn by_length(framing: Framing, bytes: &[u8]) -> Option<Option<(usize, u64)>> {
    let header = match framing {
        Framing::Length(header) => header,
        Framing::Cdr => 12,
        Framing::FastCgi => 8,
        Framing::Tls => 5,
        Framing::Asn1 => return asn1(bytes),
        _ => 4,
    };
    let front = bytes.get(..header)?;
    let body = match framing {
        Framing::SunRm => Some(number(front) & 0x7fff_ffff),
        Framing::Cdr => front.starts_with(b"GIOP").then(|| {
            let [.., a, b, c, d] = *front else { return 0 };
            u64::from(if front[6] & 1 == 1 {
                u32::from_le_bytes([a, b, c, d])
            } else {
                u32::from_be_bytes([a, b, c, d])
            })
        }),
        Framing::FastCgi => (front[0] == 1).then(|| number(&front[4..6]) + u64::from(front[6])),
        Framing::Tpkt => match front[0] {
            3 => number(&front[2..4]).checked_sub(4),
            _ => None,
        },
        Framing::Tls if is_old_hello(front) => {
            let body = number(&front[..2]) & 0x7fff;
            // Its type and version stand where the header of a later record does.
            return Some(body.checked_sub(3).map(|body| (5, body)));
        }
        Framing::Tls => Some(number(&front[3..5])),
        _ => Some(number(front)),
    };
    Some(body.map(|body| (header, body)))
}

/// A tag of one byte or more, a length of one byte or up to four more.
fn asn1(bytes: &[u8]) -> Option<Option<(usize, u64)>> {
    let mut at = 1;
    if bytes.first()? & 0x1f == 0x1f {
        while bytes.get(at)? & 0x80 != 0 {
            at += 1;
        }
        at += 1;
    }
    let length = *bytes.get(at)?;
    at += 1;
    let count = usize::from(length & 0x7f);
    if length & 0x80 == 0 {
        return Some(Some((at, count as u64)));
    }
    let body = bytes.get(at..at + count)?;
    if count > 4 {
        return Some(None);
    }
    Some(Some((at + count, number(body))))
}

fn line(bytes: &[u8], options: &Options) -> Extent {
    let (most, cut) = (options.packet_size as usize, options.line_length as usize);
    match memchr::memchr(options.delimiter, bytes) {
        Some(at) if most != 0 && at + 1 > most => Extent::Invalid,
        Some(at) if cut != 0 && at + 1 > cut => Extent::Known(cut),
        Some(at) => Extent::Known(at + 1),
        None if most != 0 && bytes.len() > most => Extent::Invalid,
        None if cut != 0 && bytes.len() >= cut => Extent::Known(cut),
        None => Extent::More,
    }
}

/// The most bytes of a line or header of HTTP; 0 for no limit. That of lines counts where there is
/// none for packets.
fn most_of_http(options: &Options) -> usize {
    match options.packet_size {
        0 => options.line_length as usize,
        most => most as usize,
    }
}

/// A line or header of HTTP that has so many bytes.
fn http_line(size: usize, options: &Options) -> Extent {
    let most = most_of_http(options);
    match most != 0 && size > most {
        true => Extent::Invalid,
        false => Extent::Known(size),
    }
}

/// A line or header of HTTP of which there are so many bytes, not all.
fn http_more(size: usize, options: &Options) -> Extent {
    let most = most_of_http(options);
    match most != 0 && size >= most {
        true => Extent::Invalid,
        false => Extent::More,
    }
}

/// A header goes on in lines that start with white space.
fn header_lines(bytes: &[u8], options: &Options) -> Extent {
    if bytes.first() == Some(&b'\n') {
        return Extent::Known(1);
    }
    if bytes.starts_with(b"\r\n") {
        return Extent::Known(2);
    }
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'\n', &bytes[from..]) {
        let end = from + at + 1;
        match bytes.get(end) {
            None => {
                return match http_line(end, options) {
                    Extent::Known(_) => Extent::More,
                    other => other,
                };
            }
            Some(b' ' | b'\t') if end > 2 => from = end,
            Some(_) => return http_line(end, options),
        }
    }
    http_more(bytes.len(), options)
}

/// A client's hello in the form of SSL 2.
fn is_old_hello(front: &[u8]) -> bool {
    front[0] & 0x80 != 0 && front[2] == 1
}

/// `{ssl_tls, [], ContentType, {Major, Minor}, Data}`; a hello of SSL 2 as if it were a later one.
fn tls(heap: &mut ProcessHeap, tag: Term, whole: Term, bytes: &[u8]) -> BifResult {
    const HANDSHAKE: isize = 22;
    let byte = |at: usize| Term::small(isize::from(bytes[at]));
    let (kind, major, minor, data) = if is_old_hello(bytes) {
        let body = &bytes[3..];
        let (data, to) = heap.new_binary(4 + body.len())?;
        to[..4].copy_from_slice(&(1 << 24 | body.len() as u32).to_be_bytes());
        to[4..].copy_from_slice(body);
        (Term::small(HANDSHAKE), byte(3), byte(4), data)
    } else {
        let data = heap.sub_bits(whole, 5 * 8, (bytes.len() - 5) * 8)?;
        (byte(0), byte(1), byte(2), data)
    };
    let version = heap.tuple(&[major, minor])?;
    Ok(heap.tuple(&[tag, Term::NIL, kind, version, data])?)
}
