//! Small functions that are right, or wrong in one way.

use alloc::string::ToString;
use alloc::vec;

use super::build::*;
use super::{Catch, Reason, VerifyError, verify};
use crate::beam::{Operand, RecordDefinition};

fn check(arity: u64, body: &[Line]) -> Result<super::Verified, VerifyError> {
    verify(&module(arity, body))
}

#[track_caller]
fn accepted(arity: u64, body: &[Line]) -> super::Verified {
    check(arity, body).unwrap()
}

#[track_caller]
fn refused(arity: u64, body: &[Line]) -> Reason {
    check(arity, body).unwrap_err().reason
}

#[test]
fn functions_and_labels_are_found() {
    let verified = accepted(1, &[i!(RETURN)]);
    assert_eq!(verified.functions.len(), 2);
    let f = verified.functions[0];
    assert_eq!(
        (f.name_atom, f.arity, f.info_label, f.entry_label),
        (F, 1, 1, 2)
    );
    assert_eq!((f.first_instr, f.end_instr), (0, 5));
    assert_eq!(verified.label_function[2], 0);
    assert_eq!(verified.label_function[21], 1);
    assert_eq!(verified.label_function[5], u32::MAX);
    assert_eq!((verified.max_x, verified.max_fr), (1, 0));
}

#[test]
fn a_message_says_where_and_what() {
    let error = check(0, &[i!(MOVE, X(3), X(0)), i!(RETURN)]).unwrap_err();
    let text = "module m, function f/0, code offset 24: move reads x3, which is not set";
    assert_eq!(error.to_string(), text);
    // The label that begins the second function belongs to it.
    let mut beam = module(1, &[i!(RETURN)]);
    beam.exports.push(export(21, F, 1));
    let error = verify(&beam).unwrap_err();
    assert_eq!((&*error.function, error.opcode), ("g", "label"));
    assert_eq!(error.reason, Reason::BadExport(0));
}

#[test]
fn the_head_of_a_function() {
    let error = |lines: &[Line]| verify(&beam(lines)).unwrap_err().reason;
    let info = || i!(FUNC_INFO, Atom(M), Atom(F), U(0));
    let end = || i!(IF_END);
    assert_eq!(error(&[i!(RETURN)]), Reason::OutsideFunction);
    assert_eq!(
        error(&[info(), i!(LABEL, U(2)), end()]),
        Reason::FunctionHead
    );
    assert_eq!(
        error(&[i!(LABEL, U(1)), info(), end()]),
        Reason::FunctionHead
    );
    let other = i!(FUNC_INFO, Atom(F), Atom(F), U(0));
    let lines = [i!(LABEL, U(1)), other, i!(LABEL, U(2)), end()];
    assert_eq!(error(&lines), Reason::WrongModule);
    assert!(verify(&beam(&[])).is_ok());
}

#[test]
fn labels() {
    let jump = |label| i!(JUMP, Label(label));
    assert_eq!(refused(0, &[jump(7)]), Reason::NoLabel(7));
    assert_eq!(refused(0, &[jump(u32::MAX)]), Reason::NoLabel(u32::MAX));
    assert_eq!(refused(0, &[jump(21)]), Reason::ForeignLabel(21));
    let twice = [i!(LABEL, U(2)), i!(IF_END)];
    assert_eq!(refused(0, &twice), Reason::LabelTwice(2));
    assert_eq!(refused(0, &[i!(LABEL, U(0))]), Reason::LabelRange(0));
    assert_eq!(refused(0, &[i!(LABEL, U(200))]), Reason::LabelRange(200));
    let test = |label| [i!(IS_ATOM, Label(label), X(0)), i!(RETURN)];
    assert!(check(1, &test(1)).is_ok());
    let operand = Reason::Operand {
        index: 1,
        expected: "a label",
    };
    assert_eq!(refused(1, &test(0)), operand);
}

#[test]
fn a_tagged_tuple_has_its_tag() {
    let test = |count| {
        let test = i!(IS_TAGGED_TUPLE, Label(1), X(0), U(count), Atom(F));
        [test, i!(RETURN)]
    };
    assert!(check(1, &test(1)).is_ok());
    let operand = Reason::Operand {
        index: 3,
        expected: "a number from 1 to 65535",
    };
    assert_eq!(refused(1, &test(0)), operand);
}

