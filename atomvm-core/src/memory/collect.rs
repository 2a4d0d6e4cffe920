//! Collection: copies what is reachable, generation by generation.
//!
//! A minor collection copies the young block: what has survived one before goes to the old
//! generation, the rest to a new block. A full one copies everything to one new block. Both scan
//! what they have copied instead of recursing, so the depth of a term does not matter.
//!
//! Literals, and binaries outside the heap, are recognised by lying in neither source area.

use super::process_heap::{Growth, Old, ProcessHeap, STACK_RESERVE};
use super::{OffHeapBinary, OutOfMemory};
use crate::term::{Header, TAG_BOXED, Term, Word};
use core::ptr::NonNull;

/// A run of words that may hold objects to move.
#[derive(Clone, Copy)]
struct Area {
    start: Word,
    bytes: usize,
}

impl Area {
    fn between(start: *const Term, end: *const Term) -> Area {
        Area {
            start: start as Word,
            bytes: end as Word - start as Word,
        }
    }

    #[inline(always)]
    fn contains(self, term: Term) -> bool {
        (term.word() & !3).wrapping_sub(self.start) < self.bytes
    }
}

/// Where objects go and where they come from, during one collection: a minor one, or a full one.
struct Collector<'a, const MINOR: bool> {
    young: Area,
    /// The part of `young` that survived before, which goes to `old_top` (minor), or the old
    /// generation, which goes to `top` like everything else (full).
    aged: Area,
    extra: Option<&'a super::Fragment>,
    top: *mut Term,
    old_top: *mut Term,
    /// Where the room at `top` and at `old_top` ends.
    end: *mut Term,
    old_end: *mut Term,
}

/// Copies an object. Most are small, and need no call.
///
/// # Safety
/// There are so many words, and as much room.
#[inline(always)]
unsafe fn copy_object(from: *const Term, to: *mut Term, words: usize) {
    /// # Safety
    /// As for `copy_object`.
    #[inline(always)]
    unsafe fn exactly<const N: usize>(from: *const Term, to: *mut Term) {
        // SAFETY: promised by the caller.
        unsafe {
            to.cast::<[Term; N]>()
                .write(from.cast::<[Term; N]>().read())
        }
    }
    // SAFETY: promised by the caller.
    unsafe {
        match words {
            2 => exactly::<2>(from, to),
            3 => exactly::<3>(from, to),
            4 => exactly::<4>(from, to),
            5 => exactly::<5>(from, to),
            6 => exactly::<6>(from, to),
            _ => core::ptr::copy_nonoverlapping(from, to, words),
        }
    }
}

