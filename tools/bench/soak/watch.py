"""What the logs of nodes say, judged: deaths that nobody had cause to declare, and how soon true ones were known.

Pure: lines and faults go in, with the time; verdicts come out.
"""
import dataclasses
import datetime
import json

AFTERWARDS_S = 3.0  # news of an end that was just healed may still travel
BROKEN = ("AddressSanitizer", "runtime error:", "terminate called", "Assertion", "Segmentation fault", "core dumped",
          "internal error", "stack smashing", "double free", "corrupted")


@dataclasses.dataclass
class Disturbance:
    """Nodes that something was done to, from `start` until all agreed again after its end."""
    kind: str
    nodes: frozenset[str]            # each of them
    groups: tuple[frozenset[str], ...] = ()  # or those of one group for those of another
    start: float = 0.0
    end: float | None = None
    settled: float | None = None

    def touches(self, node: str, begin: float, end: float) -> bool:
        return (node in self.nodes or any(node in group for group in self.groups)) and self.lasts(begin, end)

    def lasts(self, begin: float, end: float) -> bool:
        over = self.settled + AFTERWARDS_S if self.settled is not None else float("inf")
        return begin <= over and end >= self.start

    def excuses(self, observer: str, subject: str, at: float) -> bool:
        if not self.lasts(at, at):
            return False
        if observer in self.nodes or subject in self.nodes:
            return True
        if self.groups and self.end is not None and at >= self.end:
            return True  # what either side believes of the other comes together
        of = {name: index for index, group in enumerate(self.groups) for name in group}
        return of.get(observer) != of.get(subject)


@dataclasses.dataclass
class MemberLine:
    at: float
    observer: str
    subject: str
    state: str
    before: str
    incarnation: int


def parse_line(observer: str, line: str) -> MemberLine | dict | None:
    """A change of a member, another line of the log as it is, or None."""
    try:
        entry = json.loads(line)
        if not isinstance(entry, dict) or "message" not in entry:
            return None
        entry["at"] = datetime.datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).timestamp()
        words = entry["message"].split(" ")
        if len(words) == 2 and words[0] == "member" and "incarnation" in entry.get("fields", {}):
            fields = entry["fields"]
            return MemberLine(entry["at"], observer, fields["node"], words[1], fields["before"], int(fields["incarnation"]))
        return entry
    except (ValueError, KeyError):
        return None


class Watch:
    def __init__(self) -> None:
        self.disturbances: list[Disturbance] = []
        self.changes: list[MemberLine] = []
        self.changes_of: dict[str, list[MemberLine]] = {}  # by subject
        self.broken: list[str] = []
        self.notes: list[tuple[float, str, dict]] = []  # lines of nodes about themselves that matter

    def disturb(self, kind: str, at: float, nodes=(), groups=()) -> Disturbance:
        made = Disturbance(kind, frozenset(nodes), tuple(frozenset(group) for group in groups), at)
        self.disturbances.append(made)
        return made

    def line(self, observer: str, line: str) -> None:
        parsed = parse_line(observer, line)
        if isinstance(parsed, MemberLine):
            self.changes.append(parsed)
            self.changes_of.setdefault(parsed.subject, []).append(parsed)
        elif isinstance(parsed, dict) and parsed["message"].startswith("this node"):
            self.notes.append((parsed["at"], observer, parsed))
        if any(word in line for word in BROKEN) or isinstance(parsed, dict) and parsed.get("level") == "CRITICAL":
            self.broken.append(f"{observer}: {line[:300]}")

    def disturbed(self, node: str, begin: float, end: float) -> bool:
        return any(d.touches(node, begin, end) for d in self.disturbances)

    def false_deaths(self) -> list[MemberLine]:
        return [c for c in self.changes if c.state == "dead" and c.before in ("alive", "suspect") and
                not any(d.excuses(c.observer, c.subject, c.at) for d in self.disturbances)]

    def last_change(self, among: set[str], since: float) -> float:
        """When one of them last changed its mind about another one; `since` if not after that."""
        return max([since] + [c.at for c in self.changes if c.observer in among and c.subject in among])

    def suspicions(self) -> int:
        """Of nodes that nothing was done to, by nodes that nothing was done to: not wrong by itself, but told."""
        return sum(c.state == "suspect" and not any(d.excuses(c.observer, c.subject, c.at) for d in self.disturbances)
                   for c in self.changes)

    def detection(self, subject: str, since: float, until: float, observers: list[str]) -> dict[str, float | None]:
        """Seconds until each of them knew that this run of the node is over; None: not before `until`."""
        found: dict[str, float | None] = dict.fromkeys(observers)
        last: dict[str, int] = {}
        for change in self.changes_of.get(subject, []):
            if change.at < since:
                last[change.observer] = change.incarnation
            elif change.at <= until and change.observer in found and found[change.observer] is None:
                renewed = change.state == "alive" and change.incarnation > last.get(change.observer, change.incarnation)
                if change.state in ("dead", "left") or renewed:
                    found[change.observer] = change.at - since
        return found

    def knew_of_its_death(self, node: str, resumed: float, until: float) -> tuple[bool, str]:
        """Whether a node that stood still said so before it acted again; and what it said."""
        said = [(at, note) for at, who, note in self.notes if who == node and resumed <= at <= until]
        stood = [at for at, note in said if "stood still" in note["message"]]
        acts = [(at, note) for at, note in said if "acts again" in note["message"]]
        if not stood or not acts:
            return False, "it did not say that it stood still" if not stood else "it did not say that it acts again"
        if acts[0][0] < stood[0]:
            return False, "it acted before it had noticed"
        return True, acts[0][1]["fields"]["declared_dead"]


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    if not ordered:
        return {"count": 0}
    at = lambda q: round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 3)  # noqa: E731
    return {"count": len(ordered), "p50": at(0.5), "p99": at(0.99), "max": round(ordered[-1], 3)}
