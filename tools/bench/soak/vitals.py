"""What nodes use over time: memory, threads, descriptors, processor. Whether that grows is told by least squares."""
import math
import os
import statistics

TICK = os.sysconf("SC_CLK_TCK")
# What may come in an hour without being a leak: pages that are touched for the first time; a link made on demand.
MOST_AN_HOUR = {"rss_kb": 4096, "threads": 0.5, "descriptors": 1.0}
WARM_UP = 0.2          # share of a life that does not count
SHORTEST_LIFE_S = 600  # younger ones say nothing about growth
KEPT_SAMPLES = 60      # of each life, in the report


def sample(pid: int) -> dict[str, float] | None:
    """None when there is no such process."""
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        with open(f"/proc/{pid}/stat") as file:
            times = file.read().rsplit(")", 1)[1].split()
        return {"rss_kb": int(fields["VmRSS"].split()[0]), "threads": int(fields["Threads"]),
                "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "cpu_s": (int(times[11]) + int(times[12])) / TICK}
    except (OSError, KeyError, IndexError):
        return None


def slope(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Of the line with the least squares, per second; and its standard error."""
    if len(points) < 3 or points[0][0] == points[-1][0]:
        return 0.0, 0.0
    x, y = zip(*points)
    line = statistics.linear_regression(x, y)
    middle = statistics.fmean(x)
    rest = sum((b - line.intercept - line.slope * a) ** 2 for a, b in points) / (len(points) - 2)
    return line.slope, math.sqrt(rest / sum((a - middle) ** 2 for a in x))


class Vitals:
    """Samples of each life of a node, by its process id."""

    def __init__(self) -> None:
        self.samples: dict[int, list[dict[str, float]]] = {}

    def take(self, pid: int, now: float) -> None:
        taken = sample(pid)
        if taken:
            self.samples.setdefault(pid, []).append({"time": now, **taken})

    def growth(self, pid: int) -> dict[str, tuple[float, float]]:
        """Per hour, after the warm-up, with the standard error."""
        samples = self.samples.get(pid, [])
        samples = samples[int(len(samples) * WARM_UP):]
        slopes = {key: slope([(s["time"], s[key]) for s in samples]) for key in MOST_AN_HOUR}
        return {key: (3600 * value, 3600 * error) for key, (value, error) in slopes.items()}

    def judge(self) -> tuple[list[str], int]:
        """What grew, and how many lives were long enough to tell."""
        problems, judged = [], 0
        for pid, samples in self.samples.items():
            if samples[-1]["time"] - samples[0]["time"] < SHORTEST_LIFE_S:
                continue
            judged += 1
            hours = (samples[-1]["time"] - samples[0]["time"]) / 3600
            for key, (growth, error) in self.growth(pid).items():
                # A short life sees the same few pages and links: what counts is what came, if it was less than an hour.
                # What comes and goes with sessions makes a slope too: it has to be more than chance.
                if (growth - 2 * error) * min(hours, 1.0) > MOST_AN_HOUR[key]:
                    problems.append(f"process {pid}: {key} grows by {growth:.1f} an hour, give or take {error:.1f}")
        return problems, judged

    def thinned(self, pid: int, start: float) -> list[list[float]]:
        """Seconds since `start`, kilobytes, threads, descriptors, seconds of processor."""
        samples = self.samples.get(pid, [])
        step = max(1, -(-len(samples) // KEPT_SAMPLES))
        return [[round(s["time"] - start, 1), s["rss_kb"], s["threads"], s["descriptors"], round(s["cpu_s"], 2)]
                for s in samples[::step]]