impl<const MINOR: bool> Collector<'_, MINOR> {
    #[inline(always)]
    fn is_source(&self, term: Term) -> bool {
        self.young.contains(term)
            || (!MINOR && self.aged.contains(term))
            || self.extra.is_some_and(|extra| extra.contains(term))
    }

    /// Moves the object of `*slot`, if it is in a source area and not moved yet, and corrects the
    /// slot.
    ///
    /// # Safety
    /// The slot holds a live term; the target areas have room for all that is live.
    #[inline(always)]
    unsafe fn forward(&mut self, slot: *mut Term, to_old: bool) {
        // SAFETY: promised by the caller.
        unsafe {
            let term = *slot;
            if term.is_immediate() || !self.is_source(term) {
                return;
            }
            let object = term.ptr();
            let first = *object;
            if term.tag() == TAG_BOXED {
                if !first.is_header() {
                    slot.write(first);
                    return;
                }
                let words = Header(first.word()).arity() + 1;
                let at = self.take(term, to_old, words);
                copy_object(object, at, words);
                let moved = Term::from_boxed_ptr(at);
                object.write(moved);
                slot.write(moved);
            } else {
                if first == Term::NONE {
                    slot.write(*object.add(1));
                    return;
                }
                let at = self.take(term, to_old, 2);
                at.write(first);
                at.add(1).write(*object.add(1));
                let moved = Term::from_list_ptr(at);
                object.write(Term::NONE);
                object.add(1).write(moved);
                slot.write(moved);
            }
        }
    }

    /// Room for the `words` words of `term`.
    ///
    /// # Safety
    /// As for `forward`.
    #[inline(always)]
    unsafe fn take(&mut self, term: Term, to_old: bool, words: usize) -> *mut Term {
        let (target, end) = if MINOR && (to_old || self.aged.contains(term)) {
            (&mut self.old_top, self.old_end)
        } else {
            (&mut self.top, self.end)
        };
        let at = *target;
        debug_assert!(
            words <= words_between(at, end),
            "no room left in a collection"
        );
        // SAFETY: the caller promises that there is room.
        *target = unsafe { at.add(words) };
        at
    }

    /// Follows the terms of the objects from `scan` to the target's top.
    #[inline(always)]
    unsafe fn scan(&mut self, mut scan: *mut Term, old: bool) -> *mut Term {
        // SAFETY: the area from `scan` to the top holds whole objects that were copied there.
        unsafe {
            while scan < if old { self.old_top } else { self.top } {
                let word = *scan;
                if word.is_header() {
                    let header = Header(word.word());
                    // Tuples are most.
                    let terms = match header.is_tuple() {
                        true => 1..header.arity() + 1,
                        false => header.term_words(),
                    };
                    for i in terms {
                        self.forward(scan.add(i), old);
                    }
                    scan = scan.add(header.arity() + 1);
                } else {
                    self.forward(scan, old);
                    scan = scan.add(1);
                }
            }
            scan
        }
    }

    /// The object of a list entry after the collection, if it is still alive.
    unsafe fn survivor(&self, object: Term) -> Option<Term> {
        if !self.is_source(object) {
            return Some(object);
        }
        // SAFETY: the source areas are still allocated.
        let first = unsafe { *object.ptr() };
        (!first.is_header()).then_some(first)
    }

    /// Rebuilds the list of references to off-heap binaries, giving up those of dead objects.
    unsafe fn sweep(&self, mut list: Term) -> Term {
        let mut kept = Term::NONE;
        while list != Term::NONE {
            // SAFETY: entries are live objects, old or moved; a moved one has its words 2 and 4
            // unchanged at the old place (only the header was overwritten).
            unsafe {
                let next = *list.ptr().add(4);
                match self.survivor(list) {
                    Some(object) => {
                        object.ptr().add(4).write(kept);
                        kept = object;
                    }
                    None => {
                        if let Some(binary) =
                            NonNull::new((*list.ptr().add(2)).word() as *mut OffHeapBinary)
                        {
                            OffHeapBinary::release(binary);
                        }
                    }
                }
                list = next;
            }
        }
        kept
    }
}

/// The roots of a process besides its stack.
pub trait Roots {
    /// Calls `visit` with each run of terms that must survive.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut [Term]));

    /// The same, but may leave out terms for which `is_old` held after the last visit.
    fn visit_young(&mut self, visit: &mut dyn FnMut(&mut [Term]), is_old: &dyn Fn(Term) -> bool) {
        let _ = is_old;
        self.visit(visit);
    }
}

/// The sizes that blocks have that grow as Fibonacci's numbers do, in words.
pub(crate) fn block_sizes() -> impl Iterator<Item = usize> {
    let next = |&(size, next): &(usize, usize)| {
        let after = match size < 1 << 20 {
            true => size.checked_add(next)?,
            false => next.checked_add(next / 5)?,
        };
        Some((next, after))
    };
    core::iter::successors(Some((24, 38)), next).map(|(size, _)| size)
}

impl ProcessHeap {
    /// Collects, so that afterwards at least `need` words are free.
    ///
    /// # Errors
    /// There is no memory for a new block. What lives is still there; room may be missing.
    pub(crate) fn collect(
        &mut self,
        need: usize,
        full: bool,
        roots: &mut dyn Roots,
    ) -> Result<(), OutOfMemory> {
        let need = need + STACK_RESERVE;
        let mature = words_between(self.start, self.high_water);
        let old_room = self.old.words - words_between(self.old.start, self.old.top);
        let full = full
            || self.minor_count >= self.fullsweep_after
            || self.opened && self.extra.is_some()
            || !self.old.start.is_null() && old_room < mature;
        self.collections = self.collections.wrapping_add(1);
        let before = self.words;
        if full {
            self.collect_full(need, roots)?;
        } else {
            self.collect_minor(mature, roots)?;
        }
        let adjusted = self.adjust(need, full, roots);
        self.grows = self.growth == Growth::Fibonacci && self.wanted(need) > before;
        self.count_binaries_anew();
        adjusted
    }

