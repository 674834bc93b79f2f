"""tools/bench/bench soak mesh: a cluster of real processes works while faults are made; what must hold is checked.

  tools/bench/bench soak mesh --nodes 10 --hours 1 --seed 7 --json docs/data/soak.json
  tools/bench/bench soak mesh --minutes 3 --only crash hang        some faults, over and over

Exit code 0: every invariant held; 77: skipped. A seed gives the same row of faults; when they come depends on the machine.
"""
import argparse
import collections
import datetime
import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import harness

from . import cluster as real
from . import nemesis as faults
from . import vitals, watch, work

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
SAMPLE_S = 10
SKIPPED = 77  # exit code, when nothing of what was asked for can be done here
AUDIT_S = 300
CALM_S = 4.0             # between two faults
CRASH_KNOWN_S, HANG_KNOWN_S = 1.0, 3.0
BUSY = 2.0 * (os.cpu_count() or 1)  # a load above it: how soon something is known says nothing about Noodle
BENEATH = ((300, 600, "starved"), (1200, 600, "semi_detached"), (2100, 600, "starved"))  # start, duration, kind
INVARIANTS = {
    "no_false_death": "no undisturbed node is declared dead by an undisturbed one (flaps)",
    "crash_detected": f"all others know of a crash within {CRASH_KNOWN_S:g} s (p99, load up to {BUSY:g})",
    "hang_detected": f"all others know of a hang within {HANG_KNOWN_S:g} s (p99, load up to {BUSY:g})",
    "resumed_node_knows": "a node that stood still acts again only as one that knows it was declared dead",
    "views_agree": f"all see the same members at most {faults.AGREE_S} s after each fault",
    "work_is_right": "each answer is the right one; messages of a pair come in order, each once",
    "losses_are_named": "what fails has a code, and names a node to which something was done",
    "one_down": "a process that is lost has one down",
    "no_request_hangs": "no ask takes longer than it may",
    "audit_verifies": "the audit log of each node verifies",
    "flat": "memory, threads and descriptors of each node do not grow",
    "clean_logs": "no log tells of a broken program",
    "no_unexpected_end": "no process ends by itself",
    "ends_in_order": "a node that is told to stop does so",
}


def enter_namespaces(arguments: list[str]) -> int | None:
    """Runs this program again in namespaces of its own: when it ends, the kernel ends all that it has started."""
    if os.environ.get("NOODLE_SOAK_INSIDE"):
        return None
    flags = ["--net", "--pid", "--mount", "--mount-proc", "--fork", "--kill-child"]
    if os.geteuid() != 0:
        flags = ["--user", "--map-root-user"] + flags
    if subprocess.run(["unshare", *flags, "true"], capture_output=True).returncode != 0:
        return None
    child = subprocess.Popen(["unshare", *flags, sys.executable, *arguments], env=dict(os.environ, NOODLE_SOAK_INSIDE="1"))
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            pass  # it has had the signal too, and writes its report


