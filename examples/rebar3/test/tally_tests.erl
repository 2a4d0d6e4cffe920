-module(tally_tests).
-include_lib("eunit/include/eunit.hrl").

counts_test() ->
    {ok, Counter} = tally_counter:start_link(tally_test),
    tally_counter:count(Counter),
    tally_counter:count(Counter),
    ?assertEqual({tally_test, 2}, tally_counter:total(Counter)),
    gen_server:stop(Counter).
