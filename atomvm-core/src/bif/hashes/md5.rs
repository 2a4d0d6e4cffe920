//! MD5 (RFC 1321), with a state that a program can hold as a binary.

/// Bytes of a state: the four words, the number of bits, the bytes that wait for a full block.
const STATE_BYTES: usize = 16 + 8 + 64;

/// How far each round rotates, four steps in turn.
const ROTATIONS: [[u32; 4]; 4] = [
    [7, 12, 17, 22],
    [5, 9, 14, 20],
    [4, 11, 16, 23],
    [6, 10, 15, 21],
];

/// The fractional parts of the sines of 1 to 64, as 32 bits.
const SINES: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

/// A sum that is being made.
#[derive(Clone)]
pub(super) struct Md5 {
    words: [u32; 4],
    /// Bytes so far.
    len: u64,
    block: [u8; 64],
}

impl Md5 {
    pub fn new() -> Md5 {
        Md5 {
            words: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476],
            len: 0,
            block: [0; 64],
        }
    }

    /// The state of [`Md5::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Md5> {
        let bytes: &[u8; STATE_BYTES] = bytes.try_into().ok()?;
        let mut md5 = Md5::new();
        for (word, chunk) in md5.words.iter_mut().zip(bytes.chunks(4)) {
            *word = u32::from_le_bytes(chunk.try_into().ok()?);
        }
        md5.len = u64::from_le_bytes(bytes[16..24].try_into().ok()?) / 8;
        md5.block.copy_from_slice(&bytes[24..]);
        Some(md5)
    }

    /// The state, so that [`Md5::from_bytes`] can go on from it.
    pub fn to_bytes(&self) -> [u8; STATE_BYTES] {
        let mut bytes = [0; STATE_BYTES];
        bytes[..16].copy_from_slice(&self.digest());
        bytes[16..24].copy_from_slice(&self.len.wrapping_mul(8).to_le_bytes());
        bytes[24..].copy_from_slice(&self.block);
        bytes
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        let waiting = (self.len % 64) as usize;
        self.len = self.len.wrapping_add(bytes.len() as u64);
        if waiting > 0 {
            let (now, later) = bytes.split_at(bytes.len().min(64 - waiting));
            self.block[waiting..waiting + now.len()].copy_from_slice(now);
            if waiting + now.len() < 64 {
                return;
            }
            let block = self.block;
            self.step(&block);
            bytes = later;
        }
        let mut blocks = bytes.chunks_exact(64);
        for block in blocks.by_ref() {
            self.step(block);
        }
        let rest = blocks.remainder();
        self.block[..rest.len()].copy_from_slice(rest);
    }

    pub fn finish(mut self) -> [u8; 16] {
        let bits = self.len.wrapping_mul(8);
        let mut padding = [0; 72];
        padding[0] = 0x80;
        let zeros = (55u64.wrapping_sub(self.len) % 64) as usize;
        padding[1 + zeros..9 + zeros].copy_from_slice(&bits.to_le_bytes());
        self.update(&padding[..9 + zeros]);
        self.digest()
    }

    fn digest(&self) -> [u8; 16] {
        let mut digest = [0; 16];
        for (to, word) in digest.chunks_mut(4).zip(self.words) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }

    fn step(&mut self, block: &[u8]) {
        let mut input = [0u32; 16];
        for (word, bytes) in input.iter_mut().zip(block.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        let [mut a, mut b, mut c, mut d] = self.words;
        for i in 0..64 {
            let (mixed, from) = match i / 16 {
                0 => ((b & c) | (!b & d), i),
                1 => ((b & d) | (c & !d), (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | !d), (7 * i) % 16),
            };
            let sum = a
                .wrapping_add(mixed)
                .wrapping_add(SINES[i])
                .wrapping_add(input[from]);
            a = d;
            d = c;
            c = b;
            b = b.wrapping_add(sum.rotate_left(ROTATIONS[i / 16][i % 4]));
        }
        for (word, add) in self.words.iter_mut().zip([a, b, c, d]) {
            *word = word.wrapping_add(add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    fn sum(bytes: &[u8]) -> String {
        let mut md5 = Md5::new();
        md5.update(bytes);
        hex(&md5.finish())
    }

    #[test]
    fn sums_of_the_rfc() {
        assert_eq!(sum(b""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(sum(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
        let digits =
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
        assert_eq!(sum(digits.as_bytes()), "57edf4a22be3c955ac49da2e2107b67a");
    }

    #[test]
    fn a_state_goes_on() {
        for len in 0..200 {
            let bytes: alloc::vec::Vec<u8> = (0..len).collect();
            for cut in [0, len / 3, len / 2, len] {
                let (first, second) = bytes.split_at(cut.into());
                let mut md5 = Md5::new();
                md5.update(first);
                let mut md5 = Md5::from_bytes(&md5.to_bytes()).unwrap();
                md5.update(second);
                assert_eq!(hex(&md5.finish()), sum(&bytes));
            }
        }
        assert!(Md5::from_bytes(&[0; 87]).is_none());
    }
}
