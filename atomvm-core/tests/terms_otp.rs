//! Generated terms, encoded and printed here and by OTP (where `erl` is installed).

use atomvm_core::etf::{DecodeOptions, EncodeOptions, decode, encode, encoded_size};
use atomvm_core::memory::{Budget, Fragment, Heap};
use atomvm_core::sync::Arc;
use atomvm_core::term::order::equal_exact;
use atomvm_core::term::print::{Style, to_string};
use atomvm_core::term::{AtomTable, Term, map, pretty};
use atomvm_core::value::{Foreign, ForeignKind, Value};
use num_bigint::BigInt;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::process::Command;

/// How many terms OTP is asked about.
const TERMS: usize = 3000;

fn setup() -> (Fragment, AtomTable) {
    let budget = Arc::new(Budget::new(usize::MAX));
    (Fragment::new(&budget), AtomTable::new(100_000, budget))
}

fn atom() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-z][a-zA-Z0-9_@]{0,8}",
        "[A-Z _a-z'\\\\\"]{0,6}",
        "[\u{0}-\u{ff}]{0,5}",
        "[\u{0}-\u{500}]{0,5}",
        prop::sample::select(vec![
            "ok", "error", "end", "when", "maybe", "true", "", "[]", "a b"
        ])
        .prop_map(String::from),
    ]
    .prop_map(|name| Value::atom(&name))
}

fn integer() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-300i64..300).prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (any::<i128>(), 0usize..200).prop_map(|(n, by)| Value::from(BigInt::from(n) << by)),
        prop::sample::select(vec![0u32, 7, 8, 15, 16, 27, 28, 31, 32, 59, 60, 63, 64])
            .prop_flat_map(|bits| (Just(bits), -1i128..2))
            .prop_map(|(bits, add)| Value::from((1i128 << bits) + add)),
    ]
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ -~\n\t\\\\\"\u{1b}]{0,12}".prop_map(|s| Value::string(&s)),
        "[\u{0}-\u{ff}]{0,6}".prop_map(|s| Value::string(&s)),
        "[a-z\u{100}-\u{200}]{0,3}".prop_map(|s| Value::string(&s)),
        "[ -~\n\t\\\\\"\u{1b}]{0,70}".prop_map(Value::from),
        "[\u{0}-\u{ff}]{0,6}".prop_map(Value::from),
        "[a-z\u{a0}-\u{120}\u{400}]{0,3}".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..80).prop_map(Value::binary),
        (prop::collection::vec(any::<u8>(), 1..5), 1u8..8).prop_map(|(mut bytes, bits)| {
            if let Some(last) = bytes.last_mut() {
                *last &= 0xff << (8 - bits);
            }
            Value::BitString { bytes, bits }
        }),
    ]
}

fn identifier() -> impl Strategy<Value = Value> {
    let node = prop::sample::select(vec!["a@b", "nöd@host", "nonode@nohost"]);
    prop_oneof![
        (0u64..1 << 28).prop_map(Value::Pid),
        (0u64..1 << 28).prop_map(Value::Port),
        (0u32..1 << 18, any::<u32>(), any::<u32>())
            .prop_map(|(a, b, c)| { Value::Reference([a, b, c]) }),
        (node, 1u32..5, 0usize..3, any::<[u32; 5]>()).prop_map(|(node, creation, kind, words)| {
            let (kind, count) = [
                (ForeignKind::Pid, 2),
                (ForeignKind::Port, 2),
                (ForeignKind::Reference, 3),
            ][kind];
            Value::Foreign(Box::new(Foreign {
                kind,
                node: node.into(),
                creation,
                numbers: words[..count].to_vec(),
            }))
        }),
    ]
}

fn float() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |f| f.is_finite()),
        (-10_000i32..10_000).prop_map(|n| f64::from(n) / 100.0),
        (-25i32..25, 1u32..100).prop_map(|(e, n)| f64::from(n) * 10f64.powi(e)),
    ]
    .prop_map(Value::Float)
}

