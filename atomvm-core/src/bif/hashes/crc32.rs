//! CRC-32 (ISO 3309), as zlib has it.

/// The polynomial without its highest term, lowest bit first.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// The remainder of each byte: a kilobyte of constants, for one step per byte.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let (mut crc, mut bit) = (i as u32, 0);
        while bit < 8 {
            crc = times_x(crc);
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

/// A polynomial times x, modulo the generator.
const fn times_x(a: u32) -> u32 {
    (a >> 1) ^ if a & 1 == 1 { POLYNOMIAL } else { 0 }
}

/// The checksum of the data so far, and of more bytes.
pub(crate) fn update(crc: u32, bytes: &[u8]) -> u32 {
    let step = |crc: u32, &byte: &u8| (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ byte)];
    !bytes.iter().fold(!crc, step)
}

/// The product of two polynomials modulo the generator.
fn multiply(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for bit in (0..32).rev() {
        if a >> bit & 1 == 1 {
            product ^= b;
        }
        b = times_x(b);
    }
    product
}

/// The checksum of two pieces of data from those of each; the second has `len` bytes.
///
/// Appending `len` bytes multiplies the first remainder by x to the power of `8 * len`.
pub(super) fn combine(first: u32, second: u32, len: u32) -> u32 {
    let mut square = multiply(1 << 30, 1 << 30);
    square = multiply(square, square);
    square = multiply(square, square);
    let mut power = 1 << 31;
    let mut left = len;
    while left > 0 {
        if left & 1 == 1 {
            power = multiply(power, square);
        }
        square = multiply(square, square);
        left >>= 1;
    }
    multiply(power, first) ^ second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_otp_has_it() {
        assert_eq!(update(0, b"abc"), 891_568_578);
        assert_eq!(update(5, b"abc"), 871_334_697);
        assert_eq!(combine(12_345, 67_890, 1000), 1_069_199_943);
        assert_eq!(combine(12_345, 67_890, 0), 80_139);
        let whole = update(0, b"hello world");
        let parts = combine(update(0, b"hello "), update(0, b"world"), 5);
        assert_eq!(parts, whole);
    }
}
