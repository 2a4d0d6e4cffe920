//! The messages of a process, in the order of their arrival.
//!
//! A receive goes through them from the first (or from a marker) and takes out one that matches.
//! A message is a fragment until the receiver looks at it; then it is on the receiver's heap.

use super::seq_trace::Token;
use crate::memory::fallible::{Grow, lose, made};
use crate::memory::{Fragment, OutOfMemory, copy};
use crate::term::{Reference, Term};
use alloc::boxed::Box;
use alloc::vec::Vec;

enum Body {
    /// On the receiver's heap, or an immediate.
    Here(Term),
    /// Not looked at yet.
    Away(Fragment),
    Free,
}

impl Body {
    /// Is it an object on the receiver's heap?
    fn is_on_heap(&self) -> bool {
        matches!(self, Body::Here(term) if !term.is_immediate())
    }
}

struct Node {
    body: Body,
    /// Where it stands in one of the lists of those on the heap (with [`OLD`] added, in that of
    /// the old generation); `END` for nowhere.
    place: u32,
    next: u32,
}

const END: u32 = u32::MAX;
const OLD: u32 = 1 << 31;

/// A place in the queue: what waits for the answer to a request made there need not look at the
/// messages before it.
struct Marker {
    key: MarkerKey,
    /// The last message before the place; `END` when there is none.
    after: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkerKey {
    Reserved(u32),
    Bound(Reference),
}

/// More markers than this are not kept: the oldest goes, and its receive looks at everything.
const MAX_MARKERS: usize = 8;

/// A queue of messages with a place where the current receive has got to. One word until the first
/// message: most processes of a system that has many wait, and have never got one.
#[derive(Default)]
pub struct Mailbox(Option<Box<Queue>>);

/// Tokens, with the places of their messages.
type Tokens = Vec<(u32, Option<Token>)>;

/// The queue of a process that has got messages.
struct Queue {
    nodes: Vec<Node>,
    free: u32,
    first: u32,
    last: u32,
    /// The message before the current one; `END` when the current one is the first.
    before: u32,
    len: u32,
    /// The messages that are objects of the young generation of the receiver's heap. Minor
    /// collections look at those only, so that many messages that wait cost them nothing.
    young: Vec<u32>,
    /// The messages that are objects of the old generation.
    old: Vec<u32>,
    last_marker: u32,
    /// The tokens of messages that have one, with the places of those; `None` for messages that leave
    /// their receiver the one it has.
    tokens: Option<Box<Tokens>>,
    #[expect(
        clippy::box_collection,
        reason = "seldom any, and then it shall cost one word"
    )]
    markers: Option<Box<Vec<Marker>>>,
}

impl Default for Queue {
    fn default() -> Self {
        Queue {
            nodes: Vec::new(),
            free: END,
            first: END,
            last: END,
            before: END,
            len: 0,
            young: Vec::new(),
            old: Vec::new(),
            last_marker: 0,
            tokens: None,
            markers: None,
        }
    }
}

