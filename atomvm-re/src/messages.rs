//! What OTP says of a pattern that cannot be compiled.
//!
//! Up to release 27, OTP's engine is PCRE 8, whose words for the same errors are a little different
//! from those of PCRE2.

use crate::pcre::{self, CompileError};

/// What is wrong with `pattern`, and where.
pub fn explain(pattern: &[u8], error: CompileError) -> (String, usize) {
    let (code, at) = (error.code, error.at);
    let before = &pattern[..at.min(pattern.len())];
    if let Some(text) = unfinished(code, before, at == pattern.len()) {
        return (text.to_owned(), at);
    }
    let text = match older(code) {
        Some(text) => text.to_owned(),
        None => pcre::message(code),
    };
    (text, place(code, pattern, before))
}

/// A group that is not said to be anything: PCRE2 misses its end.
fn unfinished(code: i32, before: &[u8], is_end: bool) -> Option<&'static str> {
    match code {
        162 if before.ends_with(b"(?<") => Some("unrecognized character after (?<"),
        114 if !is_end => None,
        114 if before.ends_with(b"(?P") => Some("unrecognized character after (?P"),
        114 if before.ends_with(b"(?(") => Some("assertion expected after (?( or (?(?C)"),
        114 if before.ends_with(b"(?") => Some("unrecognized character after (? or (?-"),
        _ => None,
    }
}

/// Where PCRE 8 saw the error that PCRE2 sees behind `before`.
fn place(code: i32, pattern: &[u8], before: &[u8]) -> usize {
    let last = |part: &[u8]| before.windows(part.len()).rposition(|it| it == part);
    let at = before.len();
    match code {
        125 | 187 | 200 => end_of_group(pattern, at).unwrap_or(at),
        130 => last(b"[:").map_or(at, |start| start + 2),
        113 => last(b"[.").max(last(b"[=")).unwrap_or(at),
        137 | 143 | 147 | 150 => at.saturating_sub(1),
        174 => 0,
        _ => at,
    }
}

/// The parenthesis that ends the group that starts at `from`.
fn end_of_group(pattern: &[u8], from: usize) -> Option<usize> {
    let (mut depth, mut at) = (0, from);
    loop {
        match *pattern.get(at)? {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}

fn older(code: i32) -> Option<&'static str> {
    Some(match code {
        // All ways of not being UTF-8.
        -23..=-3 => "invalid UTF-8 string",
        109 => "nothing to repeat",
        114 => "missing )",
        118 => "missing ) after comment",
        122 => "unmatched parentheses",
        124 => "malformed number or name after (?(",
        125 | 187 | 200 => "lookbehind assertion is not fixed length",
        126 => "a numbered reference must not be zero",
        127 => "conditional group contains more than two branches",
        128 => "assertion expected after (?( or (?(?C)",
        134 | 177 => "character value in \\x{} or \\o{} is too large",
        136 => "\\C not allowed in lookbehind assertion",
        137 => "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u",
        138 => "number after (?C is > 255",
        139 => "closing ) for (?C expected",
        142 => "syntax error in subpattern name (missing terminator)",
        143 => "two named subpatterns have the same name",
        144 => "group name must start with a non-digit",
        147 => "unknown property name after \\P or \\p",
        148 => "subpattern name is too long (maximum 32 characters)",
        154 => "DEFINE group contains more than one branch",
        155 => "missing opening brace after \\o",
        158 => "(?R or (?[+-]digits must be followed by )",
        161 => "number is too big",
        168 => "\\c must be followed by an ASCII character",
        174 => "setting UTF is disabled by the application",
        176 => "name is too long in (*MARK), (*PRUNE), (*SKIP), or (*THEN)",
        _ => return None,
    })
}