#[test]
fn calls_lead_to_entries() {
    let call = |arity, label| [i!(CALL_ONLY, U(arity), Label(label))];
    assert!(check(1, &call(1, 21)).is_ok());
    let wrong = |label, arity| Reason::NotAnEntry { label, arity };
    assert_eq!(refused(2, &call(2, 21)), wrong(21, 2));
    assert_eq!(refused(1, &call(1, 20)), wrong(20, 1));
    assert_eq!(refused(1, &call(1, 9)), wrong(9, 1));
    let imported = |arity| [i!(CALL_EXT_ONLY, U(arity), U(REVERSE))];
    assert!(check(1, &imported(1)).is_ok());
    let arity = Reason::ImportArity {
        import: REVERSE as u32,
        arity: 1,
    };
    assert_eq!(refused(2, &imported(2)), arity);
}

#[test]
fn tables_lead_to_entries() {
    let with = |change: fn(&mut crate::beam::Beam<'static>)| {
        let mut beam = module(1, &[i!(RETURN)]);
        change(&mut beam);
        verify(&beam).map(|_| ()).map_err(|error| error.reason)
    };
    assert_eq!(with(|b| b.exports.push(export(2, F, 1))), Ok(()));
    let bad = Err(Reason::BadExport(0));
    assert_eq!(with(|b| b.exports.push(export(2, F, 2))), bad);
    assert_eq!(with(|b| b.exports.push(export(1, F, 1))), bad);
    assert_eq!(with(|b| b.locals.push(export(2, G, 1))), bad);
    assert_eq!(with(|b| b.lambdas.push(lambda(2, F))), Ok(()));
    assert_eq!(
        with(|b| b.lambdas.push(lambda(2, G))),
        Err(Reason::BadLambda(0))
    );
}

#[test]
fn registers_are_set_on_every_path() {
    let one_path = [
        i!(IS_ATOM, Label(3), X(0)),
        i!(MOVE, Atom(F), X(1)),
        i!(LABEL, U(3)),
        i!(MOVE, X(1), X(0)),
        i!(RETURN),
    ];
    assert_eq!(refused(1, &one_path), Reason::UnsetX(1));
    assert!(check(2, &one_path).is_ok());
    assert_eq!(refused(0, &[i!(RETURN)]), Reason::UnsetX(0));
    let range = [i!(MOVE, X(1024), X(0)), i!(RETURN)];
    assert_eq!(refused(0, &range), Reason::XRange(1024));
    let range = [i!(MOVE, Y(1024), X(0)), i!(RETURN)];
    assert_eq!(refused(0, &range), Reason::YRange(1024));
    let range = [i!(FMOVE, X(0), FloatReg(128)), i!(RETURN)];
    assert_eq!(refused(1, &range), Reason::FloatRange(128));
}

#[test]
fn a_loop_is_followed_until_nothing_is_lost() {
    let body = [
        i!(ALLOCATE, U(0), U(2)),
        i!(LABEL, U(3)),
        i!(MOVE, X(1), X(0)),
        i!(CALL, U(1), Label(21)),
        i!(JUMP, Label(3)),
    ];
    assert_eq!(refused(2, &body), Reason::UnsetX(1));
}

#[test]
fn collecting_loses_what_is_not_live() {
    let test = |live| {
        [
            i!(TEST_HEAP, U(0), U(live)),
            i!(MOVE, X(1), X(0)),
            i!(RETURN),
        ]
    };
    assert!(check(2, &test(2)).is_ok());
    assert_eq!(refused(2, &test(1)), Reason::UnsetX(1));
    let live = Reason::NotLive { live: 3, unset: 2 };
    assert_eq!(refused(2, &test(3)), live);
    let plus = |live| {
        let args = vec![Label(0).into(), U(live).into(), U(PLUS).into()];
        let args = [args, vec![X(0).into(), X(1).into(), X(5).into()]].concat();
        [
            (crate::beam::opcode::op::GC_BIF2, args),
            i!(MOVE, X(5), X(0)),
            i!(RETURN),
        ]
    };
    assert_eq!(accepted(2, &plus(2)).max_x, 6);
    // A source need not be live: the instruction has read it when it collects.
    assert_eq!(accepted(2, &plus(1)).max_x, 6);
}

