//! Calls of functions on terms with generated arguments, compared with what the installed OTP
//! returns or raises; without one there is nothing to compare with.

use super::{Ctx, Raise, find};
use crate::etf::{DecodeOptions, decode};
use crate::memory::{Heap, ProcessHeap};
use crate::platform::Platform;
use crate::process::Process;
use crate::term::model::{FUNS, Model, export, leaf, term};
use crate::term::order::{compare_exact, equal_exact};
use crate::term::{Term, atoms, map};
use crate::vm::{Limits, Runtime};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;
use core::time::Duration;
use num_bigint::BigInt;
use proptest::collection::vec as many;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::process::Command;

const CALLS: usize = 6000;

const SCRIPT: &str = r#"
    {ok, Calls} = file:consult(os:getenv("CALLS")),
    Run = fun(M, F, Args) -> try {ok, apply(M, F, Args)} catch error:R -> {error, R} end end,
    [io:format("~s~n", [binary:encode_hex(term_to_binary({Args, Run(M, F, Args)}))])
        || {M, F, Args} <- Calls],
    halt().
"#;

type Call = (&'static str, &'static str, Vec<Model>);

fn int(value: i64) -> Model {
    Model::Int(BigInt::from(value))
}

/// A term of which equal ones are often met.
fn key() -> BoxedStrategy<Model> {
    prop_oneof![
        3 => (0i64..45).prop_map(int),
        1 => (0i64..5).prop_map(|v| Model::Float(v as f64)),
        1 => "[a-d]".prop_map(Model::Atom),
        1 => leaf(),
        1 => (0i64..3).prop_map(|v| Model::Tuple(vec![int(v)])),
    ]
    .boxed()
}

fn list_of(element: BoxedStrategy<Model>, most: usize) -> BoxedStrategy<Model> {
    let tail = prop::option::weighted(0.05, leaf().prop_map(Box::new));
    (many(element, 0..most), tail)
        .prop_map(|(e, t)| Model::List(e, t))
        .boxed()
}

fn list() -> BoxedStrategy<Model> {
    prop_oneof![5 => list_of(key(), 8), 2 => list_of(key(), 120), 1 => leaf()].boxed()
}

fn pair() -> BoxedStrategy<Model> {
    prop_oneof![
        60 => (key(), leaf()).prop_map(|(k, v)| Model::Tuple(vec![k, v])),
        1 => leaf(),
    ]
    .boxed()
}

fn flat() -> BoxedStrategy<Model> {
    many((key(), leaf()), 0..20).prop_map(Model::Map).boxed()
}

fn any_map() -> BoxedStrategy<Model> {
    let range = |from: i64, to: i64| (from..to).map(|k| (int(k), int(k))).collect();
    prop_oneof![
        4 => flat(),
        2 => many((key(), leaf()), 20..90).prop_map(Model::Map),
        // Around the size where maps change their shape.
        2 => (0i64..4, 30i64..37).prop_map(move |(a, b)| Model::Map(range(a, b))),
        1 => leaf(),
    ]
    .boxed()
}

fn tuple() -> BoxedStrategy<Model> {
    prop_oneof![9 => many(leaf(), 0..6).prop_map(Model::Tuple), 1 => leaf()].boxed()
}

fn position() -> BoxedStrategy<Model> {
    prop_oneof![9 => (-1i64..8).prop_map(int), 1 => leaf()].boxed()
}

fn range() -> BoxedStrategy<Model> {
    prop_oneof![
        any::<u32>().prop_map(|v| int(v as i64)),
        Just(int(1 << 32)),
        Just(int((1 << 32) + 1)),
        Just(int(0)),
        leaf(),
    ]
    .boxed()
}

