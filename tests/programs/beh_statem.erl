%% gen_statem in both callback modes: state enters, postponing, time-outs of every kind, replies, next events.
-module(beh_statem).
-behaviour(gen_statem).
-export([start/0, init/1, callback_mode/0, locked/3, open/3, terminate/3]).

start() ->
    process_flag(trap_exit, true),
    R = [door(), postponed(), timeouts(), events(), stopping(), generic(), calls()],
    process_flag(trap_exit, false),
    R.

callback_mode() -> [state_functions, state_enter].

init({Code, P}) -> {ok, locked, #{code => Code, got => [], log => P}}.

locked(enter, Old, D = #{log := P}) -> P ! {enter, Old, locked}, {keep_state, D#{got := []}};
locked({call, From}, {button, B}, D = #{code := Code, got := Got}) ->
    case Got ++ [B] of
        Code -> {next_state, open, D, [{reply, From, opened}, {state_timeout, 300, lock}]};
        More when length(More) < length(Code) -> {keep_state, D#{got := More}, [{reply, From, more}]};
        _ -> {keep_state, D#{got := []}, [{reply, From, wrong}]}
    end;
locked({call, _}, walk, _) -> {keep_state_and_data, [postpone]};
locked({call, From}, T, _) when element(1, T) =:= timer -> {keep_state_and_data, [{reply, From, armed}, element(2, T)]};
locked({call, From}, {events, L}, _) -> {keep_state_and_data, [{next_event, internal, X} || X <- L] ++ [{reply, From, ok}]};
locked(internal, X, #{log := P}) -> P ! {internal, X}, keep_state_and_data;
locked(timeout, X, #{log := P}) -> P ! {event_timeout, X}, keep_state_and_data;
locked({timeout, N}, X, #{log := P}) -> P ! {named, N, X}, keep_state_and_data;
locked(info, X, #{log := P}) -> P ! {info, X}, keep_state_and_data;
locked(cast, {stop, R}, _) -> {stop, R};
locked({call, From}, {stop, R}, _) -> {stop_and_reply, R, [{reply, From, bye}]};
locked({call, From}, state, D) -> {keep_state_and_data, [{reply, From, {locked, maps:get(got, D)}}]}.

open(enter, Old, #{log := P}) -> P ! {enter, Old, open}, keep_state_and_data;
open({call, From}, walk, _) -> {keep_state_and_data, [{reply, From, through}]};
open(state_timeout, lock, D) -> {next_state, locked, D};
open({call, _}, _, _) -> {keep_state_and_data, [postpone]}.

terminate(R, S, #{log := P}) -> P ! {terminated, R, S}.

drain() -> receive {'EXIT', _, R} -> [{'EXIT', R} | drain()]; M -> [M | drain()] after 80 -> [] end.

go() -> {ok, P} = gen_statem:start_link(?MODULE, {[1, 2, 3], self()}, []), P.
call(P, X) -> gen_statem:call(P, X).
stop(P, R) -> gen_statem:stop(P), {R, drain()}.

door() -> P = go(), R = [call(P, {button, B}) || B <- [1, 9, 1, 2, 9, 1, 2, 3]], timer:sleep(500), stop(P, {R, call(P, state)}).

postponed() ->
    P = go(), Me = self(),
    spawn(fun() -> Me ! {walker, call(P, walk)} end),
    timer:sleep(10),
    R = [call(P, {button, B}) || B <- [1, 2, 3]],
    W = receive {walker, X} -> X after 500 -> none end,
    stop(P, {R, W}).

timeouts() ->
    P = go(),
    R = [call(P, {timer, A}) || A <- [{{timeout, a}, 300, x}, {{timeout, b}, 150, y}, {{timeout, c}, 400, never}, {{timeout, c}, cancel}]],
    call(P, {timer, {timeout, 5, idle}}),
    timer:sleep(500),
    call(P, {timer, {timeout, 300, interrupted}}),
    P ! hello,
    timer:sleep(400),
    stop(P, R).

events() -> P = go(), R = call(P, {events, [a, b, c]}), stop(P, R).
stopping() -> P = go(), R = call(P, {stop, {shutdown, done}}), D = drain(), Q = go(), gen_statem:cast(Q, {stop, normal}), {R, D, drain()}.
generic() -> P = go(), S = sys:get_state(P), {locked, #{got := G}} = S, stop(P, G).
calls() ->
    P = go(),
    A = try gen_statem:call(P, walk, 10) catch exit:{timeout, {gen_statem, call, [_, walk, 10]}} -> timed_out end,
    R = gen_statem:send_request(P, state),
    B = gen_statem:wait_response(R, 1000),
    C = try gen_statem:call(bm_absent, x) catch exit:{noproc, _} -> noproc end,
    stop(P, {A, B, C}).