/// Values whose terms OTP must treat the same. Maps stay small: the order of large ones is each
/// system's own.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![atom(), integer(), text(), identifier(), float()];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Tuple),
            (prop::collection::vec(inner.clone(), 1..4), inner.clone())
                .prop_filter("improper", |(_, tail)| !matches!(
                    tail,
                    Value::List(_) | Value::ImproperList(..)
                ))
                .prop_map(|(list, tail)| Value::ImproperList(list, Box::new(tail))),
            prop::collection::vec((inner.clone(), inner), 0..8).prop_map(Value::Map),
        ]
    })
}

fn encoded(term: Term, atoms: &AtomTable, minor_version: u8) -> Vec<u8> {
    let options = EncodeOptions {
        minor_version,
        ..EncodeOptions::default()
    };
    let bytes = encode(term, atoms, options).unwrap();
    assert_eq!(encoded_size(term, atoms, options), Ok(bytes.len()));
    bytes
}

proptest! {
    #![proptest_config(Config { cases: 500, failure_persistence: None, ..Config::default() })]

    #[test]
    fn decoding_undoes_encoding(value in value(), minor in 0u8..3, level in 0u8..10) {
        let (mut heap, atoms) = setup();
        let term = value.to_term(&mut heap, &atoms).unwrap();
        let options = EncodeOptions {
            minor_version: minor,
            compressed: level,
            deterministic: level % 2 == 0,
            ..EncodeOptions::default()
        };
        let mut bytes = encode(term, &atoms, options).unwrap();
        let len = bytes.len();
        bytes.extend([1, 2, 3]);
        let safe = DecodeOptions { safe: true };
        let (again, used) = decode(&mut heap, &atoms, &bytes, safe).unwrap();
        prop_assert_eq!(used, len);
        prop_assert!(equal_exact(term, again));
    }

    #[test]
    fn damaged_bytes_are_refused_or_are_another_term(
        value in value(),
        level in 0u8..2,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let budget = Arc::new(Budget::new(usize::MAX));
        let (mut heap, atoms) = setup();
        let term = value.to_term(&mut heap, &atoms).unwrap();
        let options = EncodeOptions { compressed: level, ..EncodeOptions::default() };
        let mut bytes = encode(term, &atoms, options).unwrap();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let mut heap = Fragment::new(&budget);
        let found = decode(&mut heap, &atoms, &bytes, DecodeOptions::default());
        if let Ok((term, used)) = found {
            prop_assert!(used <= bytes.len());
            to_string(term, &atoms, Style::PRETTY);
            encode(term, &atoms, options).unwrap();
        }
        if bytes.get(1) != Some(&80) {
            prop_assert!(budget.peak() <= 1000 + 200 * bytes.len());
        }
    }
}

/// A term that nests a million deep, through lists, tuples and maps.
fn deep(heap: &mut Fragment, atoms: &AtomTable) -> Term {
    let mut term = Term::NIL;
    for i in 0..1_000_000 {
        term = match i % 4 {
            0 => heap.list(&[term]),
            1 => heap.tuple(&[atoms.intern("t").unwrap(), term]),
            2 => heap.cons(Term::small(1), term),
            _ => map::from_pairs(heap, atoms, &[(Term::small(1), term)]),
        }
        .unwrap();
    }
    term
}

#[test]
fn a_million_levels_need_no_native_stack() {
    let (mut heap, atoms) = setup();
    let term = deep(&mut heap, &atoms);
    let bytes = encoded(term, &atoms, 1);
    let options = DecodeOptions::default();
    let (again, used) = decode(&mut heap, &atoms, &bytes, options).unwrap();
    assert_eq!(used, bytes.len());
    assert!(equal_exact(term, again));
    let text = to_string(term, &atoms, Style::PRETTY);
    assert!(text.starts_with("#{1 => [1|{t,[#{1 => [1|{t,[#{"));
    let (mut lines, mut page) = (String::new(), pretty::Page::default());
    page.limit = 10_000;
    pretty::write(&mut lines, term, &atoms, Style::PRETTY, page);
    assert_eq!(lines.chars().count(), 10_003);
    assert!(Value::from_term(term, &atoms).is_err());
}