    fn collect_minor(&mut self, mature: usize, roots: &mut dyn Roots) -> Result<(), OutOfMemory> {
        if mature > 0 && self.old.start.is_null() {
            // Room for this promotion and some that follow.
            let words = mature + mature / 2;
            let start = self.budget.alloc_words(words)?.as_ptr().cast();
            self.old = Old {
                start,
                top: start,
                words,
            };
        }
        let stack = self.stack_words();
        let young = words_between(self.start, self.top);
        let least = self.words.max(young - mature + self.extra_words() + stack);
        let (block, words) = self.new_block(least)?;
        let start: *mut Term = block.as_ptr().cast();
        let mut collector = Collector::<true> {
            young: Area::between(self.start, self.top),
            aged: Area::between(self.start, self.high_water),
            extra: self.extra.as_deref(),
            top: start,
            old_top: self.old.top,
            end: start.wrapping_add(words - stack),
            old_end: self.old.start.wrapping_add(self.old.words),
        };
        // SAFETY: the new block has room for all young objects and the stack, the old generation
        // for all that survived before; what the old generation takes of younger objects is
        // counted there too (it only refers to older ones).
        unsafe {
            let stop = move_stack(self.stop, stack, start.add(words));
            let old = Area::between(self.old.start, collector.old_end);
            visit_stack(&mut collector, stop, stack);
            roots.visit_young(&mut |terms| visit_terms(&mut collector, terms), &|term| {
                old.contains(term)
            });
            let (mut new_scan, mut old_scan) = (start, self.old.top);
            while new_scan < collector.top || old_scan < collector.old_top {
                new_scan = collector.scan(new_scan, false);
                old_scan = collector.scan(old_scan, true);
            }
            let (top, old_top) = (collector.top, collector.old_top);
            self.off_heap = collector.sweep(self.off_heap);
            self.old.top = old_top;
            self.replace_block(start, words, top, stop);
        }
        self.minor_count += 1;
        Ok(())
    }

    /// A block of `least` words. A heap that grows gets a larger one at once, as it would only move
    /// there after the collection.
    fn new_block(&self, least: usize) -> Result<(NonNull<Word>, usize), OutOfMemory> {
        let wanted = match self.grows {
            true => self.size_for(least),
            false => least,
        };
        self.block_of(wanted, least)
    }

    /// A block for all that may live, `least` words. Where much has lived for long it has room for that,
    /// for `need` words and for some time at once, as for [`ProcessHeap::new_block`]: moving once more
    /// takes nearly as long as the collection, and pages that are not touched cost nothing.
    fn full_block(&self, least: usize, need: usize) -> Result<(NonNull<Word>, usize), OutOfMemory> {
        const MUCH: usize = 64 * 1024;
        let lived = words_between(self.old.start, self.old.top)
            + words_between(self.start, self.high_water);
        let wanted = match self.growth == Growth::Fibonacci && lived >= MUCH {
            true => self.size_for(lived + lived / 3 + need),
            false => least,
        };
        self.block_of(wanted, least)
    }

    /// A block of the words that are wanted, or of the least there must be if there is no memory for
    /// more.
    fn block_of(&self, wanted: usize, least: usize) -> Result<(NonNull<Word>, usize), OutOfMemory> {
        if wanted > least
            && let Ok(block) = self.budget.alloc_words(wanted)
        {
            return Ok((block, wanted));
        }
        Ok((self.budget.alloc_words(least)?, least))
    }