impl Mailbox {
    fn queue(&mut self) -> Result<&mut Queue, OutOfMemory> {
        made(&mut self.0)
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| queue.len as usize)
    }

    /// Is there no message?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a message at the end. Without memory it is lost, and the VM stops.
    pub fn push(&mut self, message: Fragment) {
        if self.queue().and_then(|queue| queue.push(message)).is_err() {
            lose();
        }
    }

    /// Adds a message that is on the receiver's heap.
    ///
    /// # Errors
    /// There is no memory.
    pub(crate) fn push_here(&mut self, message: Term) -> Result<(), OutOfMemory> {
        self.queue()?.push_body(Body::Here(message))
    }

    /// Keeps the token of the last message; `None`: it leaves its receiver the one it has.
    pub(crate) fn keep_token(&mut self, token: Option<Token>) {
        let kept = self.queue().and_then(|queue| {
            let last = queue.last;
            made(&mut queue.tokens)?.try_push((last, token))
        });
        if kept.is_err() {
            lose();
        }
    }

    /// Forgets the token of the last message.
    pub(crate) fn forget_last_token(&mut self) {
        if let Some(queue) = &mut self.0 {
            queue.take_token(queue.last);
        }
    }

    /// Has a message a token?
    #[inline]
    pub(crate) fn has_tokens(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| queue.tokens.is_some())
    }

    /// The token of the current message, if it has something to do with tokens.
    pub(crate) fn take_token(&mut self) -> Option<Option<Token>> {
        let queue = self.0.as_mut()?;
        queue.take_token(queue.current_index())
    }

    /// Forgets all tokens.
    pub(crate) fn drop_tokens(&mut self) {
        if let Some(queue) = &mut self.0 {
            queue.tokens = None;
        }
    }

    /// Is there a message at the current place?
    pub fn has_current(&self) -> bool {
        let queue = self.0.as_ref();
        queue.is_some_and(|queue| queue.current_index() != END)
    }

    /// The words that the current message will take on the heap, if it is not there yet.
    pub(crate) fn current_words(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| queue.current_words())
    }

    /// The message at the current place, brought to the heap by `adopt` if it is not there.
    pub(crate) fn current(
        &mut self,
        adopt: impl FnOnce(Fragment) -> Result<Term, Fragment>,
    ) -> Option<Term> {
        self.0.as_mut()?.current(adopt)
    }

    /// Goes on to the next message.
    pub fn advance(&mut self) {
        if let Some(queue) = &mut self.0 {
            queue.advance();
        }
    }

    /// Goes back to the first message.
    pub fn restart(&mut self) {
        if let Some(queue) = &mut self.0 {
            queue.restart();
        }
    }

    /// Is the current message the first?
    pub(crate) fn is_at_start(&self) -> bool {
        self.0.as_ref().is_none_or(|queue| queue.before == END)
    }

    /// Takes the current message out and goes back to the first.
    pub fn remove_current(&mut self) {
        if let Some(queue) = &mut self.0 {
            queue.remove_current();
        }
    }

    /// Marks the end of the queue; the marker can be bound to a reference that is made now.
    ///
    /// Without memory there is no marker, and its receive looks at everything.
    pub fn marker_reserve(&mut self) -> Term {
        self.queue().map_or(Term::NIL, Queue::marker_reserve)
    }

    /// Binds a marker, as [`Mailbox::marker_reserve`] returned it, to a reference. Does nothing
    /// when either is not what it should be.
    pub fn marker_bind(&mut self, marker: Term, reference: Term) {
        if let Some(queue) = &mut self.0 {
            queue.marker_bind(marker, reference);
        }
    }

    /// Forgets the marker of a reference (or one that is not bound).
    pub fn marker_clear(&mut self, reference: Term) {
        if let Some(queue) = &mut self.0 {
            queue.marker_clear(reference);
        }
    }

    /// Goes to the first message after the marker of a reference, if there is such a marker.
    pub fn marker_use(&mut self, reference: Term) {
        if let Some(queue) = &mut self.0 {
            queue.marker_use(reference);
        }
    }

    /// Takes out the first message for which `is_it` holds; was there one? The place of the
    /// current receive goes back to the start.
    pub(crate) fn remove_first(&mut self, is_it: impl Fn(Term) -> bool) -> bool {
        self.0
            .as_mut()
            .is_some_and(|queue| queue.remove_first(is_it))
    }

    /// Bytes of the queue itself.
    pub(crate) fn side_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| {
            size_of::<Queue>()
                + queue.nodes.capacity() * size_of::<Node>()
                + (queue.young.capacity() + queue.old.capacity()) * 4
        })
    }

    /// Words of the messages that are not on the receiver's heap.
    pub(crate) fn away_words(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| queue.away_words())
    }

    /// Words of those that are.
    pub(crate) fn here_words(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| queue.here_words())
    }

    /// Goes through all messages, first to last.
    pub fn iter(&self) -> impl Iterator<Item = Term> {
        self.0.iter().flat_map(|queue| queue.iter())
    }

    pub(crate) fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        if let Some(queue) = &mut self.0 {
            queue.visit(visit);
        }
    }

    /// Visits the messages of the young generation, and notes which of them are then `is_old`.
    pub(crate) fn visit_young(
        &mut self,
        visit: &mut dyn FnMut(&mut [Term]),
        is_old: &dyn Fn(Term) -> bool,
    ) {
        if let Some(queue) = &mut self.0 {
            queue.visit_young(visit, is_old);
        }
    }
}

