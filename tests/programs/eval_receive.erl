%% What erl_eval does with receive: which messages it takes, and waiting.
-module(eval_receive).
-export([start/0]).
start() ->
  R = [ev(S) || S <- ["receive after 0 -> t end.", "receive after 20 -> t2 end.", "begin self() ! {a,1}, self() ! b, self() ! {c, lists:seq(1,10)}, receive b -> got_b end end.", "receive {c, L} -> lists:sum(L) end.", "receive {a, X} when X > 5 -> X; {a, Y} -> {y, Y} after 100 -> no end.", "receive X -> X after 0 -> empty end.", "begin S = self(), spawn(fun() -> timer:sleep(20), S ! late end), receive late -> ok after 1000 -> no end end.", "begin S1 = self(), spawn(fun() -> timer:sleep(20), S1 ! late2 end), receive late2 -> ok2 end end.", "receive foo -> a after foo -> b end."]],
  erlang:garbage_collect(), io:format("~p~n", [R]), R.
ev(S) -> {ok,T,_} = erl_scan:string(S), {ok,E} = erl_parse:parse_exprs(T), try element(2, erl_eval:exprs(E, [])) catch C:X -> {C,X} end.
