"""Rows M1, M2, M3, A1: messages between two nodes on this machine, over Noodle's links (TLS), Erlang's distribution (no TLS)
and CAF's middleman (no TLS); large messages against bare TLS; messages within a node against CAF's own."""
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


def measure(noodle: str, work: pathlib.Path, rounds: int) -> list[dict]:
    build = pathlib.Path(noodle).parent
    subprocess.run(["cmake", "--build", build, "--target", "noodle_mesh_bench", "-j", str(os.cpu_count())], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["erlc", "-o", work, HERE / "peers/mesh.erl"], check=True)
    bench = str(build / "noodle_mesh_bench")

    def erlang(count: int, in_flight: int) -> dict:
        return last_json(["erl", "-noshell", "-sname", f"bench{os.getpid()}", "+S", "2", "-pa", str(work), "-s", "mesh", "main", "-extra", str(count), str(in_flight)])

    many = {"noodle": [], "Erlang": [], "BASP": []}
    one = {"noodle": [], "Erlang": []}
    bulk, bare, local = [], [], []
    for _ in range(rounds):
        many["noodle"].append(last_json([bench, "mesh", "100000", "100"])["per_second"])
        many["Erlang"].append(erlang(100_000, 100)["per_second"])
        many["BASP"].append(last_json([bench, "basp", "100000", "100"])["per_second"])
        one["noodle"].append(last_json([bench, "mesh", "10000", "1"]))
        one["Erlang"].append(erlang(10_000, 1))
        report = last_json([bench, "bulk", "16", "64"])
        bulk.append(report["mib_s"])
        bare.append(report["bare_tls_mib_s"])
        report = last_json([bench, "local", "1000000"])
        local.append(report["msg_ns"] / report["int_ns"])
    rate = {name: median(values) for name, values in many.items()}
    p50 = {name: median([v["p50_us"] for v in values]) for name, values in one.items()}
    p99 = {name: median([v["p99_us"] for v in values]) for name, values in one.items()}
    rows = [
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
        {"row": "A1", "what": "local message Msg<T> / CAF message of an int, CPU", "value": median(local), "must": 1.6, "aim": 1.3,
         "better": "lower", "unit": "x", "detail": ""},
    ]
    for row in rows:
        print(f"  {row['row']} {row['what']}: {row['value']:.2f} {row['detail']}", flush=True)
    return rows
