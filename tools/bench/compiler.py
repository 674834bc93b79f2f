"""Rows FUEL and OPT: what counting fuel costs, and what each optimisation of the front end gains, over the kernels."""
import pathlib
import subprocess

from harness import geomean, median, run_once, same_answer
from kernels import HERE, SIZES

PARTS = ["inlining", "devirtualisation", "literals", "aliases", "stores", "checks"]


def command(noodle: str, jit: str, module: pathlib.Path, size: int, repetitions: int) -> list[str]:
    return [noodle, "run", "--jit", jit, "--workers", "1", "--memory", "1GB", "--allow", "fs.read", str(module), "--",
            str(size), str(repetitions)]


def paired(commands: dict, rounds: int, work: pathlib.Path) -> dict:
    """User CPU time of each command, per repetition: name -> function (size, repetitions) -> command."""
    repetitions, expected = 1, None
    for make in commands.values():
        first = run_once(make(1), work)
        expected = expected if expected is not None else first.output
        if not same_answer(expected, first.output):
            raise SystemExit(f"{make(1)}: answers {first.output!r}, not {expected!r}")
        repetitions = max(repetitions, min(200, round(0.25 / max(first.user, 0.002))))
    times: dict = {name: [] for name in commands}
    for _ in range(rounds):
        for name, make in commands.items():
            base = run_once(make(0), work).user
            times[name].append(run_once(make(repetitions), work).user - base)
    return {name: max(median(t), 1e-6) for name, t in times.items()}


def fuel(noodle: str, work: pathlib.Path, rounds: int, only: list[str]) -> list[dict]:
    """Machine code with and without fuel."""
    build = pathlib.Path(noodle).parent
    subprocess.run(["cmake", "--build", build, "--target", "noodle_without_fuel"], check=True, stdout=subprocess.DEVNULL)
    ratios = {}
    for kernel, size in SIZES.items():
        if only and kernel not in only:
            continue
        module = work / f"{kernel}_fuel.nbc"
        subprocess.run([noodle, "build", HERE / f"kernels/{kernel}.nc", "-o", module], check=True)
        times = paired({name: lambda r, name=name: command(str(build / name), "eager", module, size, r)
                        for name in ("noodle", "noodle_without_fuel")}, rounds, work)
        ratios[kernel] = times["noodle"] / times["noodle_without_fuel"]
        print(f"  {kernel:10s} with fuel / without {ratios[kernel]:.3f}", flush=True)
    worst = max(ratios, key=lambda k: ratios[k])
    return [{"row": "FUEL", "what": "machine code, geomean of kernels, with fuel / without",
             "value": geomean(list(ratios.values())), "must": 1.05, "aim": 1.05, "better": "lower", "unit": "x",
             "detail": f"worst: {worst} {ratios[worst]:.2f}"}]


def optimisations(noodle: str, work: pathlib.Path, rounds: int, only: list[str]) -> list[dict]:
    """Each part left out, against all of them."""
    rows = []
    for jit, tier in (("off", "interpreter"), ("eager", "machine code")):
        gains: dict = {part: {} for part in PARTS}
        for kernel, size in SIZES.items():
            if only and kernel not in only:
                continue
            modules = {}
            for part in ["all", *PARTS]:
                modules[part] = work / f"{kernel}_{part}.nbc"
                without = [] if part == "all" else ["--without", part]
                subprocess.run([noodle, "build", *without, HERE / f"kernels/{kernel}.nc", "-o", modules[part]],
                               check=True)
            same = {p for p in PARTS if modules[p].read_bytes() == modules["all"].read_bytes()}
            times = paired({part: lambda r, part=part: command(noodle, jit, modules[part], size, r)
                            for part in modules if part not in same}, rounds, work)
            for part in PARTS:
                gains[part][kernel] = 1.0 if part in same else times[part] / times["all"]
            print(f"  {tier} {kernel:10s} without / with " + " ".join(f"{p} {gains[p][kernel]:.2f}" for p in PARTS),
                  flush=True)
        for part in PARTS:
            best = max(gains[part], key=lambda k: gains[part][k])
            rows.append({"row": "OPT", "what": f"{tier}, geomean of kernels, without {part} / with it",
                         "value": geomean(list(gains[part].values())), "must": 0.98, "aim": 1.0, "better": "higher",
                         "unit": "x", "detail": f"most: {best} {gains[part][best]:.2f}"})
    return rows
