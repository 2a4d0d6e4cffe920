//! The messages of a process, in the order of their arrival.
//!
//! A receive goes through them from the first (or from a marker) and takes out one that matches.
//! A message is a fragment until the receiver looks at it; then it is on the receiver's heap.

use crate::memory::Fragment;
use crate::term::Term;
use alloc::vec::Vec;

enum Body {
    /// On the receiver's heap, or an immediate.
    Here(Term),
    /// Not looked at yet.
    Away(Fragment),
    Free,
}

struct Node {
    body: Body,
    next: u32,
}

const END: u32 = u32::MAX;

/// A queue of messages with a place where the current receive has got to.
pub struct Mailbox {
    nodes: Vec<Node>,
    free: u32,
    first: u32,
    last: u32,
    /// The message before the current one; `END` when the current one is the first.
    before: u32,
    len: u32,
}

impl Default for Mailbox {
    fn default() -> Self {
        Mailbox {
            nodes: Vec::new(),
            free: END,
            first: END,
            last: END,
            before: END,
            len: 0,
        }
    }
}

impl Mailbox {
    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Is there no message?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a message at the end.
    pub fn push(&mut self, message: Fragment) {
        let body = if message.term.is_immediate() {
            Body::Here(message.term)
        } else {
            Body::Away(message)
        };
        let node = Node { body, next: END };
        let at = if self.free == END {
            self.nodes.push(node);
            (self.nodes.len() - 1) as u32
        } else {
            let at = self.free;
            self.free = self.nodes[at as usize].next;
            self.nodes[at as usize] = node;
            at
        };
        match self.last {
            END => self.first = at,
            last => self.nodes[last as usize].next = at,
        }
        self.last = at;
        self.len += 1;
    }

    fn current_index(&self) -> u32 {
        match self.before {
            END => self.first,
            before => self.nodes[before as usize].next,
        }
    }

    /// Is there a message at the current place?
    pub fn has_current(&self) -> bool {
        self.current_index() != END
    }

    /// The words that the current message will take on the heap, if it is not there yet.
    pub(crate) fn current_words(&self) -> usize {
        match self.current_index() {
            END => 0,
            at => match &self.nodes[at as usize].body {
                Body::Away(fragment) => fragment.words(),
                _ => 0,
            },
        }
    }

    /// The message at the current place, brought to the heap by `adopt` if it is not there.
    pub(crate) fn current(
        &mut self,
        adopt: impl FnOnce(Fragment) -> Result<Term, Fragment>,
    ) -> Option<Term> {
        let at = self.current_index();
        if at == END {
            return None;
        }
        let body = &mut self.nodes[at as usize].body;
        if let Body::Away(_) = body {
            let Body::Away(fragment) = core::mem::replace(body, Body::Free) else {
                return None;
            };
            *body = match adopt(fragment) {
                Ok(term) => Body::Here(term),
                Err(fragment) => Body::Away(fragment),
            };
        }
        match body {
            Body::Here(term) => Some(*term),
            _ => None,
        }
    }

    /// Goes on to the next message.
    pub fn advance(&mut self) {
        self.before = self.current_index();
    }

    /// Goes back to the first message.
    pub fn restart(&mut self) {
        self.before = END;
    }

    /// Takes the current message out and goes back to the first.
    pub fn remove_current(&mut self) {
        let at = self.current_index();
        if at == END {
            return;
        }
        let next = self.nodes[at as usize].next;
        match self.before {
            END => self.first = next,
            before => self.nodes[before as usize].next = next,
        }
        if self.last == at {
            self.last = self.before;
        }
        self.nodes[at as usize] = Node {
            body: Body::Free,
            next: self.free,
        };
        self.free = at;
        self.before = END;
        self.len -= 1;
        if self.len == 0 {
            self.free = END;
            self.nodes.clear();
            self.nodes.shrink_to(16);
        }
    }

    /// Goes through all messages, first to last.
    pub fn iter(&self) -> impl Iterator<Item = Term> {
        let mut at = self.first;
        core::iter::from_fn(move || {
            let node = self.nodes.get(at as usize)?;
            at = node.next;
            Some(match &node.body {
                Body::Here(term) => *term,
                Body::Away(fragment) => fragment.term,
                Body::Free => Term::NIL,
            })
        })
    }

    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        for node in &mut self.nodes {
            if let Body::Here(term) = &mut node.body {
                visit(core::slice::from_mut(term));
            }
        }
    }
}