#[test]
fn a_call_leaves_only_its_result() {
    let body = |register| {
        [
            i!(ALLOCATE, U(1), U(2)),
            i!(MOVE, X(1), Y(0)),
            i!(CALL, U(1), Label(21)),
            i!(MOVE, register, X(0)),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
        ]
    };
    assert!(check(2, &body(Y(0))).is_ok());
    assert_eq!(refused(2, &body(X(1))), Reason::UnsetX(1));
}

#[test]
fn frames() {
    let allocate = |n| i!(ALLOCATE, U(n), U(1));
    assert_eq!(
        refused(1, &[i!(CALL, U(1), Label(21)), i!(RETURN)]),
        Reason::NoFrame
    );
    assert_eq!(refused(1, &[allocate(2), i!(RETURN)]), Reason::HasFrame(2));
    assert_eq!(refused(1, &[allocate(2), allocate(2)]), Reason::HasFrame(2));
    let size = Reason::FrameSize { said: 1, frame: 2 };
    assert_eq!(refused(1, &[allocate(2), i!(DEALLOCATE, U(1))]), size);
    let last = i!(CALL_LAST, U(1), Label(21), U(1));
    assert_eq!(refused(1, &[allocate(2), last.clone()]), size);
    assert!(check(1, &[allocate(1), last.clone()]).is_ok());
    assert_eq!(refused(1, &[last]), Reason::NoFrame);
    let outside = Reason::OutsideFrame { y: 2, frame: 2 };
    assert_eq!(refused(1, &[allocate(2), i!(MOVE, X(0), Y(2))]), outside);
    assert_eq!(refused(1, &[i!(MOVE, X(0), Y(2))]), Reason::NoFrameFor(2));
    let trim = |n, rest| {
        [
            allocate(3),
            i!(TRIM, U(n), U(rest)),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
        ]
    };
    assert!(check(1, &trim(2, 1)).is_ok());
    let size = Reason::FrameSize { said: 4, frame: 3 };
    assert_eq!(refused(1, &trim(2, 2)), size);
}

#[test]
fn paths_with_different_frames_meet_only_to_raise() {
    let body = |last: &[Line]| {
        let mut lines = vec![
            i!(IS_ATOM, Label(3), X(0)),
            i!(ALLOCATE, U(2), U(1)),
            i!(IS_TUPLE, Label(3), X(0)),
            i!(DEALLOCATE, U(2)),
            i!(RETURN),
            i!(LABEL, U(3)),
        ];
        lines.extend_from_slice(last);
        lines
    };
    assert!(check(1, &body(&[i!(BADMATCH, X(0))])).is_ok());
    assert!(check(1, &body(&[i!(CALL_EXT_LAST, U(1), U(ERROR), U(7))])).is_ok());
    assert_eq!(refused(1, &body(&[i!(RETURN)])), Reason::UnknownFrame);
    let outside = Reason::OutsideFrame { y: 0, frame: 0 };
    assert_eq!(refused(1, &body(&[i!(BADMATCH, Y(0))])), outside);
}

#[test]
fn code_ends() {
    assert_eq!(refused(1, &[i!(MOVE, X(0), X(1))]), Reason::FallsOff);
    assert!(check(1, &[i!(CALL_EXT, U(1), U(ERROR))]).is_ok());
    let other = [i!(ALLOCATE, U(0), U(1)), i!(CALL_EXT, U(1), U(REVERSE))];
    assert_eq!(refused(1, &other), Reason::FallsOff);
    // The very last function ends at int_code_end.
    let mut lines = head(0);
    lines.push(i!(MOVE, Atom(F), X(0)));
    assert_eq!(verify(&beam(&lines)).unwrap_err().reason, Reason::FallsOff);
}

