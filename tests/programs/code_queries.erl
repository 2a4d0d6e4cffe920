%% What can be asked of modules, and what wrong questions give.
-module(code_queries).
-export([start/0]).
-compile({parse_transform, versions}).

-versions([
    {one, "-module(que). -export([f/0, g/1]). -vsn(7). f() -> one. g(X) -> fun(Y) -> X + Y end."},
    {two, "-module(que2). -export([f/0]). f() -> two."}
]).

start() ->
    logger:set_primary_config(level, none),
    Bin = beam(one),
    Before = [code:is_loaded(que), erlang:module_loaded(que), code:which(que), code:ensure_loaded(que), code:get_object_code(que),
        code:load_file(que), code:module_status(que), code:is_module_native(que), code:is_sticky(que)],
    Bad = [outcome(F) || F <- [
        fun() -> code:load_binary(que, "que.beam", <<"no">>) end, fun() -> code:load_binary(quex, "que.beam", Bin) end,
        fun() -> code:load_binary(lists, "lists.beam", Bin) end, fun() -> code:load_binary(que, 1, Bin) end,
        fun() -> code:load_binary(que, "que", bin) end, fun() -> code:load_binary("que", "que", Bin) end,
        fun() -> erlang:load_module(que, <<>>) end, fun() -> erlang:load_module(que2, Bin) end,
        fun() -> erlang:load_module(que, x) end, fun() -> erlang:load_module("x", Bin) end,
        fun() -> code:load_abs("/nowhere/que") end, fun() -> code:ensure_loaded("x") end,
        fun() -> code:delete("x") end, fun() -> code:purge("x") end, fun() -> erlang:delete_module(nomod) end,
        fun() -> erlang:delete_module(1) end, fun() -> erlang:purge_module(nomod) end, fun() -> erlang:check_old_code(1) end,
        fun() -> erlang:check_process_code(x, que) end, fun() -> erlang:check_process_code(self(), 1) end,
        fun() -> erlang:check_process_code(self(), que, [x]) end, fun() -> erlang:module_loaded("x") end,
        fun() -> erlang:get_module_info(nomod) end, fun() -> erlang:get_module_info(lists, nothing) end,
        fun() -> lists:module_info(nothing) end, fun() -> code:add_patha("/nowhere/at/all") end, fun() -> code:lib_dir(1) end,
        fun() -> code:is_loaded("x") end, fun() -> code:which("x") end, fun() -> code:priv_dir(nomod) end]],
    Loaded = [code:load_binary(que, "/some/que.beam", Bin), code:is_loaded(que), code:which(que), erlang:module_loaded(que),
        lists:keyfind(que, 1, code:all_loaded()), code:ensure_loaded(que), code:ensure_modules_loaded([que, lists, erlang]),
        sorted(code:ensure_modules_loaded([nomod, que, nomod2])), code:module_status([que, nomod]), code:is_sticky(lists), code:is_sticky(erlang),
        code:is_sticky(que), code:get_mode(), code:objfile_extension(), code:is_module_native(que)],
    Info = [lists:sort(proplists:get_value(exports, que:module_info())), que:module_info(attributes), que:module_info(module),
        que:module_info(md5) =:= erlang:get_module_info(que, md5), code:module_md5(Bin) =:= que:module_info(md5),
        code:module_md5(<<"no">>), erlang:module_info(module), erlang:get_module_info(erlang, attributes),
        lists:member({self, 0}, erlang:module_info(exports)), erlang:function_exported(que, g, 1), erlang:function_exported(que, g, 2)],
    Fun = (que:g(1)),
    Funs = [erlang:fun_info(Fun, K) || K <- [module, arity, env, type, index, uniq, new_uniq, name]],
    Prepared = erlang:prepare_loading(que, Bin),
    Steps = [erlang:has_prepared_code_on_load(Prepared), erlang:finish_loading([Prepared]), erlang:check_old_code(que),
        erlang:finish_loading([erlang:prepare_loading(que, Bin)]), erlang:prepare_loading(que, <<"x">>),
        erlang:prepare_loading(que2, Bin), erlang:purge_module(que), outcome(fun() -> erlang:finish_loading(x) end),
        outcome(fun() -> erlang:finish_loading([x]) end)],
    Async = [erlang:check_process_code(self(), que, [{async, id}, {allow_gc, true}]), receive M -> M end],
    Atomic = [code:atomic_load([{que, "q", Bin}, {que2, "q2", beam(two)}]), que:f(), que2:f(), sorted(code:atomic_load([nomod, que2x])),
        code:atomic_load([{que, "q", <<"x">>}]), code:atomic_load([{lists, "q", code_of(lists)}])],
    Gone = [code:purge(que), code:delete(que), code:is_loaded(que), Fun(2), code:purge(que), outcome(fun() -> Fun(2) end), erlang:fun_info(Fun, name),
        outcome(fun() -> Fun(1, 2) end), outcome(fun() -> que:f() end)],
    Again = [code:load_binary(que, "que", Bin), Fun(2), code:load_binary(que, "que", Bin), Fun(3), code:purge(que), Fun(4), code:purge(que2)],
    Path = [code:add_patha("/tmp"), hd(code:get_path()), code:add_pathz("/tmp"), hd(code:get_path()), code:del_path("/tmp"),
        code:del_path("/tmp"), code:where_is_file("nosuchfile.beam")],
    {Before, Bad, Loaded, Info, Funs, Steps, Async, Atomic, Gone, Again, Path, foreign(Fun)}.

sorted({error, List}) -> {error, lists:sort(List)}.

code_of(Module) -> element(2, code:get_object_code(Module)).

%% Funs that come as bytes, of modules that nobody has.
foreign(Fun) ->
    Bytes = term_to_binary(Fun),
    Other = binary_to_term(binary:replace(Bytes, <<"que">>, <<"qux">>)),
    Info = [erlang:fun_info(Other, K) || K <- [module, name, arity, env, index, uniq, type]],
    <<Head:6/binary, Arity, Uniq:16/binary, Rest/binary>> = Bytes,
    Wide = binary_to_term(<<Head/binary, (Arity + 1), Uniq/binary, Rest/binary>>),
    Version = binary_to_term(<<Head/binary, Arity, 0:128, Rest/binary>>),
    [Info, outcome(fun() -> Other(1) end), outcome(fun() -> Other() end), is_function(Other, 1), Fun =:= binary_to_term(Bytes),
        Fun =:= Version, outcome(fun() -> Version(1) end), erlang:fun_info(Wide, arity), outcome(fun() -> Wide(1) end),
        outcome(fun() -> Wide(1, 2) end), outcome(fun() -> apply(Other, [2]) end), outcome(fun() -> lists:map(Other, [1]) end)].

outcome(F) ->
    try F() of
        V -> {ok, V}
    catch
        C:{Tag, G}:S when is_function(G) -> {C, Tag, erlang:fun_info(G, module), first(S)};
        C:{Tag, {G, Args}}:S when is_function(G) -> {C, Tag, erlang:fun_info(G, module), Args, first(S)};
        C:R:S -> {C, R, first(S)}
    end.

first([{M, F, A, _} | _]) when is_atom(M), is_list(A) -> {M, F, length(A)};
first([{M, F, A, _} | _]) when is_atom(M) -> {M, F, A};
first([{F, A, L} | _]) -> {erlang:fun_info(F, module), A, L}.
