//! What runs in place of a traced function's first instruction, and where traced calls return to.

use crate::interp::HANDLERS;
use crate::interp::slow;
use crate::interp::state::op;

op! { trace_call |s| {
    s.save();
    let opcode = slow::trace_local(s.c, s.ip);
    if opcode == slow::NO_OPCODE {
        return slow::die(s.ip, s.c, s.e, s.h, s.m);
    }
    s.load();
    HANDLERS[opcode as usize](s.ip, s.c, s.e, s.h, s.m)
}}

op! { stub_trace |s| {
    s.save();
    if !slow::trace_global(s.c) {
        return slow::die(s.ip, s.c, s.e, s.h, s.m);
    }
    s.load();
    s.ip = (*s.c).ip;
    s.m = (*s.c).m;
    s.dispatch()
}}

op! { stub_trace_return |s| {
    s.save();
    slow::trace_return(s.c);
    s.load();
    s.ip = (*s.e.add(1)).word() as *const u32;
    s.m = (*s.e.add(2)).word() as *const usize;
    s.e = s.e.add(3);
    s.dispatch()
}}
