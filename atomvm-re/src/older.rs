//! What PCRE before version 10, which OTP up to release 27 has, reads in another way than PCRE2.

use std::borrow::Cow;

/// The pattern with a backslash before each brace that PCRE2 alone takes for the start of a
/// quantifier: `{,3}`, and braces with spaces in them.
pub fn plain_braces(pattern: &[u8]) -> Cow<'_, [u8]> {
    let suspect = |pair: &[u8]| {
        pair[0] == b'{' && !pair[1].is_ascii_digit()
            || matches!(pair, [b' ' | b'\t', b'}' | b','] | [b',', b' ' | b'\t'])
    };
    if !pattern.windows(2).any(suspect) {
        return Cow::Borrowed(pattern);
    }
    let mut out = Vec::with_capacity(pattern.len() + 8);
    let (mut at, mut in_class) = (0, false);
    while let Some(&byte) = pattern.get(at) {
        let rest = &pattern[at..];
        let taken = match byte {
            b'\\' => escape(rest),
            b'[' if in_class => posix_class(rest),
            b'[' => {
                in_class = true;
                // What stands first is not the end of the class.
                let negated = usize::from(rest.get(1) == Some(&b'^'));
                1 + negated + usize::from(rest.get(1 + negated) == Some(&b']'))
            }
            b']' => {
                in_class = false;
                1
            }
            b'{' if !in_class && is_new_quantifier(rest) => {
                out.push(b'\\');
                1
            }
            _ => 1,
        };
        out.extend(&rest[..taken]);
        at += taken;
    }
    Cow::Owned(out)
}

/// How long an escape is, with the braces after it, or a text that is quoted.
fn escape(rest: &[u8]) -> usize {
    let until = |end: &[u8]| {
        let found = rest.windows(end.len()).position(|part| part == end);
        found.map_or(rest.len(), |at| at + end.len())
    };
    match rest {
        [_, b'Q', ..] => until(b"\\E"),
        [_, b'x' | b'o' | b'p' | b'P' | b'g' | b'k' | b'N', b'{', ..] => until(b"}"),
        _ => rest.len().min(2),
    }
}

fn posix_class(rest: &[u8]) -> usize {
    let name = rest.get(1) == Some(&b':');
    let end = rest.windows(2).position(|pair| pair == b":]");
    match end.filter(|&end| name && end > 1) {
        Some(end) => end + 2,
        None => 1,
    }
}

/// Is this a quantifier for PCRE2, and was none before?
fn is_new_quantifier(rest: &[u8]) -> bool {
    let Some(end) = rest.iter().position(|&byte| byte == b'}') else {
        return false;
    };
    let inside = &rest[1..end];
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    if !inside.starts_with(b",") && !inside.iter().any(is_space) {
        return false;
    }
    let is_number = |text: &[u8]| {
        let from = text.iter().position(|byte| !is_space(byte));
        let to = text.iter().rposition(|byte| !is_space(byte));
        match from.zip(to) {
            Some((from, to)) => text[from..=to]
                .iter()
                .all(u8::is_ascii_digit)
                .then_some(true),
            None => Some(false),
        }
    };
    let parts: Vec<_> = inside.split(|&byte| byte == b',').map(is_number).collect();
    matches!(
        *parts,
        [Some(true)] | [Some(true), Some(_)] | [_, Some(true)]
    )
}

/// The pattern with a backslash before the hyphen in front of `at`, if what comes before that is a
/// whole class, as in `[\w-.]`: it can start no range, so it is a hyphen.
pub fn plain_hyphen(pattern: &[u8], at: usize) -> Option<Vec<u8>> {
    let (before, after) = pattern.split_at_checked(at.checked_sub(1)?)?;
    let class = match before {
        [.., b'\\', kind] => b"dDwWsShHvV".contains(kind),
        [.., b':', b']'] => true,
        [.., b'}'] => {
            let start = before.iter().rposition(|&byte| byte == b'{');
            start.is_some_and(|start| matches!(before[..start], [.., b'\\', b'p' | b'P']))
        }
        _ => false,
    };
    (class && after.starts_with(b"-")).then(|| [before, b"\\", after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_were_plain_stay_plain() {
        for (pattern, expected) in [
            ("a{,3}", "a\\{,3}"),
            ("a{2,3}b{4}c{5,}", "a{2,3}b{4}c{5,}"),
            ("a{ 2 }", "a\\{ 2 }"),
            ("[{,3}]{,3}", "[{,3}]\\{,3}"),
            ("[]{,3}]", "[]{,3}]"),
            ("[[:alpha:]{,3}]", "[[:alpha:]{,3}]"),
            ("\\Qa{,3}\\E{,3}", "\\Qa{,3}\\E\\{,3}"),
            ("\\{,3}", "\\{,3}"),
            ("\\x{ 41 }", "\\x{ 41 }"),
            ("{,}", "{,}"),
            ("{,", "{,"),
        ] {
            let plain = plain_braces(pattern.as_bytes());
            assert_eq!(plain, expected.as_bytes(), "{pattern}");
        }
    }

    #[test]
    fn a_hyphen_after_a_class_is_plain() {
        assert_eq!(plain_hyphen(b"[\\w-.]", 4).unwrap(), b"[\\w\\-.]");
        assert_eq!(plain_hyphen(b"[a-\\d]", 3), None);
    }
}
