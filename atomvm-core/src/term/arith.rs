//! Arithmetic on terms: integers of any size and floats, with the errors of the language. The
//! interpreter does the common cases of small integers itself and comes here for the rest.

use super::limbs::{self, Limbs, TwosComplement};
use super::number::{Number, int_to_float};
use super::{Int, Term, WORD_BITS, Word};
use crate::bif::{BifResult, Raise};
use crate::memory::Heap;
use core::cmp::Ordering;
use num_bigint::BigInt;

pub use super::number::{compare_ints, compare_numbers, equal_numbers};

/// Bits of the largest integer, sign apart, as in OTP; a longer result raises `system_limit`.
pub const MAX_INTEGER_BITS: usize = 64 * ((1 << 19) - 1);

/// Up to so many limbs of the shorter factor, multiplication as learnt at school is the fastest.
const SCHOOL_LIMBS: usize = 32;

/// `A + B`
pub fn add<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    match (number(a)?, number(b)?) {
        (Number::Int(a), Number::Int(b)) => add_ints(heap, a, b, false),
        (a, b) => float_result(heap, float(a)? + float(b)?),
    }
}

/// `A - B`
pub fn sub<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    match (number(a)?, number(b)?) {
        (Number::Int(a), Number::Int(b)) => add_ints(heap, a, b, true),
        (a, b) => float_result(heap, float(a)? - float(b)?),
    }
}

/// `A * B`
pub fn mul<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    match (number(a)?, number(b)?) {
        (Number::Int(a), Number::Int(b)) => mul_ints(heap, a, b),
        (a, b) => float_result(heap, float(a)? * float(b)?),
    }
}

/// `A / B`, always a float.
pub fn div_float<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    let (a, b) = (float(number(a)?)?, float(number(b)?)?);
    if b == 0.0 {
        return Err(Raise::BADARITH);
    }
    float_result(heap, a / b)
}

/// `A div B`, rounded towards zero.
pub fn int_div<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    divide(heap, int(a)?, int(b)?, Part::Quotient)
}

/// `A rem B`, with the sign of `A`.
pub fn rem<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    divide(heap, int(a)?, int(b)?, Part::Remainder)
}

/// `A band B`
pub fn band<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    bitwise(heap, a, b, |x, y| x & y)
}

/// `A bor B`
pub fn bor<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    bitwise(heap, a, b, |x, y| x | y)
}

/// `A bxor B`
pub fn bxor<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    bitwise(heap, a, b, |x, y| x ^ y)
}

/// `bnot A`
pub fn bnot<H: Heap + ?Sized>(heap: &mut H, a: Term) -> BifResult {
    add_ints(heap, Int::Small(-1), int(a)?, true)
}

/// `A bsl B`; a negative `B` shifts to the right.
pub fn bsl<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    let (a, b) = (int(a)?, int(b)?);
    shift(heap, a, b, b.is_negative())
}

/// `A bsr B`, rounded down; a negative `B` shifts to the left.
pub fn bsr<H: Heap + ?Sized>(heap: &mut H, a: Term, b: Term) -> BifResult {
    let (a, b) = (int(a)?, int(b)?);
    shift(heap, a, b, !b.is_negative())
}

/// `- A`
pub fn neg<H: Heap + ?Sized>(heap: &mut H, a: Term) -> BifResult {
    match number(a)? {
        Number::Int(a) => add_ints(heap, Int::Small(0), a, true),
        Number::Float(f) => Ok(heap.float(-f)?),
    }
}

/// `abs(A)`; raises `badarg` for other terms than numbers. The float `-0.0` stays as it is.
pub fn abs<H: Heap + ?Sized>(heap: &mut H, a: Term) -> BifResult {
    match a.as_number().ok_or(Raise::BADARG)? {
        Number::Int(int) if int.is_negative() => add_ints(heap, Int::Small(0), int, true),
        Number::Float(f) if f < 0.0 => Ok(heap.float(-f)?),
        _ => Ok(a),
    }
}

fn number<'a>(term: Term) -> Result<Number<'a>, Raise> {
    term.as_number().ok_or(Raise::BADARITH)
}

fn int<'a>(term: Term) -> Result<Int<'a>, Raise> {
    term.as_int().ok_or(Raise::BADARITH)
}

