%% Ping-pong between two Erlang nodes on this machine, IN_FLIGHT messages on their way. Every answer is checked.
%%   erl -noshell -sname a -s mesh main -extra MESSAGES IN_FLIGHT
-module(mesh).
-export([main/0, echo/0]).

main() ->
    [Count, InFlight] = [list_to_integer(X) || X <- init:get_plain_arguments()],
    {ok, Peer, Node} = peer:start(#{name => peer:random_name(), args => ["-pa", filename:dirname(code:which(?MODULE)),
        "+S", "2", "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"]}),
    Echo = spawn(Node, ?MODULE, echo, []),
    play(Echo, min(Count, 2000), InFlight),
    Begun = erlang:monotonic_time(nanosecond),
    Took = lists:sort(play(Echo, Count, InFlight)),
    Seconds = (erlang:monotonic_time(nanosecond) - Begun) / 1.0e9,
    At = fun(Q) -> lists:nth(1 + trunc(Q * (Count - 1)), Took) / 1000 end,
    io:format("{\"messages\": ~b, \"per_second\": ~b, \"p50_us\": ~.1f, \"p99_us\": ~.1f}~n",
              [Count, round(Count / Seconds), At(0.5), At(0.99)]),
    peer:stop(Peer),
    halt(0).

echo() ->
    receive {From, N, At} -> From ! {N, At}, echo() end.

play(Echo, Count, InFlight) ->
    [send(Echo, N) || N <- lists:seq(0, InFlight - 1)],
    receive_all(Echo, 0, InFlight, Count, []).

send(Echo, N) -> Echo ! {self(), N, erlang:monotonic_time(nanosecond)}.

receive_all(_, Count, _, Count, Took) -> Took;
receive_all(Echo, Next, Sent, Count, Took) ->
    receive
        {Next, At} ->
            T = erlang:monotonic_time(nanosecond) - At,
            case Sent < Count of
                true -> send(Echo, Sent), receive_all(Echo, Next + 1, Sent + 1, Count, [T | Took]);
                false -> receive_all(Echo, Next + 1, Sent, Count, [T | Took])
            end
    end.
