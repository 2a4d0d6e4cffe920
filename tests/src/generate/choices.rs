//! The choices of which a program follows, recorded so that fewer and smaller ones can be tried.

use crate::mutate::Rng;

use super::Type;

/// Choices that belong together: those of one expression.
#[derive(Debug, Clone)]
pub struct Span {
    /// What kind of value the expression has.
    pub of: Type,
    /// Where its choices begin.
    pub start: usize,
    /// Where its choices end.
    pub end: usize,
}

/// Gives choices, at random or from a list, and writes them down.
///
/// A choice of 0 is always the simplest, and behind the end of a list all choices are 0: so any
/// list gives a program, and a shorter list or smaller numbers give a simpler one.
#[derive(Debug)]
pub struct Choices {
    rng: Option<Rng>,
    given: Vec<u32>,
    made: Vec<u32>,
    spans: Vec<Span>,
}

impl Choices {
    /// Random choices that follow from `seed`.
    pub fn random(seed: u64) -> Choices {
        Choices {
            rng: Some(Rng::new(seed)),
            given: Vec::new(),
            made: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// The choices that were made once, perhaps changed.
    pub fn replay(given: Vec<u32>) -> Choices {
        Choices {
            rng: None,
            given,
            made: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// A number less than `limit`, which is not 0.
    pub fn below(&mut self, limit: u32) -> u32 {
        self.below_as(limit, |choice| choice)
    }

    /// The same, as `change` makes of it; what it makes is what is written down.
    pub fn below_as(&mut self, limit: u32, change: impl FnOnce(u32) -> u32) -> u32 {
        let choice = match &mut self.rng {
            Some(rng) => rng.below(limit as usize) as u32,
            None => {
                let given = self.given.get(self.made.len());
                given.copied().unwrap_or(0) % limit
            }
        };
        let choice = change(choice);
        self.made.push(choice);
        choice
    }

    /// Begins an expression; gives what [`Choices::close`] takes.
    pub fn open(&mut self, of: &Type) -> usize {
        let start = self.made.len();
        self.spans.push(Span {
            of: of.clone(),
            start,
            end: start,
        });
        self.spans.len() - 1
    }

    /// Ends an expression.
    pub fn close(&mut self, span: usize) {
        self.spans[span].end = self.made.len();
    }

    /// All choices and the expressions that they made, outer ones first.
    pub fn finish(self) -> (Vec<u32>, Vec<Span>) {
        (self.made, self.spans)
    }
}

/// Lists of choices that give simpler programs than these do, the simplest first.
pub fn simpler(made: &[u32], spans: &[Span]) -> Vec<Vec<u32>> {
    let mut all = Vec::new();
    let replaced =
        |span: &Span, with: &[u32]| [&made[..span.start], with, &made[span.end..]].concat();
    for span in spans.iter().filter(|span| span.end > span.start + 1) {
        // The default of the type is in place of the expression, or a part of it of the same type.
        all.push(replaced(span, &[0]));
        let within = spans.iter().filter(|it| {
            it.of == span.of && it.start > span.start && it.end <= span.end && it.end > it.start
        });
        all.extend(
            within
                .take(12)
                .map(|it| replaced(span, &made[it.start..it.end])),
        );
    }
    for size in [32, 8, 4, 2, 1] {
        let mut at = made.len().saturating_sub(size);
        while size <= made.len() {
            all.push([&made[..at], &made[at + size..]].concat());
            if at == 0 {
                break;
            }
            at = at.saturating_sub(size);
        }
    }
    for (at, choice) in made.iter().enumerate().filter(|(_, choice)| **choice > 0) {
        for smaller in [0, choice / 2, choice - 1] {
            let mut changed = made.to_vec();
            changed[at] = smaller;
            all.push(changed);
        }
    }
    all.sort_by_key(|choices| {
        (
            choices.len(),
            choices.iter().map(|it| u64::from(*it)).sum::<u64>(),
        )
    });
    all.dedup();
    all
}
