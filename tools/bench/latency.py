"""Row V9: what hostile processes can do to the others, and how fast an endless loop dies."""
import pathlib
import subprocess

from harness import run_once

HERE = pathlib.Path(__file__).parent


def measure(noodle: str, work: pathlib.Path) -> list[dict]:
    done = run_once([noodle, "run", str(HERE / "processes/hostile.nc"), "--", "4000"], str(work))
    figures = {line.split()[0]: [int(x) for x in line.split()[1:]] for line in done.output.split("\n")}
    p50, p99, p999, worst = figures["latency"]
    subprocess.run(["gcc", "-O2", "-pthread", "-o", work / "naps", HERE / "peers/naps.c"], check=True)
    bare = [int(x) for x in run_once([str(work / "naps"), "4000"], str(work)).output.split()]
    kill_p50, kill_max = figures["kill"]
    return [
        {"row": "V9", "what": "wake-up latency beside hostile processes, p99.9", "value": p999, "must": 200, "aim": 200,
         "better": "lower", "unit": "us", "detail": f"p50 {p50}, p99 {p99}, worst {worst} us; a bare nanosleep beside 3 "
         f"spinning threads: p50 {bare[0]}, p99 {bare[1]}, p99.9 {bare[2]}, worst {bare[3]} us"},
        {"row": "V9", "what": "time to kill an endless loop, worst of 50", "value": kill_max / 1000, "must": 1, "aim": 1,
         "better": "lower", "unit": "ms", "detail": f"p50 {kill_p50} us"},
    ]
