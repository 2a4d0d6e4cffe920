% Match specifications as erlang:match_spec_test/3 shows them: heads, guards, bodies, actions, and
% what is said of those that are wrong.
-module(match_spec_cases).
-export([start/0]).

start() ->
    [show({1, 2}, Spec, table) || Spec <- specs()],
    callable(),
    traced(),
    heads().

show(Object, Spec, Mode) ->
    Result = try erlang:match_spec_test(Object, Spec, Mode) of
                 {ok, Pid, Flags, W} when is_pid(Pid) -> {ok, Pid =:= self(), Flags, W};
                 Other -> Other
             catch
                 Class:Reason -> {Class, Reason}
             end,
    io:format("~0p ~0p ~p~n   -> ~0p~n", [Object, Spec, Mode, Result]).

specs() ->
    [foo, [], [foo], [{'$1',[],[]}], [{{'$1','$2'},[],[]}], [{{'$1','$2'},foo,['$_']}], [{{'$1','$2'},[],foo}],[{{'$1','$2'},[{foo,1}],['$_']}],
      [{{'$1','$2'},['$3'],['$_']}], [{{'$1','$2'},[],['$3']}], [{{'$1','$2'},[],[{hd,'$1'}]}], [{{'$1','$2'},[{hd,'$1'}],['$1']}],
      [{{'$1','$2'},[],[{foo}]}], [{{'$1','$2'},[],[{{foo}}]}],[{{'$1','$2'},[],[{{'$1',{const,'$1'}}}]}],[{{'$1','$2'},[],[{'+','$1'}]}],
      [{{'$1','$2'},[],[{const}]}],[{{'$1','$2'},[],[{'$1','$2'}]}],[{{'$1','$2'},[],[{}]}],[{{'$1','$2'},[],['$$']}],[{{'$2','$1'},[],['$$']}],[{{'_','$10'},[],['$$']}],
      [{{'$1','$2'},[],[1,2,3]}],[{{'$1','$2'},[true],['$1']}],[{{'$1','$2'},[1],['$1']}],[{{'$1','$2'},[false,foo],['$1']}],[{{'$1','$2'},['$1'],['$1']}],
      [{{'$1','$2'},[],[#{a=>'$1'}]}], [{{'$1','$2'},[],[#{'$1'=>1,b=>{{2,'$2'}}}]}], [{{'$1','$2'},[],[['$1','$2'|foo]]}],[{{'$1','$2'},[],[[{hd,a}|foo]]}],
      [{{'$1','$2'},[],[{message,1}]}],[{{'$1','$2'},[],[{return_trace}]}],[{{'$1','$2'},[{'and',true,1}],[x]}],[{{'$1','$2'},[{'and',true,false}],[x]}],[{{'$1','$2'},[{'and',true,false,true}],[x]}],[{{'$1','$2'},[{'and'}],[x]}],[{{'$1','$2'},[{'and',true}],[x]}],[{{'$1','$2'},[{'andalso'}],[x]}],[{{'$1','$2'},[{'andalso',true}],[x]}],[{{'$1','$2'},[],[{'andalso',true,foo}]}],[{{'$1','$2'},[],[{'orelse',foo,true}]}],[{{'$1','$2'},[],[{'andalso',foo,true}]}],[{{'$1','$2'},[],[{'orelse',false,foo}]}],[{{'$1','$2'},[],[{'orelse',true,foo}]}],
      [{{'$1','$2'},[],[{'or',true,foo}]}],[{{'$1','$2'},[],[{'not',foo}]}],[{{'$1','$2'},[],[{'xor',true,true}]}],[{{'$1','$2'},[],[{'+',1,2,3}]}],
      [{{'$1','$2'},[],[{is_record,'$_',a,2}]}],[{{'$1','$2'},[],[{is_record,'$_',1,2}]}],[{{'$1','$2'},[],[{is_record,{const,{a,1}},a,2}]}],[{{'$1','$2'},[],[{is_record,'$_',a}]}],[{{'$1','$2'},[],[{is_record,{{a,'$1'}},a,2}]}],
      '_', [{'_',[],['$_']}], [{'_',[],['$$']}], [{'$1',[],['$$']}],[{'$1',[],['$1','$_']}],[{'$_',[],['$1','$_']}],[{{'$_','$$'},[],['$_']}],
      [{{'$0','$100000'},[],['$$']}],[{{'$100000000','$0'},[],['$$']}],[{{'$01','$02'},[],['$$']}],[{{'$1a','_'},[],['$$']}],[{{'$100000001','$0'},[],['$$']}],
      [{{'$1','$2'},[],[]}|foo],[{{'$1','$2'},[]}],[{{'$1','$2'},[],[a|b]}],[{{'$1','$2'},[a|b],[a]}],[{{1,3},[],[a]},{{1,2},[],[b]}],
      [{{'$1','$2'},[],['$1',{hd,a}]}],[{{'$1','$2'},[],[{hd,a},'$1']}],[{{'$1','$2'},[],[{self}]}],[{{'$1','$2'},[],[{node}]}],[{{'$1','$2'},[],[{get_tcw}]}],
      [{{'$1','$1'},[],['$_']}],[{{'$1'},[],['$_']}],[{[],[],['$_']}],[{a,[],['$_']}],[{{'$1',2.0},[],['$_']}],[{{'$1','$2'},[],[{'=:=','$2',2.0},{'==','$2',2.0}]}],[{{'$1','$2'},[{'==','$2',2.0}],[yes]}],
      [{{'$1','$2'},[],[{size,'$_'}]}],[{{'$1','$2'},[],[{element,'$1','$_'}]}],[{{'$1','$2'},[],['_']}],[{{'$1','$2'},[],[{{'_'}}]}]].

% Which functions guards and bodies may call.
callable() ->
    All = [{is_atom,1},{is_float,1},{is_integer,1},{is_list,1},{is_number,1},{is_pid,1},{is_port,1},{is_reference,1},{is_tuple,1},{is_map,1},{is_map_key,2},{is_binary,1},{is_bitstring,1},{is_boolean,1},{is_function,1},{is_function,2},{is_record,3},{is_record,2},{'and',2},{'or',2},{'not',1},{'xor',2},{abs,1},{element,2},{hd,1},{tl,1},{length,1},{map_get,2},{map_size,1},{node,0},{node,1},{round,1},{size,1},{bit_size,1},{byte_size,1},{tuple_size,1},{trunc,1},{float,1},{self,0},{'+',2},{'+',1},{'-',1},{'-',2},{'*',2},{'/',2},{'div',2},{'rem',2},{'band',2},{'bor',2},{'bxor',2},{'bnot',1},{'bsl',2},{'bsr',2},{'>',2},{'>=',2},{'<',2},{'=<',2},{'=:=',2},{'==',2},{'=/=',2},{'/=',2},{get_tcw,0},{binary_part,2},{binary_part,3},{max,2},{min,2},{setelement,3},{is_seq_trace,0},{get_seq_token,0},{set_seq_token,2},{caller,0},{caller_line,0},{current_stacktrace,0},{current_stacktrace,1},{return_trace,0},{exception_trace,0},{message,1},{process_dump,0},{enable_trace,1},{enable_trace,2},{disable_trace,1},{disable_trace,2},{trace,2},{trace,3},{silent,1},{set_tcw,1},{apply,2}, {tuple_to_list,1}],
    [io:format("~p ~0p ~0p~n", [Mode, Part, [Call || Call <- All, can(Call, Part, Mode)]])
     || Mode <- [table, trace], Part <- [guard, body]].

can({Name, Arity}, Part, Mode) ->
    Call = list_to_tuple([Name | lists:duplicate(Arity, '$1')]),
    {Subject, Head} = case Mode of
                          table -> {{1}, {'$1'}};
                          trace -> {[1], ['$1']}
                      end,
    Spec = case Part of
               guard -> [{Head, [Call], [x]}];
               body -> [{Head, [], [Call]}]
           end,
    ok =:= element(1, erlang:match_spec_test(Subject, Spec, Mode)).

traced() ->
    show([1,2],[{['$1','$2'],[],['$1']}], trace),
    show([1,2],[{'$1',[],['$1']}], trace),
    show([1,2],[{'_',[],['$_','$$']}], trace),
    show([1,2],[{{'$1'},[],['$1']}], trace),
    show([1,2],[{[],[],['$1']}], trace),
    show([1,2],[{['_'|'_'],[],[]}], trace),
    show([1,2],[{['$1'|'$2'],[],['$2']}], trace),
    show([1,2],[{['$1','$2'],[],[{return_trace},{message,{{'$1',x}}},true]}], trace),
    show([1,2],[{['$1','$2'],[],[{exception_trace},{message,false}]}], trace),
    show([1,2],[{['$1','$2'],[],[{return_trace},{caller}]}], trace),
    show([1,2],[{['$1','$2'],[],[{silent,true},{hd,a}]}], trace),
    show([1,2],[{['$1','$2'],[],[false]}], trace),
    show({1,2},[{['$1','$2'],[],[false]}], trace),
    show([1,2],[{['$1','$2'],[{message,1}],[false]}], trace),
    show([1,2],[{['$1','$2'],[],[{message,1,2}]}], trace),
    show([1,2],[{['$1','$2'],[],[{foo,1,2}]}], trace),
    show([1,2],[{['$1','$2'],[],[{return_trace,1,2}]}], trace),
    show([1,2],[{['$1','$2'],[],[{process_dump}]}], trace),
    show([1,2],[{['$1','$2'],[],[{enable_trace,call},{is_seq_trace},{get_seq_token}]}], trace),
    show([1,2],[{['$1','$2'],[],[{get_tcw}]}], trace),
    show(1,[{'$1',[],['$1']}],table).

heads() ->
    show({#{a=>1,b=>2}},[{{#{a=>'$1'}},[],['$1']}], table),
    show({#{a=>1,b=>2}},[{{#{a=>1}},[],['$_']}], table),
    show({#{a=>1,b=>2}},[{{#{a=>'_'}},[],['$_']}], table),
    show({#{a=>1,b=>2}},[{{#{}},[],['$_']}], table),
    show({#{a=>1,b=>2}},[{{#{'$1'=>1}},[],['$_']}], table),
    show({#{a=>1,b=>2}},[{{#{'_'=>1}},[],['$_']}], table),
    show({#{a=>1,b=>2}},[{{#{{'$1'}=>1}},[],['$_']}], table),
    show({[1,2,3]},[{{['$1'|'$2']},[],[{{'$1','$2'}}]}], table),
    show({[1,2,3]},[{{['$1','$2','$3']},[],['$$']}], table),
    show({1},[{{'$1'},[{'=:=','$1',{const,1}}],[{{a}},{{'$1'}}]}], table),
    show({1},[{{'$1'},[{'>','$1',{{1}}}],[a]}], table),
    show({1},[{{'$1'},[{'<','$1',{{1}}}],[[]]}], table),
    show({1},[{{'$1'},[{'<','$1',"abc"}],["abc"]}], table),
    show({1},[{{'$1'},[{'<','$1',<<"abc">>}],[<<"abc">>]}], table),
    show({1},[{{'$1'},[{a,b,c}],[<<"abc">>]}], table),
    show({1},[{{'$1'},[{'$1'}],[{{}}]}], table),
    show({1},[{{'$1'},[],[{{}}]}], table),
    show({1},[{{'$1'},[],[{{a,{b}}}]}], table),
    show({1},[{{'$1'},[],[{{a,b},c}]}], table),
    show({1},[{{'$1'},[],[{const,a,b}]}], table),
    show({1},[{{'$1'},[{is_list,[{a}]}],[a]}], table),
    show({1},[{{'$1'},[{is_atom,'$1','$1'}],[a]},{{'$2'},[{foo}],[{bar},'$9']}], table),
    show({1},[{{'$1'},[{'not','$1'}],[a]},{{'$2'},[],[{'not','$2'}]}], table).