impl Queue {
    fn push(&mut self, message: Fragment) -> Result<(), OutOfMemory> {
        self.push_body(if message.term.is_immediate() {
            Body::Here(message.term)
        } else {
            Body::Away(message)
        })
    }

    fn push_body(&mut self, body: Body) -> Result<(), OutOfMemory> {
        let is_on_heap = body.is_on_heap();
        self.reserve_list()?;
        let node = Node {
            body,
            next: END,
            place: END,
        };
        let at = if self.free == END {
            self.nodes.try_push(node)?;
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
        if is_on_heap {
            self.list(at);
        }
        Ok(())
    }

    /// Makes room for one message more that is on the heap. The list of the young ones always has
    /// room for the old ones, which a full collection makes young again.
    fn reserve_list(&mut self) -> Result<(), OutOfMemory> {
        let room = self.young.try_reserve(self.old.len() + 1);
        room.map_err(|_| OutOfMemory)
    }

    fn list(&mut self, at: u32) {
        self.nodes[at as usize].place = self.young.len() as u32;
        self.young.push(at);
    }

    fn unlist(&mut self, place: u32) {
        let list = match place & OLD {
            0 => &mut self.young,
            _ => &mut self.old,
        };
        let at = (place & !OLD) as usize;
        list.swap_remove(at);
        if let Some(&moved) = list.get(at) {
            self.nodes[moved as usize].place = place;
        } else if self.young.is_empty() && self.old.is_empty() {
            self.young.shrink(4);
            self.old.shrink(4);
        }
    }

    fn current_index(&self) -> u32 {
        match self.before {
            END => self.first,
            before => self.nodes[before as usize].next,
        }
    }

    fn current_words(&self) -> usize {
        match self.current_index() {
            END => 0,
            at => match &self.nodes[at as usize].body {
                Body::Away(fragment) => fragment.words(),
                _ => 0,
            },
        }
    }

    fn current(&mut self, adopt: impl FnOnce(Fragment) -> Result<Term, Fragment>) -> Option<Term> {
        let at = self.current_index();
        if at == END {
            return None;
        }
        self.reserve_list().ok()?;
        let body = &mut self.nodes[at as usize].body;
        if let Body::Away(_) = body {
            let Body::Away(fragment) = core::mem::replace(body, Body::Free) else {
                return None;
            };
            *body = match adopt(fragment) {
                Ok(term) => Body::Here(term),
                Err(fragment) => Body::Away(fragment),
            };
            if body.is_on_heap() {
                self.list(at);
            }
        }
        match &self.nodes[at as usize].body {
            Body::Here(term) => Some(*term),
            _ => None,
        }
    }

    fn advance(&mut self) {
        self.before = self.current_index();
    }

    fn restart(&mut self) {
        self.before = END;
    }

    fn remove_current(&mut self) {
        let at = self.current_index();
        if at == END {
            return;
        }
        if self.tokens.is_some() {
            self.take_token(at);
        }
        let node = &self.nodes[at as usize];
        let (next, place) = (node.next, node.place);
        if place != END {
            self.unlist(place);
        }
        match self.before {
            END => self.first = next,
            before => self.nodes[before as usize].next = next,
        }
        if self.last == at {
            self.last = self.before;
        }
        for marker in self.markers.iter_mut().flat_map(|m| m.iter_mut()) {
            if marker.after == at {
                marker.after = self.before;
            }
        }
        self.nodes[at as usize] = Node {
            body: Body::Free,
            next: self.free,
            place: END,
        };
        self.free = at;
        self.before = END;
        self.len -= 1;
        if self.len == 0 {
            self.free = END;
            self.nodes.clear();
            self.nodes.shrink(4);
        }
    }

    fn take_token(&mut self, at: u32) -> Option<Option<Token>> {
        let tokens = self.tokens.as_mut()?;
        let index = tokens.iter().position(|(place, _)| *place == at)?;
        let (_, token) = tokens.swap_remove(index);
        if tokens.is_empty() {
            self.tokens = None;
        }
        Some(token)
    }

    fn marker_reserve(&mut self) -> Term {
        self.last_marker = (self.last_marker + 1) & 0xff_ffff;
        let key = MarkerKey::Reserved(self.last_marker);
        let after = self.last;
        let Ok(markers) = made(&mut self.markers) else {
            return Term::NIL;
        };
        if markers.len() == MAX_MARKERS {
            markers.remove(0);
        }
        if markers.try_push(Marker { key, after }).is_err() {
            return Term::NIL;
        }
        Term::small(self.last_marker as isize)
    }

    fn marker(&mut self, key: MarkerKey) -> Option<usize> {
        self.markers.as_ref()?.iter().position(|m| m.key == key)
    }

    fn marker_bind(&mut self, marker: Term, reference: Term) {
        let (Some(number), Some(reference)) = (marker.as_usize(), reference.as_reference()) else {
            return;
        };
        self.remove_marker(MarkerKey::Bound(reference));
        let Some(at) = self.marker(MarkerKey::Reserved(number as u32)) else {
            return;
        };
        if let Some(markers) = &mut self.markers {
            markers[at].key = MarkerKey::Bound(reference);
        }
    }

    fn marker_clear(&mut self, reference: Term) {
        if let Some(reference) = reference.as_reference() {
            self.remove_marker(MarkerKey::Bound(reference));
        } else if let Some(number) = reference.as_usize() {
            self.remove_marker(MarkerKey::Reserved(number as u32));
        }
    }

    fn remove_marker(&mut self, key: MarkerKey) {
        let at = self.marker(key);
        if let (Some(at), Some(markers)) = (at, &mut self.markers) {
            markers.remove(at);
            if markers.is_empty() {
                self.markers = None;
            }
        }
    }

    fn marker_use(&mut self, reference: Term) {
        let Some(reference) = reference.as_reference() else {
            return;
        };
        let at = self.marker(MarkerKey::Bound(reference));
        if let (Some(at), Some(markers)) = (at, &self.markers) {
            self.before = markers[at].after;
        }
    }

    fn remove_first(&mut self, is_it: impl Fn(Term) -> bool) -> bool {
        self.restart();
        while self.current_index() != END {
            let found = match &self.nodes[self.current_index() as usize].body {
                Body::Here(term) => is_it(*term),
                Body::Away(fragment) => is_it(fragment.term),
                Body::Free => false,
            };
            if found {
                self.remove_current();
                return true;
            }
            self.advance();
        }
        self.restart();
        false
    }

    fn away_words(&self) -> usize {
        let words = |node: &Node| match &node.body {
            Body::Away(fragment) => fragment.words(),
            _ => 0,
        };
        self.nodes.iter().map(words).sum()
    }

    fn here_words(&self) -> usize {
        let words = |node: &Node| match &node.body {
            Body::Here(term) => copy::size(*term),
            _ => 0,
        };
        self.nodes.iter().map(words).sum()
    }

    fn iter(&self) -> impl Iterator<Item = Term> {
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

    /// Visits all messages on the heap, as a full collection does, after which none is old.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term])) {
        for &at in &self.old {
            if let Body::Here(term) = &mut self.nodes[at as usize].body {
                visit(core::slice::from_mut(term));
            }
        }
        self.visit_young(visit, &|_| false);
        while let Some(at) = self.old.pop() {
            self.list(at);
        }
        self.old = Vec::new();
    }

    fn visit_young(&mut self, visit: &mut dyn FnMut(&mut [Term]), is_old: &dyn Fn(Term) -> bool) {
        let mut i = 0;
        while let Some(&at) = self.young.get(i) {
            let node = &mut self.nodes[at as usize];
            let Body::Here(term) = &mut node.body else {
                i += 1;
                continue;
            };
            visit(core::slice::from_mut(term));
            if !is_old(*term) || self.old.try_reserve(1).is_err() {
                i += 1;
                continue;
            }
            self.unlist(i as u32);
            self.nodes[at as usize].place = self.old.len() as u32 | OLD;
            self.old.push(at);
        }
    }
}
