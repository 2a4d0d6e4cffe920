use super::*;
use crate::memory::{Budget, Fragment, Heap};
use crate::term::{AtomTable, Term};
use alloc::string::ToString;
use alloc::vec;

fn setup() -> (Fragment, AtomTable) {
    let budget = crate::sync::Arc::new(Budget::new(usize::MAX));
    (Fragment::new(&budget), AtomTable::new(1000, budget))
}

fn samples() -> Vec<Value> {
    vec![
        Value::from(0),
        Value::from(-1i64),
        Value::from(i64::MIN),
        Value::from(u64::MAX),
        Value::from(-(BigInt::from(1) << 200usize)),
        Value::from(1.5),
        Value::from(true),
        Value::from("text"),
        Value::from(&[1u8, 2, 3]),
        Value::BitString {
            bytes: vec![0xff, 0b1010_0000],
            bits: 3,
        },
        Value::from(vec![1, 2, 3]),
        Value::List(vec![]),
        Value::ImproperList(vec![Value::atom("a")], Box::new(Value::from(7))),
        Value::Tuple(vec![]),
        Value::from((Value::atom("ok"), 1, "x", vec!["y"])),
        Value::map([("k", 1), ("j", 2)]),
        Value::map((0..100).map(|i| (i, i * i))),
        Value::Pid(1 << 15 | 7),
        Value::Port(3),
        Value::Reference([1, 2, 3]),
        Value::Foreign(Box::new(Foreign {
            kind: ForeignKind::Pid,
            node: "a@b".into(),
            creation: 3,
            numbers: vec![1, 2],
        })),
    ]
}

#[test]
fn a_value_survives_the_way_through_a_term() {
    let (mut heap, atoms) = setup();
    for value in samples() {
        let term = value.to_term(&mut heap, &atoms).unwrap();
        assert_eq!(Value::from_term(term, &atoms).unwrap(), value);
    }
}

#[test]
fn a_value_prints_as_its_term() {
    let (mut heap, atoms) = setup();
    for value in samples() {
        if matches!(value, Value::Foreign(_)) {
            continue;
        }
        let term = value.to_term(&mut heap, &atoms).unwrap();
        let again = Value::from_term(term, &atoms).unwrap();
        let text = crate::term::print::to_string(term, &atoms, crate::term::print::Style::PRETTY);
        assert_eq!(again.to_string(), text);
    }
}

#[test]
fn what_no_term_can_be() {
    let (mut heap, atoms) = setup();
    let mut fails = |value: Value| value.to_term(&mut heap, &atoms).unwrap_err();
    assert_eq!(fails(Value::Float(f64::NAN)), ValueError::BadFloat);
    assert_eq!(fails(Value::Fun("fun".into())), ValueError::Fun);
    assert_eq!(fails(Value::Pid(u64::MAX)), ValueError::BadIdentifier);
    let bits = Value::BitString {
        bytes: vec![],
        bits: 3,
    };
    assert_eq!(fails(bits), ValueError::BadBits);
    let long = Value::atom(&"a".repeat(256));
    assert_eq!(fails(long), ValueError::Atom(AtomError::TooLong));
    let deep = (0..MAX_DEPTH).fold(Value::from(1), |value, _| Value::List(vec![value]));
    assert_eq!(fails(deep), ValueError::TooDeep);
}

#[test]
fn a_deep_term_is_an_error() {
    let (mut heap, atoms) = setup();
    let mut term = Term::NIL;
    for _ in 0..1_000_000 {
        term = heap.list(&[term]).unwrap();
    }
    assert_eq!(Value::from_term(term, &atoms), Err(ValueError::TooDeep));
    let mut long = Term::NIL;
    for _ in 0..1_000_000 {
        long = heap.cons(Term::small(1), long).unwrap();
    }
    let value = Value::from_term(long, &atoms).unwrap();
    assert_eq!(value.as_list().unwrap().len(), 1_000_000);
}

#[test]
fn types_of_rust() {
    assert_eq!(u8::try_from(Value::from(255)), Ok(255));
    assert!(u8::try_from(Value::from(256)).is_err());
    assert_eq!(u64::try_from(Value::from(u64::MAX)), Ok(u64::MAX));
    assert_eq!(String::try_from(Value::from("abc")).unwrap(), "abc");
    assert_eq!(String::try_from(Value::string("äö")).unwrap(), "äö");
    let pair = <(i32, bool)>::try_from(Value::from((1, true)));
    assert_eq!(pair, Ok((1, true)));
    assert!(<(i32, i32)>::try_from(Value::from((1, 2, 3))).is_err());
    let list = Vec::<String>::try_from(Value::from(vec!["a", "b"])).unwrap();
    assert_eq!(list, ["a", "b"]);
    assert_eq!(f64::try_from(Value::from(2)), Ok(2.0));
    let map = Value::map([("a", 1), ("b", 2)]);
    assert_eq!(map.get(&Value::from("b")), Some(&Value::from(2)));
    assert_eq!(map, Value::map([("b", 2), ("a", 1)]));
}