    fn collect_full(&mut self, need: usize, roots: &mut dyn Roots) -> Result<(), OutOfMemory> {
        let stack = self.stack_words();
        let least = (self.used_words() + stack).max(self.min_words as usize);
        let (block, words) = self.full_block(least, need)?;
        let start: *mut Term = block.as_ptr().cast();
        let mut collector = Collector::<false> {
            young: Area::between(self.start, self.top),
            aged: Area::between(self.old.start, self.old.top),
            extra: self.extra.as_deref(),
            top: start,
            old_top: core::ptr::null_mut(),
            end: start.wrapping_add(words - stack),
            old_end: core::ptr::null_mut(),
        };
        // SAFETY: the new block has room for everything.
        unsafe {
            let stop = move_stack(self.stop, stack, start.add(words));
            visit_stack(&mut collector, stop, stack);
            roots.visit(&mut |terms| visit_terms(&mut collector, terms));
            collector.scan(start, false);
            let top = collector.top;
            self.off_heap = collector.sweep(self.off_heap);
            self.replace_block(start, words, top, stop);
            if let Some(old) = NonNull::new(self.old.start) {
                self.budget.free_words(old.cast(), self.old.words);
            }
        }
        self.old = Old {
            start: core::ptr::null_mut(),
            top: core::ptr::null_mut(),
            words: 0,
        };
        self.minor_count = 0;
        Ok(())
    }

    /// Gives the block the size that suits what is in it: room for `need` words and for some
    /// time without another collection, but no more than that.
    fn adjust(
        &mut self,
        need: usize,
        full: bool,
        roots: &mut dyn Roots,
    ) -> Result<(), OutOfMemory> {
        let wanted = self.least(need);
        let (too_small, too_large) = match self.growth {
            Growth::Minimum => (wanted > self.words, full && wanted < self.words),
            Growth::BoundedFree => (wanted > self.words, wanted + 2048 < self.words),
            Growth::Fibonacci => {
                let wanted = self.wanted(need);
                let spare = if full { 4 } else { 16 };
                (wanted > self.words, wanted * spare < self.words)
            }
        };
        if !(too_small || too_large) {
            return Ok(());
        }
        let words = self
            .size_for(wanted)
            .max(self.min_words as usize)
            .max(self.busy_words())
            .max(wanted);
        if too_small || words < self.words {
            let resized = self.resize(words, roots);
            // A smaller block is only a wish.
            if too_small && wanted > self.words {
                return resized;
            }
        }
        Ok(())
    }

    /// The least size of a block for what is in it, and `need` words.
    fn least(&self, need: usize) -> usize {
        words_between(self.start, self.top) + self.stack_words() + need
    }

    /// The same with so much room to spare that the next collection is some time away.
    fn wanted(&self, need: usize) -> usize {
        let least = self.least(need);
        (least + least / 3).max(self.busy_words())
    }

    /// The least size of a block that suits how much the process has worked. A process that keeps
    /// little and makes much garbage would collect all the time in a block for what it keeps: what
    /// a collection costs besides copying is to be spread over many words.
    fn busy_words(&self) -> usize {
        match (self.growth, self.collections) {
            (Growth::Fibonacci, 64..) => 1597,
            (Growth::Fibonacci, 8..) => 233,
            _ => 0,
        }
    }

    /// The size of a block that must hold `wanted` words.
    fn size_for(&self, wanted: usize) -> usize {
        match self.growth {
            Growth::Minimum => wanted,
            Growth::BoundedFree => wanted + (wanted / 2).clamp(16, 1024),
            Growth::Fibonacci => {
                let enough = wanted + wanted / 2;
                block_sizes().find(|&size| size >= enough).unwrap_or(enough)
            }
        }
    }

    /// Moves heap and stack, after a collection, to a block that has just room for `need` words:
    /// to find out who keeps addresses that he should not.
    pub(crate) fn move_block(
        &mut self,
        need: usize,
        roots: &mut dyn Roots,
    ) -> Result<(), OutOfMemory> {
        let used = words_between(self.start, self.top) + self.stack_words();
        let words = used + need + STACK_RESERVE;
        self.resize(words.max(self.min_words as usize), roots)
    }

