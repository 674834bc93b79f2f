"""Rows V6, V7, V8: spawning, message hops and memory of idle processes against Erlang; V9 and V10: latency and start; SWAP."""
import json
import pathlib
import subprocess
import time

from harness import median, run_once

HERE = pathlib.Path(__file__).parent


def build(noodle: str, work: pathlib.Path, name: str) -> str:
    target = work / f"{name}.nbc"
    if not target.exists():
        subprocess.run([noodle, "build", HERE / f"processes/{name}.nc", "-o", target], check=True)
    return str(target)


def cost_ns(command, n: int, rounds: int, work: pathlib.Path) -> list[float]:
    """CPU nanoseconds per unit: a run of n minus a run of 0, in pairs."""
    out = []
    for _ in range(rounds):
        zero = run_once(command(0), work)
        full = run_once(command(n), work)
        if full.output.split()[-1] != str(n):
            raise SystemExit(f"answers {full.output!r} instead of {n}")
        out.append((full.cpu - zero.cpu) / n * 1e9)
    return out


def versus_erlang(noodle: str, work: pathlib.Path, rounds: int) -> list[dict]:
    subprocess.run(["erlc", "-o", work, HERE / "peers/processes.erl"], check=True)

    def erlang(row: str):
        return lambda n: ["erl", "-noshell", "+S", "1", "+P", "5000000", "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio",
                          "none", "-pa", str(work), "-s", "processes", "main", "-extra", row, str(n)]

    rows = []
    for row, name, label, n, must in (("V6", "spawn", "spawn + run + exit, Erlang / noodle", 1_000_000, 5.0),
                                      ("V7", "hop", "message hop on one worker, Erlang / noodle", 2_000_000, 3.0)):
        nbc = build(noodle, work, name)
        ours = lambda count, nbc=nbc: [noodle, "run", "--workers", "1", nbc, "--", str(count)]  # noqa: E731
        a, b = [], []
        for _ in range(rounds):
            a += cost_ns(ours, n, 1, work)
            b += cost_ns(erlang(name), n, 1, work)
        rows.append({"row": row, "what": label, "value": median(b) / median(a), "must": must, "aim": must, "better": "higher",
                     "unit": "x", "detail": f"noodle {median(a):.0f} ns, Erlang {median(b):.0f} ns CPU"})
        print(f"  {row} noodle {median(a):.0f} ns, Erlang {median(b):.0f} ns", flush=True)
    nbc = build(noodle, work, "idle")
    zero = run_once([noodle, "run", "--workers", "1", nbc, "--", "0"], work)
    million = run_once([noodle, "run", "--workers", "1", nbc, "--", "1000000"], work)
    each = (million.rss_kb - zero.rss_kb) * 1024 / 1_000_000
    rows.append({"row": "V8", "what": "resident memory per idle actor", "value": each, "must": 1024, "aim": 1024,
                 "better": "lower", "unit": "bytes", "detail": f"1 M live actors: {million.rss_kb / 1024:.0f} MiB"})
    return rows


def swap(noodle: str, work: pathlib.Path, rounds: int) -> list[dict]:
    """10 000 counting actors move to a version with two more fields; the program says how many messages are missing."""
    build(noodle, work, "swap")
    build(noodle, work, "swap2")
    count, times = 10_000, []
    for number in range(rounds):
        name = f"bench-swap-{number}"
        with subprocess.Popen([noodle, "run", "--name", name, work / "swap.nbc", "--", str(count)], text=True,
                              stdout=subprocess.PIPE) as program:
            program.stdout.readline()
            done = subprocess.run([noodle, "swap", name, work / "swap2.nbc", "--json"], check=True, text=True,
                                  stdout=subprocess.PIPE)
            missing = program.stdout.read().strip()
        report = json.loads(done.stdout)
        if missing != "0" or report["moved"] != count:
            raise SystemExit(f"{missing} messages lost, {report['moved']} actors moved")
        times.append(report["elapsedNs"] / 1e6)
    return [{"row": "SWAP", "what": "hot swap of 10 000 live actors with state", "value": median(times), "must": 50,
             "aim": 50, "better": "lower", "unit": "ms", "detail": "no message lost"}]


def start_up(noodle: str, work: pathlib.Path, rounds: int) -> list[dict]:
    hello = HERE.parent.parent / "examples/hello.nc"
    walls, node = [], []
    (work / "hello.js").write_text("console.log('Hello');\n")
    for _ in range(max(rounds, 5) * 3):
        start = time.perf_counter()
        subprocess.run([noodle, "run", hello], check=True, capture_output=True)
        walls.append((time.perf_counter() - start) * 1e3)
        start = time.perf_counter()
        subprocess.run(["node", work / "hello.js"], check=True, capture_output=True)
        node.append((time.perf_counter() - start) * 1e3)
    rows = [{"row": "V10", "what": "start of `noodle run hello.nc`, wall", "value": median(walls), "must": 10, "aim": 10,
             "better": "lower", "unit": "ms", "detail": f"Node {median(node):.0f} ms"}]
    # Front end: a large generated source, checked and compiled, minus the start-up of an empty one.
    unit = (HERE / "kernels/json.nc").read_text().split("func json")[0].replace("enum Value", "enum Value{0}").replace(
        "Value.", "Value{0}.").replace(": Value ", ": Value{0} ").replace("List<Value>", "List<Value{0}>").replace(
        "Map<String, Value>", "Map<String, Value{0}>").replace("class Parser", "class Parser{0}").replace("Parser(source", "Parser{0}(source")
    copies = 400
    text = "".join(unit.replace("{0}", str(i)).replace("Value{0}", f"Value{i}") for i in range(copies))
    uses = "".join(f'  Parser{i}("1 ").value();\n' for i in range(copies))
    (work / "large.nc").write_text(text + "func main() {\n" + uses + "}\n")
    (work / "empty.nc").write_text("func main() {}\n")
    lines = (text + uses).count("\n")
    speeds = []
    for _ in range(rounds):
        full = run_once([noodle, "build", str(work / "large.nc"), "-o", str(work / "large.nbc")], work)
        empty = run_once([noodle, "build", str(work / "empty.nc"), "-o", str(work / "empty.nbc")], work)
        speeds.append(lines / (full.user - empty.user))
    rows.append({"row": "V10", "what": f"front end, {lines} lines to byte code", "value": median(speeds) / 1e3, "must": 300,
                 "aim": 300, "better": "higher", "unit": "k lines/s", "detail": "user CPU, start-up subtracted"})
    return rows
