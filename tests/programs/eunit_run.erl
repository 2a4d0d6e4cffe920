%% OTP's eunit: passing and failing tests, fixtures, generators, captured output.
-module(eunit_run).
-export([start/0, start/1]).
-export([init/1, handle_begin/3, handle_end/3, handle_cancel/3, terminate/2]).
-behaviour(eunit_listener).
-include_lib("eunit/include/eunit.hrl").

start() ->
    Results = [{N, test(T)} || {N, T} <- sets()],
    io:format("~p~n", [Results]),
    io:format("text: ~p~n", [eunit:test({"all good", [{"one", fun() -> ok end}, fun() -> io:format("captured~n") end]})]),
    io:format("text: ~p~n", [eunit:test(good_test_(), [])]),
    ok.

test(Tests) -> eunit:test(Tests, [no_tty, {report, {?MODULE, []}}]).

sets() ->
    [{good, {generator, fun good_test_/0}},
     {failing, [{"eq", ?_assertEqual(1, zero())}, {"match", ?_assertMatch({ok, _}, error)}, {"not", ?_assertNot(true)},
                {"error", ?_assertError(badarg, ok)}, {"exit", ?_assertExit(x, throw(y))},
                {"cmp", ?_assertNotEqual(a, a)}, {"received", ?_test(begin self() ! m, ok = receive m -> ok end end)}]},
     {raising, [{"throw", fun() -> throw(ball) end}, {"exit", fun() -> exit(bye) end}, {"error", fun() -> error(oops) end}]},
     {fixtures, fixtures()},
     {broken, [{setup, fun() -> error(in_setup) end, fun(_) -> ok end, fun(_) -> [] end},
               {setup, fun() -> ok end, fun(_) -> error(in_cleanup) end, [fun() -> ok end]},
               {setup, fun() -> 1 end, fun(_) -> ok end, fun(_) -> error(in_instantiator) end}]},
     {generators, [{generator, fun() -> [fun() -> ok end || _ <- [1, 2, 3]] end}, {generator, fun() -> error(bad) end}]},
     {spawned, [{spawn, fun() -> exit(self(), kill), timer:sleep(1000) end}, {spawn, fun() -> ok end}]},
     {orders, [{inorder, [fun() -> ok end, fun() -> ok end]}, {inparallel, [fun() -> ok end, fun() -> timer:sleep(5) end]},
               {inparallel, 1, [fun() -> ok end]}]},
     {timeouts, [{timeout, 0.05, fun() -> timer:sleep(2000) end}, {timeout, 5, fun() -> ok end}]},
     {bad, [{weird, 1, 2, 3}]},
     {bad, {module, eunit_run_nowhere}},
     {with, {with, 5, [fun(X) -> 5 = X end, fun(X) -> 6 = X end]}},
     {titled, {"outer", [{"inner", [{"test", fun() -> ok end}]}]}}].

good_test_() ->
    [?_assertEqual(3, 1 + 2), ?_assertMatch([_ | _], "ab"), ?_assertError(badarith, 1 / zero()), ?_assertThrow(x, throw(x)),
     ?_assertException(exit, {a, _}, exit({a, 1})), ?_assertNotMatch({b, _}, {a, 1}), {"named", ?_assert(true)},
     {timeout, 10, ?_test(ok)}].

zero() -> list_to_integer("0").

fixtures() ->
    [{setup, fun() -> put(x, 1), 2 end, fun(2) -> erase(x) end, fun(2) -> [?_assertEqual(1, get(x)), fun() -> ok end] end},
     {setup, spawn, fun() -> self() end, fun(P) -> true = P =:= self() end, fun(P) -> ?_assert(is_pid(P)) end},
     {foreach, fun() -> ets:new(t, []) end, fun ets:delete/1,
      [fun(T) -> ?_assertEqual([], ets:tab2list(T)) end, fun(T) -> [?_test(ets:insert(T, {1})), ?_assertEqual(1, ets:info(T, size))] end]},
     {foreachx, fun(X) -> X * 2 end, fun(_, _) -> ok end, [{N, fun(X, Y) -> ?_assertEqual(Y, X * 2) end} || N <- [1, 2]]},
     {node_free, ok}].

%% The listener: what it is told, but for times and places.
start(Options) -> eunit_listener:start(?MODULE, Options).
init(_) -> receive {start, _} -> [] end.
handle_begin(Kind, Data, State) -> io:format(user_or_own(), "begin ~p ~p~n", [Kind, desc(Data)]), State.
handle_end(Kind, Data, State) -> io:format(user_or_own(), "end ~p ~p ~p ~p~n", [Kind, desc(Data), status(Data), proplists:get_value(output, Data)]), State.
handle_cancel(Kind, Data, State) -> io:format(user_or_own(), "cancel ~p ~p ~p~n", [Kind, desc(Data), cause(proplists:get_value(reason, Data))]), State.
terminate({ok, Data}, _) -> io:format(user_or_own(), "~p~n", [[{K, proplists:get_value(K, Data)} || K <- [pass, fail, skip, cancel]]]);
terminate(Other, _) -> io:format(user_or_own(), "~p~n", [Other]).

user_or_own() -> group_leader().
desc(Data) -> {proplists:get_value(id, Data), proplists:get_value(desc, Data)}.
status(Data) -> cause(proplists:get_value(status, Data)).

cause({error, {Class, Reason, Stack}}) -> {error, Class, Reason, length(Stack) > 0};
cause({abort, {Why, {Class, Reason, _}}}) -> {abort, Why, Class, Reason};
cause({abort, Why}) -> {abort, Why};
cause({exit, {Why, _}}) -> {exit, Why};
cause(Other) -> Other.