class Soak:
    def __init__(self, options, folder: pathlib.Path):
        self.options, self.folder = options, folder
        skip = real.why_no_namespaces()
        self.skipped = f"faults of the network: {skip}" if skip else ""
        self.cluster = real.Cluster(options.noodle, folder, options.nodes, not skip)
        self.watch, self.vitals = watch.Watch(), vitals.Vitals()
        self.nemesis = faults.Nemesis(self.cluster, self.watch, options.seed, self.tell_fault, options.once)
        if options.only:
            faults.DECK = tuple(options.only)
        self.problems: list[tuple[str, str]] = []
        self.rounds = {"right": 0, "partly": 0, "failed": 0}
        self.answers = 0
        self.failure = ""  # of this program itself
        self.told: list[dict] = []  # rounds with problems
        self.unjudged: collections.deque[work.Round] = collections.deque()
        self.loads: list[list[float]] = []
        self.over = threading.Event()
        self.start = time.time()

    # ---- what goes on beside the faults

    def follow(self) -> None:
        """A thread: reads logs, takes samples, verifies audit logs, tells how it goes."""
        try:
            self.follow_until_over()
        except Exception as problem:  # the main thread tells it
            self.failure = repr(problem)

    def follow_until_over(self) -> None:
        files = {node.name: None for node in self.cluster.nodes}
        rest = dict.fromkeys(files, b"")
        next_sample = next_audit = self.start
        while True:
            last = self.over.is_set()
            for node in self.cluster.nodes:
                files[node.name] = files[node.name] or open(node.log, "rb")
                rest[node.name] += files[node.name].read()
                *lines, rest[node.name] = rest[node.name].split(b"\n")
                for line in lines:
                    self.watch.line(node.name, line.decode(errors="replace"))
            now = time.time()
            if now >= next_sample:
                next_sample += SAMPLE_S
                self.take_samples(now)
                self.judge_rounds(now - 5)
                self.tell_progress(now)
            if now >= next_audit + AUDIT_S:
                next_audit = now
                self.verify_audits()
            if last:
                return
            self.over.wait(0.1)

    def take_samples(self, now: float) -> None:
        for node in self.cluster.nodes:
            if process := node.process:
                self.vitals.take(process.pid, now)
        self.loads.append([round(now - self.start, 1), round(os.getloadavg()[0], 2)])

    def verify_audits(self) -> None:
        for node in self.cluster.nodes:
            if problem := self.cluster.verify_audit(node):
                self.problems.append(("audit_verifies", problem))

    def tell_progress(self, now: float) -> None:
        passed = datetime.timedelta(seconds=int(now - self.start))
        found = len(self.problems) + len(self.nemesis.problems) + len(self.watch.broken)
        print(f"{passed}  {len(self.nemesis.faults)} faults, now {self.nemesis.doing()}; rounds {self.rounds['right']} right, "
              f"{self.rounds['partly']} with losses, {self.rounds['failed']} failed; flaps {len(self.watch.false_deaths())}, "
              f"{found} problems; load {self.loads[-1][1] if self.loads else 0}", flush=True)

    def tell_fault(self, fault: dict) -> None:
        known = [value for value in fault.get("known_after_s", {}).values() if value is not None]
        detail = f", known after {max(known):.2f} s" if known else ""
        print(f"          {fault['kind']} {fault.get('pairs') or fault['nodes']} for {fault['end'] - fault['start']:.1f} s{detail}, "
              f"agreed after {fault['agreed_after_s']} s", flush=True)

    def judge_rounds(self, until: float) -> None:
        """Those that ended before: only then it is known how long the faults beside them have lasted."""
        while self.unjudged and self.unjudged[0].end < until:
            done = self.unjudged.popleft()
            disturbed = functools.partial(self.watch.disturbed, begin=done.start - work.BEFORE_S, end=done.end)
            result, answers, wrong = work.judge(done, disturbed)
            self.rounds[result] += 1
            self.answers += answers
            begun = f"{done.start - self.start:.0f} to {done.end - self.start:.0f} s: "
            self.problems += [(name, begun + text) for name, text in wrong]
            for name, text in wrong:
                print(f"          {name}: {begun}{text}", flush=True)
            if wrong:
                self.told.append({"start": round(done.start - self.start, 1), "end": round(done.end - self.start, 1),
                                  "host": done.host, "code": done.code, "out": done.out[-1500:], "err": done.err[-1500:]})

    # ---- the run

    def run(self) -> dict:
        self.cluster.start()
        self.start = self.nemesis.begun = time.time()
        follower = threading.Thread(target=self.follow)
        working = work.Work(self.cluster, self.options.seed, self.unjudged.append)
        follower.start()
        interrupted = False
        try:
            boot = self.watch.disturb("start", self.start, [node.name for node in self.cluster.nodes])
            boot.end = self.start
            self.nemesis.settle(boot)
            working.start()
            self.make_faults(working)
            if self.nemesis.end_beneath:
                self.nemesis.end_beneath()
        except KeyboardInterrupt:
            interrupted = True
        except (RuntimeError, OSError, subprocess.SubprocessError) as problem:
            self.failure = repr(problem)
        working.over.set()
        if working.is_alive() and not interrupted:
            working.join(work.LIMIT_S + 10)
        end = time.time()
        self.take_samples(end)
        for process in self.cluster.end():
            self.problems.append(("ends_in_order", process))
        self.over.set()
        follower.join()
        self.verify_audits()
        self.judge_rounds(end)
        return self.report(end, interrupted)

    def make_faults(self, working: work.Work) -> None:
        if self.options.once:
            for kind in self.options.only:
                self.nemesis.make(kind)
            return
        until = self.start + self.options.hours * 3600
        beneath = [one for one in BENEATH if one[0] + one[1] < until - self.start - 60]
        ends = 0.0
        while (now := time.time()) < until:
            if self.failure or working.failure:
                raise RuntimeError(self.failure or working.failure)
            if self.nemesis.end_beneath and now >= ends:
                self.nemesis.end_beneath()
            elif beneath and not self.nemesis.end_beneath and now >= self.start + beneath[0][0]:
                _, lasts, kind = beneath.pop(0)
                if kind == "starved" or self.cluster.namespaces:
                    ends = now + lasts
                    self.nemesis.begin_beneath(kind)
            self.nemesis.next()
            self.nemesis.hold(min(CALM_S, max(0.0, until - time.time())))

    # ---- the report

    def verdicts(self, end: float) -> dict[str, dict]:
        problems: dict[str, list[str]] = {name: [] for name in INVARIANTS}
        for name, text in self.problems + self.nemesis.problems:
            problems[name].append(text)
        for death in self.watch.false_deaths():
            problems["no_false_death"].append(f"{death.at - self.start:.3f} s: {death.observer} declared {death.subject} dead")
        problems["clean_logs"] += self.watch.broken
        grown, lives = self.vitals.judge()
        problems["flat"] += grown
        for kind, limit in (("crash", CRASH_KNOWN_S), ("hang", HANG_KNOWN_S)):
            p99 = self.detection(kind)["not busy"].get("p99", 0)
            if p99 > limit:
                problems[f"{kind}_detected"].append(f"p99 {p99} s")
        result = {name: {"holds": not found, "means": INVARIANTS[name], "problems": found[:20], "count": len(found)}
                  for name, found in problems.items()}
        result["flat"]["lives_judged"] = lives
        tested = {"crash_detected": self.detection("crash")["not busy"]["count"],
                  "hang_detected": self.detection("hang")["not busy"]["count"],
                  "resumed_node_knows": len(self.nemesis.detections["hang"]), "flat": lives}
        for name, cases in tested.items():
            result[name]["tested"] = cases > 0
        return result

    def detection(self, kind: str) -> dict[str, dict]:
        """Seconds until others knew, by whether the machine had other things to do."""
        known = self.nemesis.detections[kind]
        return {"all": watch.quantiles([seconds for seconds, _ in known]),
                "not busy": watch.quantiles([seconds for seconds, load in known if load <= BUSY])}

    def report(self, end: float, interrupted: bool) -> dict:
        loads = [load for _, load in self.loads]
        when = lambda at: datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat(timespec="seconds")  # noqa: E731
        lives = []
        for node in self.cluster.nodes:
            for life in node.lives:
                lives.append({"node": life.node, "start": round(life.start - self.start, 1), "how": life.how,
                              "growth_an_hour": {k: [round(v, 2), round(e, 2)] for k, (v, e) in self.vitals.growth(life.pid).items()},
                              "samples": self.vitals.thinned(life.pid, self.start)})
        return {
            "machine": harness.machine_line(), "noodle": harness.version([self.options.noodle, "--version"]),
            "commit": self.options.commit, "seed": self.options.seed, "nodes": self.options.nodes,
            "start": when(self.start), "end": when(end), "seconds": round(end - self.start, 1), "interrupted": interrupted, "failure": self.failure,
            "namespaces": self.cluster.namespaces, "skipped": self.skipped, "note": self.options.note,
            "load": {**watch.quantiles(loads), "samples": self.loads[:: max(1, len(self.loads) // 60)]},
            "verdicts": self.verdicts(end),
            "detection_s": {kind: self.detection(kind) for kind in self.nemesis.detections},
            "agreed_after_s": watch.quantiles(self.nemesis.agreed_s),
            "work": {"rounds": self.rounds, "answers": self.answers, "told": self.told[:30]},
            "suspicions_of_undisturbed": self.watch.suspicions(),
            "faults": self.nemesis.faults, "lives": lives,
        }


def table(report: dict) -> str:
    out = f"{report['machine']}, seed {report['seed']}, {report['nodes']} nodes, {report['seconds']:.0f} s, {len(report['faults'])} faults\n"
    for name, verdict in report["verdicts"].items():
        word = "BROKEN" if not verdict["holds"] else "holds" if verdict.get("tested", True) else "-"
        out += f"  {word:6}  {name:20} {verdict['means']}\n"
        out += "".join(f"            {text}\n" for text in verdict["problems"][:5])
    for what in ("crash", "hang"):
        out += f"  {what} known to all others: {report['detection_s'][what]}\n"
    out += f"  all agreed after a fault: {report['agreed_after_s']}\n  rounds: {report['work']['rounds']}, {report['work']['answers']} answers\n  load: p50 {report['load'].get('p50')}, max {report['load'].get('max')}\n"
    return out + (f"  SKIPPED: {report['skipped']}\n" if report["skipped"] else "")


def commit() -> str:
    done = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["mesh"])
    parser.add_argument("--nodes", type=int, default=10)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--minutes", type=float, help="in place of --hours")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=sorted(set(faults.DECK)), help="these faults alone")
    parser.add_argument("--once", action="store_true", help="each of --only once, and briefly, for the tests")
    parser.add_argument("--noodle", default=str(ROOT / "build/release/noodle"))
    parser.add_argument("--commit", default=commit(), help="that the program was built from, for the report")
    parser.add_argument("--note", default="", help="for the report")
    parser.add_argument("--json", help="file for the report")
    options = parser.parse_args(arguments)
    if options.nodes < 5:
        parser.error("--nodes: at least 5, so that some can be cut off from others")
    if options.once and not options.only:
        parser.error("--once: name the faults with --only")
    if options.minutes is not None:
        options.hours = options.minutes / 60
    options.noodle = os.path.abspath(options.noodle)
    ended = enter_namespaces(sys.argv)
    if ended is not None:
        return ended
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT may be ignored when it was started in the background
        signal.signal(number, signal.default_int_handler)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="noodle-soak-"))
    soak = Soak(options, folder)
    if soak.skipped:
        print(f"SKIPPED: {soak.skipped}", flush=True)
        if options.only and set(options.only) <= faults.OF_THE_NETWORK:
            return SKIPPED
    try:
        report = soak.run()
    finally:
        soak.over.set()
        soak.cluster.end()
    print(table(report))
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, separators=(",", ":")).replace('},{', '},\n{') + "\n")
    if report["failure"]:
        print(f"The run ended early: {report['failure']}")
    held = not report["failure"] and all(verdict["holds"] for verdict in report["verdicts"].values())
    if held:
        shutil.rmtree(folder)
    else:
        print(f"Logs and data are kept in {folder}")
    return 0 if held else 1