#[test]
fn unreachable_code_is_reported() {
    let body = [
        i!(RETURN),
        i!(MOVE, X(9), X(0)),
        i!(RETURN),
        i!(LABEL, U(3)),
        i!(RETURN),
    ];
    let verified = accepted(1, &body);
    // Also the heads of both functions, to which nothing branches.
    assert_eq!(verified.unreachable, [0..3, 5..11]);
    let wrong = [i!(RETURN), i!(MOVE, U(9), X(0))];
    assert!(check(1, &wrong).is_err());
}

#[test]
fn the_heap_that_was_asked_for() {
    let body = |words: Operand, build: &[Line]| {
        let mut lines = vec![i!(TEST_HEAP, words, U(1))];
        lines.extend_from_slice(build);
        lines.push(i!(RETURN));
        lines
    };
    let list = i!(PUT_LIST, X(0), Atom(0), X(0));
    assert!(check(1, &body(U(2), core::slice::from_ref(&list))).is_ok());
    let heap = |needs, left| Reason::Heap { needs, left };
    assert_eq!(
        refused(1, &body(U(3), &[list.clone(), list.clone()])),
        heap(2, 1)
    );
    let tuple = i!(PUT_TUPLE2, X(0), vec![X(0), X(0)]);
    assert!(check(1, &body(U(3), core::slice::from_ref(&tuple))).is_ok());
    assert_eq!(refused(1, &body(U(2), &[tuple])), heap(3, 2));
    let record = i!(UPDATE_RECORD, Atom(F), U(4), X(0), X(0), vec![U(2), X(0)]);
    assert!(check(1, &body(U(5), core::slice::from_ref(&record))).is_ok());
    assert_eq!(refused(1, &body(U(4), &[record])), heap(5, 4));
    let floats = Operand::AllocList {
        words: 2,
        floats: 1,
        funs: 0,
    };
    let float = i!(FMOVE, FloatReg(0), X(0));
    assert!(check(1, &body(floats, &[list.clone(), float.clone()])).is_ok());
    assert!(
        check(
            1,
            &body(floats, &[float.clone(), list.clone(), list.clone()])
        )
        .is_err()
    );
    // What may take heap itself ends the promise; what only looks does not.
    let look = i!(BIF0, U(SELF), X(0));
    assert!(check(1, &body(U(2), &[look, list.clone()])).is_ok());
    let plus = i!(GC_BIF2, Label(0), U(1), U(PLUS), X(0), X(0), X(0));
    assert_eq!(refused(1, &body(U(2), &[plus, list.clone()])), heap(2, 0));
    let guard = i!(BIF1, Label(0), U(REVERSE), X(0), X(0));
    assert_eq!(
        refused(1, &body(U(2), &[guard])),
        Reason::NotAGuard(REVERSE as u32)
    );
}

#[test]
fn heap_that_shrinks_in_a_loop() {
    let body = [
        i!(TEST_HEAP, U(1 << 20), U(1)),
        i!(LABEL, U(3)),
        i!(PUT_LIST, X(0), X(0), X(0)),
        i!(JUMP, Label(3)),
    ];
    let heap = Reason::Heap { needs: 2, left: 0 };
    assert_eq!(refused(1, &body), heap);
}

#[test]
fn funs_capture_what_they_should() {
    let make = |fun, env: Vec<Operand>| {
        let funs = Operand::AllocList {
            words: 1,
            floats: 0,
            funs: 1,
        };
        let body = [
            i!(TEST_HEAP, funs, U(1)),
            i!(MAKE_FUN3, U(fun), X(0), env),
            i!(RETURN),
        ];
        let mut beam = module(1, &body);
        beam.lambdas.push(lambda(21, G));
        verify(&beam).map(|_| ()).map_err(|error| error.reason)
    };
    assert_eq!(make(0, vec![X(0)]), Ok(()));
    assert_eq!(make(0, vec![]), Err(Reason::FreeVariables(0)));
    assert!(make(1, vec![X(0)]).is_err());
}

