%% Conversions among all types and the exact errors of those that cannot be.
-module(conv_errors).
-export([start/0]).

start() ->
    Args = [1, -1, 1.5, a, "1", "a", "1.5", [], [a], [1 | 2], {}, {a}, <<>>, <<"1">>, <<"a">>, <<1:1>>, #{}, self_atom],
    Fs = [atom_to_list, atom_to_binary, list_to_atom, list_to_existing_atom, binary_to_atom, integer_to_list, integer_to_binary, list_to_integer, binary_to_integer, float_to_list, float_to_binary, list_to_float, binary_to_float, list_to_tuple, tuple_to_list, list_to_binary,
          binary_to_list, bitstring_to_list, list_to_bitstring, iolist_to_binary, float, trunc, round, abs, length, size, hd, tl, byte_size, bit_size, tuple_size, map_size, pid_to_list, term_to_binary, binary_to_term, fun_to_list, iolist_size],
    {[{F, [outcome(F, [A]) || A <- Args]} || F <- Fs], [{F, [outcome(F, X) || X <- L]} || {F, L} <- [{integer_to_list, [[255, 16], [255, 0], [a, 10]]}, {list_to_integer, [["zz", 36], ["8", 8]]}, {element, [[1, {a}], [0, {a}], [2, {a}], [1, a]]}, {setelement, [[1, {a}, b], [3, {a}, b]]},
        {binary_part, [[<<"abc">>, 1, 2], [<<"abc">>, 2, 2], [<<"abc">>, 3, -2]]}, {split_binary, [[<<"abc">>, 1], [<<"abc">>, 4]]}, {float_to_list, [[1.5, [{decimals, 2}]], [1.5, [{decimals, 300}]], [1.5, bad]]}, {append_element, [[{a}, b], [a, b]]}, {atom_to_binary, [[a, latin1], [a, nope]]}]]}.

outcome(F, Args) -> try apply(erlang, F, Args) of V -> {ok, V} catch C:R -> {C, R} end.
