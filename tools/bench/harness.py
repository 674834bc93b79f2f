"""Measuring: one command = one process; its CPU time is the operating system's own figure for it.

Every figure is taken in paired rounds (A B C A B C ...), so that a drift of the machine hits all alike, and reported as
the median. Answers are compared before any time is taken.
"""
import math
import os
import platform
import statistics
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Sample:
    user: float      # seconds
    cpu: float       # user + system, seconds
    wall: float      # seconds
    rss_kb: int
    output: str


def run_once(command: list[str], cwd: str, timeout: float = 300) -> Sample:
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"failed ({process.returncode}): {' '.join(command)}\n{err.decode()[-800:]}")
    return Sample(usage.ru_utime, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, out.decode().strip())


def same_answer(a: str, b: str) -> bool:
    if a == b:
        return True
    try:
        return math.isclose(float(a), float(b), rel_tol=1e-7)
    except ValueError:
        return False


def geomean(values: list[float]) -> float:
    return math.exp(sum(math.log(v) for v in values) / len(values))


def median(values: list[float]) -> float:
    return statistics.median(values)


def machine_line() -> str:
    model = "unknown CPU"
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as info:
        memory = int(info.readline().split()[1]) // (1 << 20)
    return f"{os.cpu_count()} x {model}, {memory} GiB, {platform.system()} {platform.release().split('-')[0]}"


def version(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().splitlines()[0]