#[test]
fn tuples_of_old_compilers_are_built_as_a_whole() {
    let put = || i!(PUT, X(0));
    let build = |parts: &[Line]| {
        let mut lines = vec![i!(TEST_HEAP, U(3), U(1)), i!(PUT_TUPLE, U(2), X(0))];
        lines.extend_from_slice(parts);
        lines.push(i!(RETURN));
        check(1, &lines).map(|_| ()).map_err(|error| error.reason)
    };
    assert_eq!(build(&[put(), put()]), Ok(()));
    assert_eq!(build(&[put()]), Err(Reason::TupleParts));
    assert_eq!(build(&[put(), put(), put()]), Err(Reason::TupleParts));
    assert_eq!(build(&[put(), i!(PUT, X(1))]), Err(Reason::UnsetX(1)));
}

#[test]
fn handlers() {
    let body = |end: Line| {
        [
            i!(ALLOCATE, U(1), U(1)),
            i!(TRY, Y(0), Label(3)),
            i!(CALL, U(1), Label(21)),
            i!(TRY_END, Y(0)),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
            i!(LABEL, U(3)),
            end,
            i!(MOVE, X(2), X(0)),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
        ]
    };
    let verified = accepted(1, &body(i!(TRY_CASE, Y(0))));
    let catch = Catch {
        instr: 5,
        label: 3,
        frame: 1,
        y: 0,
    };
    assert_eq!(verified.catches, [catch]);
    assert_eq!(verified.max_x, 3);
    assert_eq!(refused(1, &body(i!(CATCH_END, Y(0)))), Reason::Handler(3));
    assert_eq!(refused(1, &body(i!(TRY_CASE, Y(1)))), Reason::Handler(3));
    assert_eq!(refused(1, &[i!(TRY, Y(0), Label(3))]), Reason::NoLabel(3));
}

#[test]
fn only_an_exception_leads_into_the_handler_of_a_try() {
    let body = [
        i!(ALLOCATE, U(1), U(1)),
        i!(TRY, Y(0), Label(3)),
        i!(CALL, U(1), Label(21)),
        i!(LABEL, U(3)),
        i!(TRY_CASE, Y(0)),
        i!(MOVE, X(2), X(0)),
        i!(DEALLOCATE, U(1)),
        i!(RETURN),
    ];
    assert!(check(1, &body).is_ok());
    let without = [&body[..1], &body[2..]].concat();
    // Without the `try` nothing leads behind the label, and so to the head of the second function.
    assert_eq!(accepted(1, &without).unreachable, [0..3, 6..13]);
}

#[test]
fn a_catch_goes_on_with_its_value_only() {
    let body = |register| {
        [
            i!(ALLOCATE, U(1), U(1)),
            i!(CATCH, Y(0), Label(3)),
            i!(CALL, U(1), Label(21)),
            i!(LABEL, U(3)),
            i!(CATCH_END, Y(0)),
            i!(MOVE, register, X(0)),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
        ]
    };
    assert!(check(1, &body(X(0))).is_ok());
    assert_eq!(refused(1, &body(X(1))), Reason::UnsetX(1));
}

#[test]
fn receiving_and_waiting() {
    let body = |limit| {
        [
            i!(ALLOCATE, U(1), U(1)),
            i!(MOVE, X(0), Y(0)),
            i!(LABEL, U(3)),
            i!(LOOP_REC, Label(4), X(0)),
            i!(REMOVE_MESSAGE),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
            i!(LABEL, U(4)),
            i!(WAIT_TIMEOUT, Label(3), limit),
            i!(TIMEOUT),
            i!(MOVE, Y(0), X(0)),
            i!(DEALLOCATE, U(1)),
            i!(RETURN),
        ]
    };
    assert!(check(1, &body(Y(0))).is_ok());
    assert_eq!(refused(1, &body(X(0))), Reason::UnsetX(0));
    let sleep = [
        i!(ALLOCATE, U(0), U(1)),
        i!(LABEL, U(3)),
        i!(WAIT_TIMEOUT, Label(3), X(0)),
        i!(TIMEOUT),
        i!(IF_END),
    ];
    assert!(check(1, &sleep).is_ok());
    // A `receive` without clauses, as the compilers before OTP 24 write it.
    assert!(check(1, &[i!(LABEL, U(3)), i!(WAIT, Label(3))]).is_ok());
}

