%% A stock of goods, kept by a process. Prices are known to the host alone.
-module(inventory).
-export([start/0, loop/1]).

start() ->
    Stock = spawn(?MODULE, loop, [#{}]),
    true = register(stock, Stock),
    [stock ! {add, Item, N} || {Item, N} <- [{<<"apples">>, 3}, {<<"pears">>, 2}, {<<"apples">>, 4}]],
    stock ! {report, self()},
    receive
        {stock, Goods} ->
            [io:format("~s: ~p~n", [Item, N]) || {Item, N} <- lists:sort(maps:to_list(Goods))],
            Goods#{total => lists:sum([N * host:price(Item) || {Item, N} <- maps:to_list(Goods)])}
    end.

loop(Goods) ->
    receive
        {add, Item, N} ->
            loop(maps:update_with(Item, fun(Old) -> Old + N end, N, Goods));
        {report, To} ->
            To ! {stock, Goods},
            loop(Goods)
    end.
