%% Built-in functions with good and bad arguments of all types and at the borders of all ranges:
%% for each function how many calls there were, and a hash of all results, exceptions, and
%% explanations in `error_info`. `bif_answers:show(Module, Function, Arity)` prints each call of one.
-module(bif_answers).
-export([start/0, show/3, pair/2]).

start() ->
    [one(Function) || Function <- functions()],
    done.

one({M, F, A} = Function) ->
    Lines = lines(Function),
    io:format("~s:~s/~w ~w ~w~n", [M, F, A, length(Lines), erlang:phash2(unicode:characters_to_binary(Lines))]).

show(M, F, A) ->
    io:put_chars(lines({M, F, A})).

lines({M, F, A}) ->
    [[io_lib:format("~0tp -> ", [Args]), answer(M, F, Args), $\n] || Args <- arguments({M, F, A}, A)].

answer(M, F, Args) ->
    prepare(M),
    try apply(M, F, Args) of
        Result -> ["ok ", text(Result)]
    catch
        Class:Reason:Stack -> [atom_to_list(Class), $\s, text(Reason), $\s, blame(Reason, Stack)]
    after
        clean(M)
    end.

prepare(erlang) -> erase();
prepare(ets) ->
    ets:new(tab, [named_table, ordered_set]),
    ets:insert(tab, [{a, 1}, {b, 2}, {1, 3}]);
prepare(_) -> ok.

clean(ets) -> catch ets:delete(tab);
clean(_) -> ok.

text(Term) when is_reference(Term) -> "ref";
text(Term) when is_function(Term) -> "fun";
text(Term) -> io_lib:format("~0tp", [Term]).

%% Who raised it, and what OTP's own modules make of the causes.
blame(Reason, [{M, F, Args, Info} | _] = Stack) ->
    Arity = if is_integer(Args) -> {arity, Args}; true -> catch length(Args) end,
    Cause = proplists:get_value(error_info, Info, none),
    Explained =
        case Cause of
            #{module := Formatter} -> catch Formatter:format_error(Reason, Stack);
            _ -> none
        end,
    io_lib:format("~0tp", [{M, F, Arity, Cause, Explained}]).

pair(X, Y) -> {X, Y}.