#[test]
fn only_a_new_tuple_is_changed() {
    let body = |change: &[Line]| {
        let mut lines = vec![i!(ALLOCATE, U(1), U(3)), i!(CALL_EXT, U(3), U(SETELEMENT))];
        lines.extend_from_slice(change);
        lines.extend([i!(DEALLOCATE, U(1)), i!(RETURN)]);
        check(3, &lines).map(|_| ()).map_err(|error| error.reason)
    };
    let set = || i!(SET_TUPLE_ELEMENT, Atom(F), X(0), U(1));
    let shared = Err(Reason::SharedTuple);
    assert_eq!(body(&[set(), i!(GET_HD, Y(0), X(1)), set()]), Ok(()));
    assert_eq!(body(&[i!(MOVE, X(0), Y(0)), set()]), shared);
    assert_eq!(body(&[i!(SET_TUPLE_ELEMENT, X(0), X(0), U(1))]), shared);
    assert_eq!(body(&[i!(LABEL, U(3)), set()]), shared);
    assert_eq!(refused(1, &[set(), i!(RETURN)]), Reason::SharedTuple);
}

#[test]
fn matching_by_commands() {
    let nil = Atom(0);
    let body = |list: Vec<Operand>| [i!(BS_MATCH, Label(1), X(0), list), i!(RETURN)];
    let get = |live, to| vec![Atom(INTEGER), U(live), nil, U(8), U(1), to];
    assert!(check(1, &body(get(1, X(1)))).is_ok());
    // The context need not be live any more, but then it is not there afterwards.
    assert_eq!(refused(1, &body(get(0, X(1)))), Reason::UnsetX(0));
    let twice = [get(1, X(1)), get(2, X(2))].concat();
    assert!(check(1, &body(twice)).is_ok());
    let live = Reason::NotLive { live: 2, unset: 1 };
    assert_eq!(refused(1, &body(get(2, X(1)))), live);
    for value in [Integer(7), U(7)] {
        let equals = vec![Atom(EQUALS), nil, U(8), value];
        assert!(check(1, &body(equals)).is_ok());
    }
    // Where a command fails, registers that are not live behind it are still there.
    let fails = |to| {
        [
            i!(MOVE, X(0), X(1)),
            i!(BS_MATCH, Label(3), X(0), get(1, X(2))),
            i!(RETURN),
            i!(LABEL, U(3)),
            i!(MOVE, to, X(0)),
            i!(RETURN),
        ]
    };
    assert!(check(1, &fails(X(1))).is_ok());
    assert_eq!(refused(1, &fails(X(2))), Reason::UnsetX(2));
    assert!(check(1, &body(vec![Atom(GET_TAIL), U(1), U(8), X(1)])).is_ok());
    assert_eq!(
        refused(1, &body(vec![Atom(GET_TAIL), U(1)])),
        Reason::ListLength
    );
    let unknown = Reason::Element {
        index: 1,
        expected: "a command of bs_match",
    };
    assert_eq!(refused(1, &body(vec![Atom(F)])), unknown);
}

