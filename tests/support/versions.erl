%% A parse transform for tests of code loading: compiles the sources in the attribute
%%
%%     -versions([{Name, "-module(m). ..."}]).
%%
%% and adds a function beam(Name) that returns the BEAM file as a binary.
-module(versions).
-export([parse_transform/2]).

parse_transform(Forms, _Options) ->
    [Versions] = [V || {attribute, _, versions, V} <- Forms],
    Clauses = [{clause, 0, [{atom, 0, Name}], [], [binary(compiled(Source))]} || {Name, Source} <- Versions],
    Function = {function, 0, beam, 1, Clauses},
    {Before, [Eof]} = lists:split(length(Forms) - 1, [F || F <- Forms]),
    [F || F <- Before, element(3, F) =/= versions] ++ [Function, Eof].

compiled(Source) ->
    {ok, Tokens, _} = erl_scan:string(Source),
    {ok, _Module, Beam} = compile:forms(forms(Tokens, []), [deterministic, nowarn_export_all]),
    Beam.

forms([], []) ->
    [];
forms([{dot, _} = Dot | Tokens], Form) ->
    {ok, Parsed} = erl_parse:parse_form(lists:reverse([Dot | Form])),
    [Parsed | forms(Tokens, [])];
forms([Token | Tokens], Form) ->
    forms(Tokens, [Token | Form]).

binary(Bytes) ->
    {bin, 0, [{bin_element, 0, {string, 0, binary_to_list(Bytes)}, default, default}]}.