fn float(number: Number<'_>) -> Result<f64, Raise> {
    match number {
        Number::Float(f) => Ok(f),
        Number::Int(int) => int_to_float(int).ok_or(Raise::BADARITH),
    }
}

/// The value of a number as a float; `None` for other terms and for integers that are too large.
pub fn to_float(term: Term) -> Option<f64> {
    float(term.as_number()?).ok()
}

/// A float; an infinity or NaN is an error, as the language has none.
pub(crate) fn float_result<H: Heap + ?Sized>(heap: &mut H, value: f64) -> BifResult {
    if value.is_finite() {
        Ok(heap.float(value)?)
    } else {
        Err(Raise::BADARITH)
    }
}

/// Sign and magnitude of an integer; `spare` holds the magnitude of a small one.
fn parts<'a>(int: Int<'a>, spare: &'a mut [Word; 1]) -> (bool, &'a [Word]) {
    match int {
        Int::Big { negative, limbs } => (negative, limbs),
        Int::Small(v) => {
            spare[0] = v.unsigned_abs();
            (v < 0, limbs::trim(spare))
        }
    }
}

/// The integer with this sign and trimmed magnitude.
pub(crate) fn from_parts<H: Heap + ?Sized>(
    heap: &mut H,
    negative: bool,
    magnitude: &[Word],
) -> BifResult {
    let small = match *magnitude {
        [] => Some(0),
        [limb] if negative => 0isize.checked_sub_unsigned(limb),
        [limb] => isize::try_from(limb).ok(),
        _ => None,
    };
    if let Some(term) = small.and_then(Term::try_small) {
        return Ok(term);
    }
    let value = Int::Big {
        negative,
        limbs: magnitude,
    };
    if value.bit_length() > MAX_INTEGER_BITS {
        return Err(Raise::SYSTEM_LIMIT);
    }
    Ok(heap.limbs(negative, magnitude)?)
}

/// An integer of the big-integer library as a term.
pub(crate) fn from_bigint<H: Heap + ?Sized>(heap: &mut H, value: &BigInt) -> BifResult {
    if value.bits() > MAX_INTEGER_BITS as u64 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    Ok(heap.bigint(value)?)
}

/// Sees to it that the VM may use `bits` bits of memory for a moment. The big-integer library
/// cannot report that there is none.
pub(crate) fn probe<H: Heap + ?Sized>(heap: &mut H, bits: usize) -> Result<(), Raise> {
    let bytes = bits / 8;
    heap.budget().charge(bytes)?;
    heap.budget().refund(bytes);
    Ok(())
}

/// `a + b`, or `a - b`.
fn add_ints<H: Heap + ?Sized>(heap: &mut H, a: Int<'_>, b: Int<'_>, minus: bool) -> BifResult {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        // Small integers have four bits less than a word.
        let value = if minus { a - b } else { a + b };
        return Ok(heap.int(value as i64)?);
    }
    let (mut spare_a, mut spare_b) = ([0], [0]);
    let (a_negative, a) = parts(a, &mut spare_a);
    let (b_negative, b) = parts(b, &mut spare_b);
    let b_negative = b_negative != minus;
    if a_negative == b_negative {
        let mut out = Limbs::zeros(a.len().max(b.len()) + 1)?;
        limbs::add(out.all(), a, b);
        return from_parts(heap, a_negative, out.trimmed());
    }
    let (negative, large, less) = match limbs::compare(a, b) {
        Ordering::Less => (b_negative, b, a),
        _ => (a_negative, a, b),
    };
    let mut out = Limbs::zeros(large.len())?;
    limbs::sub(out.all(), large, less);
    from_parts(heap, negative, out.trimmed())
}