#[test]
fn native_records() {
    let nil = Atom(0);
    let verified = |body: &[Line]| {
        let mut beam = module(2, body);
        beam.records = vec![RecordDefinition {
            name: F,
            is_exported: false,
            fields: nil,
        }];
        verify(&beam).map(|_| ()).map_err(|error| error.reason)
    };
    let put = |id, from, live, pair: Vec<Operand>| {
        verified(&[
            i!(PUT_RECORD, Label(0), id, from, X(1), U(live), pair),
            i!(MOVE, X(1), X(0)),
            i!(RETURN),
        ])
    };
    let field = |value| vec![Atom(G), value];
    assert_eq!(put(Atom(F), nil, 1, field(X(0))), Ok(()));
    assert_eq!(put(Atom(F), nil, 0, vec![]), Ok(()));
    assert_eq!(put(Atom(G), X(0), 2, field(X(1))), Ok(()));
    let expected = "a record's name";
    let name = Err(Reason::Operand { index: 2, expected });
    assert_eq!(put(Atom(G), nil, 1, field(X(0))), name);
    assert_eq!(put(nil, X(0), 1, field(X(0))), name);
    assert_eq!(put(X(0), X(0), 1, field(X(0))), name);
    let expected = "the name of a field";
    let no_field = Err(Reason::Element { index: 1, expected });
    assert_eq!(put(Atom(F), nil, 1, vec![X(0), X(0)]), no_field);
    assert_eq!(put(Atom(F), nil, 1, vec![Atom(G)]), Err(Reason::ListLength));
    assert_eq!(put(Atom(F), nil, 1, field(X(2))), Err(Reason::UnsetX(2)));
    let get = |fail, from| {
        verified(&[
            i!(GET_RECORD_FIELD, fail, from, Atom(F), Atom(G), X(3)),
            i!(GET_RECORD_ELEMENTS, Label(1), from, vec![Atom(F), X(2)]),
            i!(IS_RECORD_ACCESSIBLE, Label(1), X(2), Atom(F)),
            i!(IS_NATIVE_RECORD, Label(1), X(3), Atom(F), Atom(G)),
            i!(RETURN),
        ])
    };
    assert_eq!(get(Label(0), X(0)), Ok(()));
    assert_eq!(get(Label(1), X(1)), Ok(()));
    assert_eq!(get(Label(1), X(2)), Err(Reason::UnsetX(2)));
    assert_eq!(get(Label(9), X(1)), Err(Reason::NoLabel(9)));
}

#[test]
fn operands_have_kinds() {
    let operand = |index, expected| Reason::Operand { index, expected };
    let wrong = [i!(MOVE, U(1), X(0))];
    assert_eq!(refused(1, &wrong), operand(1, "a register or a constant"));
    let wrong = [i!(MOVE, X(0), Integer(1))];
    assert_eq!(refused(1, &wrong), operand(2, "a register"));
    let wrong = [i!(MOVE, Operand::Literal(0), X(0))];
    assert_eq!(refused(1, &wrong), operand(1, "a register or a constant"));
    let wrong = [i!(TEST_HEAP, U(1 << 40), U(0))];
    assert_eq!(refused(1, &wrong), operand(1, "a number of words"));
    let wrong = [i!(CALL_EXT, U(1), U(99))];
    assert_eq!(refused(1, &wrong), operand(2, "an import"));
    let wrong = [i!(BS_PUT_STRING, U(3), U(2))];
    assert_eq!(refused(1, &wrong), operand(1, "a part of the strings"));
    assert_eq!(
        refused(1, &[i!(M_PLUS, Label(0), X(0), X(0), X(0))]),
        Reason::Obsolete
    );
    let select = |list: Vec<Operand>| [i!(SELECT_VAL, X(0), Label(1), list)];
    assert!(check(1, &select(vec![Atom(F), Label(1)])).is_ok());
    assert_eq!(refused(1, &select(vec![Atom(F)])), Reason::ListLength);
    assert_eq!(
        refused(1, &select(vec![Atom(F), Label(9)])),
        Reason::NoLabel(9)
    );
    let element = Reason::Element {
        index: 1,
        expected: "a constant",
    };
    assert_eq!(refused(1, &select(vec![X(0), Label(1)])), element);
}

#[test]
fn tangled_loops_are_given_up() {
    // Each way back to label 3 comes with one register less than the one before.
    let body = |ways: u64| {
        let mut body = vec![i!(LABEL, U(3))];
        let label = |way: u64| 100 + way as u32;
        body.extend((0..ways).map(|way| i!(IS_ATOM, Label(label(way)), X(0))));
        body.push(i!(RETURN));
        for way in 0..ways {
            body.push(i!(LABEL, U(u64::from(label(way)))));
            body.extend((1..ways - way).map(|x| i!(MOVE, X(0), X(x as u16))));
            body.push(i!(TEST_HEAP, U(0), U(ways - way)));
            body.push(i!(JUMP, Label(3)));
        }
        body
    };
    let reason = |ways| {
        check(100, &body(ways))
            .map(|_| ())
            .map_err(|error| error.reason)
    };
    // These are followed to the end, and then refused as loops.
    assert_eq!(reason(20), Err(Reason::Endless));
    assert_eq!(reason(90), Err(Reason::TooComplex));
}