fn calls() -> impl Strategy<Value = Call> {
    let map_key = |f| {
        (key(), any_map())
            .prop_map(move |(k, m)| ("maps", f, vec![k, m]))
            .boxed()
    };
    let map_put = |f| {
        (key(), leaf(), any_map())
            .prop_map(move |(k, v, m)| ("maps", f, vec![k, v, m]))
            .boxed()
    };
    let of_map = |m, f| any_map().prop_map(move |map| (m, f, vec![map])).boxed();
    let of_tuple = |f| tuple().prop_map(move |t| ("erlang", f, vec![t])).boxed();
    let of_list = |f| list().prop_map(move |t| ("erlang", f, vec![t])).boxed();
    let two_lists = |m, f| {
        (list(), list())
            .prop_map(move |(a, b)| (m, f, vec![a, b]))
            .boxed()
    };
    let keyed = |f| {
        let rows = list_of(tuple(), 8);
        (leaf(), position(), rows)
            .prop_map(move |(k, p, l)| ("lists", f, vec![k, p, l]))
            .boxed()
    };
    let iterate = prop_oneof![Just(Model::Atom("iterator".into())), list()];
    let defaults = list_of(
        prop_oneof![
            9 => (1i64..4, leaf()).prop_map(|(p, v)| Model::Tuple(vec![int(p), v])),
            1 => tuple()
        ]
        .boxed(),
        5,
    );
    let maps = prop_oneof![
        map_key("get"),
        map_key("find"),
        map_key("is_key"),
        map_key("remove"),
        map_key("take"),
        map_put("put"),
        map_put("update"),
        of_map("maps", "keys"),
        of_map("maps", "values"),
        of_map("erlang", "map_size"),
        (key(), any_map())
            .prop_map(|(k, m)| ("erlang", "map_get", vec![k, m]))
            .boxed(),
        (key(), any_map())
            .prop_map(|(k, m)| ("erlang", "is_map_key", vec![k, m]))
            .boxed(),
        (any_map(), any_map())
            .prop_map(|(a, b)| ("maps", "merge", vec![a, b]))
            .boxed(),
        list_of(pair(), 90)
            .prop_map(|l| ("maps", "from_list", vec![l]))
            .boxed(),
        list_of(pair(), 9)
            .prop_map(|l| ("maps", "from_list", vec![l]))
            .boxed(),
        (list(), leaf())
            .prop_map(|(l, v)| ("maps", "from_keys", vec![l, v]))
            .boxed(),
        flat()
            .prop_map(|m| ("erts_internal", "map_to_tuple_keys", vec![m]))
            .boxed(),
        (flat(), iterate)
            .prop_map(|(m, i)| ("erts_internal", "map_next", vec![int(0), m, i]))
            .boxed(),
    ]
    .boxed();
    let lists = prop_oneof![
        of_list("hd"),
        of_list("tl"),
        of_list("length"),
        of_list("list_to_tuple"),
        two_lists("erlang", "++"),
        two_lists("erlang", "--"),
        two_lists("erlang", "append"),
        two_lists("erlang", "subtract"),
        two_lists("lists", "reverse"),
        (key(), list())
            .prop_map(|(k, l)| ("lists", "member", vec![k, l]))
            .boxed(),
        keyed("keyfind"),
        keyed("keymember"),
        keyed("keysearch"),
    ];
    let tuples = prop_oneof![
        of_tuple("tuple_to_list"),
        of_tuple("tuple_size"),
        of_tuple("size"),
        (position(), tuple())
            .prop_map(|(p, t)| ("erlang", "element", vec![p, t]))
            .boxed(),
        (position(), tuple())
            .prop_map(|(p, t)| ("erlang", "delete_element", vec![p, t]))
            .boxed(),
        (tuple(), leaf())
            .prop_map(|(t, v)| ("erlang", "append_element", vec![t, v]))
            .boxed(),
        (position(), tuple(), leaf())
            .prop_map(|(p, t, v)| ("erlang", "setelement", vec![p, t, v]))
            .boxed(),
        (position(), tuple(), leaf()).prop_map(|(p, t, v)| (
            "erlang",
            "insert_element",
            vec![p, t, v]
        )),
        (position(), leaf())
            .prop_map(|(n, v)| ("erlang", "make_tuple", vec![n, v]))
            .boxed(),
        (position(), leaf(), defaults).prop_map(|(n, v, l)| (
            "erlang",
            "make_tuple",
            vec![n, v, l]
        )),
    ];
    let others = prop_oneof![
        term().prop_map(|t| ("erlang", "phash2", vec![t])).boxed(),
        (term(), range())
            .prop_map(|(t, r)| ("erlang", "phash2", vec![t, r]))
            .boxed(),
        (term(), range())
            .prop_map(|(t, r)| ("erlang", "phash", vec![t, r]))
            .boxed(),
        (term(), term())
            .prop_map(|(a, b)| ("erts_internal", "cmp_term", vec![a, b]))
            .boxed(),
    ];
    prop_oneof![4 => maps, 3 => lists, 2 => tuples, 1 => others]
}

