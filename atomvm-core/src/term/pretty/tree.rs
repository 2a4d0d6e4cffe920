//! The parts of a term and how long they are on one line.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect};
use crate::term::pairs::Pairs;
use crate::term::print::{Style, leaf, record_head};
use crate::term::{AtomTable, Term};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// What a part is, as far as breaking it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Cannot be broken.
    Text,
    /// A bit string that is shown as numbers.
    Bits,
    /// A list; does its last part follow a bar?
    List { improper: bool },
    /// A tuple; does it begin with an atom?
    Tuple { tagged: bool },
    /// A map; its parts are keys and values in turn.
    Map,
    /// A native record; its parts are names and values in turn, and what precedes them is so long.
    Record { head: usize },
}

/// A part of a term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub term: Term,
    pub kind: Kind,
    /// Characters on one line.
    pub len: usize,
    first: usize,
    count: usize,
}

/// A term and all its parts.
pub(super) struct Tree<'a> {
    pub atoms: &'a AtomTable,
    pub style: Style,
    nodes: Vec<Node>,
    /// The numbers of parts, those of one term in a row.
    parts: Vec<usize>,
}

enum Work {
    Visit(Term),
    /// All parts of the term are measured; they are the last ones, from this place on.
    Close(Term, Kind, usize),
}

impl<'a> Tree<'a> {
    pub fn of(term: Term, atoms: &'a AtomTable, style: Style) -> Result<Tree<'a>, OutOfMemory> {
        let mut tree = Tree {
            atoms,
            style,
            nodes: Vec::new(),
            parts: Vec::new(),
        };
        let mut scratch = String::new();
        let mut work = collect([Work::Visit(term)])?;
        let mut done: Vec<usize> = Vec::new();
        while let Some(next) = work.pop() {
            let node = match next {
                Work::Visit(term) => {
                    scratch.clear();
                    if leaf(&mut scratch, term, atoms, style) {
                        text_node(term, &scratch)
                    } else {
                        let parts = parts_of(term, atoms, style)?;
                        work.try_push(Work::Close(term, parts.0, done.len()))?;
                        work.try_extend(parts.1.into_iter().rev().map(Work::Visit))?;
                        continue;
                    }
                }
                Work::Close(term, kind, start) => {
                    let node = tree.compound(term, kind, &done[start..])?;
                    done.truncate(start);
                    node
                }
            };
            done.try_push(tree.nodes.len())?;
            tree.nodes.try_push(node)?;
        }
        Ok(tree)
    }

    fn compound(&mut self, term: Term, kind: Kind, parts: &[usize]) -> Result<Node, OutOfMemory> {
        let sum: usize = parts.iter().map(|&i| self.nodes[i].len).sum();
        let around = match kind {
            // `#{}`, and an arrow and a comma for two parts.
            Kind::Map => 2 + parts.len() / 2 * 5,
            // The head, then an equals sign and a comma (or the brace) for two parts.
            Kind::Record { head } => head + parts.len() / 2 * 4,
            _ => 1 + parts.len(),
        };
        let (first, count) = (self.parts.len(), parts.len());
        self.parts.try_extend(parts.iter().copied())?;
        let len = sum + around;
        Ok(Node {
            term,
            kind,
            len,
            first,
            count,
        })
    }

    /// The number of the whole term.
    pub fn root(&self) -> usize {
        self.nodes.len() - 1
    }

    pub fn node(&self, number: usize) -> Node {
        self.nodes[number]
    }

    /// Where the numbers of a part's own parts are.
    pub fn parts(&self, number: usize) -> Range<usize> {
        let node = &self.nodes[number];
        node.first..node.first + node.count
    }

    /// The part whose number is at a place of such a range.
    pub fn part(&self, at: usize) -> usize {
        self.parts[at]
    }
}

fn text_node(term: Term, text: &str) -> Node {
    let is_text = !term.is_bitstring() || text.starts_with("<<\"") || text == "<<>>";
    Node {
        term,
        kind: if is_text { Kind::Text } else { Kind::Bits },
        len: text.chars().count(),
        first: 0,
        count: 0,
    }
}

/// The parts of a compound term.
fn parts_of(term: Term, atoms: &AtomTable, style: Style) -> Result<(Kind, Vec<Term>), OutOfMemory> {
    if let Some(record) = term.as_record() {
        let mut head = String::new();
        record_head(&mut head, record, atoms, style);
        let fields = record.names().iter().zip(record.values);
        let parts = fields.flat_map(|(&name, &value)| [name, value]);
        let head = head.chars().count();
        return Ok((Kind::Record { head }, collect(parts)?));
    }
    if let Some(elements) = term.as_tuple() {
        let tagged = elements.len() > 1 && elements[0].is_atom();
        return Ok((Kind::Tuple { tagged }, collect(elements.iter().copied())?));
    }
    if term.is_cons() {
        let mut iter = term.list_iter();
        let mut parts = collect(iter.by_ref())?;
        let improper = !iter.rest().is_nil();
        if improper {
            parts.try_push(iter.rest())?;
        }
        return Ok((Kind::List { improper }, parts));
    }
    let pairs = Pairs::of(term)?.flat_map(|(key, value)| [key, value]);
    Ok((Kind::Map, collect(pairs)?))
}
