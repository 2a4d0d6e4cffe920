//! Terms as plain data, for tests: generated, built on a heap, and written as Erlang source.

use super::{AtomTable, Term, map};
use crate::code::Export;
use crate::code::export::ExportTable;
use crate::memory::{Budget, Fragment, Heap};
use crate::sync::Arc;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use num_bigint::BigInt;
use portable_atomic::AtomicPtr;
use proptest::prelude::*;

/// A heap and an atom table to build terms with.
pub(crate) struct Bench {
    pub atoms: AtomTable,
    pub exports: ExportTable,
    pub heap: Fragment,
}

impl Bench {
    pub fn new() -> Bench {
        let budget = Arc::new(Budget::new(usize::MAX / 2));
        Bench {
            atoms: AtomTable::new(100_000, budget.clone()),
            exports: ExportTable::default(),
            heap: Fragment::new(&budget),
        }
    }

    pub fn atom(&self, name: &str) -> Term {
        self.atoms.intern(name).unwrap()
    }

    pub fn map(&mut self, pairs: &[(Term, Term)]) -> Term {
        map::from_pairs(&mut self.heap, &self.atoms, pairs).unwrap()
    }
}

/// The entry of a function that nobody loaded.
pub(crate) fn export(exports: &ExportTable, module: Term, function: Term, arity: u8) -> &Export {
    let made = exports.get_or_insert((module, function, arity as u32), || Export {
        ip: AtomicPtr::default(),
        links: AtomicPtr::default(),
        module,
        function,
        arity: u16::from(arity),
        built_in: crate::bif::index::Place::NONE,
        call: crate::code::export::BifCall::new(None),
    });
    made.unwrap()
}

#[derive(Clone, Debug)]
pub(crate) enum Model {
    Int(BigInt),
    Float(f64),
    Atom(String),
    Tuple(Vec<Model>),
    List(Vec<Model>, Option<Box<Model>>),
    Map(Vec<(Model, Model)>),
    Bits(Vec<u8>, usize),
    Fun(String, String, u8),
}

impl Model {
    pub fn build(&self, bench: &mut Bench) -> Term {
        match self {
            Model::Int(value) => bench.heap.bigint(value).unwrap(),
            Model::Float(value) => bench.heap.float(*value).unwrap(),
            Model::Atom(name) => bench.atom(name),
            Model::Tuple(elements) => {
                let elements: Vec<Term> = elements.iter().map(|e| e.build(bench)).collect();
                bench.heap.tuple(&elements).unwrap()
            }
            Model::List(elements, tail) => {
                let elements: Vec<Term> = elements.iter().map(|e| e.build(bench)).collect();
                let tail = tail.as_ref().map_or(Term::NIL, |t| t.build(bench));
                bench.heap.list_with_tail(&elements, tail).unwrap()
            }
            Model::Map(pairs) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|(k, v)| (k.build(bench), v.build(bench)))
                    .collect();
                bench.map(&pairs)
            }
            Model::Bits(bytes, len) => {
                let whole = bench.heap.binary(bytes).unwrap();
                bench
                    .heap
                    .sub_bits(whole, bytes.len() * 8 - len, *len)
                    .unwrap()
            }
            Model::Fun(module, function, arity) => {
                let (m, f) = (bench.atom(module), bench.atom(function));
                let export = export(&bench.exports, m, f, *arity);
                let header = super::Header::new(super::Subtag::ExtFun, 1);
                bench
                    .heap
                    .boxed_words(header, &[core::ptr::from_ref(export) as usize])
                    .unwrap()
            }
        }
    }

    /// The term as Erlang source.
    pub fn text(&self) -> String {
        let join = |parts: &[Model]| {
            let parts: Vec<String> = parts.iter().map(Model::text).collect();
            parts.join(",")
        };
        match self {
            Model::Int(value) => value.to_string(),
            Model::Float(value) => format!("{value:.20e}"),
            Model::Atom(name) => format!("'{name}'"),
            Model::Tuple(elements) => format!("{{{}}}", join(elements)),
            Model::List(elements, Some(tail)) if !elements.is_empty() => {
                format!("[{}|{}]", join(elements), tail.text())
            }
            Model::List(_, Some(tail)) => tail.text(),
            Model::List(elements, None) => format!("[{}]", join(elements)),
            Model::Map(pairs) => {
                let pairs: Vec<String> = pairs
                    .iter()
                    .map(|(k, v)| format!("{}=>{}", k.text(), v.text()))
                    .collect();
                format!("#{{{}}}", pairs.join(","))
            }
            Model::Bits(bytes, len) => {
                let bit = |i: usize| bytes[i / 8] >> (7 - i % 8) & 1;
                let from = bytes.len() * 8 - len;
                let bits: Vec<String> = (from..bytes.len() * 8)
                    .map(|i| format!("{}:1", bit(i)))
                    .collect();
                format!("<<{}>>", bits.join(","))
            }
            Model::Fun(module, function, arity) => format!("fun {module}:{function}/{arity}"),
        }
    }
}

