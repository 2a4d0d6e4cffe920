//! Order, equality and portable hashes of generated terms, as the installed OTP has them; without
//! one there is nothing to compare with.

use super::model::{Bench, Model, pair};
use super::order::{compare, compare_exact, equal, equal_exact};
use super::phash::{phash, phash2};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::process::Command;

const PAIRS: usize = 3000;

const SCRIPT: &str = r#"
    {ok, Pairs} = file:consult(os:getenv("PAIRS")),
    Order = fun(X) when X < 0 -> -1; (0) -> 0; (_) -> 1 end,
    Compare = fun(A, B) when A < B -> -1; (A, B) when A > B -> 1; (_, _) -> 0 end,
    [io:format("~w ~w ~w ~w ~w ~w ~w~n", [Compare(A, B), A == B,
        Order(erts_internal:cmp_term(A, B)), A =:= B, erlang:phash2(A, 1 bsl 32),
        erlang:phash(A, 1 bsl 32), erlang:phash2(A)]) || {A, B} <- Pairs],
    halt().
"#;

fn generated() -> Vec<(Model, Model)> {
    let mut runner = TestRunner::deterministic();
    let strategy = pair();
    (0..PAIRS)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

fn ask_otp(pairs: &[(Model, Model)]) -> Option<String> {
    let mut source = String::from("%% -*- coding: utf-8 -*-\n");
    for (a, b) in pairs {
        writeln!(source, "{{{},{}}}.", a.text(), b.text()).unwrap();
    }
    let file = std::env::temp_dir().join(format!("order-{}.terms", std::process::id()));
    std::fs::write(&file, source).unwrap();
    let output = Command::new("erl")
        .args(["-noshell", "-eval", SCRIPT])
        .env("PAIRS", &file)
        .output();
    std::fs::remove_file(&file).unwrap();
    let output = output.ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

fn ours(a: &Model, b: &Model) -> String {
    let mut bench = Bench::new();
    let (s, t) = (a.build(&mut bench), b.build(&mut bench));
    let atoms = &bench.atoms;
    let hash = phash2(atoms, s);
    format!(
        "{} {} {} {} {} {} {}",
        compare(atoms, s, t) as i8,
        equal(s, t),
        compare_exact(atoms, s, t) as i8,
        equal_exact(s, t),
        hash,
        phash(atoms, s) as u64 + 1,
        hash & ((1 << 27) - 1),
    )
}

#[test]
fn terms_compare_and_hash_as_in_otp() {
    let pairs = generated();
    let Some(answers) = ask_otp(&pairs) else {
        return;
    };
    assert_eq!(answers.lines().count(), pairs.len(), "{answers}");
    let mut wrong = 0;
    for ((a, b), theirs) in pairs.iter().zip(answers.lines()) {
        let ours = ours(a, b);
        if ours != theirs {
            wrong += 1;
            if wrong < 20 {
                std::println!(
                    "{}\n{}\n  ours   {ours}\n  theirs {theirs}",
                    a.text(),
                    b.text()
                );
            }
        }
    }
    assert_eq!(wrong, 0);
}
