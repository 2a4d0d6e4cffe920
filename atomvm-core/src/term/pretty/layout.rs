//! Breaking a measured term into lines.

use super::Page;
use super::tree::{Kind, Tree};
use crate::memory::fallible::{AddText, Grow};
use crate::term::print::{self, bits_as_numbers, record_head};
use alloc::string::String;
use alloc::vec::Vec;

/// The least that a line of a bit string's numbers may be long.
const MIN_BITS_ROOM: usize = 8;

/// By how much the parts of a tuple are indented after its tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TagIndent {
    /// To the right of the tag.
    AfterTag,
    /// By so many columns, when the tag is longer.
    Columns(usize),
}

impl TagIndent {
    /// The indent of what follows a tag of `len` characters, when it is less than the tag takes.
    fn short(self, len: usize) -> Option<usize> {
        match self {
            TagIndent::Columns(columns) if len + 2 > columns => Some(columns),
            _ => None,
        }
    }

    /// The indent of a value below its key.
    fn below_key(self) -> usize {
        match self {
            TagIndent::AfterTag => 4,
            TagIndent::Columns(columns) => columns,
        }
    }
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place {
    column: usize,
    /// Spaces at the beginning of a further line.
    indent: usize,
    /// How many closing brackets follow it.
    closing: usize,
}

impl Place {
    fn right(self, by: usize) -> Place {
        Place {
            column: self.column + by,
            indent: self.indent + by,
            ..self
        }
    }
}

/// What is left to lay out.
enum Work {
    Part(usize, Place),
    /// The parts after the first, with the column reached; lines begin at the place.
    Rest(Rest),
    /// The pairs after the first, in the same way.
    Pairs(Rest),
    /// A key and its value, with what stands between them.
    Pair(usize, usize, Place, Mark),
    /// The value of a key that was written, below it.
    Value(usize, Place, Mark),
    Close(char),
}

/// What stands between a key and its value: an arrow or an equals sign.
type Mark = &'static str;

const ARROW: Mark = " =>";
const EQUALS: Mark = " =";

#[derive(Clone, Copy)]
struct Rest {
    /// Numbers of parts: from here to there.
    next: usize,
    end: usize,
    improper: bool,
    place: Place,
    column: usize,
    /// Of pairs.
    mark: Mark,
}

impl Rest {
    /// How many brackets follow the part before `next`, when `end` is that of the whole.
    fn closing(self, next: usize) -> usize {
        // What precedes the tail of an improper list counts as the last one.
        if next >= self.end - usize::from(self.improper) {
            self.place.closing + 1
        } else {
            0
        }
    }

    fn before(self, next: usize) -> Place {
        Place {
            closing: self.closing(next),
            ..self.place
        }
    }
}

/// Appends the term of `tree` to `out`.
pub(super) fn write(out: &mut String, tree: &Tree<'_>, page: Page) {
    let mut layout = Layout {
        tree,
        line: page.line_length,
        tag_indent: TagIndent::AfterTag,
        work: Vec::new(),
    };
    let place = Place {
        column: page.column,
        indent: page.column.saturating_sub(1),
        closing: 0,
    };
    let fits = |layout: &mut Layout<'_>, tag_indent| {
        layout.tag_indent = tag_indent;
        layout.is_wide_enough(place)
    };
    if !fits(&mut layout, TagIndent::AfterTag) && !fits(&mut layout, TagIndent::Columns(4)) {
        layout.tag_indent = TagIndent::Columns(1);
    }
    layout.write(out, place, page.limit);
}

struct Layout<'a> {
    tree: &'a Tree<'a>,
    line: usize,
    tag_indent: TagIndent,
    work: Vec<Work>,
}

