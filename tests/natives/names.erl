%% Lists the functions that an OTP release has in native code, with those that `erlang` exports:
%%
%%     erlc -o /tmp tests/natives/names.erl
%%     erl -noshell -pa /tmp -run names main > tests/natives/otpNN.txt
%%
%% Each line is "module function arity kind", where kind is `bif` (built into the emulator),
%% `nif` (a native library that the emulator contains) or `code` (Erlang code of `erlang`).
-module(names).
-export([main/0]).

main() ->
    io:setopts([{encoding, unicode}]),
    Bifs = [{M, F, A, bif} || {M, F, A} <- erlang:system_info(snifs)],
    Known = sets:from_list([{M, F, A} || {M, F, A, _} <- Bifs]),
    Code = [{erlang, F, A, code} || {F, A} <- erlang:module_info(exports),
                                    F =/= module_info,
                                    not sets:is_element({erlang, F, A}, Known)],
    Nifs = [{M, F, A, nif} || M <- modules(), {F, A} <- nifs(M),
                              not sets:is_element({M, F, A}, Known)],
    [io:format("~ts ~ts ~w ~ts~n", [M, F, A, Kind])
     || {M, F, A, Kind} <- lists:usort(Bifs ++ Code ++ Nifs)],
    halt().

modules() ->
    erlang:pre_loaded() ++ [lists, maps, string, unicode, binary, io_lib, prim_tty, math, base64].

nifs(Module) ->
    try Module:module_info(nifs) catch _:_ -> [] end.
