%% Native records as terms: order, equality, hashes, the external format, module records.
-module(native_records_terms).
-export([start/0]).

-record #here{a, b}.

start() ->
    [order(), equality(), hashes(), external_format(), functions(), definitions(), printed()].

order() ->
    Fs = [[], [{z, 1}], [{alpha, 1}, {beta, 2}], [{beta, 2}, {alpha, 1}], [{beta, 3}, {alpha, 1}],
          [{beta, 2}, {alpha, 2}], [{z, a}], [{z, 1.0}], [{z, [1]}], [{z, {}}]],
    Records = [make(M, N, F, E) || M <- [m1, m2], N <- [n1, n2], F <- Fs, E <- [true, false]],
    Others = [1, 2.5, a, {}, {1, 2, 3}, {m1, n1}, [], [1], #{}, #{a => 1}, <<>>, <<"a">>,
              make(m1, n1, [], true)],
    [[{records:is_exported(R), R} || R <- lists:sort(lists:reverse(Records))],
     lists:sort(Others), lists:usort(Others ++ lists:reverse(Others)),
     [{A < B, A =< B, A == B, A =:= B} || A <- Records, B <- Records] =:=
         [{before(A, B), not before(B, A), A == B, A =:= B} || A <- Records, B <- Records]].

%% The order said once more: module, name, exported, number of fields, their names, their values.
before(A, B) ->
    key(A) < key(B).

key(R) ->
    Names = records:get_field_names(R),
    {records:get_module(R), records:get_name(R), records:is_exported(R), length(Names), Names,
     [records:get(N, R) || N <- Names]}.

equality() ->
    R = make(m, n, [{a, 1}, {b, 2}], true),
    Same = make(m, n, [{a, 1}, {b, 2}], true),
    Float = make(m, n, [{a, 1.0}, {b, 2}], true),
    [R == Same, R =:= Same, R == Float, R =:= Float, R == make(m, n, [{b, 2}, {a, 1}], true),
     R == make(m, n, [{a, 1}, {b, 2}], false), R == {a, 1}, R /= Float, R =/= Float,
     lists:member(R, [Float, Same]), lists:keyfind(R, 1, [{Float, 1}, {Same, 2}]),
     max(R, Float) =:= R].

%% With one field or none: of several the order in which they count depends on the system.
hashes() ->
    Values = [1, -1, a, [], {}, "text", <<"binary">>, #{a => 1}, 1.5, 1 bsl 70, {a, [b]}],
    Records = [make(M, N, [], E) || M <- [m, other], N <- [n, 'N n'], E <- [true, false]]
        ++ [make(m, n, [{F, V}], E) || F <- [a, 'Ä'], V <- Values, E <- [true, false]],
    Nested = make(m, n, [{a, make(m, n, [{b, make(k, l, [], true)}], false)}], true),
    [[erlang:phash2(R) || R <- Records], erlang:phash2({Nested, [Nested]}),
     erlang:phash2(#{Nested => 1}), erlang:phash2(Nested, 1 bsl 32)].

external_format() ->
    Records = [make(m, n, [], true), make(m, n, [{b, 1}, {a, 2}], false), #here{a = 1, b = "abc"},
               make('Ä', n, [{a, make(m, n, [{x, [1, 2 | 3]}], true)}, {'B b', <<1:3>>}], true)],
    Written = [term_to_binary(R, [{minor_version, 2}]) || R <- Records],
    Good = <<131,67,0,0,0,2,0,119,1,109,119,1,110,119,1,121,119,1,120,97,1,97,2>>,
    [Written, [binary_to_term(B) =:= R || {B, R} <- lists:zip(Written, Records)],
     term_to_binary(lists:duplicate(100, hd(Records)), [compressed, {minor_version, 2}]) =/= a,
     [try binary_to_term(B) catch error:E -> E end
      || B <- [Good, binary:replace(Good, <<2,0,119>>, <<2,2,119>>),
               binary:replace(Good, <<121>>, <<120>>), binary:replace(Good, <<119,1,109>>, <<97,1>>),
               binary:replace(Good, <<119,1,110>>, <<97,1>>), binary:replace(Good, <<119,1,121>>, <<97,1>>),
               binary:part(Good, 0, byte_size(Good) - 1), binary:replace(Good, <<2,0,119>>, <<3,0,119>>)]],
     try binary_to_term(<<131,67,0,0,0,0,0,119,1,109,119,12,"no_such_atom">>, [safe]) catch error:E -> E end].

functions() ->
    R = make(m, n, [{b, 1}, {a, 2}], true),
    C = fun(A) -> run(create, A) end,
    U = fun(A) -> run(update, A) end,
    O = #{is_exported => true},
    [run(get, [a, R]), run(get, [z, R]), run(get, [a, a]), run(get, [1, R]),
     run(get_module, [R]), run(get_module, [{}]), run(get_name, [R]), run(get_name, [1]),
     run(get_field_names, [R]), run(get_field_names, [{x, y}]), run(is_exported, [R]), run(is_exported, [a]),
     C([m, n, [], O]), C([1, n, [], O]), C([m, "n", [], O]), C([m, n, a, O]), C([m, n, [a], O]),
     C([m, n, [{a, 1} | b], O]), C([m, n, [{1, a}], O]), C([m, n, [{a, 1}, {a, 2}], O]),
     C([m, n, [], a]), C([m, n, [], #{}]), C([m, n, [], #{is_exported => maybe_so}]),
     C([m, n, [], #{is_exported => true, 1 => 1}]),
     U([R, m, n, #{a => 4}]), U([R, x, '_', #{a => 4, b => 5}]), U([R, m, x, #{a => 4}]),
     U([R, x, n, #{a => 4}]), U([R, m, n, #{z => 4}]), U([R, m, n, a]), U([a, m, n, #{}]),
     U([R, m, n, #{}]), U([R, 1, n, #{}]), U([R, m, n, #{1 => 2}]), U([R, m, n, []])].

definitions() ->
    native_records:module_info(),
    [run(get_definition, A) || A <- [[native_records, point], [native_records, private],
        [native_records, none], [native_records, full], [native_records, no], [no, no], [1, a],
        [native_records_terms, here]]].

printed() ->
    [make('M', 'N n', [{'A', "text"}, {b, [a, b]}, {'c d', #{a => make(m, n, [], true)}}], true),
     make(m, n, [{f, {make(m, n, [{x, 1}], false)}}], true)].

run(F, A) ->
    try apply(records, F, A)
    catch
        C:R:S -> {C, R, hd(S)}
    end.

make(M, N, F, E) ->
    records:create(M, N, F, #{is_exported => E}).
