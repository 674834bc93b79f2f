"""Rows V1 to V5: interpreter and machine code over 12 kernels against C, Lua 5.4, LuaJIT and Node."""
import pathlib
import subprocess

from harness import geomean, median, run_once, same_answer

SIZES = {
    "fib": 32, "loops": 100, "sieve": 2000000, "nbody": 100000, "spectral": 200, "mandel": 300, "fannkuch": 9,
    "bintrees": 13, "strings": 300000, "wordcount": 4, "dispatch": 2000000, "json": 4,
}
HERE = pathlib.Path(__file__).parent


def systems(noodle: str, work: pathlib.Path) -> dict:
    """name -> function (kernel, size, repetitions) -> command"""
    subprocess.run(["gcc", "-O2", "-o", work / "kernels_c", HERE / "peers/kernels.c", "-lm"], check=True)
    lua, js = str(HERE / "peers/kernels.lua"), str(HERE / "peers/kernels.js")

    def nbc(kernel: str) -> str:
        target = work / f"{kernel}.nbc"
        if not target.exists():
            subprocess.run([noodle, "build", HERE / f"kernels/{kernel}.nc", "-o", target], check=True)
        return str(target)

    def run_noodle(jit: str, k: str, n: int, r: int) -> list[str]:
        return [noodle, "run", "--jit", jit, "--workers", "1", "--memory", "1GB", "--allow", "fs.read", nbc(k), "--",
                str(n), str(r)]

    return {
        "C -O2": lambda k, n, r: [str(work / "kernels_c"), k, str(n), str(r)],
        "Lua 5.4": lambda k, n, r: ["lua5.4", lua, k, str(n), str(r)],
        "LuaJIT -joff": lambda k, n, r: ["luajit", "-joff", lua, k, str(n), str(r)],
        "LuaJIT": lambda k, n, r: ["luajit", lua, k, str(n), str(r)],
        "Node": lambda k, n, r: ["node", js, k, str(n), str(r)],
        "noodle --jit off": lambda k, n, r: run_noodle("off", k, n, r),
        "noodle": lambda k, n, r: run_noodle("on", k, n, r),
    }


def measure(noodle: str, work: pathlib.Path, rounds: int, only: list[str]) -> dict:
    runners = systems(noodle, work)
    kernels = {k: n for k, n in SIZES.items() if not only or k in only}
    result: dict = {name: {} for name in runners}
    for kernel, size in kernels.items():
        expected = run_once(runners["C -O2"](kernel, size, 1), work).output
        repetitions = {}
        for name, command in runners.items():
            first = run_once(command(kernel, size, 1), work)
            if not same_answer(expected, first.output):
                raise SystemExit(f"{kernel}: {name} answers {first.output!r}, C answers {expected!r}")
            repetitions[name] = max(1, min(400, round(0.4 / max(first.user, 0.002))))
        times: dict = {name: [] for name in runners}
        for _ in range(rounds):
            for name, command in runners.items():
                r = repetitions[name]
                base = run_once(command(kernel, size, 0), work).user
                times[name].append((run_once(command(kernel, size, r), work).user - base) / r)
        for name in runners:
            result[name][kernel] = max(median(times[name]), 1e-6) * 1e3
        c = result["C -O2"][kernel]
        print(f"  {kernel:10s} C {c:8.2f} ms " + " ".join(
            f"{name} {result[name][kernel] / c:.2f}x" for name in runners if name != "C -O2"), flush=True)
    def ratio(peer: str, ours: str) -> float:
        return geomean([result[peer][k] / result[ours][k] for k in kernels])

    def to_c(kernel: str) -> float:
        return result["noodle"][kernel] / result["C -O2"][kernel]

    return {
        "ms": result,
        "rows": [
            {"row": "V1", "what": "interpreter, geomean of kernels, Lua 5.4 / noodle",
             "value": ratio("Lua 5.4", "noodle --jit off"), "must": 1.8, "aim": 2.0, "better": "higher", "unit": "x"},
            {"row": "V2", "what": "interpreter, geomean of kernels, LuaJIT -joff / noodle",
             "value": ratio("LuaJIT -joff", "noodle --jit off"), "must": 1.2, "aim": 1.3, "better": "higher",
             "unit": "x"},
            {"row": "V3", "what": "machine code, geomean of kernels, LuaJIT / noodle",
             "value": ratio("LuaJIT", "noodle"), "must": 1.4, "aim": 2.0, "better": "higher", "unit": "x"},
            {"row": "V4", "what": "machine code, geomean of kernels, noodle / C -O2",
             "value": ratio("noodle", "C -O2"), "must": 2.0, "aim": 1.5, "better": "lower", "unit": "x"},
            {"row": "V5", "what": "machine code, geomean of kernels, Node / noodle",
             "value": ratio("Node", "noodle"), "must": 1.0, "aim": 1.1, "better": "higher", "unit": "x"},
        ] + [
            {"row": "V4", "what": f"machine code, {kernel}, noodle / C -O2", "value": to_c(kernel), "must": must,
             "aim": must, "better": "lower", "unit": "x"}
            for kernel, must in (("dispatch", 2.5), ("bintrees", 0.8)) if kernel in kernels
        ],
    }
