%% The program: what AtomVM starts, and what `erl -s` can start as well.
-module(tally_main).
-export([start/0]).

start() ->
    {ok, Supervisor} = tally_sup:start_link(),
    Words = string:lexemes(<<"the cat and the dog and the bird">>, " "),
    [tally_counter:count(tally_sup:counter(Word)) || Word <- Words],
    Totals = lists:sort([tally_counter:total(Counter) || Counter <- tally_sup:counters()]),
    [io:format("~ts: ~b~n", [Name, Total]) || {Name, Total} <- Totals],
    unlink(Supervisor),
    exit(Supervisor, shutdown),
    ok.
