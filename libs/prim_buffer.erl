%% Bytes that a process keeps outside its heap, first in first out, for OTP's modules that buffer what
%% they read and write. They are forgotten some time after the process that made them has ended.
-module(prim_buffer).
-export([new/0, size/1, read/2, read_iovec/2, write/2, skip/2, wipe/1, find_byte_index/2, try_lock/1, unlock/1]).

new() -> atomvm_file:buffer_new().
size(Buffer) -> atomvm_file:buffer_size(Buffer).
read(Buffer, Size) -> atomvm_file:buffer_read(Buffer, Size).
read_iovec(Buffer, Size) -> [atomvm_file:buffer_read(Buffer, Size)].
write(Buffer, Data) -> atomvm_file:buffer_write(Buffer, Data).
skip(Buffer, Size) -> atomvm_file:buffer_skip(Buffer, Size).
wipe(Buffer) -> atomvm_file:buffer_skip(Buffer, atomvm_file:buffer_size(Buffer)).
find_byte_index(Buffer, Byte) -> atomvm_file:buffer_find(Buffer, Byte).

%% Each call is whole in itself: nothing can come between.
try_lock(_Buffer) -> acquired.
unlock(_Buffer) -> ok.
