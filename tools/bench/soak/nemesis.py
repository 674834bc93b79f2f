"""What is done to the cluster: a seeded row of faults, one after another, and a long one beneath them.

Each fault ends with all nodes that run agreeing again on who is there. Names are those of the acceptance list.
"""
import os
import random
import signal
import threading
import time

AGREE_S = 60        # after a fault; later is a failure
ASK_S = 180         # for all nodes to be asked whether they agree: a busy machine needs seconds for each
BRIEF_S = 5         # that each part of a fault lasts at most, in a brief run: longer than a hang remains unnoticed
DECK = ("crash", "quick_restart", "hang", "hang", "split_brain", "unreachable_node_joins_again", "semi_detached",
        "one_way_pair", "indirectly_connected", "unstable_partition", "network_instability", "node_churn",
        "restart_first_seed", "slow_accuser", "sick_node_leaving", "crash")
OF_THE_NETWORK = {"split_brain", "unreachable_node_joins_again", "semi_detached", "one_way_pair", "indirectly_connected",
                  "unstable_partition", "network_instability"}


class Starvation(threading.Thread):
    """A process that gets a share of a processor: it stands still for the rest of each period, as under a quota."""

    def __init__(self, node, share: float, period_s: float):
        super().__init__(daemon=True)
        self.node, self.share, self.period_s = node, share, period_s
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.is_set():
            self.node.signal(signal.SIGCONT)
            self.over.wait(self.period_s * self.share)
            self.node.signal(signal.SIGSTOP)
            self.over.wait(self.period_s * (1 - self.share))
        self.node.signal(signal.SIGCONT)

    def end(self) -> None:
        self.over.set()
        self.join()


