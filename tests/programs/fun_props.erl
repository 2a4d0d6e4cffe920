%% What is known of a fun: type tests, arity, fun_info, equality, printing of external ones.
-module(fun_props).
-export([start/0, exported/1]).

start() ->
    A = id(1),
    L = fun(X) -> X + A end,
    E = fun lists:map/2,
    {is_function(L), is_function(L, 1), is_function(L, 2), is_function(E, 2), is_function(id(x)), is_function(id(E), id(2)),
     erlang:fun_info(L, arity), erlang:fun_info(L, module), erlang:fun_info(L, type), erlang:fun_info(E, type), erlang:fun_info(E, name),
     erlang:fun_info(E, module), erlang:fun_info(E, env), erlang:fun_info(L, env), erlang:fun_info(L, name), lists:sort(erlang:fun_info(E)),
     E =:= fun lists:map/2, E == fun lists:map/3, make(1) =:= make(1), make(1) =:= make(2), L =:= L, E < L, L < E, [E, fun lists:foldl/3, fun erlang:abs/1],
     erlang:make_fun(lists, reverse, 1), (erlang:make_fun(lists, reverse, 1))([1, 2]), fun ?MODULE:exported/1, fun no_such_module:f/3,
     erlang:is_builtin(erlang, abs, 1), erlang:function_exported(?MODULE, exported, 1), erlang:function_exported(?MODULE, id, 1),
     erlang:fun_to_list(E), io_lib:format("~p ~w", [E, fun 'an odd':'name'/0]), erlang:phash2(E) =:= erlang:phash2(fun lists:map/2),
     lists:sort([E, fun lists:all/2, fun erlang:abs/1, fun lists:map/1]),
     [try F() catch C:R -> {C, R} end || F <- [fun() -> is_function(L, id(-1)) end, fun() -> is_function(L, id(a)) end,
                                              fun() -> erlang:fun_info(id(x), arity) end, fun() -> erlang:fun_info(L, id(nope)) end,
                                              fun() -> erlang:make_fun(id(1), b, 1) end]]}.

make(N) -> fun(X) -> X + N end.
exported(X) -> X.
id(X) -> X.
