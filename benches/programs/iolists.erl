%% Reports put together as iolists and split again.
-module(iolists).
-export([start/0]).

start() ->
    Page = [[<<"<li id=\"">>, integer_to_binary(I), $", $>, escape(text(I)), <<"</li>\n">>] || I <- lists:seq(1, 4000)],
    Bin = iolist_to_binary(["<ul>\n", Page, "</ul>"]),
    Lines = binary:split(Bin, <<"\n">>, [global]),
    Formatted = [io_lib:format("~6b ~10s ~.3f~n", [I, "item", I / 3]) || I <- lists:seq(1, 1500)],
    {iolist_size(Page), length(Lines), erlang:crc32(Bin), erlang:md5(Formatted), pieces(Lines, 0)}.

text(I) -> ["a < b & \"", integer_to_list(I * I), "\" > c"].

escape(Text) -> [escape_char(C) || C <- lists:flatten(Text)].

escape_char($<) -> <<"&lt;">>;
escape_char($>) -> <<"&gt;">>;
escape_char($&) -> <<"&amp;">>;
escape_char($") -> "&quot;";
escape_char(C) -> C.

pieces([], N) -> N;
pieces([Line | Lines], N) ->
    case binary:match(Line, <<"&amp;">>) of
        {At, _} -> pieces(Lines, N + At + byte_size(binary:part(Line, 0, At)));
        nomatch -> pieces(Lines, N)
    end.
