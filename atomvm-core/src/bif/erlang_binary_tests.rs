//! Results as OTP gives them.

use super::*;
use crate::bif::BifFn;
use crate::memory::{Budget, Fragment, ProcessHeap};
use crate::platform::Platform;
use crate::process::Process;
use crate::sync::Arc;
use crate::term::{atoms, iolist};
use crate::vm::{Limits, Runtime};
use alloc::boxed::Box;
use alloc::vec;
use core::time::Duration;

struct Still;

impl Platform for Still {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// Calls a function, as often as it gives way; its result stays where it is.
fn call(function: BifFn, args: &[Term]) -> BifResult {
    let rt: &'static Runtime =
        Box::leak(Box::new(Runtime::new(Box::new(Still), Limits::default())));
    let heap = ProcessHeap::new(1000, &rt.budget).unwrap();
    let p = Box::leak(Box::new(Process::new(Term::pid(1), heap)));
    loop {
        match function(&mut Ctx::new(p, rt), args) {
            Err(Raise::Yield) => {}
            result => return result,
        }
    }
}

fn list_to_binary(_: &mut Fragment, list: Term) -> BifResult {
    call(list_to_binary_1, &[list])
}

fn iolist_to_binary(_: &mut Fragment, list: Term) -> BifResult {
    call(iolist_to_binary_1, &[list])
}

fn list_to_bitstring(_: &mut Fragment, list: Term) -> BifResult {
    call(list_to_bitstring_1, &[list])
}

fn bitstring_to_list(_: &mut Fragment, whole: Term) -> BifResult {
    call(bitstring_to_list_1, &[whole])
}

fn iolist_to_iovec(_: &mut Fragment, list: Term) -> BifResult {
    call(iolist_to_iovec_1, &[list])
}

fn binary_to_list(_: &mut Fragment, whole: Term) -> BifResult {
    call(binary_to_list_1, &[whole])
}

fn binary_slice_to_list(_: &mut Fragment, args: &[Term]) -> BifResult {
    call(binary_to_list_3, args)
}

fn fragment() -> Fragment {
    Fragment::new(&Arc::new(Budget::new(usize::MAX)))
}

fn bitstring(heap: &mut Fragment, bytes: &[u8], len: usize) -> Term {
    let bits = Bits {
        data: bytes,
        offset: 0,
        len,
    };
    heap.copy_bits(bits).unwrap()
}

fn small(value: isize) -> Term {
    Term::small(value)
}

/// The bits of a result, as bytes and length.
fn shown(result: BifResult) -> Result<(Vec<u8>, usize), Raise> {
    let bits = result?.as_bits().unwrap();
    let mut bytes = vec![0; bits.len.div_ceil(8)];
    bits.copy_to(&mut bytes);
    Ok((bytes, bits.len))
}

fn bytes(result: BifResult) -> Result<Vec<u8>, Raise> {
    let (bytes, len) = shown(result)?;
    assert_eq!(len, bytes.len() * 8);
    Ok(bytes)
}

fn byte_values(result: BifResult) -> Vec<isize> {
    let elements = result.unwrap().list_iter();
    elements.map(|t| t.as_small().unwrap()).collect()
}

const BADARG: Raise = Raise::BADARG;

#[test]
fn sizes_count_partial_bytes() {
    let mut heap = fragment();
    let nine = bitstring(&mut heap, &[0, 0x80], 9);
    assert_eq!(byte_size(&mut heap, nine), Ok(small(2)));
    assert_eq!(bit_size(&mut heap, nine), Ok(small(9)));
    assert_eq!(byte_size(&mut heap, atoms::OK), Err(BADARG));
}

#[test]
fn parts_lie_inside_of_the_whole_bytes() {
    let mut heap = fragment();
    let whole = bitstring(&mut heap, &[1, 2, 3, 0x40], 28);
    for (pos, len, expected) in [
        (0, 2, Some(&[1u8, 2][..])),
        (1, 2, Some(&[2, 3])),
        (3, -2, Some(&[2, 3])),
        (3, 0, Some(&[])),
        (1, 3, None),
        (1, -2, None),
        (4, -1, None),
        (4, 0, None),
        (-1, 1, None),
    ] {
        let got = bytes(binary_part(&mut heap, whole, small(pos), small(len)));
        assert_eq!(got.ok().as_deref(), expected, "{pos} {len}");
    }
    let huge = heap.int(i64::MAX).unwrap();
    assert_eq!(binary_part(&mut heap, whole, huge, small(0)), Err(BADARG));
    assert_eq!(
        binary_part(&mut heap, whole, small(0), atoms::OK),
        Err(BADARG)
    );
}

#[test]
fn a_split_keeps_the_last_bits() {
    let mut heap = fragment();
    let whole = bitstring(&mut heap, &[1, 2, 0x30], 20);
    let pair = split(&mut heap, whole, small(2)).unwrap();
    let pair = pair.as_tuple().unwrap();
    assert_eq!(bytes(Ok(pair[0])), Ok(vec![1, 2]));
    assert_eq!(shown(Ok(pair[1])), Ok((vec![0x30], 4)));
    assert_eq!(split(&mut heap, whole, small(3)), Err(BADARG));
    assert_eq!(split(&mut heap, whole, small(-1)), Err(BADARG));
}

#[test]
fn lists_become_binaries() {
    let mut heap = fragment();
    let two = heap.binary(&[2]).unwrap();
    let three = heap.binary(&[3]).unwrap();
    let half = bitstring(&mut heap, &[0x10], 4);
    let improper = heap.cons(small(1), two).unwrap();
    let inner = heap.cons(Term::NIL, two).unwrap();
    let nested = heap.cons(inner, three).unwrap();
    assert_eq!(bytes(list_to_binary(&mut heap, improper)), Ok(vec![1, 2]));
    assert_eq!(bytes(list_to_binary(&mut heap, nested)), Ok(vec![2, 3]));
    assert_eq!(bytes(list_to_binary(&mut heap, Term::NIL)), Ok(vec![]));
    assert_eq!(list_to_binary(&mut heap, two), Err(BADARG));
    assert_eq!(iolist_to_binary(&mut heap, two), Ok(two));
    for bad in [
        heap.cons(small(1), small(2)).unwrap(),
        heap.list(&[small(256)]).unwrap(),
        heap.list(&[small(-1)]).unwrap(),
        heap.list(&[half]).unwrap(),
        heap.list(&[atoms::OK]).unwrap(),
        half,
        atoms::OK,
        small(5),
    ] {
        assert_eq!(iolist_to_binary(&mut heap, bad), Err(BADARG));
        assert_eq!(list_to_binary(&mut heap, bad), Err(BADARG));
        assert!(iolist::to_vec(bad).is_err());
    }
}

#[test]
fn lists_become_bit_strings() {
    // list_to_bitstring([1, <<1:4>>, 2 | <<1:1>>]) =:= <<1, 16, 5:5>>
    let mut heap = fragment();
    let half = bitstring(&mut heap, &[0x10], 4);
    let bit = bitstring(&mut heap, &[0x80], 1);
    let list = heap
        .list_with_tail(&[small(1), half, small(2)], bit)
        .unwrap();
    let got = shown(list_to_bitstring(&mut heap, list));
    assert_eq!(got, Ok((vec![1, 16, 5 << 3], 21)));
    assert_eq!(list_to_bitstring(&mut heap, half), Err(BADARG));
    let back = list_to_bitstring(&mut heap, list).unwrap();
    let back = bitstring_to_list(&mut heap, back).unwrap();
    let elements: Vec<_> = back.list_iter().collect();
    assert_eq!(elements[..2], [small(1), small(16)]);
    assert_eq!(shown(Ok(elements[2])), Ok((vec![5 << 3], 5)));
}

#[test]
fn nesting_a_million_deep_is_no_problem() {
    let mut heap = fragment();
    let (mut left, mut both) = (Term::NIL, Term::NIL);
    for _ in 0..1_000_000 {
        left = heap.cons(left, Term::NIL).unwrap();
        let tail = heap.cons(small(7), Term::NIL).unwrap();
        both = heap.cons(both, tail).unwrap();
    }
    assert_eq!(iolist::byte_size(left), Ok(0));
    assert_eq!(iolist::byte_size(both), Ok(1_000_000));
    let whole = iolist_to_binary(&mut heap, both).unwrap();
    assert!(whole.as_binary().unwrap().iter().all(|&b| b == 7));
}

#[test]
fn vectors_share_large_binaries() {
    let mut heap = fragment();
    let large = heap.binary(&[9; 1000]).unwrap();
    let two = heap.binary(&[2]).unwrap();
    let list = heap.list(&[small(1), two, large, small(3), large]).unwrap();
    let vector = iolist_to_iovec(&mut heap, list).unwrap();
    let elements: Vec<_> = vector.list_iter().collect();
    assert_eq!(elements.len(), 4);
    assert_eq!(bytes(Ok(elements[0])), Ok(vec![1, 2]));
    assert_eq!((elements[1], elements[3]), (large, large));
    let empty = heap.binary(&[]).unwrap();
    assert_eq!(iolist_to_iovec(&mut heap, empty), Ok(Term::NIL));
    assert_eq!(iolist_to_iovec(&mut heap, Term::NIL), Ok(Term::NIL));
    let bad = heap.list(&[atoms::OK]).unwrap();
    assert_eq!(iolist_to_iovec(&mut heap, bad), Err(BADARG));
}

#[test]
fn binaries_become_lists() {
    let mut heap = fragment();
    let whole = bitstring(&mut heap, &[1, 2, 3, 0x40], 28);
    let binary = heap.binary(&[1, 2, 3]).unwrap();
    assert_eq!(binary_to_list(&mut heap, whole), Err(BADARG));
    assert_eq!(byte_values(binary_to_list(&mut heap, binary)), [1, 2, 3]);
    for (first, last, expected) in [
        (1, 3, Some(&[1isize, 2, 3][..])),
        (3, 3, Some(&[3])),
        (1, 4, None),
        (0, 1, None),
        (2, 1, None),
        (3, 2, None),
    ] {
        for term in [whole, binary] {
            let args = [term, small(first), small(last)];
            let got = binary_slice_to_list(&mut heap, &args);
            assert_eq!(got.is_ok(), expected.is_some());
            if let Some(expected) = expected {
                assert_eq!(byte_values(got), expected);
            }
        }
    }
}
