//! Growing what is not a term, where memory may be refused: the standard library's own ways end
//! the host's process then.
//!
//! Most who need memory return an error. Who cannot (a comparison has no answer "no memory") goes
//! on without it and notes a [loss](lose); the scheduler sees that before the next turn, and the
//! VM stops with its error for memory.
#![expect(
    clippy::disallowed_methods,
    reason = "they are called here, where there is room"
)]

use super::OutOfMemory;
use alloc::alloc::{Layout, alloc};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A vector that may find no memory to grow.
pub trait Grow<T> {
    /// Adds an item at the end.
    ///
    /// # Errors
    /// There is no memory; nothing has changed.
    fn try_push(&mut self, item: T) -> Result<(), OutOfMemory>;

    /// Adds all items at the end.
    ///
    /// # Errors
    /// There is no memory; some items may have been added.
    fn try_extend(&mut self, items: impl IntoIterator<Item = T>) -> Result<(), OutOfMemory>;

    /// Adds an item at the end, or notes a loss.
    fn push_or_lose(&mut self, item: T);

    /// Adds all items at the end, or some and notes a loss.
    fn extend_or_lose(&mut self, items: impl IntoIterator<Item = T>) {
        if self.try_extend(items).is_err() {
            lose();
        }
    }

    /// Gives room back that is not used, but for `least` items. Without memory it is kept.
    fn shrink(&mut self, least: usize);
}

impl<T> Grow<T> for Vec<T> {
    #[inline]
    fn try_push(&mut self, item: T) -> Result<(), OutOfMemory> {
        if self.len() == self.capacity() {
            self.try_reserve(1).map_err(|_| OutOfMemory)?;
        }
        self.push(item);
        Ok(())
    }

    fn try_extend(&mut self, items: impl IntoIterator<Item = T>) -> Result<(), OutOfMemory> {
        let items = items.into_iter();
        let (least, most) = items.size_hint();
        self.try_reserve(least).map_err(|_| OutOfMemory)?;
        if most == Some(least) {
            self.extend(items);
            return Ok(());
        }
        for item in items {
            self.try_push(item)?;
        }
        Ok(())
    }

    #[inline]
    fn push_or_lose(&mut self, item: T) {
        if self.try_push(item).is_err() {
            lose();
        }
    }

    fn shrink(&mut self, least: usize) {
        let room = self.len().max(least);
        if self.capacity() > room
            && let Ok(mut small) = with_room(room)
        {
            small.append(self);
            *self = small;
        }
    }
}

/// An empty vector with room for `count` items.
///
/// # Errors
/// There is no memory.
pub fn with_room<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
    Ok(vector)
}

/// A vector of `count` times the same.
///
/// # Errors
/// There is no memory.
pub fn filled<T: Clone>(item: T, count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut vector = with_room(count)?;
    vector.resize(count, item);
    Ok(vector)
}

/// A vector of all items. Where their number is known, it has just the room for them.
///
/// # Errors
/// There is no memory.
pub fn collect<T>(items: impl IntoIterator<Item = T>) -> Result<Vec<T>, OutOfMemory> {
    let items = items.into_iter();
    let mut vector = with_room(items.size_hint().0)?;
    vector.try_extend(items)?;
    Ok(vector)
}

/// A vector of all items, or of some of them and a loss.
pub fn collect_or_lose<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut vector = Vec::new();
    if vector.try_extend(items).is_err() {
        lose();
    }
    vector
}

/// A slice of its own with these items.
///
/// # Errors
/// There is no memory.
pub fn slice_of<T>(items: Vec<T>) -> Result<Box<[T]>, OutOfMemory> {
    let mut items = items;
    if items.len() < items.capacity() {
        let mut exact = with_room(items.len())?;
        exact.append(&mut items);
        items = exact;
    }
    // There is no room left over that would have to be given back.
    Ok(items.into_boxed_slice())
}

/// A box.
///
/// # Errors
/// There is no memory.
pub fn boxed<T>(item: T) -> Result<Box<T>, OutOfMemory> {
    let layout = Layout::new::<T>();
    if layout.size() == 0 {
        return Ok(Box::new(item));
    }
    // SAFETY: the layout is not empty; the block that comes is written before it becomes a box,
    // which frees it with the same layout.
    unsafe {
        let block = alloc(layout).cast::<T>();
        if block.is_null() {
            return Err(OutOfMemory);
        }
        block.write(item);
        Ok(Box::from_raw(block))
    }
}

