//! Calls, of code and of built-in functions.

use crate::code::isa::len;
use crate::code::{Export, FunEntry};
use crate::interp::slow;
use crate::interp::state::{Ret, Src, State, become_, op};
use crate::term::fun::FUN_WORDS;
use crate::term::{Header, Subtag, Term};

/// Pushes the address to come back to: `words` after the current instruction.
#[inline(always)]
unsafe fn push_return(s: &mut State, words: usize) {
    // SAFETY: every allocation leaves room for these two words.
    unsafe {
        s.e = s.e.sub(2);
        s.e.write(Term::from_word(s.ip.add(words) as usize));
        s.e.add(1).write(Term::from_word(s.m as usize));
    }
}

/// Goes to the first instruction of a function with `arity` arguments, or gives way to other
/// processes when the time slice is over.
#[inline(always)]
unsafe fn enter(s: State, arity: usize) -> Ret {
    // SAFETY: `s.ip` is the function's first instruction.
    unsafe {
        (*s.c).reds -= 1;
        if (*s.c).reds < 0 {
            s.save();
            return slow::give_way(s.c, s.ip, s.m, arity);
        }
        s.dispatch()
    }
}

/// Sets the code to run to that of an exported function.
#[inline(always)]
unsafe fn aim(s: &mut State, export: *const Export) {
    // SAFETY: export entries live as long as the VM.
    unsafe {
        let target = (*export).target();
        (*s.c).export = export;
        s.ip = target.ip;
        s.m = target.links;
    }
}

op! { call |s| {
    let (target, arity) = (s.label(1), s.number(3));
    push_return(&mut s, len::CALL);
    s.ip = target;
    enter(s, arity)
}}

op! { call_only |s| {
    let arity = s.number(3);
    s.ip = s.label(1);
    enter(s, arity)
}}

op! { call_last |s| {
    let arity = s.number(3);
    s.e = s.e.add(s.number(4));
    s.ip = s.label(1);
    enter(s, arity)
}}

op! { call_ext |s| {
    let (export, arity) = (s.export(1), s.number(3));
    push_return(&mut s, len::CALL_EXT);
    aim(&mut s, export);
    enter(s, arity)
}}

op! { call_ext_only |s| {
    let (export, arity) = (s.export(1), s.number(3));
    aim(&mut s, export);
    enter(s, arity)
}}

op! { call_ext_last |s| {
    let (export, arity) = (s.export(1), s.number(3));
    s.e = s.e.add(s.number(4));
    aim(&mut s, export);
    enter(s, arity)
}}

op! { jump |s| {
    let target = s.label(1);
    s.goto(target)
}}

/// Calls a built-in function; its result is in x0 when this returns `true`. Collects when the
/// function took memory outside the heap.
#[inline(always)]
unsafe fn bif(s: &mut State, export: *const Export, arity: usize) -> bool {
    // SAFETY: the arguments are set; built-in functions do not move terms.
    unsafe {
        s.save();
        (*s.c).reds -= 1;
        let result = slow::bif(s.c, export, arity);
        if result == Term::NONE {
            return false;
        }
        s.set_x(0, result);
        s.load();
        true
    }
}

op! { call_bif |s| {
    let (export, arity) = (s.export(1), s.number(3));
    if !bif(&mut s, export, arity) {
        become_!(s, slow::bif_special);
    }
    s.next(len::CALL_BIF)
}}

op! { call_bif_only |s| {
    let (export, arity) = (s.export(1), s.number(3));
    if !bif(&mut s, export, arity) {
        become_!(s, slow::bif_special_tail);
    }
    s.next(len::CALL_BIF_ONLY)
}}

op! { call_bif_last |s| {
    let (export, arity) = (s.export(1), s.number(3));
    if !bif(&mut s, export, arity) {
        become_!(s, slow::bif_special_tail);
    }
    s.e = s.e.add(s.number(4));
    s.next(len::CALL_BIF_LAST)
}}

/// The entry of a local fun of that arity, and how many terms the fun captured.
#[inline(always)]
unsafe fn local_fun<'a>(fun: Term, arity: usize) -> Option<(&'a FunEntry, usize)> {
    if !(fun.is_boxed() && fun.header().subtag() == Subtag::Fun) {
        return None;
    }
    // SAFETY: the second word of a fun is the address of its entry, which lives as long as the VM.
    let entry = unsafe { &*(fun.boxed_word(1) as *const FunEntry) };
    (entry.arity as usize == arity).then(|| (entry, fun.header().arity() + 1 - FUN_WORDS))
}

