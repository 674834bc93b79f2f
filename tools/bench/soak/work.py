"""Rounds of work on the cluster, one after another: each from a session on some node, with tallies on all nodes."""
import dataclasses
import pathlib
import random
import re
import subprocess
import threading
import time

ROUND = pathlib.Path(__file__).parent / "round.nc"
LIMIT_S = 300           # of a round: what can be late in it together, and no more
LATE_S = 12.0           # an ask within 10 s that took longer
BEFORE_S = 20.0         # a fault that was over by then has nothing to do with what failed

ERROR = re.compile(r"error (\d{4})")
LOST = re.compile(r"^(?:lost|unhired|undown) (\S+)")
DOWN = re.compile(r"^down (\S+)")
BETWEEN = re.compile(r"^between (\S+) (\S+)")
LATE = re.compile(r"^late (\S+) ([0-9.]+)")
DONE = re.compile(r"^done (\d+) tallies, (\d+) answers")


@dataclasses.dataclass
class Round:
    host: str
    start: float
    end: float
    code: int | None
    out: str
    err: str


def judge(done: Round, disturbed) -> tuple[str, int, list[tuple[str, str]]]:
    """"right", "partly" or "failed"; answers; what must not have been, as (invariant, text).

    `disturbed(node)` tells whether something was done to the node about that time.
    """
    wrong: list[tuple[str, str]] = []
    host_disturbed = disturbed(done.host)
    if done.code is None and not host_disturbed:
        wrong.append(("no_request_hangs", f"a round on {done.host} did not end within {LIMIT_S} s"))
    missed, answers, finished = False, 0, False
    for line in done.out.splitlines():
        if line.startswith("fault: "):
            name = "one_down" if " times" in line else "work_is_right"
            wrong.append((name, f"{done.host}: {line}"))
        if match := LATE.match(line):
            if float(match[2]) > LATE_S and not host_disturbed and not disturbed(match[1]):
                wrong.append(("no_request_hangs", f"{done.host} waited {match[2]} s for {match[1]}"))
        for match in (LOST.match(line), DOWN.match(line), BETWEEN.match(line)):
            if not match:
                continue
            missed = True
            if not host_disturbed and not any(disturbed(node) for node in match.groups()):
                wrong.append(("losses_are_named", f"{done.host}: {line}, though nothing was done to it"))
        if line.startswith("undown ") and not host_disturbed:
            wrong.append(("one_down", f"{done.host}: no down came for {line[7:]}"))
        if match := DONE.match(line):
            finished, answers = True, int(match[2])
    if not finished:
        if done.code == 0:
            wrong.append(("work_is_right", f"{done.host}: a round ended without its answer: {done.out[-200:]}"))
        elif not host_disturbed:
            wrong.append(("losses_are_named", f"{done.host}: a round failed: {(done.err + done.out)[-300:]}"))
        elif done.code is not None and not ERROR.search(done.err + done.out):
            wrong.append(("losses_are_named", f"{done.host}: a round failed without a code: {done.err[-300:]}"))
    return ("right" if finished and not missed else "partly" if finished else "failed"), answers, wrong


class Work(threading.Thread):
    def __init__(self, cluster, seed: int, report):
        """`report(round)` is called after each."""
        super().__init__(daemon=True)
        self.cluster, self.random, self.report = cluster, random.Random(seed), report
        self.over = threading.Event()
        self.failure: str | None = None

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.report(self.one_round())
        except Exception as problem:  # the main thread tells it
            self.failure = repr(problem)

    def one_round(self) -> Round:
        hosts = [node for node in self.cluster.nodes if node.process]
        host = self.random.choice(hosts)
        large = 200_000 if self.random.random() < 0.1 else 200
        call = f"main({self.random.randint(5, 20)}, {self.random.randint(2, 12)}, {large})"
        start = time.time()
        command = [self.cluster.program, "exec", "--node", host.address, f":load {ROUND}", call]
        try:
            done = subprocess.run(command, text=True, capture_output=True, timeout=LIMIT_S, cwd=self.cluster.folder,
                                  env=self.cluster.environment)
            return Round(host.name, start, time.time(), done.returncode, done.stdout, done.stderr)
        except subprocess.TimeoutExpired as late:
            text = lambda value: value.decode(errors="replace") if isinstance(value, bytes) else value or ""  # noqa: E731
            return Round(host.name, start, time.time(), None, text(late.stdout), text(late.stderr))
