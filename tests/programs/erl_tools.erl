%% Scanning, parsing, evaluating and printing Erlang in Erlang: the library's largest pure modules.
-module(erl_tools).
-export([start/0]).

start() ->
    {scan("foo(X) -> [1, 2.5, \"s\", $a, 'Q a', <<1:8>>, 16#FF, X | Y]. % c"), [eval(S) || S <- ["1 + 2 * 3.", "lists:sum([X * X || X <- lists:seq(1, 10), X rem 2 =:= 0]).", "F = fun(0, _) -> 1; (N, S) -> N * S(N - 1, S) end, F(10, F).",
        "case {a, [1, 2]} of {a, [_ | T]} -> T end.", "try 1 div 0 catch error:E -> E end.", "<<A:4, B:4>> = <<16#5A>>, {A, B}.", "#{a => 1, b => #{c => [x || _ <- [1, 2]]}}.", "if 1 > 2 -> a; true -> b end.", "begin X = 5, Y = X * 2, {X, Y} end.", "string:uppercase(\"abc\") ++ atom_to_list(def).", "catch throw(x)."]],
     [pretty(S) || S <- ["f(X)when X>1->case X of{a,Y}->Y;_->fun(Z)->Z+1 end end;f(_)->#{a=>[1,2|b]}.", "-record(r,{a=1,b::integer()}).", "g()->try h() of ok->yes catch C:R:S->{C,R,S} after done() end."]], errors(), term("{a, [1, \"x\", <<\"b\">>, #{k => -1}]}."), erl_scan:string("a 'b", 1) =/= ok,
     calendar:day_of_the_week(2024, 2, 29), calendar:date_to_gregorian_days(2000, 1, 1), calendar:gregorian_seconds_to_datetime(63872064000), calendar:is_leap_year(1900), calendar:last_day_of_the_month(2023, 2), calendar:time_to_seconds({1, 2, 3}), calendar:seconds_to_daystime(100000), calendar:iso_week_number({2021, 1, 3}),
     calendar:system_time_to_rfc3339(1700000000, [{offset, "Z"}]), calendar:rfc3339_to_system_time("2023-11-14T22:13:20Z"), calendar:valid_date({2023, 2, 29}), calendar:datetime_to_gregorian_seconds({{1970, 1, 1}, {0, 0, 0}}), uri_string:parse("http://u@h.org:80/p/a?q=1#f"), uri_string:recompose(#{scheme => "http", host => "h", path => "/x"}), uri_string:normalize("HTTP://A/b/../c"),
     filename:join(["a", "b", "/c", "d"]), filename:basename("/x/y.erl", ".erl"), filename:extension("q.tar.gz"), filename:dirname("/a/b/c"), filename:split("/a/b"), filename:rootname("a.b"), seeded(), digraph_free()}.

scan(S) -> {ok, Ts, _} = erl_scan:string(S), Ts.
eval(S) -> {ok, Ts, _} = erl_scan:string(S), {ok, Es} = erl_parse:parse_exprs(Ts), {value, V, _} = erl_eval:exprs(Es, erl_eval:new_bindings()), V.
pretty(S) -> {ok, Ts, _} = erl_scan:string(S), {ok, F} = erl_parse:parse_form(Ts), lists:flatten(erl_pp:form(F)).
term(S) -> {ok, Ts, _} = erl_scan:string(S), erl_parse:parse_term(Ts).
errors() -> [begin {ok, Ts, _} = erl_scan:string(S), {error, {L, M, D}} = erl_parse:parse_exprs(Ts), {L, lists:flatten(M:format_error(D))} end || S <- ["1 +.", "foo(.", "case x of end."]].
seeded() -> S = rand:seed_s(exsss, {1, 2, 3}), {L, _} = lists:mapfoldl(fun(_, St) -> rand:uniform_s(1000, St) end, S, lists:seq(1, 10)), {F, _} = rand:uniform_s(S), {N, _} = rand:normal_s(rand:seed_s(exrop, 42)), {L, F, round(N * 1.0e9), element(1, rand:uniform_s(1 bsl 70, rand:seed_s(exro928ss, 7)))}.
digraph_free() -> sofs:to_external(sofs:relation_to_family(sofs:relation([{1, a}, {1, b}, {2, c}]))).
