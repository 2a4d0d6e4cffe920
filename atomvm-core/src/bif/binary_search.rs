//! Searching bytes for one pattern or for several at once, in time linear in the bytes.
//!
//! Of several patterns the match is the leftmost one, and of those that start there the longest.

use super::Raise;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use memchr::memmem;

/// Patterns, prepared for a search. None of them is empty.
pub(super) enum Searcher<'a> {
    /// One byte.
    Byte(u8),
    /// One pattern.
    One(memmem::Finder<'a>),
    /// Several.
    Many(Automaton),
}

impl<'a> Searcher<'a> {
    /// Prepares patterns, of which there is at least one.
    ///
    /// # Errors
    /// There is no memory.
    pub(super) fn new(patterns: &'a [Cow<'a, [u8]>]) -> Result<Searcher<'a>, Raise> {
        match patterns {
            [one] if one.len() == 1 => Ok(Searcher::Byte(one[0])),
            [one] => Ok(Searcher::One(memmem::Finder::new(&one[..]))),
            many => Automaton::new(many).map(Searcher::Many),
        }
    }

    /// The first match in `bytes`: where it starts and how long it is.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        match self {
            Searcher::Byte(byte) => memchr::memchr(*byte, bytes).map(|at| (at, 1)),
            Searcher::One(finder) => finder.find(bytes).map(|at| (at, finder.needle().len())),
            Searcher::Many(automaton) => automaton.find(bytes),
        }
    }
}

const NONE: u32 = u32::MAX;
const ROOT: u32 = 0;

/// A prefix of some pattern.
struct Node {
    /// Its last byte.
    byte: u8,
    /// The first of the prefixes that are one byte longer, and the next with the same parent.
    child: u32,
    sibling: u32,
    /// The longest proper suffix of this prefix that is a prefix too.
    suffix: u32,
    /// Its length.
    depth: u32,
    /// The length of the longest pattern that it ends with, or 0.
    longest: u32,
}

/// The automaton of Aho and Corasick: a state for every prefix of a pattern.
pub(super) struct Automaton {
    nodes: Vec<Node>,
    /// The bytes that patterns start with.
    starts: [bool; 256],
}

