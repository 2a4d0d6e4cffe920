//! The identity of a module's code.

use md5::{Digest, Md5};

/// The chunks that make up the code, in this order. Of those that stand together a file has one;
/// literals that are not compressed are the packer's.
const CHUNKS: [&[&[u8; 4]]; 8] = [
    &[b"Atom", b"AtU8"],
    &[b"Code"],
    &[b"StrT"],
    &[b"ImpT"],
    &[b"ExpT"],
    &[b"FunT"],
    &[b"LitT", b"LitU"],
    &[b"Meta"],
];

/// The MD5 sum that OTP gives a module, by which its funs are told from those of other versions.
pub(crate) fn of_beam(bytes: &[u8]) -> [u8; 16] {
    let mut sum = Md5::new();
    for names in CHUNKS {
        let Some((name, data)) = chunks(bytes).find(|(name, _)| names.contains(name)) else {
            continue;
        };
        if name == b"FunT" {
            add_funs(&mut sum, data);
        } else {
            sum.update(data);
        }
    }
    sum.finalize().into()
}

/// Without the compiler's hash of each fun, the last word of its entry.
fn add_funs(sum: &mut Md5, table: &[u8]) {
    const ENTRY: usize = 24;
    let (count, entries) = table.split_at(table.len().min(4));
    sum.update(count);
    for entry in entries.chunks(ENTRY) {
        sum.update(&entry[..entry.len().min(ENTRY - 4)]);
        if entry.len() == ENTRY {
            sum.update([0; 4]);
        }
    }
}

/// Name and data of each chunk.
pub(super) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut at = 12;
    core::iter::from_fn(move || {
        let header = bytes.get(at..)?.first_chunk::<8>()?;
        let [a, b, c, d] = [header[4], header[5], header[6], header[7]];
        let size = u32::from_be_bytes([a, b, c, d]) as usize;
        let end = (at + 8).saturating_add(size).min(bytes.len());
        let data = &bytes[at + 8..end];
        let name = bytes.get(at..)?.first_chunk::<4>()?;
        at = end.checked_add(3)? & !3;
        Some((name, data))
    })
}
