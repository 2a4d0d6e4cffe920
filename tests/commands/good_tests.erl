-module(good_tests).
-include_lib("eunit/include/eunit.hrl").

output_test() -> io:format("this is captured~n").

cases_test_() -> [?_assertEqual(N + 1, good:add(N, 1)) || N <- [1, 2]].