/// What a box holds, which is made if there is none.
///
/// # Errors
/// There is no memory.
pub fn made<T: Default>(place: &mut Option<Box<T>>) -> Result<&mut T, OutOfMemory> {
    if place.is_none() {
        *place = Some(boxed(T::default())?);
    }
    place.as_deref_mut().ok_or(OutOfMemory)
}

/// A text of its own.
///
/// # Errors
/// There is no memory.
pub fn text(of: &str) -> Result<String, OutOfMemory> {
    let mut text = String::new();
    text.try_reserve_exact(of.len()).map_err(|_| OutOfMemory)?;
    text.push_str(of);
    Ok(text)
}

/// Texts of its own.
///
/// # Errors
/// There is no memory.
pub fn texts(of: &[String]) -> Result<Vec<String>, OutOfMemory> {
    let mut texts = with_room(of.len())?;
    for one in of {
        texts.push(text(one)?);
    }
    Ok(texts)
}

/// A text of its own for a message, which is empty where there is no memory.
pub fn text_or_none(of: &str) -> String {
    text(of).unwrap_or_default()
}

/// A text that may find no memory to grow; then what it lacks is a loss.
pub trait AddText {
    /// Adds a text at the end.
    fn add_text(&mut self, text: &str);

    /// Adds a character at the end.
    fn add_char(&mut self, char: char);

    /// Adds characters at the end.
    fn add_chars(&mut self, chars: impl IntoIterator<Item = char>);

    /// Adds a text in the middle.
    fn insert_text(&mut self, at: usize, text: &str);
}

impl AddText for String {
    fn add_text(&mut self, text: &str) {
        match self.try_reserve(text.len()) {
            Ok(()) => self.push_str(text),
            Err(_) => lose(),
        }
    }

    fn add_char(&mut self, char: char) {
        match self.try_reserve(char.len_utf8()) {
            Ok(()) => self.push(char),
            Err(_) => lose(),
        }
    }

    fn add_chars(&mut self, chars: impl IntoIterator<Item = char>) {
        chars.into_iter().for_each(|char| self.add_char(char));
    }

    fn insert_text(&mut self, at: usize, text: &str) {
        match self.try_reserve(text.len()) {
            Ok(()) => self.insert_str(at, text),
            Err(_) => lose(),
        }
    }
}

/// A text in the making that may find no memory to grow: then what is written to it is an error.
pub struct Writer<'a>(pub &'a mut String);

impl core::fmt::Write for Writer<'_> {
    fn write_str(&mut self, part: &str) -> core::fmt::Result {
        self.0
            .try_reserve(part.len())
            .map_err(|_| core::fmt::Error)?;
        self.0.push_str(part);
        Ok(())
    }
}

/// A formatted text; what has no room is left away.
pub fn formatted(arguments: core::fmt::Arguments<'_>) -> String {
    let mut text = String::new();
    let _ = core::fmt::Write::write_fmt(&mut Writer(&mut text), arguments);
    text
}

/// What is left to do in going through a term: the first few things cost no allocation. Where
/// there is no memory for more, what has no room is a [loss](lose).
pub struct Pending<T> {
    few: [Option<T>; FEW],
    count: usize,
    more: Vec<T>,
    /// Was something lost?
    pub lost: bool,
}

const FEW: usize = 8;

impl<T: Copy> Pending<T> {
    /// Nothing is left.
    #[inline]
    pub fn new() -> Pending<T> {
        Pending {
            few: [None; FEW],
            count: 0,
            more: Vec::new(),
            lost: false,
        }
    }

    /// Adds something to be done before all else.
    #[inline]
    pub fn push_or_lose(&mut self, item: T) {
        if let Some(place) = self.few.get_mut(self.count) {
            *place = Some(item);
            self.count += 1;
        } else if self.more.try_push(item).is_err() {
            self.lost = true;
            lose();
        }
    }

    /// Takes out what is next.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        if let Some(item) = self.more.pop() {
            return Some(item);
        }
        self.count = self.count.checked_sub(1)?;
        self.few[self.count].take()
    }
}

