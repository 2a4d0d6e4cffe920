%% What the programmer's guide says of processes, terms as binaries, the system, time and stack traces.
-module(guide_system).
-export([start/0]).

start() ->
    of_processes(),
    terms(),
    system(),
    clocks(),
    dates(),
    random(),
    stacktraces(),
    io:format("all as the guide says~n"),
    ok.

of_processes() ->
    Other = spawn(fun() -> receive stop -> ok end end),
    true = lists:member(Other, erlang:processes()),
    true = lists:member(self(), processes()),
    Other ! one,
    Other ! two,
    [{Key, Value} = process_info(Other, Key) || {Key, Value} <- [{message_queue_len, 2}]],
    [begin
         {Key, Size} = erlang:process_info(Other, Key),
         true = is_integer(Size) andalso Size >= 0
     end || Key <- [heap_size, stack_size, memory]],
    Other ! stop.

terms() ->
    Term = {foo, [{bar, <<"tapas">>}], #{1 => 2.5}, 1 bsl 100, [], $å, 'höhe'},
    Binary = term_to_binary(Term),
    Term = binary_to_term(Binary),
    {Term, Used} = binary_to_term(<<Binary/binary, "more">>, [used]),
    Used = byte_size(Binary).

system() ->
    [true = is_integer(erlang:system_info(Key)) || Key <- [process_count, port_count, atom_count]],
    true = lists:member(erlang:system_info(word_size), [4, 8]),
    true = is_binary(erlang:system_info(atomvm_version)),
    generic_unix = atomvm:platform(),
    true = erlang:garbage_collect(),
    true = erlang:garbage_collect(self()),
    Before = erlang:memory(binary),
    Large = binary:copy(<<"x">>, 100000),
    true = erlang:memory(binary) >= Before + byte_size(Large),
    <<172, 189, 24, 219, 76, 194, 248, 92, 237, 239, 101, 79, 204, 196, 164, 216>> = erlang:md5(<<"foo">>).

clocks() ->
    {Mega, Seconds, Micro} = erlang:timestamp(),
    true = Seconds < 1000000 andalso Micro < 1000000,
    Now = Mega * 1000000 + Seconds,
    true = abs(erlang:system_time(second) - Now) < 5,
    true = abs(erlang:system_time(millisecond) div 1000 - Now) < 5,
    true = abs(erlang:system_time(microsecond) div 1000000 - Now) < 5,
    Start = erlang:monotonic_time(millisecond),
    receive after 20 -> ok end,
    true = erlang:monotonic_time(millisecond) - Start >= 20,
    true = erlang:monotonic_time(second) =< erlang:monotonic_time(microsecond) div 1000000,
    {{Year, Month, Day}, {Hour, Minute, Second}} = erlang:universaltime(),
    true = calendar:valid_date(Year, Month, Day) andalso Hour < 24 andalso Minute < 60 andalso Second < 60,
    %% The clock is the VM's, not the machine's.
    ok = atomvm:posix_clock_settime(realtime, {1700000000, 0}),
    true = erlang:system_time(second) - 1700000000 < 5,
    {{2023, 11, 14}, {22, 13, _}} = erlang:universaltime().

dates() ->
    {{2023, 7, 23}, {13, 31, 7}} = calendar:system_time_to_universal_time(1690119067, second),
    {{2023, 7, 23}, {13, 31, 7}} = calendar:system_time_to_universal_time(1690119067123, millisecond),
    {{2023, 7, 23}, {13, 31, 7}} = calendar:system_time_to_universal_time(1690119067123456, microsecond),
    739089 = calendar:date_to_gregorian_days({2023, 7, 23}),
    63857338267 = calendar:datetime_to_gregorian_seconds({{2023, 7, 23}, {13, 31, 7}}).

random() ->
    Numbers = [atomvm:random() || _ <- lists:seq(1, 100)],
    true = lists:all(fun(N) -> is_integer(N) andalso N >= 0 andalso N =< 4294967295 end, Numbers),
    true = length(lists:usort(Numbers)) > 90,
    <<>> = atomvm:rand_bytes(0),
    true = atomvm:rand_bytes(16) =/= atomvm:rand_bytes(16),
    badarg = (try atomvm:rand_bytes(-1) catch error:Reason -> Reason end),
    Encoded = base64:encode(<<"foo">>),
    <<"foo">> = base64:decode(Encoded),
    "Zm9v" = base64:encode_to_string("foo"),
    "foo" = base64:decode_to_string(<<"Zm9v">>).

stacktraces() ->
    [{?MODULE, fails, 1, Place} | _] = (try fails(now) catch error:now:Stack -> Stack end),
    true = is_list(proplists:get_value(file, Place)) andalso proplists:get_value(line, Place) > 1,
    {'EXIT', {foo, [{?MODULE, Function, 0, _} | _]}} = (catch error(foo)),
    true = is_atom(Function).

fails(Reason) -> error(Reason).
