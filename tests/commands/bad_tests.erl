-module(bad_tests).
-include_lib("eunit/include/eunit.hrl").

equal_test() -> ?assertEqual(1, good:add(1, 1)).

match_test() -> ?assertMatch({ok, _}, {error, good:add(1, 1)}).

says_test() -> io:format("before~n"), error(after_it).

setup_test_() -> {setup, fun() -> error(no_setup) end, fun(_) -> ok end, fun(_) -> [] end}.

slow_test_() -> {timeout, 0.1, ?_test(timer:sleep(5000))}.

fine_test() -> ok.
