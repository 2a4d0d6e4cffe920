//! Constants: many of them at the edges of how values are held.

/// Integers, around the limits of small ones and of 64 bits among them.
pub const INTEGERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "7",
    "10",
    "-13",
    "$a",
    "127",
    "128",
    "255",
    "256",
    "-256",
    "1000",
    "65535",
    "65536",
    "16#10FFFF",
    "16#D800",
    "16#7FFFFFF",
    "16#8000000",
    "-16#8000000",
    "-16#8000001",
    "16#7FFFFFFF",
    "16#80000000",
    "16#FFFFFFFF",
    "16#100000000",
    "-16#80000000",
    "16#7FFFFFFFFFFFFFF",
    "16#800000000000000",
    "-16#800000000000000",
    "-16#800000000000001",
    "16#7FFFFFFFFFFFFFFF",
    "16#8000000000000000",
    "-16#8000000000000000",
    "-16#8000000000000001",
    "16#FFFFFFFFFFFFFFFF",
    "16#10000000000000000",
    "9007199254740991",
    "9007199254740993",
    "123456789012345678901234567890",
    "-98765432109876543210987654321098765432109876543210",
    "16#FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
];

/// Floats.
pub const FLOATS: &[&str] = &[
    "0.0",
    "1.0",
    "-1.0",
    "0.5",
    "-2.5",
    "3.0",
    "0.1",
    "1.0e10",
    "1.0e22",
    "1.0e23",
    "123456789.125",
    "9007199254740992.0",
    "18446744073709551616.0",
    "1.0e300",
    "-1.0e300",
    "1.0e-300",
    "5.0e-324",
    "1.7976931348623157e308",
    "65504.0",
    "-0.0",
];

/// Atoms.
pub const ATOMS: &[&str] = &[
    "a",
    "b",
    "ok",
    "error",
    "true",
    "undefined",
    "'hello world'",
    "''",
    "'\\x{e9}t\\x{e9}'",
    "'\\x{3b1}'",
];

/// Binaries, some with characters of several bytes.
pub const BINARIES: &[&str] = &[
    "<<>>",
    "<<\"abc\">>",
    "<<0>>",
    "<<255, 254, 1>>",
    "<<\"the quick brown fox jumps over the lazy dog, and then it jumps once more over it\">>",
    "<<\"\\x{e9}\\x{3b1}\\x{1F600}\"/utf8>>",
    "<<\"12\">>",
    "<<\"1.5\">>",
    "<<1:256>>",
];

/// Bit strings.
pub const BIT_STRINGS: &[&str] = &[
    "<<>>",
    "<<1:1>>",
    "<<5:3>>",
    "<<16#abcdef:23>>",
    "<<1, 2, 3:7>>",
    "<<0:65>>",
    "<<16#123456789abcdef:90>>",
];

/// Lists of characters.
pub const TEXTS: &[&str] = &[
    "[]",
    "\"a\"",
    "\"hello\"",
    "\"12\"",
    "\"-77\"",
    "\"3.25\"",
    "\"a b,c\"",
    "\"\\x{e9}\\x{3b1}\"",
    "\"ABC\"",
];

/// Anything else.
pub const ANYTHING: &[&str] = &[
    "[]",
    "{}",
    "{a, 1}",
    "[1, 2.0, a]",
    "[a | b]",
    "[1, 2 | 3]",
    "{1, {2, [3]}, <<4>>}",
    "#{a => 1, 2 => b}",
    "[[], [[]], \"text\"]",
    "{'EXIT', reason}",
    "{ok, <<\"x\">>}",
    "#{}",
    "{r, 1, 2, 3}",
    "[{a, 1}, {b, 2}, {a, 3}]",
    "1.0",
    "1",
    "{1, 1.0}",
    "#{1 => a, 1.0 => b}",
];