/// Sorts by a key; items with the same key keep their order.
///
/// # Errors
/// There is no memory; nothing has changed.
pub fn sort_by_key<T: Copy, K: Ord>(
    items: &mut [T],
    key: impl Fn(&T) -> K,
) -> Result<(), OutOfMemory> {
    if items.is_sorted_by_key(&key) {
        return Ok(());
    }
    let keys = items.iter().enumerate().map(|(at, item)| (key(item), at));
    let mut keys = collect(keys)?;
    keys.sort_unstable();
    let sorted = collect(keys.iter().filter_map(|(_, at)| items.get(*at).copied()))?;
    items.copy_from_slice(&sorted);
    Ok(())
}

/// A text of bytes that should be UTF-8; what is not is replaced.
///
/// # Errors
/// There is no memory.
pub fn lossy(bytes: &[u8]) -> Result<String, OutOfMemory> {
    let mut text = String::new();
    for part in bytes.utf8_chunks() {
        let bad = if part.invalid().is_empty() {
            ""
        } else {
            "\u{fffd}"
        };
        let room = text.try_reserve(part.valid().len() + bad.len());
        room.map_err(|_| OutOfMemory)?;
        text.push_str(part.valid());
        text.push_str(bad);
    }
    Ok(text)
}

/// A formatted text.
///
/// # Errors
/// There is no memory.
pub fn try_formatted(arguments: core::fmt::Arguments<'_>) -> Result<String, OutOfMemory> {
    let mut text = String::new();
    let written = core::fmt::Write::write_fmt(&mut Writer(&mut text), arguments);
    written.map_err(|_| OutOfMemory)?;
    Ok(text)
}

/// As `format!`, but it is an error if there is no memory.
macro_rules! try_text {
    ($($part:tt)*) => {
        $crate::memory::fallible::try_formatted(format_args!($($part)*))
    };
}
pub(crate) use try_text as try_print;

/// As `format!`, but what has no room is left away.
macro_rules! text {
    ($($part:tt)*) => {
        $crate::memory::fallible::formatted(format_args!($($part)*))
    };
}
pub(crate) use text as print;

#[cfg(feature = "std")]
std::thread_local! {
    static LOST: core::cell::Cell<bool> = const { core::cell::Cell::new(false) };
}

#[cfg(not(feature = "std"))]
static LOST: portable_atomic::AtomicBool = portable_atomic::AtomicBool::new(false);

/// Notes that something could not be done for want of memory, and that nobody was told. It is of
/// the VM that runs on this thread.
#[cold]
pub fn lose() {
    #[cfg(feature = "std")]
    LOST.set(true);
    #[cfg(not(feature = "std"))]
    LOST.store(true, portable_atomic::Ordering::Relaxed);
}

/// Was a loss noted on this thread since the last time?
#[inline]
pub fn take_loss() -> bool {
    #[cfg(feature = "std")]
    return LOST.replace(false);
    #[cfg(not(feature = "std"))]
    LOST.swap(false, portable_atomic::Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_grow_and_shrink() {
        let mut vector = with_room(2).unwrap();
        vector.try_extend(0..100).unwrap();
        vector.truncate(3);
        vector.shrink(10);
        assert!(vector == [0, 1, 2] && vector.capacity() < 100);
        assert_eq!(&*slice_of(vector).unwrap(), [0, 1, 2]);
        assert_eq!(filled(7, 3).unwrap(), [7; 3]);
        assert_eq!(with_room::<u64>(usize::MAX), Err(OutOfMemory));
        assert_eq!(*boxed([1u8; 100]).unwrap(), [1; 100]);
        assert_eq!(*boxed(()).unwrap(), ());
        assert_eq!(formatted(format_args!("{}-{}", 1, "a")), "1-a");
    }

    #[test]
    fn what_is_pending_comes_back_in_order() {
        let mut pending = Pending::new();
        for i in 0..30 {
            pending.push_or_lose(i);
        }
        let back = core::iter::from_fn(|| pending.pop());
        assert!(back.eq((0..30).rev()));
        assert!(!pending.lost);
    }

    #[test]
    fn sorting_is_stable() {
        let mut items: Vec<(u32, u32)> = (0..1000).map(|i| (i * 7 % 10, i)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|item| item.0);
        sort_by_key(&mut items, |item| item.0).unwrap();
        assert_eq!(items, expected);
    }

    #[test]
    fn a_loss_is_told_once() {
        assert!(!take_loss());
        lose();
        assert!(take_loss() && !take_loss());
    }
}
