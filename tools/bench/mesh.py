"""Rows M1, M2, M3, M6, A1: messages between two nodes on this machine, over Noodle's links (TLS), Erlang's distribution (no TLS)
and CAF's middleman (no TLS); large messages against bare TLS; pings beside one of 1 GiB; messages within a node against CAF's own.
M5: routes of 1000 nodes, checked against a plain Dijkstra. G2: a session asks a node with 10 000 actors."""
import json
import os
import pathlib
import subprocess

from harness import median

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def last_json(command, **more) -> dict:
    done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=300, **more)
    return json.loads(done.stdout.strip().splitlines()[-1])


def built(noodle: str, target: str) -> str:
    build = pathlib.Path(noodle).parent
    subprocess.run(["cmake", "--build", build, "--target", target, "-j", str(os.cpu_count())], check=True,
                   stdout=subprocess.DEVNULL)
    return str(build / target)


def tell(rows: list[dict]) -> list[dict]:
    for row in rows:
        print(f"  {row['row']} {row['what']}: {row['value']:.2f} {row['detail']}", flush=True)
    return rows


def routes(noodle: str, rounds: int) -> list[dict]:
    bench = built(noodle, "noodle_routing_bench")
    told = [last_json([bench, "1000", "8", str(seed)]) for seed in range(1, rounds + 1)]
    of = lambda key: median([one[key] for one in told])  # noqa: E731
    p99 = max(one["incremental_p99_us"] for one in told)
    return tell([
        {"row": "M5", "what": "all routes of 1000 nodes with 8 links each", "value": of("full_us") / 1000, "must": 5, "aim": 5,
         "better": "lower", "unit": "ms", "detail": ""},
        {"row": "M5", "what": "one changed link", "value": of("incremental_us"), "must": 200, "aim": 200, "better": "lower",
         "unit": "us", "detail": f"p99 {p99:.0f} us"},
        {"row": "M5", "what": "where a message goes next", "value": of("decision_ns"), "must": 100, "aim": 100,
         "better": "lower", "unit": "ns", "detail": ""},
    ])


def inspection(noodle: str, rounds: int) -> list[dict]:
    bench = built(noodle, "noodle_inspect_bench")
    told = [last_json([bench, "10000", "100"]) for _ in range(rounds)]
    of = lambda key: median([one[key] for one in told])  # noqa: E731
    return tell([
        {"row": "G2", "what": "all of 10 000 actors as JSON, p99", "value": of("all_p99_ms"), "must": 100, "aim": 100,
         "better": "lower", "unit": "ms", "detail": f"p50 {of('all_p50_ms'):.0f} ms"},
        {"row": "G2", "what": "the busiest of them, p99", "value": of("busiest_p99_ms"), "must": 100, "aim": 100,
         "better": "lower", "unit": "ms", "detail": f"p50 {of('busiest_p50_ms'):.1f} ms; one of them {of('one_p50_ms'):.2f} ms"},
    ])


def measure(noodle: str, work: pathlib.Path, rounds: int) -> list[dict]:
    bench = built(noodle, "noodle_mesh_bench")
    subprocess.run(["erlc", "-o", work, HERE / "peers/mesh.erl"], check=True)

    def erlang(count: int, in_flight: int) -> dict:
        return last_json(["erl", "-noshell", "-sname", f"bench{os.getpid()}", "+S", "2", "-pa", str(work), "-s", "mesh", "main", "-extra", str(count), str(in_flight)])

    many = {"noodle": [], "Erlang": [], "BASP": []}
    one = {"noodle": [], "Erlang": []}
    bulk, bare, local, beside = [], [], [], []
    for _ in range(rounds):
        many["noodle"].append(last_json([bench, "mesh", "100000", "100"])["per_second"])
        many["Erlang"].append(erlang(100_000, 100)["per_second"])
        many["BASP"].append(last_json([bench, "basp", "100000", "100"])["per_second"])
        one["noodle"].append(last_json([bench, "mesh", "10000", "1"]))
        one["Erlang"].append(erlang(10_000, 1))
        report = last_json([bench, "bulk", "16", "64"])
        bulk.append(report["mib_s"])
        bare.append(report["bare_tls_mib_s"])
        beside.append(last_json([bench, "beside", "1024", "10000"]))
        report = last_json([bench, "local", "1000000"])
        local.append(report["msg_ns"] / report["int_ns"])
    rate = {name: median(values) for name, values in many.items()}
    p50 = {name: median([v["p50_us"] for v in values]) for name, values in one.items()}
    p99 = {name: median([v["p99_us"] for v in values]) for name, values in one.items()}
    return tell([
        {"row": "M1", "what": "messages between nodes, 100 in flight, noodle with TLS / Erlang without",
         "value": rate["noodle"] / rate["Erlang"], "must": 2.5, "aim": 4, "better": "higher", "unit": "x",
         "detail": f"noodle {rate['noodle']:.0f}/s, Erlang {rate['Erlang']:.0f}/s"},
        {"row": "M1", "what": "the same, CAF's BASP without TLS", "value": rate["noodle"] / rate["BASP"], "must": 2.5, "aim": 4,
         "better": "higher", "unit": "x", "detail": f"BASP {rate['BASP']:.0f}/s"},
        {"row": "M2", "what": "round trip between nodes, 1 in flight, noodle / Erlang, p50", "value": p50["noodle"] / p50["Erlang"],
         "must": 1.2, "aim": 0.9, "better": "lower", "unit": "x",
         "detail": f"noodle {p50['noodle']:.0f} us, Erlang {p50['Erlang']:.0f} us"},
        {"row": "M2", "what": "the same, p99", "value": p99["noodle"] / p99["Erlang"], "must": 1.2, "aim": 0.9, "better": "lower",
         "unit": "x", "detail": f"noodle {p99['noodle']:.0f} us, Erlang {p99['Erlang']:.0f} us"},
        {"row": "M3", "what": "messages of 16 MiB over one link / bare TLS", "value": median(bulk) / median(bare), "must": 0.8,
         "aim": 0.8, "better": "higher", "unit": "x", "detail": f"{median(bulk):.0f} and {median(bare):.0f} MiB/s"},
        {"row": "M6", "what": "pings of 1 KiB beside a message of 1 GiB / alone, p99",
         "value": median([one["beside_p99_us"] / one["alone_p99_us"] for one in beside]), "must": 2, "aim": 2, "better": "lower",
         "unit": "x", "detail": f"{median([one['beside_p99_us'] for one in beside]):.0f} and "
         f"{median([one['alone_p99_us'] for one in beside]):.0f} us; 1 GiB in {median([one['seconds'] for one in beside]):.1f} s"},
        {"row": "A1", "what": "local message Msg<T> / CAF message of an int, CPU", "value": median(local), "must": 1.6, "aim": 1.3,
         "better": "lower", "unit": "x", "detail": ""},
    ])
