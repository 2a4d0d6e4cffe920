//! `ets:select_replace/2`: does a specification leave the keys as they are?

use super::MatchSpec;
use super::names::{is_open, variable};
use crate::memory::fallible::{Grow, collect_or_lose};
use crate::term::order::equal_exact;
use crate::term::{AtomTable, Term, atoms};

/// Has each object that a body makes the same key, at this place from 0, as the one that was
/// matched? Only what shows in the specification itself counts.
pub(crate) fn keys_stay(spec: &MatchSpec, names: &AtomTable, key: usize) -> bool {
    spec.clauses().iter().all(|clause| {
        let Some((body, Term::NIL)) = clause.body.as_cons() else {
            return false;
        };
        if body == atoms::MATCHED_OBJECT {
            return true;
        }
        let pattern = clause.head.as_tuple().and_then(|head| head.get(key));
        if let Some(&[name, object]) = body.as_tuple()
            && names.name(name) == "const"
        {
            let value = object.as_tuple().and_then(|object| object.get(key));
            return pattern
                .zip(value)
                .is_some_and(|(pattern, value)| is_just(names, *value, *pattern));
        }
        // A tuple is written as a tuple in a tuple.
        let Some(Some(object)) = tuple_of(body).map(|object| object.get(key)) else {
            return false;
        };
        if let Some(&[name, place, atoms::MATCHED_OBJECT]) = object.as_tuple()
            && names.name(name) == "element"
            && place.as_usize() == Some(key + 1)
        {
            return true;
        }
        pattern.is_some_and(|pattern| is_value_of(names, *object, *pattern))
    })
}

/// The expressions of a tuple that is made: `{{A, B}}`.
fn tuple_of<'a>(expression: Term) -> Option<&'a [Term]> {
    match expression.as_tuple() {
        Some([inner]) => inner.as_tuple(),
        _ => None,
    }
}

/// Is this value all that the pattern can match? With a map in it OTP says no.
fn is_just(names: &AtomTable, value: Term, pattern: Term) -> bool {
    let mut left = collect_or_lose([pattern]);
    while let Some(pattern) = left.pop() {
        if is_open(names, pattern) {
            return false;
        }
        if let Some(elements) = pattern.as_tuple() {
            left.extend_or_lose(elements.iter().copied());
        } else if let Some((head, tail)) = pattern.as_cons() {
            left.extend_or_lose([head, tail]);
        }
    }
    equal_exact(value, pattern)
}

/// Is the value of the expression what the pattern has matched?
fn is_value_of(names: &AtomTable, expression: Term, pattern: Term) -> bool {
    let mut left = collect_or_lose([(expression, pattern)]);
    while let Some((expression, pattern)) = left.pop() {
        if let Some(&[name, value]) = expression.as_tuple()
            && names.name(name) == "const"
        {
            if !is_just(names, value, pattern) {
                return false;
            }
            continue;
        }
        if variable(names, pattern).is_some() {
            if expression != pattern {
                return false;
            }
            continue;
        }
        if is_open(names, pattern) {
            return false;
        }
        if let Some(patterns) = pattern.as_tuple() {
            match tuple_of(expression) {
                Some(parts) if parts.len() == patterns.len() => {
                    left.extend_or_lose(parts.iter().copied().zip(patterns.iter().copied()));
                }
                _ => return false,
            }
        } else if let (Some((a, b)), Some((c, d))) = (expression.as_cons(), pattern.as_cons()) {
            left.push_or_lose((a, c));
            left.push_or_lose((b, d));
        } else {
            // As expressions these are not the atoms that they are as patterns.
            let is_other = matches!(expression, atoms::MATCHED_OBJECT | atoms::MATCHED_VALUES);
            if is_other || pattern.is_cons() || !equal_exact(expression, pattern) {
                return false;
            }
        }
    }
    true
}
