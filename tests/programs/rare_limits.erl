%% What is at the edge: integers in very long fields, bits that are too many, nothing to append, keys
%% that are missing, a time-out that is none, lines that are too large, numbers of cells, the maker
%% of a fun.
-module(rare_limits).
-export([start/0, make/1]).

start() ->
    {fields(), bits(), same(), missing(), receives(), cells(), funs(), lines(), iterators(), tails(), seen()}.

%% A field may be longer than any integer, as long as what it holds is not.
fields() ->
    Size = 1 bsl 27,
    [field(Size, <<0:(Size - 1), 1:1, 13>>), field(Size, <<1:1, 0:(Size - 1), 13>>), signed(Size, <<-1:Size, 13>>), signed(Size, <<-77:Size, 13>>),
     little(Size, <<300:Size/little, 13>>), little(Size, <<1:1, 0:(Size - 1), 13>>) =:= 128, signed(Size, <<1:1, 0:(Size - 1), 13>>)].

field(Size, Bin) -> case Bin of <<N:Size, 13>> -> N; _ -> none end.
signed(Size, Bin) -> case Bin of <<N:Size/signed, 13>> -> N; _ -> none end.
little(Size, Bin) -> case Bin of <<N:Size/little, 13>> -> N; _ -> none end.

bits() ->
    Most = (1 bsl 59) - 1,
    [cause(Build) || Build <- [
        fun() -> <<0:(id(Most))/unit:32, (id(0)):64>> end,
        fun() -> <<(id(<<>>)):(id(Most))/binary-unit:32, 0:64>> end,
        fun() -> <<(id(4.2)):(id(Most))/float-unit:32, 0:64>> end,
        fun() -> <<0:64, 0:(id(Most))/unit:32, 0:(id(Most))/unit:2>> end,
        fun() -> <<(id(0)):64, (id(<<>>)):(id(Most))/binary-unit:32, (id(a))/binary>> end]].

cause(Build) ->
    try Build(), fine
    catch error:Reason:Stack -> [{_, _, _, Info} | _] = Stack, {Reason, cause_of(Info)}
    end.

cause_of(Info) -> maps:get(cause, proplists:get_value(error_info, Info, #{}), none).

same() ->
    Short = id(<<"123">>),
    Grown = <<(id(<<>>))/binary, 0, 1, 2, 3, 4>>,
    Map = id(#{a => 1}),
    Large = maps:from_list([{I, I} || I <- lists:seq(1, 100)]),
    [erts_debug:same(A, B) || {A, B} <- [{Short, append(Short, <<>>)}, {Grown, append(Grown, <<>>)}, {Map, maps:merge(Map, Map)}, {Large, maps:merge(Large, Large)}]].

append(A, B) -> <<A/binary, B/binary>>.

missing() ->
    [[reason(F, M) || F <- [fun(X) -> X#{42.0 := 1, 42 := 2} end, fun(X) -> X#{zz := 1, [] := 3, 7 := 3} end, fun(X) -> X#{"b" := 1, zz := 2, {} := 3} end,
                            fun(X) -> X#{1 := 1, 0 := 2, -1 := 3} end]]
     || M <- [#{0 => a}, maps:from_list([{I, I} || I <- lists:seq(100, 200)])]].

reason(F, M) -> try F(M) catch error:R -> R end.

%% The next receive begins at the first message.
receives() ->
    self() ! one,
    A = try receive never -> ok after bad -> ok end catch error:R -> R end,
    B = receive one -> got after 0 -> lost end,
    self() ! two,
    C = try receive never -> ok after id(bad) -> ok end catch error:R2 -> R2 end,
    Ref = make_ref(),
    self() ! Ref,
    {A, B, C, receive two -> got after 0 -> lost end, receive Ref -> got after 0 -> lost end}.

cells() ->
    [try atomics:new(N, []) catch error:R -> R end || N <- [1 bsl 64, -(1 bsl 64), 0, -1, a]] ++
        [try counters:new(N, []) catch error:R -> R end || N <- [1 bsl 70, 0, 1.0]].

funs() ->
    Maker = spawn(?MODULE, make, [self()]),
    receive
        {Maker, F, G} ->
            Again = binary_to_term(term_to_binary(G)),
            [erlang:fun_info(X, pid) =:= {pid, Maker} || X <- [F, G, Again]] ++
                [lists:keyfind(pid, 1, erlang:fun_info(G)) =:= {pid, Maker}, Again =:= G, erlang:fun_info(fun lists:map/2, pid)]
    end.

make(To) -> To ! {self(), fun(X) -> X end, fun(X) -> {X, To} end}.

lines() -> try far(id(a)) catch error:_:S -> [{_, F, A, Info} | _] = S, {F, A, Info} end.

iterators() ->
    [try erts_internal:map_next(At, M, iterator) of none -> none; {_, _, _} -> pairs catch error:R -> R end
     || M <- [#{}, #{a => 1, b => 2}], At <- [0, -1, 1, 2, 3, a, 1 bsl 70]].

%% So much is never left.
tails() -> [tail(id(B)) || B <- [<<>>, <<1>>, <<2:3>>]].

tail(<<_:18446744073709551616>>) -> huge;
tail(<<_:2147483648>>) -> large;
tail(<<_:8>>) -> byte;
tail(_) -> other.

%% What others see of a process: what was sent to it before, and that it hibernates.
seen() ->
    Waits = spawn(fun() -> receive stop -> ok end end),
    Waits ! one,
    Waits ! {two, "x"},
    First = process_info(Waits, messages),
    receive after 5 -> ok end,
    Waits ! <<3>>,
    Then = process_info(Waits, [messages, message_queue_len]),
    Sleeps = spawn(fun() -> erlang:hibernate(?MODULE, start, []) end),
    receive after 20 -> ok end,
    Where = process_info(Sleeps, [current_function, current_location, current_stacktrace, status]),
    exit(Waits, kill),
    exit(Sleeps, kill),
    TooMany = lists:duplicate(5122, x),
    {First, Then, Where, try erlang:hibernate(x, y, TooMany) catch error:R -> R end}.

id(X) -> X.

-file("far.erl", 100000000).
far(b) -> ok.
