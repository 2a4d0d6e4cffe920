//! Adler-32 (RFC 1950).

const BASE: u32 = 65_521;
/// So many bytes can be added before the sums must be reduced.
const RUN: usize = 5_552;

/// The checksum of the data so far, and of more bytes.
pub(crate) fn update(sum: u32, bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (sum & 0xffff, sum >> 16);
    for run in bytes.chunks(RUN) {
        for &byte in run {
            low += u32::from(byte);
            high += low;
        }
        low %= BASE;
        high %= BASE;
    }
    high << 16 | low
}

/// The checksum of two pieces of data from those of each; the second has `len` bytes.
pub(super) fn combine(first: u32, second: u32, len: u32) -> u32 {
    if len == 0 {
        return first;
    }
    let len = len % BASE;
    let (low1, low2) = (first & 0xffff, second & 0xffff);
    let (high1, high2) = (first >> 16, second >> 16);
    // Both sums stay below twice the base, as checksums of real data do, by at most two
    // subtractions: other numbers give what zlib gives.
    let mut low = low1 + low2 + BASE - 1;
    let mut high = (len * low1) % BASE + high1 + high2 + BASE - len;
    for _ in 0..2 {
        if low >= BASE {
            low -= BASE;
        }
    }
    if high >= BASE << 1 {
        high -= BASE << 1;
    }
    if high >= BASE {
        high -= BASE;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_otp_has_it() {
        assert_eq!(update(1, b"abc"), 38_600_999);
        assert_eq!(update(5, b"abc"), 39_387_435);
        assert_eq!(update(u32::MAX, b"abc"), 42_074_420);
        assert_eq!(update(u32::MAX, b""), u32::MAX);
        assert_eq!(update(1, &[255; 100_000]), 345_649_196);
        assert_eq!(combine(12_345, 67_890, 1000), 1_707_424_106);
        assert_eq!(combine(u32::MAX, u32::MAX, 1000), 853_868_556);
        assert_eq!(combine(1, u32::MAX, u32::MAX), 917_518);
        assert_eq!(combine(12_345, 67_890, 0), 12_345);
    }
}
