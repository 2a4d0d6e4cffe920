//! Building bit strings.

use super::bits_match::{by_function, go_on};
use crate::code::bits_form::segment;
use crate::code::isa::len;
use crate::interp::slow;
use crate::interp::state::op;

op! { bs_create_bin |s| {
    s.save();
    let went = slow::bs_create_bin(s.ip, s.c, s.e, s.m);
    let words = segment::WORDS * s.number(8);
    go_on(s, went, len::BS_CREATE_BIN + words)
}}

by_function!(bs_init, BS_INIT);
by_function!(bs_append, BS_APPEND);
by_function!(bs_private_append, BS_PRIVATE_APPEND);
by_function!(bs_init_writable, BS_INIT_WRITABLE);
by_function!(bs_put_integer, BS_PUT_INTEGER);
by_function!(bs_put_float, BS_PUT_FLOAT);
by_function!(bs_put_binary, BS_PUT_BINARY);
by_function!(bs_put_string, BS_PUT_STRING);
by_function!(bs_put_utf, BS_PUT_UTF);
by_function!(bs_add, BS_ADD);

op! { bs_utf8_size |s| {
    s.set_any(3, slow::utf8_size(s.any(1)));
    s.next(len::BS_UTF8_SIZE)
}}

op! { bs_utf16_size |s| {
    s.set_any(3, slow::utf16_size(s.any(1)));
    s.next(len::BS_UTF16_SIZE)
}}
