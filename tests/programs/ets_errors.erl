% Every function of ets with right and wrong arguments: results, errors and their causes.
-module(ets_errors).
-export([start/0]).

start() ->
    Self = self(),
    ets:new(tt, [named_table]),
    ets:insert(tt, [{a, 1}, {b, x, 3}]),
    ets:new(oo, [named_table, ordered_set, {keypos, 2}]),
    ets:insert(oo, [{x, 1, 1}, {y, 2, 2}]),
    ets:new(bb, [named_table, bag]),
    ets:insert(bb, [{a, 1}, {a, 2}]),
    Other = spawn(fun() ->
                          ets:new(priv, [named_table, private]),
                          ets:new(prot, [named_table]),
                          Self ! ready,
                          receive stop -> ok end
                  end),
    receive ready -> ok end,
    [call(F, A) || {F, A} <- cases(Self)],
    Other ! stop,
    gone().

% A table that was there once.
gone() ->
    Tab = ets:new(x, []),
    ets:delete(Tab),
    show(lookup, tab, result(lookup, [Tab, a])),
    show(info, tab, result(info, [Tab])),
    show(lookup, ref, result(lookup, [make_ref(), a])),
    show(info, ref, result(info, [make_ref(), size])).

call(F, A) -> show(F, A, result(F, A)).

show(F, A, Result) ->
    Shown = case A of
                [[_ | _], Ms | _] when is_reference(Ms) -> compiled;
                [foo, Ms | _] when is_reference(Ms) -> compiled;
                [_, P | _] when is_pid(P) -> [hd(A), pid];
                [_, [{heir, P, _} | _]] when is_pid(P) -> heir;
                [_, [{protection, _}, {heir, P, _}]] when is_pid(P) -> heir;
                _ -> A
            end,
    io:format("~p ~0p~n    ~0p~n", [F, Shown, Result]).

result(F, A) ->
    try apply(ets, F, A) of
        List when is_list(List), F =/= tab2list, F =/= lookup_element, F =/= update_counter ->
            lists:sort(List);
        Value -> Value
    catch
        Class:Reason:Stack ->
            [{M, N, _, Info} | _] = Stack,
            {Class, Reason, M, N, proplists:get_value(error_info, Info)}
    end.

