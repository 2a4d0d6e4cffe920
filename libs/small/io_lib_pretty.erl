%% Terms on several lines, for packs that hold only what is used: the VM's own code does it.
%%
%% What is shown is what OTP's module shows, but for three things. A term that is to be cut off below a
%% depth (`~P`) is shown as `~W` shows it. Limits on characters are not kept. Records show as the
%% tuples that they are.
-module(io_lib_pretty).
-export([print/1, print/2, print/3, print/4, print/5, print/6, intermediate/6, write/1]).

print(Term) -> print(Term, 1, 80, -1).

print(Term, Options) when is_list(Options) ->
    print(Term, option(column, Options, 1), option(line_length, Options, 80),
          option(depth, Options, -1), option(encoding, Options, utf8),
          option(strings, Options, true), text);
print(Term, _Records) -> print(Term, 1, 80, -1).

print(Term, Depth, _Records) -> print(Term, 1, 80, Depth).

print(Term, Column, LineLength, Depth) -> print(Term, Column, LineLength, Depth, latin1, true, text).

print(Term, Column, LineLength, Depth, _Records) -> print(Term, Column, LineLength, Depth).

print(Term, Column, LineLength, Depth, _LineMax, _Records) -> print(Term, Column, LineLength, Depth).

print(Term, Column, LineLength, Depth, Encoding, Strings, text) when Depth < 0 ->
    atomvm_text:pretty(Term, Column, LineLength, Encoding, Strings);
print(Term, _, _, Depth, Encoding, _, text) ->
    io_lib:write(Term, [{depth, Depth}, {encoding, Encoding}]).

intermediate(Term, Depth, _Limit, _Records, Encoding, _Strings) ->
    io_lib:write(Term, [{depth, Depth}, {encoding, Encoding}]).

write(Text) -> Text.

option(Key, Options, Default) ->
    case lists:keyfind(Key, 1, Options) of
        {_, Value} -> Value;
        false -> Default
    end.