    /// Moves heap and stack, after a collection, to the smallest block that they fit in, be it less
    /// than the heap is to have while its process runs.
    pub(crate) fn shrink_to_fit(&mut self, roots: &mut dyn Roots) -> Result<(), OutOfMemory> {
        let least = self.least(STACK_RESERVE);
        match least < self.words {
            true => self.resize(least, roots),
            false => Ok(()),
        }
    }

    /// Moves heap and stack to a block of another size, correcting all addresses. Only after a
    /// collection: there is nothing besides the block then, and no gap in it.
    fn resize(&mut self, words: usize, roots: &mut dyn Roots) -> Result<(), OutOfMemory> {
        debug_assert!(self.extra.is_none());
        let start: *mut Term = self.budget.alloc_words(words)?.as_ptr().cast();
        let heap = words_between(self.start, self.top);
        let stack = self.stack_words();
        let (from, bytes) = (self.start as Word, heap * size_of::<Word>());
        let shift = |t: Term| {
            if !t.is_immediate() && !t.is_header() && (t.word() & !3).wrapping_sub(from) < bytes {
                Term::from_word(t.word().wrapping_sub(from).wrapping_add(start as Word))
            } else {
                t
            }
        };
        // SAFETY: the new block has room for heap and stack (`words` is at least what is wanted);
        // the heap holds whole objects.
        unsafe {
            super::copy::relocate(from, heap, start);
            let stop = move_stack(self.stop, stack, start.add(words));
            for i in 0..stack {
                let slot = stop.add(i);
                slot.write(shift(*slot));
            }
            // What the old generation holds of the roots does not move.
            let mut visit = |terms: &mut [Term]| {
                for slot in terms {
                    *slot = shift(*slot);
                }
            };
            roots.visit_young(&mut visit, &|_| false);
            self.off_heap = shift(self.off_heap);
            let mut object = self.off_heap;
            while object != Term::NONE {
                let next = object.ptr().add(4);
                next.write(shift(*next));
                object = *next;
            }
            let high_water = start.add(words_between(self.start, self.high_water));
            self.replace_block(start, words, start.add(heap), stop);
            self.high_water = high_water;
        }
        Ok(())
    }

    unsafe fn replace_block(
        &mut self,
        start: *mut Term,
        words: usize,
        top: *mut Term,
        stop: *mut Term,
    ) {
        // SAFETY: all that lived in the old block has been moved.
        unsafe {
            self.budget
                .free_words(NonNull::new_unchecked(self.start.cast()), self.words)
        };
        // The binaries that the fragment's objects referred to are in the heap's own list.
        self.extra = None;
        self.opened = false;
        self.start = start;
        self.words = words;
        self.top = top;
        self.stop = stop;
        self.high_water = top;
    }
}

fn words_between(start: *const Term, end: *const Term) -> usize {
    (end as usize - start as usize) / size_of::<Word>()
}

unsafe fn move_stack(stop: *mut Term, words: usize, end: *mut Term) -> *mut Term {
    // SAFETY: the new block ends at `end` and has room for the stack.
    unsafe {
        let to = end.sub(words);
        core::ptr::copy_nonoverlapping(stop, to, words);
        to
    }
}

/// # Safety
/// At `stop` are `stack` words of a stack, whose terms are live.
unsafe fn visit_stack<const MINOR: bool>(
    collector: &mut Collector<'_, MINOR>,
    stop: *mut Term,
    stack: usize,
) {
    for i in 0..stack {
        // SAFETY: a stack slot. Return addresses and module addresses have the tag of headers.
        unsafe {
            let slot = stop.add(i);
            if !(*slot).is_header() {
                collector.forward(slot, false);
            }
        }
    }
}

/// # Safety
/// The terms are roots: live terms, or [`Term::NONE`], which looks like a header.
unsafe fn visit_terms<const MINOR: bool>(collector: &mut Collector<'_, MINOR>, terms: &mut [Term]) {
    for slot in terms {
        // SAFETY: promised by the caller.
        unsafe {
            if !slot.is_header() {
                collector.forward(slot, false);
            }
        }
    }
}
