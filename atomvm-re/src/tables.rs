//! What is a letter, a space and so on among the 256 characters of Latin-1, as in OTP. (PCRE2's own
//! tables know those of ASCII only.)

const LOWER: usize = 0;
const FLIPPED: usize = 256;
const CLASSES: usize = 512;
const TYPES: usize = CLASSES + 10 * 32;
const LENGTH: usize = TYPES + 256;

/// The classes, in the order of their maps of bits.
const SPACE: usize = 0;
const XDIGIT: usize = 1;
const DIGIT: usize = 2;
const UPPER: usize = 3;
const LOWERCASE: usize = 4;
const WORD: usize = 5;
const GRAPH: usize = 6;
const PRINT: usize = 7;
const PUNCT: usize = 8;
const CNTRL: usize = 9;

/// The tables as PCRE2 wants them: lower case, other case, maps of classes, types.
pub static LATIN1: [u8; LENGTH] = make();

const fn is_upper(c: u8) -> bool {
    c.is_ascii_uppercase() || (c >= 0xc0 && c <= 0xde && c != 0xd7)
}

const fn is_lower(c: u8) -> bool {
    c.is_ascii_lowercase() || matches!(c, 0xaa | 0xb5 | 0xba) || (c >= 0xdf && c != 0xf7)
}

const fn to_lower(c: u8) -> u8 {
    if is_upper(c) { c + 0x20 } else { c }
}

const fn flipped(c: u8) -> u8 {
    match c {
        // Their capitals are not in Latin-1, or they have none.
        0xaa | 0xb5 | 0xba | 0xdf | 0xff => c,
        _ if is_lower(c) => c - 0x20,
        _ => to_lower(c),
    }
}

const fn is_in(class: usize, c: u8) -> bool {
    let letter = is_upper(c) || is_lower(c);
    let graph = c.is_ascii_graphic() || c >= 0xa0;
    match class {
        SPACE => matches!(c, b' ' | 9..=13),
        XDIGIT => c.is_ascii_hexdigit(),
        DIGIT => c.is_ascii_digit(),
        UPPER => is_upper(c),
        LOWERCASE => is_lower(c),
        WORD => letter || c.is_ascii_digit() || c == b'_',
        GRAPH => graph,
        PRINT => graph || c == b' ',
        PUNCT => graph && !letter && !c.is_ascii_digit(),
        CNTRL => c < 32 || (c >= 127 && c < 160),
        _ => false,
    }
}

const fn kind(c: u8) -> u8 {
    let mut bits = 0;
    if is_in(SPACE, c) {
        bits |= 1;
    }
    if is_upper(c) || is_lower(c) {
        bits |= 2;
    }
    if is_lower(c) {
        bits |= 4;
    }
    if c.is_ascii_digit() {
        bits |= 8;
    }
    if is_in(WORD, c) {
        bits |= 16;
    }
    bits
}

const fn make() -> [u8; LENGTH] {
    let mut table = [0; LENGTH];
    let mut i = 0;
    while i < 256 {
        let c = i as u8;
        table[LOWER + i] = to_lower(c);
        table[FLIPPED + i] = flipped(c);
        table[TYPES + i] = kind(c);
        let mut class = 0;
        while class < 10 {
            if is_in(class, c) {
                table[CLASSES + class * 32 + i / 8] |= 1 << (i % 8);
            }
            class += 1;
        }
        i += 1;
    }
    table
}