impl Automaton {
    fn new(patterns: &[Cow<'_, [u8]>]) -> Result<Automaton, Raise> {
        let mut automaton = Automaton {
            nodes: Vec::new(),
            starts: [false; 256],
        };
        automaton.add(0, 0)?;
        for pattern in patterns {
            automaton.starts[pattern[0] as usize] = true;
            let mut state = ROOT;
            for &byte in pattern.iter() {
                state = match automaton.child(state, byte) {
                    NONE => automaton.extend(state, byte)?,
                    child => child,
                };
            }
            let node = &mut automaton.nodes[state as usize];
            node.longest = node.depth;
        }
        automaton.link()?;
        Ok(automaton)
    }

    fn add(&mut self, byte: u8, depth: u32) -> Result<u32, Raise> {
        let index = u32::try_from(self.nodes.len()).map_err(|_| Raise::SYSTEM_LIMIT)?;
        self.nodes.try_reserve(1).map_err(|_| Raise::OutOfMemory)?;
        self.nodes.push(Node {
            byte,
            child: NONE,
            sibling: NONE,
            suffix: ROOT,
            depth,
            longest: 0,
        });
        Ok(index)
    }

    fn extend(&mut self, parent: u32, byte: u8) -> Result<u32, Raise> {
        let depth = self.nodes[parent as usize].depth + 1;
        let node = self.add(byte, depth)?;
        let parent = &mut self.nodes[parent as usize];
        let sibling = core::mem::replace(&mut parent.child, node);
        self.nodes[node as usize].sibling = sibling;
        Ok(node)
    }

    fn child(&self, state: u32, byte: u8) -> u32 {
        let mut child = self.nodes[state as usize].child;
        while child != NONE && self.nodes[child as usize].byte != byte {
            child = self.nodes[child as usize].sibling;
        }
        child
    }

    /// Finds the suffixes, shorter prefixes first.
    fn link(&mut self) -> Result<(), Raise> {
        let mut queue: Vec<u32> = Vec::new();
        queue
            .try_reserve_exact(self.nodes.len())
            .map_err(|_| Raise::OutOfMemory)?;
        queue.push(ROOT);
        let mut done = 0;
        while done < queue.len() {
            let state = queue[done];
            done += 1;
            let mut child = self.nodes[state as usize].child;
            while child != NONE {
                queue.push(child);
                let byte = self.nodes[child as usize].byte;
                let suffix = match state {
                    ROOT => ROOT,
                    _ => self.step(self.nodes[state as usize].suffix, byte),
                };
                let longest = self.nodes[suffix as usize].longest;
                let node = &mut self.nodes[child as usize];
                node.suffix = suffix;
                node.longest = node.longest.max(longest);
                child = node.sibling;
            }
        }
        Ok(())
    }

    /// The longest prefix that the bytes so far end with, when `byte` follows those of `state`.
    fn step(&self, mut state: u32, byte: u8) -> u32 {
        loop {
            match self.child(state, byte) {
                NONE if state == ROOT => return ROOT,
                NONE => state = self.nodes[state as usize].suffix,
                child => return child,
            }
        }
    }

    fn find(&self, bytes: &[u8]) -> Option<(usize, usize)> {
        let mut found: Option<(usize, usize)> = None;
        let mut state = ROOT;
        for (i, &byte) in bytes.iter().enumerate() {
            if state == ROOT && !self.starts[byte as usize] {
                continue;
            }
            state = self.step(state, byte);
            let node = &self.nodes[state as usize];
            let end = i + 1;
            if node.longest > 0 {
                let start = end - node.longest as usize;
                if found.is_none_or(|(first, _)| start <= first) {
                    found = Some((start, end));
                }
            }
            // What could still match starts after what has matched.
            if found.is_some_and(|(first, _)| first < end - node.depth as usize) {
                break;
            }
        }
        found.map(|(start, end)| (start, end - start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn find(patterns: &[&[u8]], bytes: &[u8]) -> Option<(usize, usize)> {
        let patterns: Vec<_> = patterns.iter().map(|&p| Cow::Borrowed(p)).collect();
        Searcher::new(&patterns).unwrap().find(bytes)
    }

    #[test]
    fn the_leftmost_and_then_the_longest_match_wins() {
        let all: [(&[&[u8]], &[u8], _); 6] = [
            (&[b"bcde", b"bc", b"de"], b"abcde", Some((1, 4))),
            (&[b"bcd", b"abcdef", b"ab"], b"abcde", Some((0, 2))),
            (&[b"he", b"she", b"hers"], b"ushers", Some((1, 3))),
            (&[b"c", b"b"], b"abc", Some((1, 1))),
            (&[b"x", b"y"], b"abc", None),
            (&[b"bc", b"abcx", b"c"], b"abcd", Some((1, 2))),
        ];
        for (patterns, bytes, expected) in all {
            assert_eq!(find(patterns, bytes), expected);
        }
    }

    proptest! {
        #[test]
        fn it_is_what_trying_everything_finds(
            patterns in prop::collection::vec(
                prop::collection::vec(0u8..3, 1..6), 1..6),
            bytes in prop::collection::vec(0u8..3, 0..60),
        ) {
            let slow = (0..bytes.len()).find_map(|at| {
                let rest = &bytes[at..];
                let lens = patterns.iter().filter(|p| rest.starts_with(p)).map(|p| p.len());
                lens.max().map(|len| (at, len))
            });
            let patterns: Vec<&[u8]> = patterns.iter().map(|p| &p[..]).collect();
            prop_assert_eq!(find(&patterns, &bytes), slow);
            let twice = [&patterns[..], &patterns[..]].concat();
            prop_assert_eq!(find(&twice, &bytes), slow);
        }
    }

    #[test]
    fn long_patterns_take_linear_time() {
        let patterns = [vec![b'a'; 100_000], [&[b'a'; 99_999][..], b"c"].concat()];
        let patterns: Vec<&[u8]> = patterns.iter().map(|p| &p[..]).collect();
        let bytes = [&[b'a'; 99_999][..], b"b"].concat().repeat(20);
        assert_eq!(find(&patterns, &bytes), None);
    }
}
