//! The identity of a module's code.

use md5::{Digest, Md5};

/// The MD5 sum over the chunks that make up the code, which names its funs.
pub(super) fn of_beam(bytes: &[u8]) -> [u8; 16] {
    const CHUNKS: [&[u8; 4]; 8] = [
        b"Atom", b"AtU8", b"Code", b"StrT", b"ImpT", b"ExpT", b"FunT", b"LitT",
    ];
    let mut sum = Md5::new();
    let mut at = 12;
    while let Some(header) = bytes.get(at..at + 8) {
        let size = u32::from_be_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let end = (at + 8).saturating_add(size).min(bytes.len());
        if CHUNKS.iter().any(|name| name[..] == header[..4]) {
            sum.update(&bytes[at + 8..end]);
        }
        at = (end + 3) & !3;
    }
    sum.finalize().into()
}