/// Copies the first `count` captured terms of a fun behind its arguments.
#[inline(always)]
unsafe fn unpack(s: &State, fun: Term, arity: usize, count: usize) {
    // SAFETY: the fun has so many; there are registers for all arguments of a function.
    unsafe {
        for i in 0..count {
            s.set_x(arity + i, Term::from_word(fun.boxed_word(FUN_WORDS + i)));
        }
    }
}

/// As many captured terms are copied without a loop, for which the compiler would save registers.
const FEW_CAPTURED: usize = 2;

macro_rules! call_fun {
    ($name:ident, $slow:ident, $twice:expr, |$s:ident| $leave:stmt) => {
        op! { $name<F: Src> |$s| {
            let (fun, arity) = (F::get(&$s, 1), $s.number(2));
            let Some((entry, count)) = local_fun(fun, arity) else {
                become_!($s, $slow::<F>);
            };
            // Looked at before anything is copied: that may overwrite the register of the fun.
            if count > FEW_CAPTURED || !entry.is_loaded() {
                become_!($s, $slow::<F>);
            }
            if count > 0 {
                unpack(&$s, fun, arity, 1);
                if count > 1 {
                    unpack(&$s, fun, arity, FEW_CAPTURED);
                }
            }
            // Read last, as few values at a time fit into the machine's registers.
            let target = entry.target();
            $leave
            $s.ip = target.ip;
            $s.m = target.links;
            enter($s, arity + count)
        }}

        op! { #[inline(never)] $slow<F: Src> |$s| {
            let (fun, arity) = (F::get(&$s, 1), $s.number(2));
            if let Some((entry, count)) = local_fun(fun, arity)
                && entry.is_loaded()
            {
                let target = entry.target();
                unpack(&$s, fun, arity, count);
                $leave
                $s.ip = target.ip;
                $s.m = target.links;
                return enter($s, arity + count);
            }
            $s.save();
            let export = slow::external_fun($s.c, fun, arity);
            $s.load();
            if export.is_null() {
                // As in OTP, which is about to call when it finds out, the caller of a call that
                // is not the last is in the trace twice.
                if $twice {
                    push_return(&mut $s, len::CALL_FUN);
                    $s.save();
                }
                become_!($s, slow::raise);
            }
            $leave
            aim(&mut $s, export);
            enter($s, (*export).arity as usize)
        }}
    };
}

call_fun!(call_fun, call_fun_slow, true, |s| push_return(
    &mut s,
    len::CALL_FUN
));
call_fun!(call_fun_last, call_fun_last_slow, false, |s| s.e =
    s.e.add(s.number(3)));

op! { apply |s| {
    let arity = s.number(1);
    s.save();
    let export = slow::apply(s.c, arity);
    s.load();
    if export.is_null() {
        become_!(s, slow::raise);
    }
    push_return(&mut s, len::APPLY);
    aim(&mut s, export);
    enter(s, (*export).arity as usize)
}}

op! { apply_last |s| {
    let arity = s.number(1);
    s.save();
    let export = slow::apply(s.c, arity);
    s.load();
    if export.is_null() {
        become_!(s, slow::raise);
    }
    if slow::raises(&*export) {
        push_return(&mut s, len::APPLY_LAST);
    } else {
        s.e = s.e.add(s.number(2));
    }
    aim(&mut s, export);
    enter(s, (*export).arity as usize)
}}

// What export entries point to when there is no code.

op! { stub_bif |s| {
    let export = (*s.c).export;
    if !bif(&mut s, export, (*export).arity as usize) {
        become_!(s, slow::bif_special_tail);
    }
    s.ip = (*s.e).word() as *const u32;
    s.m = (*s.e.add(1)).word() as *const usize;
    s.e = s.e.add(2);
    s.dispatch()
}}

op! { stub_native |s| {
    let export = (*s.c).export;
    s.save();
    let result = slow::native(s.c, export);
    if result == Term::NONE {
        become_!(s, slow::bif_special_tail);
    }
    s.set_x(0, result);
    s.load();
    s.ip = (*s.e).word() as *const u32;
    s.m = (*s.e.add(1)).word() as *const usize;
    s.e = s.e.add(2);
    s.dispatch()
}}

op! { stub_undefined |s| {
    s.save();
    let export = slow::undefined(s.c);
    s.load();
    if export.is_null() {
        become_!(s, slow::raise);
    }
    aim(&mut s, export);
    enter(s, (*export).arity as usize)
}}

op! { stub_exit |s| {
    s.save();
    crate::interp::state::RETURNED
}}

/// The header word of a fun is all that `call_fun` looks at.
const _: () = assert!(Header::new(Subtag::Fun, 1).kind() == 0);