cases(Self) ->
    [
  {lookup,[nope,a]},{lookup,["x",a]},{lookup,[1,a]},{lookup,[priv,a]},{insert,[prot,{a}]},{insert,[tt,a]},{insert,[tt,{}]},{insert,[tt,[{a},b]]},{insert,[tt,[{a}|b]]},{insert,[tt,[]]},{insert,[oo,{a}]},{insert_new,[tt,[{a,9},{z,1}]]},{insert_new,[tt,[{q,9},{q,1}]]},{insert_new,[tt,{a}]},
  {lookup_element,[tt,a,2]},{lookup_element,[tt,zz,2]},{lookup_element,[tt,a,3]},{lookup_element,[tt,a,0]},{lookup_element,[tt,a,x]},{lookup_element,[bb,a,2]},{lookup_element,[bb,zz,2]},{lookup_element,[bb,a,3]},
  {update_counter,[tt,a,1]},{update_counter,[tt,a,{2,1}]},{update_counter,[tt,a,{3,1}]},{update_counter,[tt,a,{1,1}]},{update_counter,[tt,a,{0,1}]},{update_counter,[tt,zz,{2,1}]},{update_counter,[tt,b,{2,1}]},{update_counter,[tt,a,foo]},{update_counter,[tt,a,[]]},{update_counter,[tt,a,[{2,1},{2,2}]]},{update_counter,[tt,a,[{2,1},foo]]},{update_counter,[tt,a,{2,1,5,0}]},{update_counter,[tt,a,{2,100,5,0}]},{update_counter,[tt,a,{2,-100,-5,0}]},{update_counter,[tt,a,{2,1,x,0}]},{update_counter,[tt,a,1.0]},{update_counter,[bb,a,1]},{update_counter,[tt,n,1,{zz,5}]},{update_counter,[tt,n2,{3,1},{zz,5}]},{update_counter,[tt,n3,{2,1},foo]},{update_counter,[tt,n3,{2,1},{a,b}]},{update_counter,[tt,a,{2,1},foo]},{update_counter,[oo,1,1]},{update_counter,[oo,1,{1,1}]},{update_counter,[tt,a,{2,x}]},{update_counter,[tt,a,[{2,1}|foo]]},{update_counter,[tt,zz,foo]},{update_counter,[tt,zz,{1,1}]},{update_counter,[tt,zz,{9,1}]},
  {update_element,[tt,a,{2,7}]},{update_element,[tt,a,{1,7}]},{update_element,[tt,a,{3,7}]},{update_element,[tt,a,{0,7}]},{update_element,[tt,zz,{2,7}]},{update_element,[tt,a,[{2,8},{2,9}]]},{update_element,[tt,a,[]]},{update_element,[tt,a,foo]},{update_element,[tt,a,[{2,1}|x]]},{update_element,[bb,a,{2,1}]},{update_element,[tt,zz,{1,7}]},{update_element,[tt,zz,foo]},{update_element,[tt,zz,{9,7}]},{update_element,[tt,a,[{2,66},{9,7}]]},{lookup,[tt,a]},
  {first,[tt2]},{next,[tt,nokey]},{next,[oo,1]},{next,[oo,0]},{next,[oo,2]},{next,[oo,9]},{prev,[oo,9]},{prev,[oo,1]},{prev,[tt,nokey]},{first,[priv]},{last,[oo]},
  {new,[1,[]]},{new,[x,foo]},{new,[x,[foo]]},{new,[tt,[named_table]]},{new,[x,[{keypos,0}]]},{new,[x,[{keypos,x}]]},{new,[x,[{heir,foo}]]},{new,[x,[{heir,Self,1}|foo]]},{new,[x,[{heir,foo,1}]]},{new,[x,[{write_concurrency,foo}]]},{new,[x,[{read_concurrency,foo}]]},{new,[x,[{decentralized_counters,foo}]]},
  {delete,[nope]},{delete,[prot]},{delete,[tt,nokey]},{delete_object,[tt,{nokey}]},{delete_object,[tt,foo]},{delete_object,[tt,{}]},{delete_object,[oo,{a}]},{take,[tt,nokey]},{take,[prot,nokey]},
  {rename,[tt,1]},{rename,[tt,oo]},{rename,[nope,oo]},{rename,[prot,ooo]},{rename,[tt,ttt]},{rename,[ttt,tt]},
  {give_away,[tt,foo,1]},{give_away,[tt,Self,1]},{give_away,[prot,Self,1]},{give_away,[nope,Self,1]},
  {setopts,[tt,foo]},{setopts,[tt,[{heir,none}]]},{setopts,[tt,{heir,none}]},{setopts,[tt,{protection,private}]},{setopts,[tt,[{protection,protected},{heir,Self,1}]]},{setopts,[tt,{keypos,1}]},{setopts,[prot,{heir,none}]},{setopts,[tt,{protection,foo}]},{setopts,[tt,[]]},{setopts,[tt,[{heir,none},{heir,none}]]},
  {safe_fixtable,[tt,foo]},{safe_fixtable,[nope,true]},{safe_fixtable,[tt,false]},{safe_fixtable,[priv,true]},
  {info,[nope]},{info,["x"]},{info,[oo,type]},{info,[tt,foo]},{info,[nope,foo]},{info,[nope,size]},{info,[tt,fixed]},{info,[tt,safe_fixed]},{info,[tt,safe_fixed_monotonic_time]},{info,[tt,decentralized_counters]},
  {whereis,[nope]},{whereis,[1]},
  {slot,[tt,-1]},{slot,[tt,x]},{slot,[oo,0]},{slot,[oo,1]},{slot,[oo,2]},{slot,[oo,3]},
  {match,[tt,'_']},{match,[nope,'_']},{match,[tt,'_',0]},{match,[tt,'_',x]},{match,[foo]},{match,['$end_of_table']},{match_object,[{a,b}]},{select,[tt,foo]},{select,[tt,[{{'$1'},foo,a}]]},{select,[tt,[{'_',[],['$_']}],x]},{select,[tt,foo,1]},{select,[tt,[{'_',[],['$_']}],0]},{select,[foo]},{select,['$end_of_table']},{select_reverse,[oo,[{'_',[],['$_']}]]},{select,[oo,[{'_',[],['$_']}],10]},{select,[oo,[{{'_','_',7},[],['$_']}],10]},
  {select_count,[tt,foo]},{select_count,[tt,[{'_',[],[true]}]]},{select_count,[tt,[{'_',[],[x]}]]},{select_delete,[prot,[{'_',[],[true]}]]},{select_delete,[tt,foo]},{select_delete,[tt,[{{a,'_'},[],[true]}]]},{select_replace,[tt,[{{'$1','$2'},[],[{{'$1',{{'$2'}}}}]}]]},{select_replace,[tt,[{{'$1','$2'},[],[{{'$2','$1'}}]}]]},{select_replace,[tt,[{{'$1','$2'},[],['$_']}]]},{select_replace,[tt,[{'$1',[],[{{{element,1,'$1'},z}}]}]]},{select_replace,[tt,[{{'$1','$2'},[],[{{{const,b},'$1'}}]}]]},{select_replace,[bb,[{{'$1','$2'},[],['$_']}]]},{select_replace,[tt,[{{b,'$2','$3'},[],[{{b,'$1'}}]}]]},{select_replace,[tt,[{{b,'$2','$3'},[],[{{b,'$2'}}]}]]},
  {match_spec_compile,[foo]},{match_spec_run_r,[[{a}],foo,[]]},{is_compiled_ms,[foo]},{match_spec_run_r,[[{a},b],ets:match_spec_compile([{'_',[],['$_']}]),[]]},{match_spec_run_r,[[{a}|b],ets:match_spec_compile([{'_',[],['$_']}]),[]]},{match_spec_run_r,[foo,ets:match_spec_compile([{'_',[],['$_']}]),[]]},{delete_all_objects,[prot]},{delete_all_objects,[bb]},{tab2list,[nope]},{tab2list,[priv]},{member,[tt,a]},{member,[nope,a]}
    ].
