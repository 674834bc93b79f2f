%% The process rows in Erlang: spawn N, hop N, idle N.   erl -noshell +S 1 -s processes main -extra ROW N
-module(processes).
-export([main/0, nothing/0, gate/0, player/1, idle/0]).

nothing() -> ok.
idle() -> receive stop -> ok end.
gate() -> receive {From, pass} -> From ! passed, gate() end.

spawn_all(0, _) -> ok;
spawn_all(N, Gate) ->
    lists:foreach(fun(_) -> spawn(?MODULE, nothing, []) end, lists:seq(1, 1000)),
    Gate ! {self(), pass},
    receive passed -> ok end,
    spawn_all(N - 1000, Gate).

player(Home) -> receive {meet, Other} -> play(Home, Other) end.
play(Home, Other) ->
    receive
        {ball, 0} -> Home ! done;
        {ball, N} -> Other ! {ball, N - 1}, play(Home, Other)
    end.

row("spawn", N) ->
    spawn_all(N, spawn(?MODULE, gate, []));
row("hop", N) ->
    A = spawn(?MODULE, player, [self()]),
    B = spawn(?MODULE, player, [self()]),
    A ! {meet, B},
    B ! {meet, A},
    A ! {ball, N},
    receive done -> ok end;
row("idle", N) ->
    Before = erlang:memory(processes),
    Pids = [spawn(?MODULE, idle, []) || _ <- lists:seq(1, N)],
    After = erlang:memory(processes),
    io:format(standard_error, "~p~n", [(After - Before) div max(N, 1)]),
    length(Pids).

main() ->
    [Row, Text] = init:get_plain_arguments(),
    N = list_to_integer(Text),
    row(Row, N),
    io:format("~p~n", [N]),
    halt().