impl Layout<'_> {
    /// Is there room for `len` more characters and some closing brackets?
    fn has_room(&self, len: usize, column: usize, closing: usize) -> bool {
        len + column + closing < self.line
    }

    fn fits(&self, part: usize, place: Place) -> bool {
        self.has_room(self.tree.node(part).len, place.column, place.closing)
    }

    fn is_text(&self, part: usize) -> bool {
        self.tree.node(part).kind == Kind::Text
    }

    /// Do key and value fit on the line?
    fn pair_fits(&self, key: usize, value: usize, place: Place, mark: Mark) -> bool {
        let len = self.pair_len(key, value, mark);
        self.has_room(len, place.column, place.closing)
    }

    fn pair_len(&self, key: usize, value: usize, mark: Mark) -> usize {
        self.tree.node(key).len + mark.len() + 1 + self.tree.node(value).len
    }

    fn pair_is_text(&self, key: usize, value: usize) -> bool {
        self.is_text(key) && self.is_text(value)
    }

    /// The column after a part that was just begun: a part that is no text fills its line.
    fn column_after(&self, part: usize, place: Place) -> usize {
        if self.is_text(part) && self.fits(part, place) {
            place.column + self.tree.node(part).len
        } else {
            place.column + self.line
        }
    }

    fn column_after_pair(&self, key: usize, value: usize, place: Place, mark: Mark) -> usize {
        if self.pair_is_text(key, value) && self.pair_fits(key, value, place, mark) {
            place.column + self.pair_len(key, value, mark)
        } else {
            place.column + self.line
        }
    }

    /// Can something of `len` characters follow a comma on the same line?
    fn follows(&self, len: usize, column: usize, closing: usize) -> bool {
        self.has_room(1 + len, column, closing.max(1))
    }

    fn key_value(&self, at: usize) -> (usize, usize) {
        (self.tree.part(at), self.tree.part(at + 1))
    }

    /// Does every tuple leave half of its line to its parts, with this indent?
    fn is_wide_enough(&mut self, place: Place) -> bool {
        self.work.clear();
        self.work.push_or_lose(Work::Part(self.tree.root(), place));
        while let Some(work) = self.work.pop() {
            match work {
                Work::Part(part, place) | Work::Value(part, place, _) => {
                    if !self.fits(part, place) && !self.check(part, place) {
                        return false;
                    }
                }
                Work::Pair(key, value, place, mark) => {
                    if !self.pair_fits(key, value, place, mark) {
                        self.split_pair(key, value, place, mark);
                    }
                }
                Work::Rest(rest) => self.check_rest(rest),
                Work::Pairs(rest) => self.check_pairs(rest),
                Work::Close(_) => {}
            }
        }
        true
    }

    /// Checks a part that must be broken; its own parts are left to check.
    fn check(&mut self, part: usize, place: Place) -> bool {
        let parts = self.tree.parts(part);
        match self.tree.node(part).kind {
            Kind::Text | Kind::Bits => {}
            Kind::List { improper } => {
                self.begin(parts.start, parts.end, improper, place.right(1));
            }
            Kind::Tuple { tagged: false } => {
                self.begin(parts.start, parts.end, false, place.right(1));
            }
            Kind::Map => self.begin_pairs(parts.start, parts.end, place.right(2), ARROW),
            Kind::Record { head } => {
                let indent = self.tag_indent.short(head - 2).unwrap_or(head);
                if place.column + indent > self.line / 2 {
                    return false;
                }
                self.begin_pairs(parts.start, parts.end, place.right(indent), EQUALS);
            }
            Kind::Tuple { tagged: true } => {
                let len = self.tree.node(self.tree.part(parts.start)).len;
                let is_wide = match self.tag_indent.short(len) {
                    Some(columns) => place.column + columns <= self.line / 2,
                    None => place.column + len + 2 < self.line / 2,
                };
                if !is_wide {
                    return false;
                }
                self.after_tag(parts.start, parts.end, len, place);
            }
        }
        true
    }

    fn check_rest(&mut self, mut rest: Rest) {
        while rest.next < rest.end {
            let part = self.tree.part(rest.next);
            let is_tail = rest.improper && rest.next + 1 == rest.end;
            let place = rest.before(rest.next + 1);
            rest.next += 1;
            let len = self.tree.node(part).len;
            if is_tail {
                let place = Place {
                    column: rest.column,
                    ..place
                };
                self.work.push_or_lose(Work::Part(part, place));
            } else if self.is_text(part) && self.follows(len, rest.column, place.closing) {
                rest.column += 1 + len;
            } else {
                rest.column = self.column_after(part, place);
                self.work.push_or_lose(Work::Rest(rest));
                self.work.push_or_lose(Work::Part(part, place));
                return;
            }
        }
    }

    fn check_pairs(&mut self, mut rest: Rest) {
        while rest.next < rest.end {
            let (key, value) = self.key_value(rest.next);
            let place = rest.before(rest.next + 2);
            rest.next += 2;
            let len = self.pair_len(key, value, rest.mark);
            if self.pair_is_text(key, value) && self.follows(len, rest.column, place.closing) {
                rest.column += 1 + len;
                continue;
            }
            rest.column = self.column_after_pair(key, value, place, rest.mark);
            self.work.push_or_lose(Work::Pairs(rest));
            self.work
                .push_or_lose(Work::Pair(key, value, place, rest.mark));
            return;
        }
    }

    /// Leaves the parts from `next` on to do: the first stands at `place`.
    fn begin(&mut self, next: usize, end: usize, improper: bool, place: Place) {
        if next == end {
            return;
        }
        let rest = Rest {
            next: next + 1,
            end,
            improper,
            place,
            column: 0,
            mark: ARROW,
        };
        let (part, first) = (self.tree.part(next), rest.before(next + 1));
        let column = self.column_after(part, first);
        self.work.push_or_lose(Work::Rest(Rest { column, ..rest }));
        self.work.push_or_lose(Work::Part(part, first));
    }

    /// Leaves pairs to do: the first stands at `place`.
    fn begin_pairs(&mut self, next: usize, end: usize, place: Place, mark: Mark) {
        let rest = Rest {
            next: next + 2,
            end,
            improper: false,
            place,
            column: 0,
            mark,
        };
        let (key, value) = self.key_value(next);
        let first = rest.before(next + 2);
        let column = self.column_after_pair(key, value, first, mark);
        self.work.push_or_lose(Work::Pairs(Rest { column, ..rest }));
        self.work.push_or_lose(Work::Pair(key, value, first, mark));
    }

    /// Leaves key and value to do, the value below the key.
    fn split_pair(&mut self, key: usize, value: usize, place: Place, mark: Mark) {
        let below = place.right(self.tag_indent.below_key());
        self.work.push_or_lose(Work::Value(value, below, mark));
        self.work.push_or_lose(Work::Part(key, place));
    }

    /// Leaves the parts after a tag of `len` characters to do.
    fn after_tag(&mut self, start: usize, end: usize, len: usize, place: Place) {
        match self.tag_indent.short(len) {
            Some(columns) => self.work.push_or_lose(Work::Rest(Rest {
                next: start + 1,
                end,
                improper: false,
                place: place.right(columns),
                column: place.column + len + 2,
                mark: ARROW,
            })),
            None => self.begin(start + 1, end, false, place.right(len + 2)),
        }
    }

    fn write(&mut self, out: &mut String, place: Place, limit: usize) {
        let begin = out.len();
        self.work.clear();
        self.work.push_or_lose(Work::Part(self.tree.root(), place));
        while let Some(work) = self.work.pop() {
            match work {
                Work::Part(part, place) => self.write_part(out, part, place),
                Work::Pair(key, value, place, mark) if self.pair_fits(key, value, place, mark) => {
                    self.write_pair(out, key, value, mark);
                }
                Work::Pair(key, value, place, mark) => self.split_pair(key, value, place, mark),
                Work::Value(part, place, mark) => {
                    out.add_text(mark);
                    new_line(out, place.indent);
                    self.write_part(out, part, place);
                }
                Work::Rest(rest) => self.write_rest(out, rest),
                Work::Pairs(rest) => self.write_pairs(out, rest),
                Work::Close(c) => out.add_char(c),
            }
            if out.len() - begin > limit && cut(out, begin, limit) {
                return;
            }
        }
    }

    fn write_flat(&self, out: &mut String, part: usize) {
        let term = self.tree.node(part).term;
        print::write(out, term, self.tree.atoms, self.tree.style);
    }

    /// Writes a part, or the beginning of one that must be broken.
    fn write_part(&mut self, out: &mut String, part: usize, place: Place) {
        if self.fits(part, place) {
            return self.write_flat(out, part);
        }
        let parts = self.tree.parts(part);
        match self.tree.node(part).kind {
            Kind::Text => self.write_flat(out, part),
            Kind::Bits => self.write_bits(out, part, place),
            Kind::List { improper } => {
                out.add_char('[');
                self.work.push_or_lose(Work::Close(']'));
                self.begin(parts.start, parts.end, improper, place.right(1));
            }
            Kind::Tuple { tagged: false } => {
                out.add_char('{');
                self.work.push_or_lose(Work::Close('}'));
                self.begin(parts.start, parts.end, false, place.right(1));
            }
            Kind::Map => {
                out.add_text("#{");
                self.work.push_or_lose(Work::Close('}'));
                self.begin_pairs(parts.start, parts.end, place.right(2), ARROW);
            }
            Kind::Record { head } => {
                if let Some(record) = self.tree.node(part).term.as_record() {
                    record_head(out, record, self.tree.atoms, self.tree.style);
                }
                self.work.push_or_lose(Work::Close('}'));
                let below = self.tag_indent.short(head - 2);
                let place = place.right(below.unwrap_or(head));
                if below.is_some() {
                    new_line(out, place.indent);
                }
                self.begin_pairs(parts.start, parts.end, place, EQUALS);
            }
            Kind::Tuple { tagged: true } => {
                out.add_char('{');
                self.work.push_or_lose(Work::Close('}'));
                let tag = self.tree.part(parts.start);
                self.write_flat(out, tag);
                let len = self.tree.node(tag).len;
                if self.tag_indent.short(len).is_none() {
                    out.add_char(',');
                }
                self.after_tag(parts.start, parts.end, len, place);
            }
        }
    }

    /// Writes what fits on the line, then leaves a part on a new line to do.
    fn write_rest(&mut self, out: &mut String, mut rest: Rest) {
        while rest.next < rest.end {
            let part = self.tree.part(rest.next);
            let is_tail = rest.improper && rest.next + 1 == rest.end;
            let place = rest.before(rest.next + 1);
            rest.next += 1;
            out.add_char(if is_tail { '|' } else { ',' });
            let len = self.tree.node(part).len;
            if self.is_text(part) && self.follows(len, rest.column, place.closing) {
                self.write_flat(out, part);
                rest.column += 1 + len;
                continue;
            }
            new_line(out, place.indent);
            rest.column = self.column_after(part, place);
            self.work.push_or_lose(Work::Rest(rest));
            self.work.push_or_lose(Work::Part(part, place));
            return;
        }
    }

    fn write_pairs(&mut self, out: &mut String, mut rest: Rest) {
        while rest.next < rest.end {
            let (key, value) = self.key_value(rest.next);
            let place = rest.before(rest.next + 2);
            rest.next += 2;
            out.add_char(',');
            let len = self.pair_len(key, value, rest.mark);
            if self.pair_is_text(key, value) && self.follows(len, rest.column, place.closing) {
                rest.column += 1 + len;
                self.write_pair(out, key, value, rest.mark);
                continue;
            }
            new_line(out, place.indent);
            rest.column = self.column_after_pair(key, value, place, rest.mark);
            self.work.push_or_lose(Work::Pairs(rest));
            self.work
                .push_or_lose(Work::Pair(key, value, place, rest.mark));
            return;
        }
    }

    fn write_pair(&self, out: &mut String, key: usize, value: usize, mark: Mark) {
        self.write_flat(out, key);
        out.add_text(mark);
        out.add_char(' ');
        self.write_flat(out, value);
    }

    /// Writes the bytes of a bit string as numbers, as many on each line as there is room for.
    fn write_bits(&self, out: &mut String, part: usize, place: Place) {
        let Some(bits) = self.tree.node(part).term.as_bits() else {
            return;
        };
        let mut numbers = String::new();
        bits_as_numbers(&mut numbers, bits);
        let taken = place.column + 2 + place.closing;
        let room = self.line.saturating_sub(taken).max(MIN_BITS_ROOM);
        let mut left = room;
        out.add_text("<<");
        for number in numbers.split_inclusive(',') {
            if number.len() > left {
                new_line(out, place.indent + 2);
                left = room;
            }
            out.add_text(number);
            left = left.saturating_sub(number.len());
        }
        out.add_text(">>");
    }
}

/// Ends the text after `limit` characters from `begin` on, if it has more.
fn cut(out: &mut String, begin: usize, limit: usize) -> bool {
    let Some((end, _)) = out[begin..].char_indices().nth(limit) else {
        return false;
    };
    out.truncate(begin + end);
    out.add_text("...");
    true
}

fn new_line(out: &mut String, indent: usize) {
    out.add_char('\n');
    out.add_chars(core::iter::repeat_n(' ', indent));
}