fn mul_ints<H: Heap + ?Sized>(heap: &mut H, a: Int<'_>, b: Int<'_>) -> BifResult {
    let bits = a.bit_length() + b.bit_length();
    if bits > MAX_INTEGER_BITS + 1 && a.bit_length() > 0 && b.bit_length() > 0 {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let (mut spare_a, mut spare_b) = ([0], [0]);
    let (a_negative, x) = parts(a, &mut spare_a);
    let (b_negative, y) = parts(b, &mut spare_b);
    if x.len().min(y.len()) > SCHOOL_LIMBS {
        probe(heap, 8 * bits)?;
        return from_bigint(heap, &(a.to_bigint() * b.to_bigint()));
    }
    let (x, y) = if x.len() < y.len() { (x, y) } else { (y, x) };
    let mut out = Limbs::zeros(x.len() + y.len())?;
    limbs::mul(out.all(), x, y);
    from_parts(heap, a_negative != b_negative, out.trimmed())
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Quotient,
    Remainder,
}

fn divide<H: Heap + ?Sized>(heap: &mut H, a: Int<'_>, b: Int<'_>, part: Part) -> BifResult {
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        if b == 0 {
            return Err(Raise::BADARITH);
        }
        let value = match part {
            Part::Quotient => a / b,
            Part::Remainder => a % b,
        };
        return Ok(heap.int(value as i64)?);
    }
    let (mut spare_a, mut spare_b) = ([0], [0]);
    let (a_negative, x) = parts(a, &mut spare_a);
    let (b_negative, y) = parts(b, &mut spare_b);
    if y.is_empty() {
        return Err(Raise::BADARITH);
    }
    if limbs::compare(x, y) == Ordering::Less {
        return match part {
            Part::Quotient => Ok(Term::small(0)),
            Part::Remainder => from_parts(heap, a_negative, x),
        };
    }
    if let [by] = *y {
        let mut out = Limbs::zeros(x.len())?;
        let rest = limbs::div_word(out.all(), x, by);
        return match part {
            Part::Quotient => from_parts(heap, a_negative != b_negative, out.trimmed()),
            Part::Remainder => from_parts(heap, a_negative, limbs::trim(&[rest])),
        };
    }
    probe(heap, 6 * a.bit_length())?;
    let (x, y) = (a.to_bigint(), b.to_bigint());
    match part {
        Part::Quotient => from_bigint(heap, &(x / y)),
        Part::Remainder => from_bigint(heap, &(x % y)),
    }
}

fn bitwise<H: Heap + ?Sized>(
    heap: &mut H,
    a: Term,
    b: Term,
    op: impl Fn(Word, Word) -> Word,
) -> BifResult {
    let (a, b) = (int(a)?, int(b)?);
    if let (Int::Small(a), Int::Small(b)) = (a, b) {
        return Ok(heap.int(op(a as Word, b as Word) as isize as i64)?);
    }
    let (mut spare_a, mut spare_b) = ([0], [0]);
    let (a_negative, a) = parts(a, &mut spare_a);
    let (b_negative, b) = parts(b, &mut spare_b);
    // One word more than the longer one holds the sign.
    let mut out = Limbs::zeros(a.len().max(b.len()) + 1)?;
    let mut a = TwosComplement::new(a_negative, a);
    let mut b = TwosComplement::new(b_negative, b);
    for word in out.all() {
        *word = op(a.next_word(), b.next_word());
    }
    let negative = op(a.next_word(), b.next_word()) != 0;
    if negative {
        limbs::negate(out.all());
    }
    from_parts(heap, negative, out.trimmed())
}

/// `a` shifted by the magnitude of `by`.
fn shift<H: Heap + ?Sized>(heap: &mut H, a: Int<'_>, by: Int<'_>, right: bool) -> BifResult {
    let mut spare = [0];
    let (negative, limbs) = parts(a, &mut spare);
    if limbs.is_empty() {
        return Ok(Term::small(0));
    }
    let by = match by {
        Int::Small(v) => v.unsigned_abs(),
        Int::Big { .. } => usize::MAX,
    };
    let bits = a.bit_length();
    if right {
        if by >= bits {
            return Ok(Term::small(-(negative as isize)));
        }
        return shift_right(heap, negative, limbs, by);
    }
    if by > MAX_INTEGER_BITS - bits.min(MAX_INTEGER_BITS) {
        return Err(Raise::SYSTEM_LIMIT);
    }
    let mut out = Limbs::zeros(limbs.len() + by / WORD_BITS + 1)?;
    limbs::shift_left(out.all(), limbs, by);
    from_parts(heap, negative, out.trimmed())
}

