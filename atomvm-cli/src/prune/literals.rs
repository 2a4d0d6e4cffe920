//! What a constant term refers to.

use atomvm_core::beam::external::{Token, Tokens};

/// What a constant term refers to: names only, in the order in which they stand there.
#[derive(Debug, Default)]
pub struct Contents<'a> {
    pub atoms: Vec<&'a str>,
    /// External funs, `fun M:F/A`.
    pub funs: Vec<(&'a str, &'a str, u32)>,
    /// Atoms side by side that could be a module and a function, and the arity if a number or a list of
    /// arguments follows: `{M, F, A}`.
    pub pairs: Vec<(&'a str, &'a str, Option<u32>)>,
}

/// What the external term `term` refers to.
pub fn contents(term: &[u8]) -> Contents<'_> {
    let tokens: Vec<Token<'_>> = Tokens::new(term).collect();
    let mut contents = Contents::default();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1..).unwrap_or(&[]);
        match (token, next) {
            (Token::Atom(atom), _) => contents.atoms.push(atom),
            (
                Token::ExternalFun,
                [
                    Token::Atom(module),
                    Token::Atom(function),
                    Token::Integer(arity),
                    ..,
                ],
            ) => {
                contents.funs.push((module, function, *arity as u32));
            }
            _ => {}
        }
        if let (Token::Atom(module), [Token::Atom(function), rest @ ..]) = (token, next) {
            let arity = rest.first().and_then(arity);
            contents.pairs.push((module, function, arity));
        }
    }
    contents
}

/// The arity that the third element of `{M, F, A}` stands for.
fn arity(token: &Token<'_>) -> Option<u32> {
    match token {
        Token::Integer(arity @ 0..=255) => Some(*arity as u32),
        Token::List(length @ 1..=255) => Some(*length),
        Token::Bytes(bytes) => u32::try_from(bytes.len()).ok(),
        Token::Nil => Some(0),
        _ => None,
    }
}

/// The pairs of a name and a number among a term's parts, as in `[{init, 1}, {terminate, 2}]`.
pub fn functions(term: &[u8]) -> Vec<(&str, u32)> {
    let tokens: Vec<Token<'_>> = Tokens::new(term).collect();
    let pairs = tokens.windows(3).filter_map(|tokens| match tokens {
        [Token::Tuple(2), Token::Atom(name), Token::Integer(arity)] => {
            Some((*name, u32::try_from(*arity).ok()?))
        }
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_names_functions() {
        // {m, f, [x, 1]}, fun n:g/2
        let term = b"\x83l\0\0\0\x02h\x03w\x01mw\x01fl\0\0\0\x02w\x01xa\x01jqw\x01nw\x01ga\x02j";
        let contents = contents(term);
        assert_eq!(contents.atoms, ["m", "f", "x", "n", "g"]);
        assert_eq!(contents.pairs, [("m", "f", Some(2)), ("n", "g", Some(2))]);
        assert_eq!(contents.funs, [("n", "g", 2)]);
    }

    #[test]
    fn a_list_of_callbacks() {
        let term = b"\x83l\0\0\0\x02h\x02w\x01aa\x01h\x02w\x01ba\x02j";
        assert_eq!(functions(term), [("a", 1), ("b", 2)]);
    }
}