const SCRIPT: &str = r#"
Text = fun(F, T) -> unicode:characters_to_binary(io_lib:format(F, [T])) end,
Answer = fun(T) ->
    [term_to_binary(T), term_to_binary(T, [{minor_version, 2}]),
     term_to_binary(T, [{minor_version, 0}]),
     Text("~w", T), Text("~tw", T), Text("~0p", T), Text("~0tp", T), Text("~p", T)] end,
{ok, In} = file:read_file(os:getenv("TERMS_IN")),
Answers = [Answer(binary_to_term(T)) || <<N:32, T:N/binary>> <= In],
ok = file:write_file(os:getenv("TERMS_OUT"), term_to_binary(Answers)),
halt().
"#;

/// What OTP makes of encoded terms; nothing where it is not installed.
fn ask_otp(name: &str, terms: &[Vec<u8>]) -> Option<Vec<Vec<Vec<u8>>>> {
    let directory = std::env::temp_dir();
    let path = |end: &str| directory.join(format!("{name}_{}.{end}", std::process::id()));
    let (input, output) = (path("in"), path("out"));
    let mut request = Vec::new();
    for term in terms {
        request.extend((term.len() as u32).to_be_bytes());
        request.extend(term);
    }
    std::fs::write(&input, request).unwrap();
    let run = Command::new("erl")
        .args(["-noshell", "-noinput", "-eval", SCRIPT])
        .env("TERMS_IN", &input)
        .env("TERMS_OUT", &output)
        .output();
    let answer = std::fs::read(&output);
    let _ = std::fs::remove_file(&input);
    let _ = std::fs::remove_file(&output);
    let run = run.ok()?;
    let answer = answer.unwrap_or_else(|_| panic!("{run:?}"));
    let (mut heap, atoms) = setup();
    let decoded = decode(&mut heap, &atoms, &answer, DecodeOptions::default());
    let value = Value::from_term(decoded.unwrap().0, &atoms).unwrap();
    let answers = value.as_list().unwrap().iter().map(|answer| {
        let parts = answer.as_list().unwrap().iter();
        parts
            .map(|part| part.as_bytes().unwrap().to_vec())
            .collect()
    });
    Some(answers.collect())
}

/// The node of another identifier shows as a number that differs from system to system.
fn has_foreign(value: &Value) -> bool {
    match value {
        Value::Foreign(foreign) => &*foreign.node != "nonode@nohost",
        Value::List(values) | Value::Tuple(values) => values.iter().any(has_foreign),
        Value::ImproperList(values, tail) => values.iter().any(has_foreign) || has_foreign(tail),
        Value::Map(pairs) => pairs.iter().any(|(k, v)| has_foreign(k) || has_foreign(v)),
        _ => false,
    }
}

#[test]
fn otp_has_the_same_bytes_and_texts() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut heap, atoms) = setup();
    let (mut values, mut terms, mut inputs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TERMS {
        let value = value().new_tree(&mut runner).unwrap().current();
        let term = value.to_term(&mut heap, &atoms).unwrap();
        values.push(value);
        terms.push(term);
        inputs.push(encoded(term, &atoms, 1));
    }
    let Some(answers) = ask_otp("terms", &inputs) else {
        return;
    };
    assert_eq!(answers.len(), TERMS);
    let mut wrong = 0;
    for ((value, term), answer) in values.iter().zip(terms).zip(answers) {
        let minor = [1, 2, 0].map(|minor| encoded(term, &atoms, minor));
        let styles = [
            Style::WRITE,
            Style::WRITE_UNICODE,
            Style::PRETTY,
            Style::PRETTY_UNICODE,
        ];
        let texts = styles.map(|style| to_string(term, &atoms, style).into_bytes());
        let mut lines = String::new();
        let (style, page) = (Style::PRETTY, pretty::Page::default());
        pretty::write(&mut lines, term, &atoms, style, page);
        let texts = texts.into_iter().chain([lines.into_bytes()]);
        for (i, ours) in minor.into_iter().chain(texts).enumerate() {
            if i >= 3 && has_foreign(value) {
                continue;
            }
            if ours != answer[i] {
                wrong += 1;
                if wrong < 20 {
                    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    eprintln!("{i}: {}\n   {}", show(&ours), show(&answer[i]));
                }
            }
        }
    }
    assert_eq!(wrong, 0);
}