fn ask_otp(calls: &[Call]) -> Option<String> {
    let mut source = String::from("%% -*- coding: utf-8 -*-\n");
    for (module, function, args) in calls {
        let args: Vec<String> = args.iter().map(Model::text).collect();
        writeln!(source, "{{{module},'{function}',[{}]}}.", args.join(",")).unwrap();
    }
    let file = std::env::temp_dir().join(format!("calls-{}.terms", std::process::id()));
    std::fs::write(&file, source).unwrap();
    let output = Command::new("erl")
        .args(["-noshell", "-eval", SCRIPT])
        .env("CALLS", &file)
        .output();
    std::fs::remove_file(&file).unwrap();
    Some(String::from_utf8(output.ok()?.stdout).unwrap())
}

struct Still;

impl Platform for Still {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .bytes()
        .map(|c| (c as char).to_digit(16).unwrap() as u8)
        .collect();
    digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect()
}

/// What a call returns or raises, as `{ok, Result}` or `{error, Reason}`.
fn run(c: &mut Ctx<'_>, call: &Call, args: &[Term]) -> Term {
    let function = find(call.0, call.1, args.len() as u32).expect("a built-in function");
    let (tag, term) = match function(c, args) {
        Ok(result) => (atoms::OK, result),
        Err(Raise::Error(reason)) => (atoms::ERROR, reason),
        Err(other) => panic!("{call:?}: {other:?}"),
    };
    c.p.heap.tuple(&[tag, term]).unwrap()
}

/// The keys and values of large maps come in an order of our own.
fn is_unordered(call: &Call, args: &[Term]) -> bool {
    matches!(call.1, "keys" | "values") && map::size(args[0]) > map::FLAT_MAX
}

/// A position of 28 bits or more is no position where words have 32 bits, there as here.
fn is_no_position(call: &Call, args: &[Term]) -> bool {
    call.1.starts_with("key")
        && args.get(1).is_some_and(|position| position.is_big())
        && matches!(&call.2[1], Model::Int(_))
}

fn sorted(c: &mut Ctx<'_>, outcome: Term) -> Term {
    let mut elements: Vec<Term> = outcome.as_tuple().unwrap()[1].list_iter().collect();
    elements.sort_by(|&a, &b| compare_exact(&c.rt.atoms, a, b));
    c.p.heap.list(&elements).unwrap()
}

#[test]
fn functions_return_and_raise_what_they_do_in_otp() {
    let mut runner = TestRunner::deterministic();
    let strategy = calls();
    let calls: Vec<Call> = (0..CALLS)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let Some(answers) = ask_otp(&calls) else {
        return;
    };
    assert_eq!(answers.lines().count(), calls.len(), "{answers}");
    let rt = Runtime::new(Box::new(Still), Limits::default());
    for (module, function) in FUNS {
        let atom = |name| rt.atoms.intern(name).unwrap();
        for arity in 0..3 {
            export(&rt.exports, atom(module), atom(function), arity);
        }
    }
    let mut wrong = 0;
    for (call, answer) in calls.iter().zip(answers.lines()) {
        let heap = ProcessHeap::new(1000, &rt.budget).unwrap();
        let mut p = Process::new(Term::pid(1), heap);
        let options = DecodeOptions::default();
        let (answer, _) = decode(&mut p.heap, &rt, &bytes_of(answer), options).unwrap();
        let mut c = Ctx::new(&mut p, &rt);
        let &[args, mut theirs] = answer.as_tuple().unwrap() else {
            panic!("{call:?}");
        };
        let args: Vec<Term> = args.list_iter().collect();
        if usize::BITS == 32 && is_no_position(call, &args) {
            continue;
        }
        let mut ours = run(&mut c, call, &args);
        if is_unordered(call, &args) {
            (ours, theirs) = (sorted(&mut c, ours), sorted(&mut c, theirs));
        }
        if !equal_exact(ours, theirs) {
            wrong += 1;
            let args: Vec<String> = call.2.iter().map(Model::text).collect();
            std::println!("{}:{}({})", call.0, call.1, args.join(", "));
        }
    }
    assert_eq!(wrong, 0);
}