fn int() -> impl Strategy<Value = Model> {
    let near = |bits: u32| (-2i128..3).prop_map(move |d| (1i128 << bits) + d);
    let value = prop_oneof![
        4 => -5i128..300,
        1 => any::<i32>().prop_map(i128::from),
        1 => any::<i64>().prop_map(i128::from),
        1 => any::<i128>(),
        1 => prop_oneof![near(27), near(28), near(31), near(32), near(53), near(59), near(60),
            near(63), near(64), near(96)],
    ];
    (value, any::<bool>()).prop_map(|(v, minus)| {
        let value = BigInt::from(v);
        Model::Int(if minus { -value } else { value })
    })
}

fn float() -> impl Strategy<Value = Model> {
    prop_oneof![
        (-3i32..300).prop_map(|v| Model::Float(v as f64)),
        any::<i64>().prop_map(|v| Model::Float(v as f64)),
        (-1e30f64..1e30).prop_map(Model::Float),
        Just(Model::Float(-0.0)),
        Just(Model::Float((1u64 << 53) as f64)),
        Just(Model::Float((1u64 << 60) as f64)),
    ]
}

fn atom() -> impl Strategy<Value = Model> {
    prop_oneof![
        "[a-c]{0,4}",
        "[a-zåäöÿ]{1,6}",
        "[a-zŁλ漢𝄞]{1,6}",
        Just("true".to_string()),
    ]
    .prop_map(Model::Atom)
}

fn bits() -> impl Strategy<Value = Model> {
    let bytes = prop::collection::vec(any::<u8>(), 0..30);
    (bytes, 0usize..8).prop_map(|(bytes, less)| {
        let len = (bytes.len() * 8).saturating_sub(less);
        Model::Bits(bytes, len)
    })
}

/// The modules and functions that generated external funs name, of arity 0 to 2.
pub(crate) const FUNS: [(&str, &str); 4] = [
    ("lists", "map"),
    ("lists", "get"),
    ("maps", "map"),
    ("maps", "get"),
];

fn fun() -> impl Strategy<Value = Model> {
    (prop::sample::select(&FUNS[..]), 0u8..3)
        .prop_map(|((m, f), arity)| Model::Fun(m.into(), f.into(), arity))
}

/// Any leaf; with few values, so that equal ones are met.
pub(crate) fn leaf() -> impl Strategy<Value = Model> {
    prop_oneof![
        4 => int(),
        2 => float(),
        3 => atom(),
        2 => bits(),
        1 => Just(Model::List(Vec::new(), None)),
        1 => fun(),
    ]
}

/// Any term, nested and with maps of all sizes.
pub(crate) fn term() -> impl Strategy<Value = Model> {
    leaf().prop_recursive(4, 120, 8, |inner| {
        let elements = || prop::collection::vec(inner.clone(), 0..6);
        let tail = prop::option::weighted(0.2, inner.clone().prop_map(Box::new));
        let large = (30i64..60, inner.clone()).prop_map(|(n, value)| {
            let pair = |i: i64| (Model::Int(BigInt::from(i * 7)), value.clone());
            Model::Map((0..n).map(pair).collect())
        });
        prop_oneof![
            3 => elements().prop_map(Model::Tuple),
            3 => (elements(), tail).prop_map(|(e, t)| Model::List(e, t)),
            2 => prop::collection::vec((inner.clone(), inner.clone()), 0..5).prop_map(Model::Map),
            1 => large,
        ]
    })
}

/// Two terms, often alike.
pub(crate) fn pair() -> impl Strategy<Value = (Model, Model)> {
    prop_oneof![
        (term(), term()),
        (leaf(), leaf()),
        (int(), float()),
        term().prop_map(|t| (t.clone(), t)),
        (term(), any::<prop::sample::Index>(), leaf()).prop_map(|(t, i, new)| {
            let mut other = t.clone();
            change(&mut other, i.index(40), new);
            (t, other)
        }),
    ]
}

/// Replaces a part of a term.
fn change(term: &mut Model, seed: usize, new: Model) {
    let parts: Vec<&mut Model> = match term {
        Model::Tuple(elements) => elements.iter_mut().collect(),
        Model::List(elements, tail) => elements
            .iter_mut()
            .chain(tail.iter_mut().map(|t| &mut **t))
            .collect(),
        Model::Map(pairs) => pairs.iter_mut().flat_map(|(k, v)| [k, v]).collect(),
        _ => Vec::new(),
    };
    let count = parts.len();
    match parts.into_iter().nth(seed.checked_rem(count).unwrap_or(0)) {
        Some(part) => change(part, seed / count, new),
        None => *term = new,
    }
}