fn shift_right<H: Heap + ?Sized>(heap: &mut H, negative: bool, a: &[Word], by: usize) -> BifResult {
    let kept = a.len() - by / WORD_BITS;
    // One word more, in case that rounding carries.
    let mut out = Limbs::zeros(kept + 1)?;
    let lost = limbs::shift_right(&mut out.all()[..kept], a, by);
    if negative && lost {
        for word in out.all() {
            *word = word.wrapping_add(1);
            if *word != 0 {
                break;
            }
        }
    }
    from_parts(heap, negative, out.trimmed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment};
    use crate::sync::Arc;
    use num_integer::Integer;
    use num_traits::{Signed, ToPrimitive, Zero};
    use proptest::prelude::*;

    fn heap() -> Fragment {
        Fragment::new(&Arc::new(Budget::new(usize::MAX)))
    }

    /// Integers of all sizes, many of them next to a power of two.
    fn any_int() -> impl Strategy<Value = BigInt> {
        let near = (0u32..1100, -3i64..4, any::<bool>()).prop_map(|(shift, off, neg)| {
            let v = (BigInt::from(1) << shift) + off;
            if neg { -v } else { v }
        });
        let long = prop::collection::vec(any::<u32>(), 0..200)
            .prop_map(|digits| BigInt::from_slice(num_bigint::Sign::Minus, &digits));
        prop_oneof![
            (-20i64..20).prop_map(BigInt::from),
            any::<i64>().prop_map(BigInt::from),
            near,
            long
        ]
    }

    fn check(result: BifResult, expected: &BigInt) {
        let term = result.unwrap();
        let int = term.as_int().unwrap();
        assert_eq!(&int.to_bigint(), expected);
        // One form for each value.
        let mut h = heap();
        let canonical = h.bigint(expected).unwrap();
        assert_eq!(term.is_small(), canonical.is_small());
        assert_eq!(compare_numbers(term, canonical), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn integers_follow_the_reference(a in any_int(), b in any_int(), by in -300i64..300) {
            let mut h = heap();
            let (ta, tb) = (h.bigint(&a).unwrap(), h.bigint(&b).unwrap());
            check(add(&mut h, ta, tb), &(&a + &b));
            check(sub(&mut h, ta, tb), &(&a - &b));
            check(mul(&mut h, ta, tb), &(&a * &b));
            check(band(&mut h, ta, tb), &(&a & &b));
            check(bor(&mut h, ta, tb), &(&a | &b));
            check(bxor(&mut h, ta, tb), &(&a ^ &b));
            check(bnot(&mut h, ta), &!&a);
            check(neg(&mut h, ta), &-&a);
            check(abs(&mut h, ta), &a.abs());
            if b.is_zero() {
                prop_assert_eq!(int_div(&mut h, ta, tb), Err(Raise::BADARITH));
                prop_assert_eq!(rem(&mut h, ta, tb), Err(Raise::BADARITH));
            } else {
                let (q, r) = (&a / &b, &a % &b);
                check(int_div(&mut h, ta, tb), &q);
                check(rem(&mut h, ta, tb), &r);
            }
            let distance = Term::small(by as isize);
            let left = |v: &BigInt, n: i64| if n >= 0 { v << n } else { v.div_floor(&(BigInt::from(1) << -n)) };
            check(bsl(&mut h, ta, distance), &left(&a, by));
            check(bsr(&mut h, ta, distance), &left(&a, -by));
        }

        #[test]
        fn mixed_arithmetic_converts_to_floats(a in any::<i64>(), f in any::<f64>()) {
            prop_assume!(f.is_finite());
            let mut h = heap();
            let (ta, tf) = (h.int(a).unwrap(), h.float(f).unwrap());
            let x = a as f64;
            let value = |r: BifResult| r.ok().and_then(Term::as_float);
            let finite = |v: f64| v.is_finite().then_some(v);
            prop_assert_eq!(value(add(&mut h, ta, tf)), finite(x + f));
            prop_assert_eq!(value(sub(&mut h, tf, ta)), finite(f - x));
            prop_assert_eq!(value(mul(&mut h, ta, tf)), finite(x * f));
            prop_assert_eq!(value(div_float(&mut h, ta, tf)), finite(x / f));
        }
    }

    #[test]
    fn errors_are_those_of_the_language() {
        let mut h = heap();
        let (one, zero, atom) = (Term::small(1), Term::small(0), Term::bool(true));
        let huge = h.float(1.0e308).unwrap();
        let nought = h.float(-0.0).unwrap();
        let wide = bsl(&mut h, one, Term::small(2000)).unwrap();
        assert_eq!(add(&mut h, one, atom), Err(Raise::BADARITH));
        assert_eq!(add(&mut h, huge, huge), Err(Raise::BADARITH));
        assert_eq!(add(&mut h, wide, huge), Err(Raise::BADARITH));
        assert_eq!(mul(&mut h, huge, huge), Err(Raise::BADARITH));
        assert_eq!(div_float(&mut h, one, zero), Err(Raise::BADARITH));
        assert_eq!(div_float(&mut h, one, nought), Err(Raise::BADARITH));
        assert_eq!(int_div(&mut h, huge, one), Err(Raise::BADARITH));
        assert_eq!(rem(&mut h, one, zero), Err(Raise::BADARITH));
        assert_eq!(band(&mut h, huge, one), Err(Raise::BADARITH));
        assert_eq!(bsl(&mut h, one, huge), Err(Raise::BADARITH));
        assert_eq!(bnot(&mut h, huge), Err(Raise::BADARITH));
        assert_eq!(neg(&mut h, atom), Err(Raise::BADARITH));
        assert_eq!(abs(&mut h, atom), Err(Raise::BADARG));
    }

    #[test]
    fn integers_have_the_limit_of_otp() {
        let mut h = heap();
        let (one, zero, minus) = (Term::small(1), Term::small(0), Term::small(-1));
        let bits = Term::small(MAX_INTEGER_BITS as isize);
        assert_eq!(bsl(&mut h, one, bits), Err(Raise::SYSTEM_LIMIT));
        assert_eq!(
            bsl(&mut h, minus, Term::small(1 << 26)),
            Err(Raise::SYSTEM_LIMIT)
        );
        assert_eq!(bsl(&mut h, zero, bits), Ok(zero));
        let top = bsl(&mut h, one, Term::small(MAX_INTEGER_BITS as isize - 1)).unwrap();
        assert_eq!(add(&mut h, top, top), Err(Raise::SYSTEM_LIMIT));
        assert_eq!(mul(&mut h, top, Term::small(2)), Err(Raise::SYSTEM_LIMIT));
        assert_eq!(mul(&mut h, top, top), Err(Raise::SYSTEM_LIMIT));
        assert_eq!(mul(&mut h, top, zero), Ok(zero));
        let far = h.uint(u64::MAX).unwrap();
        let near = neg(&mut h, far).unwrap();
        assert_eq!(bsl(&mut h, one, far), Err(Raise::SYSTEM_LIMIT));
        assert_eq!(bsl(&mut h, minus, near), Ok(minus));
        assert_eq!(bsr(&mut h, one, far), Ok(zero));
        assert_eq!(bsr(&mut h, one, near), Err(Raise::SYSTEM_LIMIT));
    }

    #[test]
    fn a_full_vm_gets_an_error() {
        let budget = Arc::new(Budget::new(2000));
        let mut h = Fragment::new(&budget);
        let a = bsl(&mut h, Term::small(1), Term::small(6000)).unwrap();
        assert_eq!(mul(&mut h, a, a), Err(Raise::OutOfMemory));
        assert_eq!(bsl(&mut h, a, Term::small(9000)), Err(Raise::OutOfMemory));
    }

    #[test]
    fn large_integers_become_floats() {
        let mut h = heap();
        let shifted = |h: &mut Fragment, n: isize| bsl(h, Term::small(1), Term::small(n)).unwrap();
        let over = shifted(&mut h, 1024);
        assert_eq!(super::super::number::to_float(over), None);
        let below = sub(&mut h, over, Term::small(1)).unwrap();
        assert_eq!(super::super::number::to_float(below), None);
        let most = f64::MAX.to_i128();
        assert_eq!(most, None);
        let most = crate::term::number::whole_to_int(&mut h, f64::MAX).unwrap();
        assert_eq!(super::super::number::to_float(most), Some(f64::MAX));
    }
}
