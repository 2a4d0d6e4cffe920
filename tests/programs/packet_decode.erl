-module(packet_decode).
-export([start/0]).

%% erlang:decode_packet/3: all framings, whole, in part, wrong, with limits.

start() ->
    lists:foreach(fun({Type, Bins}) ->
                          [show(Type, Bin, Opts) || Bin <- Bins, Opts <- options(Type)]
                  end, fixed()),
    http(),
    wrong().

show(Type, Bin, Opts) ->
    io:format("~0p ~0p ~0p: ~0p~n", [Type, Bin, Opts, decode(Type, Bin, Opts)]).

decode(Type, Bin, Opts) ->
    try erlang:decode_packet(Type, Bin, Opts)
    catch error:Reason -> {error, Reason, raised}
    end.

options(line) ->
    [[], [{packet_size, 3}], [{line_length, 3}], [{line_length, 3}, {packet_size, 5}],
     [{line_delimiter, $;}], [{packet_size, 4}, {line_delimiter, 0}]];
options(_) ->
    [[], [{packet_size, 2}], [{packet_size, 16#ffffffff}]].

fixed() ->
    [{raw, [<<>>, <<"abc">>, <<1:3>>, <<1, 1:3>>]},
     {0, [<<"ab">>]},
     {1, [<<>>, <<3,1,2>>, <<0,1>>, <<3,1,2,3,4>>, <<1,7:5>>]},
     {2, [<<0>>, <<0,1,2,3>>, <<0,3,1,2,3>>]},
     {4, [<<0,0,0>>, <<0,0,0,1,7,8>>, <<255,0,0,1>>, <<127,255,255,255>>, <<127,255,255,250>>,
          <<127,255,255,251>>, <<127,255,255,252>>]},
     {sunrm, [<<0,0>>, <<128,0,0,2,1,2,3>>, <<0,0,0,2,1>>, <<255,255,255,255>>]},
     {line, [<<>>, <<"ab\ncd">>, <<"ab">>, <<"abc">>, <<"abcdef\n">>, <<"abcdef">>, <<"ab;c">>,
             <<"a\0b">>, <<"\n\n">>, <<"ab\n">>, <<"abc\n">>]},
     {asn1, [<<2,1,5,6>>, <<2>>, <<31,129,2,1,9,9>>, <<31,129>>, <<31,129,1>>, <<31>>,
             <<48,130,0,2,1,2,3>>, <<48,130,0>>, <<48,133,0,0,0,0,1,1>>,
             <<48,132,255,0,0,0,0,1,1>>, <<48,128,1>>, <<48,132,127,255,255,255,0,1,1>>,
             <<48,132,127,255,255,0,0,1,1>>, <<31,1,128,2>>, <<48,255>>, <<95,1,2,3,4>>]},
     {cdr, [<<"GIOP",1,2,0,0,0,0,0,2,1,2,3>>, <<"GIOP",1,2,1,0,2,0,0,0,1,2,3>>,
            <<"GIOQ",1,2,1,0,2,0,0,0,1,2,3>>, <<"GIOP">>, <<"GIOQ">>,
            <<"GIOP",9,9,3,0,1,0,0,0,1>>, <<"GIOP",9,9,0,0,255,0,0,2>>]},
     {fcgi, [<<1,1,0,1,0,2,1,0,$a,$b,$p,$r>>, <<2,1,0,1,0,2,1,0,$a,$b,$p,$r>>,
             <<1,1,0,1,0,2,1,0,$a>>, <<1,1,0>>, <<1,1,0,1,0,0,0,0,9>>]},
     {tpkt, [<<3,0,0,6,1,2,3>>, <<2,0,0,6,1,2,3>>, <<3,0,0,3,1,2,3>>, <<3,0,0,4,1>>, <<3,0>>,
             <<3,9,1,0>>]},
     {ssl_tls, [<<22,3,1,0,2,1,2,3>>, <<22,3>>, <<22,3,1,0,2>>, <<128,3,1,0,2,9>>,
                <<128,9,1,3,1,0,0,0,0,0,0,8,8>>, <<99,9,9,0,1,5>>, <<22,3,1,255,255,1>>,
                <<128,3,1>>, <<128,2,1,3>>, <<128,2,1,3,1,1>>, <<128>>, <<128,0,1,3,3>>,
                <<129,3,1,0,2,9>>, <<128,1,1,9,9>>, <<128,4,1,9,9,7,7>>, <<22,0,0,0,0>>]}].

http() ->
    Lines = ["GET / HTTP/1.1\r\nabc", "GET /x?y=1 HTTP/1.0\n", "GET * HTTP/1.1\r\n",
             "FOO http://a.b:80/p HTTP/1.1\r\n", "FOO http://a.b/p/q HTTP/1.1\r\n",
             "FOO https://a.b HTTP/1.1\r\n", "FOO a.b:443 HTTP/1.1\r\n",
             "FOO ftp://a.b HTTP/1.1\r\n", "FOO abc HTTP/1.1\r\n", "FOO a HTTP/1.1\r\n",
             "GET /\r\n", "GET  /  HTTP/1.1  \r\n", "GET\t/\tHTTP/1.1\r\n", "GET\r\n", "\r\n",
             "\r\nGET / HTTP/1.1\r\n", "\n", "\nabc\n", "GET / HTTP/1\r\n",
             "GET / HTTP/11.22\r\n", "GET / HTTP/a.1\r\n", "GET / http/1.1\r\n",
             "get / HTTP/1.1\r\n", "GET / HTTP/1.1", "", "HTTP/1.1 200 OK\r\nabc",
             "HTTP/1.1 200\r\n", "HTTP/1.1  404  Not  Found \r\n", "HTTP/1.1 abc\r\n",
             "HTTP/1.1\r\n", "HTTP/1 200 x\r\n", "HTTP/1.1 200 \r\n", "HTTP/1.1 -5 x\r\n",
             "HTTP/1.1 99999999999 x\r\n", "HTTP/1.1 20x y\r\n", "HTTP/10.12 200 x\n",
             "HTTP/1.1\t200\tx\n", "HTTP/1.1x200\n", "HTTP/9999999999.1 2 x\n",
             "http/1.1 200 x\n", "OPTIONS / HTTP/1.1\n", "HEAD / HTTP/1.1\n",
             "POST / HTTP/1.1\n", "PUT / HTTP/1.1\n", "DELETE / HTTP/1.1\n",
             "TRACE / HTTP/1.1\n", "CONNECT a:1 HTTP/1.1\n", "PATCH / HTTP/1.1\n",
             "GET http://h:/p HTTP/1.1\n", "GET http://h:x/p HTTP/1.1\n",
             "GET http://h:99999/p HTTP/1.1\n", "GET http://h:0/p HTTP/1.1\n",
             "GET http://h:4294967297/p HTTP/1.1\n", "GET HTTP://h:8/ HTTP/1.1\n",
             "GET http:// HTTP/1.1\n", "GET http://h:8 HTTP/1.1\n",
             "GET http://[::1]:8/p HTTP/1.1\n", "GET : HTTP/1.1\n", "GET :: HTTP/1.1\n",
             "GET http:/x HTTP/1.1\n", "GET *x HTTP/1.1\n", "GET a/b:c HTTP/1.1\n",
             "G(T / HTTP/1.1\n", " GET / HTTP/1.1\n", [<<"GET /">>, 200, 255, " HTTP/1.1\n"],
             ["G", 200, " / HTTP/1.1\n"], ["G", 127, " / HTTP/1.1\n"], "GET / x HTTP/1.1\n",
             "GET / HTTP/1.1 x\n", "GET / HTTP/1.1x\n", "GET / HTTP/\n", "GET / HTTP\n",
             "GET /\rx HTTP/1.1\r\n", "GET / \n", "GET \n", "GET / HTTP/1.1\r\r\n",
             "GET http://h?q HTTP/1.1\n", "GET https://h:443x/y HTTP/1.1\n",
             "GET httpx://h/y HTTP/1.1\n", "GET http HTTP/1.1\n", " \n", " / HTTP/1.1\n"],
    Headers = ["Host: a.b\r\n\r\n", "host: a.b\r\n\r\n", "X-Foo-bAR:  a b  \r\n\r\n",
               "\r\nabc", "\nabc", "\r\n", "\n", "Host: a\r\n", "Host: a\r\n  b\r\n\r\n",
               "Host: a\n\tb\nx", "nocolon\r\n\r\n", ":v\r\n\r\n", "a b: c\r\n\r\n",
               "a : c\r\n\r\n", "a:\r\n\r\n", "a: \r\n\r\n",
               "abcdefghijklmnopqrstuvwxyz-abc:v\r\n\r\n", "set-cookie2:v\r\n\r\n",
               [lists:duplicate(45, $a), "-bcde:v\n\n"], [lists:duplicate(46, $a), "-bcde:v\n\n"],
               [lists:duplicate(60, $a), "-bcde:v\n\n"], [lists:duplicate(15, $a), "-bcde:v\n\n"],
               "a:\0x\r\n\r\n", ["a", 200, ":x\r\n\r\n"], "\r", "\rx\n\n", "", " x: y\r\n\r\n",
               "a(:x\r\n\r\n", "a: x\r\n\n y", "-a--b:x\nz", "x_y.z:x\nz", "ETAG:x\nz",
               "te:x\nz", "a: b\rc\r\nz", "a: b \t \r\nz", "\n\nz", "\r\n z", "\n z", "a:b\n z",
               "a\tb:c\nz", "a:b\r\n\t", "a\n b\nz", "a\r\n b\nz", "x\n"],
    [show(Type, iolist_to_binary(Line), Opts)
     || Type <- [http, http_bin], Line <- Lines,
        Opts <- [[], [{packet_size, 5}], [{line_length, 5}], [{packet_size, 16}]]],
    [show(Type, iolist_to_binary(Line), Opts)
     || Type <- [httph, httph_bin], Line <- Headers,
        Opts <- [[], [{packet_size, 2}], [{line_length, 2}], [{packet_size, 9}]]],
    Known = ["cache-control", "connection", "date", "pragma", "transfer-encoding", "upgrade",
             "via", "accept", "accept-charset", "accept-encoding", "accept-language",
             "authorization", "from", "host", "if-modified-since", "if-match", "if-none-match",
             "if-range", "if-unmodified-since", "max-forwards", "proxy-authorization", "range",
             "referer", "user-agent", "age", "location", "proxy-authenticate", "public",
             "retry-after", "server", "vary", "warning", "www-authenticate", "allow",
             "content-base", "content-encoding", "content-language", "content-length",
             "content-location", "content-md5", "content-range", "content-type", "etag",
             "expires", "last-modified", "accept-ranges", "set-cookie", "set-cookie2",
             "x-forwarded-for", "cookie", "keep-alive", "proxy-connection", "trailer", "expect"],
    [show(httph, iolist_to_binary([Name, ": x\n\n"]), []) || Name <- Known].

wrong() ->
    [show(Type, Bin, Opts)
     || {Type, Bin, Opts} <-
            [{foo, <<>>, []}, {3, <<>>, []}, {"raw", <<>>, []}, {-1, <<>>, []}, {raw, foo, []},
             {raw, "abc", []}, {raw, <<1>>, foo}, {raw, <<1>>, [foo]},
             {raw, <<1>>, [{packet_size, -1}]}, {raw, <<1>>, [{packet_size, a}]},
             {raw, <<1>>, [{packet_size, 1 bsl 40}]}, {raw, <<1>>, [{line_length, 1 bsl 40}]},
             {raw, <<1>>, [{packet_size, 1 bsl 70}]}, {line, <<"ab">>, [{line_delimiter, 300}]},
             {line, <<"ab">>, [{line_delimiter, -1}]}, {raw, <<1>>, [{foo, 1}]},
             {raw, <<1>>, [{packet_size, 1, 2}]}]].