class Nemesis:
    def __init__(self, cluster, watch, seed: int, log, brief: bool):
        self.cluster, self.watch, self.log, self.brief = cluster, watch, log, brief
        self.random = random.Random(seed)
        self.deck: list[str] = []
        self.faults: list[dict] = []
        self.detections: dict[str, list[tuple[float, float]]] = {"crash": [], "hang": []}  # seconds, load then
        self.problems: list[tuple[str, str]] = []
        self.agreed_s: list[float] = []
        nodes = cluster.nodes
        others = nodes[1:]
        # These keep their process for the whole run, so that growth shows; what else happens, happens to them too.
        self.kept = self.random.sample(others, max(1, len(others) * 4 // 9))
        self.beneath: list = []  # nodes under the long fault
        self.end_beneath = None  # call it to end that
        self.fault: dict = {"kind": "start", "nodes": [], "start": 0.0, "end": 0.0}
        self.begun = time.time()

    def pick(self, count: int = 1, ends: bool = False) -> list:
        choice = [n for n in self.cluster.nodes if n not in self.beneath and not (ends and n in self.kept)]
        return self.random.sample(choice, min(count, len(choice)))

    def others(self, nodes: list) -> list:
        return [node for node in self.cluster.nodes if node not in nodes]

    # ---- one fault

    def next(self) -> None:
        if not self.deck:
            self.deck = list(DECK)
            self.random.shuffle(self.deck)
        kind = self.deck.pop()
        if kind not in OF_THE_NETWORK or self.cluster.namespaces:
            self.make(kind)

    def make(self, kind: str) -> None:
        self.fault = {"kind": kind, "start": self.at(time.time())}
        disturbance = getattr(self, kind)()
        now = time.time()
        disturbance.end = disturbance.end or now
        self.fault["end"] = self.at(disturbance.end)
        self.settle(disturbance)
        self.faults.append(self.fault)
        self.log(self.fault)

    def doing(self) -> str:
        return self.fault["kind"] + (" and " + self.beneath[0].name + " sick" if self.beneath else "")

    def at(self, now: float) -> float:
        return round(now - self.begun, 3)

    def disturb(self, nodes=(), groups=(), at: float | None = None):
        names = [node.name for node in nodes]
        self.fault["nodes"] = names or [sorted(n.name for n in group) for group in groups]
        return self.watch.disturb(self.fault["kind"], at or time.time(), names, [[n.name for n in g] for g in groups])

    def settle(self, disturbance) -> None:
        """Waits until all that run and are not under the long fault see each other."""
        waiting = [node for node in self.cluster.nodes if node.process and node not in self.beneath]
        wanted = {node.name for node in waiting}
        views: dict[str, dict | None] = {}
        while waiting and time.time() < disturbance.end + ASK_S:
            node = waiting[0]
            views[node.name] = view = self.cluster.view(node)
            if view and all(view.get(name) == "alive" for name in wanted):
                waiting.pop(0)
        disturbance.settled = time.time()
        # Asking takes its time: the logs know when there was nothing left to agree on.
        self.fault["agreed_after_s"] = round(self.watch.last_change(wanted, disturbance.end) - disturbance.end, 2)
        self.agreed_s.append(self.fault["agreed_after_s"])
        if self.fault["agreed_after_s"] > AGREE_S:
            self.problems.append(("views_agree", f"{self.fault['agreed_after_s']} s after {self.fault}"))
        for node in waiting:
            missing = {name: (views.get(node.name) or {}).get(name) for name in wanted}
            self.problems.append(("views_agree", f"{node.name} after {self.fault}: " + str(
                {name: state for name, state in missing.items() if state != "alive"})))

    def observers(self, without: list) -> list[str]:
        return [n.name for n in self.cluster.nodes if n.process and n not in without and n not in self.beneath]

    def detect(self, kind: str, node, since: float, wait_s: float) -> None:
        """Waits so long for all others to know, and notes when they did."""
        observers = self.observers([node])
        until = since + wait_s
        load = os.getloadavg()[0]
        while time.time() < until:
            time.sleep(0.1)
            found = self.watch.detection(node.name, since, until, observers)
            if all(value is not None for value in found.values()):
                break
        self.fault["load"] = round(load, 2)
        self.fault["known_after_s"] = {name: round(value, 3) if value is not None else None for name, value in found.items()}
        self.detections[kind] += [(wait_s if value is None else value, load) for value in found.values()]

    # ---- processes

    def crash(self):
        [node] = self.pick(ends=True)
        disturbance = self.disturb([node])
        self.detect("crash", node, node.kill(), 10)
        self.hold(self.random.uniform(1, 6))
        node.start()
        return disturbance

    def quick_restart(self):
        [node] = self.pick(ends=True)
        disturbance = self.disturb([node])
        node.kill()
        node.start()
        return disturbance

    def hang(self):
        [node] = self.pick()
        lasts = self.random.uniform(10, 60)
        disturbance = self.disturb([node])
        since = time.time()
        node.signal(signal.SIGSTOP)
        self.detect("hang", node, since, 10)
        self.hold(max(0.0, since + lasts - time.time()))
        resumed = time.time()
        node.signal(signal.SIGCONT)
        disturbance.end = resumed
        self.settle_resumed(node, resumed)
        return disturbance

    def settle_resumed(self, node, resumed: float) -> None:
        """It must find out that it was declared dead before it acts again."""
        until = resumed + AGREE_S
        knew, why = False, ""
        while not knew and time.time() < until:
            time.sleep(0.2)
            knew, why = self.watch.knew_of_its_death(node.name, resumed - 1, until)
        self.fault["resumed"] = {"said": knew, "declared_dead": why}
        if not knew or why != "true":
            self.problems.append(("resumed_node_knows", f"{node.name} at {self.at(resumed)} s: {why}"))

    def slow_accuser(self):
        return self.starve(self.random.uniform(20, 45))

    def starve(self, lasts: float):
        nodes = self.pick(2)
        share, period_s = self.random.choice([(0.05, 1.0), (0.1, 0.1), (0.2, 0.3)])
        self.fault["share"], self.fault["period_s"] = share, period_s
        disturbance = self.disturb(nodes)
        starved = [Starvation(node, share, period_s) for node in nodes]
        self.hold(lasts)
        for one in starved:
            one.end()
        return disturbance

    def sick_node_leaving(self):
        [node] = self.pick(ends=True)
        disturbance = self.disturb([node])
        starved = Starvation(node, 0.1, 0.1)
        self.hold(self.random.uniform(5, 15))
        starved.end()
        self.stop(node)
        self.hold(3)
        node.start()
        return disturbance

    def stop(self, node) -> None:
        if problem := node.stop():
            self.problems.append(("ends_in_order", problem))

    def node_churn(self):
        """Nodes leave and come back, some in order and some not, several at a time."""
        nodes = self.pick(3, ends=True)
        disturbance = self.disturb(nodes)
        for _ in range(2):
            for node in nodes:
                if self.random.random() < 0.5:
                    self.stop(node)
                else:
                    node.kill()
            self.hold(self.random.uniform(0, 4))
            for node in nodes:
                node.start()
        return disturbance

    def restart_first_seed(self):
        node = self.cluster.nodes[0]
        disturbance = self.disturb([node])
        if self.random.random() < 0.5:
            self.stop(node)
        else:
            node.kill()
        self.hold(self.random.uniform(0, 8))
        node.start()
        return disturbance

    # ---- the network

    def cut(self, to: list, sources: list) -> None:
        for node in to:
            node.drop(sources)

    def heal(self, to: list, sources: list) -> None:
        for node in to:
            node.hear_again(sources)

    def split(self):
        nodes = self.random.sample(self.cluster.nodes, len(self.cluster.nodes))
        at = self.random.randint(2, max(2, len(nodes) - 2))
        return nodes[:at], nodes[at:]

    def split_brain(self):
        one, two = self.split()
        disturbance = self.disturb(groups=(one, two))
        self.cut(one, two), self.cut(two, one)
        self.hold(self.random.uniform(10, 40))
        disturbance.end = time.time()
        self.heal(one, two), self.heal(two, one)
        return disturbance

    def unstable_partition(self):
        """Two sides that lose and find each other: what is believed of the other one spreads in each pause."""
        one, two = self.split()
        disturbance = self.disturb(self.cluster.nodes)
        for _ in range(self.random.randint(3, 6)):
            self.cut(one, two), self.cut(two, one)
            self.hold(2)
            self.heal(one, two), self.heal(two, one)
            self.hold(2)
        return disturbance

    def unreachable_node_joins_again(self):
        nodes = self.pick(self.random.randint(1, 2))
        others = self.others(nodes)
        # Two are a side of their own: what they believe of the others comes back with them.
        disturbance = self.disturb(nodes) if len(nodes) == 1 else self.disturb(groups=(nodes, others))
        self.cut(nodes, others), self.cut(others, nodes)
        self.hold(self.random.uniform(10, 40))
        disturbance.end = time.time()
        self.heal(nodes, others), self.heal(others, nodes)
        return disturbance

    def semi_detached(self):
        """A node that hears nobody, or whom nobody hears, but for one other."""
        [node] = self.pick()
        others = self.others([node])[1:]
        disturbance = self.disturb([node])
        deaf = self.random.random() < 0.5
        to, sources = ([node], others) if deaf else (others, [node])
        self.fault["deaf" if deaf else "mute"] = node.name
        self.cut(to, sources)
        self.hold(self.random.uniform(20, 40))
        self.heal(to, sources)
        return disturbance

    def one_way_pair(self):
        """Two nodes, of which one does not hear the other: nobody dies of it."""
        to, source = self.pick(2)
        self.fault["pairs"] = [[source.name, to.name]]
        disturbance = self.disturb()
        to.drop([source])
        self.hold(self.random.uniform(20, 40))
        to.hear_again([source])
        return disturbance

    def indirectly_connected(self):
        """Pairs that only reach each other through others: nobody dies of it."""
        nodes = self.pick(5)
        pairs = list(zip(nodes[::2], nodes[1::2]))
        self.fault["pairs"] = [[a.name, b.name] for a, b in pairs]
        disturbance = self.disturb()
        for a, b in pairs:
            a.drop([b]), b.drop([a])
        self.hold(self.random.uniform(20, 40))
        for a, b in pairs:
            a.hear_again([b]), b.hear_again([a])
        return disturbance

    def network_instability(self):
        """Some of all datagrams and packets are lost: nobody dies of it."""
        share = self.random.choice([0.02, 0.05, 0.1])
        self.fault["loss"] = share
        disturbance = self.disturb()
        nodes = self.cluster.nodes
        for node in nodes:
            node.drop(self.others([node]), share)
        self.hold(self.random.uniform(20, 40))
        for node in nodes:
            node.hear_again(self.others([node]))
        return disturbance

    # ---- beneath the others

    def begin_beneath(self, kind: str) -> None:
        """A neighbour of all others that stays sick while they go through their own faults."""
        [node] = self.random.sample(self.kept, 1)
        self.beneath = [node]
        disturbance = self.watch.disturb("long_" + kind, time.time(), [node.name])
        fault = {"kind": "long_" + kind, "start": self.at(time.time()), "nodes": [node.name]}
        if kind == "starved":
            stop = Starvation(node, 0.1, 0.5).end
        else:
            others = self.others([node])[1:]
            node.drop(others)
            stop = lambda: node.hear_again(others)  # noqa: E731

        def end() -> None:
            stop()
            self.beneath, self.end_beneath = [], None
            disturbance.end = time.time()
            self.fault = fault
            fault["end"] = self.at(disturbance.end)
            self.settle(disturbance)
            self.faults.append(fault)
            self.log(fault)
        self.end_beneath = end

    def hold(self, seconds: float) -> None:
        time.sleep(min(seconds, BRIEF_S) if self.brief else seconds)
        for node in self.cluster.nodes:
            if node.has_died():
                how = f"{node.name} ended by itself with {node.process.returncode}"
                self.problems.append(("no_unexpected_end", how))
                node.ended(how)
                node.start()