all() ->
    [a, '', true, undefined, tab, 0, 1, -1, 2, 255, 256, 1114111, 1 bsl 27, -(1 bsl 27) - 1,
     1 bsl 59, -(1 bsl 59) - 1, (1 bsl 63) - 1, 1 bsl 63, 1 bsl 64, -(1 bsl 64), 1 bsl 200,
     0.0, -0.0, 1.5, -1.0e300, 1.0e-320, [], [a], [1, 2, 3], "abc", "1.5", "12", "-ff", "1e5",
     [a | b], [{a, 1}, {b, 2}], [{a, 1} | c], [[1], <<2>> | <<3>>], [256], [1.0], [-1], [<<1:1>>],
     [16#D800], <<>>, <<"abc">>, <<1:1>>, <<255, 254>>, <<"a", 3:2>>, <<"12">>, <<"-1.0e3">>,
     {}, {a}, {a, 1}, {1, 2, 3}, #{}, #{a => 1}, #{1 => 2, 1.0 => 3}, fun erlang:abs/1, fun ?MODULE:pair/2].

some() ->
    [a, tab, 0, 1, -1, 2, 1 bsl 59, 1 bsl 64, 1.5, [], [1, 2, 3], [a | b], [{a, 1}, {b, 2}],
     <<"abc">>, <<1:1>>, {a, 1}, #{a => 1}, fun ?MODULE:pair/2].

few() ->
    [a, 0, 1, -1, 1 bsl 64, [1, 2, 3], [a | b], <<"abc">>, <<1:1>>, {a, 1}, #{a => 1}].

arguments(Function, 1) -> [[X] || X <- fit(Function, all())];
arguments(Function, 2) ->
    Some = fit(Function, some()),
    [[X, Y] || X <- Some ++ more(Function), Y <- Some ++ more(Function)];
arguments(Function, 3) ->
    Few = fit(Function, few()) ++ more(Function),
    All = [[X, Y, Z] || X <- Few, Y <- Few, Z <- Few],
    [Args || Args <- All, erlang:phash2(Args, 4) =:= 0].

%% What makes a result of its own size must not get a size beyond all memory.
fit({_, F, _}, Terms) ->
    case lists:member(F, [make_tuple, 'bsl', 'bsr', duplicate, copy, posixtime_to_universaltime]) of
        true -> [T || T <- Terms, not is_integer(T) orelse abs(T) < 1 bsl 20];
        false -> Terms
    end.

more({erlang, F, 2}) when F =:= float_to_list; F =:= float_to_binary ->
    [[compact], [{decimals, 2}], [{decimals, 254}], [{scientific, 3}], [{scientific, 250}], [short],
     [{decimals, 3}, compact]];
more({erlang, F, 2}) when F =:= binary_to_atom; F =:= binary_to_existing_atom; F =:= atom_to_binary ->
    [utf8, latin1, unicode];
more({erlang, F, 2}) when F =:= term_to_binary; F =:= binary_to_term ->
    [[compressed], [{compressed, 10}], [{minor_version, 0}], [{minor_version, 3}], [safe], [used]];
more({erlang, F, 2}) when F =:= list_to_integer; F =:= binary_to_integer -> [16, 37, "-ff", <<"zz">>];
more({erlang, convert_time_unit, 3}) -> [second, microsecond];
more({erlang, spawn_opt, 2}) -> [[x], [{priority, x}]];
more({binary, _, _}) -> [[<<"a">>, <<"b">>], [{scope, {0, 1}}], {0, 1}, {3, -1}, little];
more({unicode, _, _}) -> [utf8, latin1, {utf16, little}];
more({ets, _, _}) -> [{'$1', '_'}, [{{'$1', '_'}, [], ['$1']}], {2, 1}, [{2, 5}]];
more(_) -> [].

functions() ->
    [{erlang, F, A} || {F, A} <- of_erlang()] ++
    [{M, F, A} || {M, Fs} <- others(), {F, A} <- Fs].

of_erlang() ->
    [{'*', 2}, {'+', 1}, {'+', 2}, {'++', 2}, {'-', 1}, {'-', 2}, {'--', 2}, {'/', 2}, {'/=', 2},
     {'<', 2}, {'=/=', 2}, {'=:=', 2}, {'=<', 2}, {'==', 2}, {'>', 2}, {'>=', 2}, {'and', 2},
     {'band', 2}, {'bnot', 1}, {'bor', 2}, {'bsl', 2}, {'bsr', 2}, {'bxor', 2}, {'div', 2},
     {'not', 1}, {'or', 2}, {'rem', 2}, {'xor', 2}, {abs, 1}, {adler32, 1}, {adler32_combine, 3},
     {append, 2}, {append_element, 2}, {atom_to_binary, 1}, {atom_to_binary, 2}, {atom_to_list, 1},
     {binary_part, 2}, {binary_part, 3}, {binary_to_atom, 1}, {binary_to_atom, 2},
     {binary_to_existing_atom, 1}, {binary_to_existing_atom, 2}, {binary_to_float, 1},
     {binary_to_integer, 1}, {binary_to_integer, 2}, {binary_to_list, 1}, {binary_to_list, 3},
     {binary_to_term, 1}, {binary_to_term, 2}, {bit_size, 1}, {bitstring_to_list, 1},
     {byte_size, 1}, {cancel_timer, 1}, {cancel_timer, 2}, {ceil, 1}, {check_old_code, 1},
     {check_process_code, 2}, {check_process_code, 3}, {convert_time_unit, 3}, {crc32, 1}, {crc32, 2},
     {crc32_combine, 3}, {decode_packet, 3}, {delete_element, 2}, {demonitor, 1}, {demonitor, 2},
     {disconnect_node, 1}, {dist_get_stat, 1}, {dt_append_vm_tag_data, 1}, {dt_prepend_vm_tag_data, 1},
     {dt_put_tag, 1}, {dt_spread_tag, 1}, {element, 2}, {erase, 1}, {error, 1}, {exit, 1}, {exit, 2},
     {exit_signal, 2}, {external_size, 1}, {float, 1}, {float_to_binary, 1}, {float_to_binary, 2},
     {float_to_list, 1}, {float_to_list, 2}, {floor, 1}, {fun_info, 1}, {fun_info_mfa, 1},
     {function_exported, 3}, {garbage_collect, 1}, {garbage_collect, 2}, {get, 1}, {get_cookie, 1},
     {get_keys, 1}, {group_leader, 2}, {hd, 1}, {insert_element, 3}, {integer_to_binary, 1},
     {integer_to_binary, 2}, {integer_to_list, 1}, {integer_to_list, 2}, {iolist_size, 1},
     {iolist_to_binary, 1}, {iolist_to_iovec, 1}, {is_atom, 1}, {is_binary, 1}, {is_bitstring, 1},
     {is_boolean, 1}, {is_builtin, 3}, {is_float, 1}, {is_function, 1}, {is_function, 2},
     {is_integer, 1}, {is_list, 1}, {is_map, 1}, {is_map_key, 2}, {is_number, 1}, {is_pid, 1},
     {is_port, 1}, {is_process_alive, 1}, {is_record, 2}, {is_reference, 1}, {is_tuple, 1},
     {length, 1}, {link, 1}, {list_to_atom, 1}, {list_to_binary, 1}, {list_to_bitstring, 1},
     {list_to_existing_atom, 1}, {list_to_float, 1}, {list_to_integer, 1}, {list_to_integer, 2},
     {list_to_pid, 1}, {list_to_ref, 1}, {list_to_tuple, 1}, {make_fun, 3}, {make_tuple, 2},
     {make_tuple, 3}, {map_get, 2}, {map_size, 1}, {max, 2}, {md5, 1}, {memory, 1}, {min, 2},
     {module_loaded, 1}, {monitor, 2}, {monitor, 3}, {monitor_node, 2}, {monitor_node, 3}, {node, 1},
     {nodes, 1}, {nodes, 2}, {phash, 2}, {phash2, 1}, {phash2, 2}, {pid_to_list, 1},
     {port_close, 1}, {port_command, 2}, {port_command, 3}, {port_connect, 2}, {port_control, 3},
     {port_get_data, 1}, {port_info, 1}, {port_info, 2}, {port_set_data, 2}, {port_to_list, 1},
     {posixtime_to_universaltime, 1}, {process_flag, 2}, {process_info, 1}, {process_info, 2},
     {purge_module, 1}, {put, 2}, {read_timer, 1}, {read_timer, 2}, {ref_to_list, 1}, {register, 2},
     {resume_process, 1}, {round, 1}, {send, 2}, {send_after, 3}, {setelement, 3}, {size, 1},
     {spawn_monitor, 1}, {split_binary, 2}, {start_timer, 3}, {statistics, 1}, {subtract, 2},
     {suspend_process, 1}, {suspend_process, 2}, {system_flag, 2}, {system_info, 1},
     {term_to_binary, 1}, {term_to_binary, 2}, {throw, 1}, {tl, 1}, {trace, 3}, {trace_info, 2},
     {trace_pattern, 2}, {trace_pattern, 3}, {trunc, 1}, {tuple_size, 1}, {tuple_to_list, 1},
     {unalias, 1}, {universaltime_to_localtime, 1}, {universaltime_to_posixtime, 1}, {unlink, 1},
     {unregister, 1}, {whereis, 1}].

others() ->
    [{lists, [{keyfind, 3}, {keymember, 3}, {keysearch, 3}, {member, 2}, {reverse, 2}]},
     {maps, [{find, 2}, {from_keys, 2}, {from_list, 1}, {get, 2}, {get, 3}, {is_key, 2}, {keys, 1},
             {merge, 2}, {put, 3}, {remove, 2}, {take, 2}, {update, 3}, {values, 1}]},
     {binary, [{at, 2}, {bin_to_list, 1}, {copy, 1}, {copy, 2},
               {decode_unsigned, 1}, {decode_unsigned, 2}, {encode_unsigned, 1}, {encode_unsigned, 2},
               {first, 1}, {last, 1}, {list_to_bin, 1}, {longest_common_prefix, 1},
               {longest_common_suffix, 1}, {match, 2}, {match, 3}, {matches, 2}, {part, 2}, {part, 3},
               {split, 2}, {split, 3}]},
     {math, [{ceil, 1}, {floor, 1}, {fmod, 2}, {log2, 1}, {pow, 2}, {sqrt, 1}]},
     {unicode, [{bin_is_7bit, 1}, {characters_to_binary, 2}, {characters_to_list, 2}]},
     {string, [{list_to_float, 1}, {list_to_integer, 1}]},
     {ets, [{delete, 2}, {delete_object, 2}, {first, 1}, {insert, 2}, {insert_new, 2}, {last, 1},
            {lookup, 2}, {lookup_element, 3}, {match, 2}, {match_object, 2}, {member, 2}, {next, 2},
            {prev, 2}, {select, 2}, {select_count, 2}, {slot, 2}, {take, 2}, {update_counter, 3},
            {update_element, 3}]}].
