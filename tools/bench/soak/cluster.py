"""A cluster of real nodes, each in a network namespace of its own that only the others reach.

A namespace lives as long as the process that holds it, so nothing is left of it. Without the right to make namespaces
all nodes are on the loopback, and faults of the network are left out.
"""
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

PORT = 7700
BRIDGE = "10.77.0.254"
SEEDS = 3
READY_S = 60
STOP_S = 30
DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]


def quiet(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                   timeout=60)


def why_no_namespaces() -> str | None:
    """None: this process is in a namespace of its own where faults of the network can be made."""
    if os.environ.get("NOODLE_SOAK_INSIDE") != "1":
        return "no right to make network namespaces"
    for tool in ("ip", "iptables", "nsenter"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    done = subprocess.run(["iptables", "-w", "-A", "INPUT", "-s", "10.77.1.1", "-m", "statistic", "--mode", "random",
                           "--probability", "0.5", "-j", "DROP"], capture_output=True, text=True)
    if done.returncode != 0:
        return "iptables: " + done.stderr.strip()
    return None


@dataclasses.dataclass
class Life:
    """One run of a node's process."""
    node: str
    pid: int
    start: float
    end: float | None = None
    how: str = ""


class Node:
    def __init__(self, cluster: "Cluster", number: int):
        self.cluster, self.number = cluster, number
        self.name = f"n{number}"
        self.host = f"10.77.0.{number}" if cluster.namespaces else "127.0.0.1"
        self.port = PORT if cluster.namespaces else cluster.first_port + number
        self.folder = cluster.folder / self.name
        self.log = cluster.folder / f"{self.name}.log"
        self.holder: subprocess.Popen | None = None
        self.process: subprocess.Popen | None = None
        self.lives: list[Life] = []
        self.rules: list[list[str]] = []

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def enter(self) -> list[str]:
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"] if self.holder else []

    def prepare(self) -> None:
        if self.cluster.namespaces:
            self.holder = subprocess.Popen(DIE_WITH_PARENT + ["unshare", "--net", "sleep", "infinity"])
            own = os.readlink("/proc/self/ns/net")
            while os.readlink(f"/proc/{self.holder.pid}/ns/net") == own:
                time.sleep(0.01)
            quiet("ip", "link", "add", f"veth{self.number}", "type", "veth", "peer", "name", "eth0", "netns", self.holder.pid)
            quiet("ip", "link", "set", f"veth{self.number}", "master", "noodle0", "up")
            for command in (["ip", "link", "set", "lo", "up"], ["ip", "addr", "add", f"{self.host}/24", "dev", "eth0"],
                            ["ip", "link", "set", "eth0", "up"]):
                quiet(*self.enter(), *command)
        cluster = self.cluster
        cluster.noodle("cert", "node", self.name, "--host", self.host, "-o", self.folder / "identity")
        seeds = [node.address for node in cluster.nodes[:SEEDS]]
        (self.folder / "node.toml").write_text(
            f'[node]\ndata = "{self.folder}/data"\n[net]\nlisten = "{self.host}"\nport = {self.port}\n'
            f'seeds = {json.dumps(seeds)}\ncertificate = "{self.folder}/identity/{self.name}.crt"\n'
            f'[vm]\nworkers = 1\n[log]\nlevel = "INFO"\n')

    def start(self) -> None:
        """Returns when it is ready. To be called from the main thread, with which it dies."""
        begun = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                self.enter() + DIE_WITH_PARENT + [self.cluster.program, "node", "--json", "--config", self.folder / "node.toml"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.cluster.folder)
        self.lives.append(Life(self.name, self.process.pid, time.time()))
        until = time.time() + READY_S
        while b'"event":"ready"' not in self.log.read_bytes()[begun:]:
            if self.process.poll() is not None or time.time() > until:
                raise RuntimeError(f"{self.name} did not become ready: {self.log.read_text()[-800:]}")
            time.sleep(0.02)

    def signal(self, number: int) -> None:
        if process := self.process:
            process.send_signal(number)

    def kill(self) -> float:
        """The time at which it ended."""
        self.process.kill()
        self.process.wait()
        return self.ended("killed")

    def stop(self) -> str:
        """In order. What was wrong with its end, or nothing."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            code = self.process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"{self.name} did not stop within {STOP_S} s"
        self.ended(f"exit code {code}")
        return "" if code == 0 else f"{self.name} stopped with {code}"

    def ended(self, how: str) -> float:
        life = self.lives[-1]
        life.end, life.how = time.time(), how
        self.process = None
        return life.end

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def drop(self, sources: list["Node"], share: float = 1.0) -> None:
        """What comes from there is lost."""
        for source in sources:
            rule = ["INPUT", "-s", source.host]
            if share < 1:
                rule += ["-m", "statistic", "--mode", "random", "--probability", str(share)]
            rule += ["-j", "DROP"]
            quiet(*self.enter(), "iptables", "-w", "-A", *rule)
            self.rules.append(rule)

    def hear_again(self, sources: list["Node"]) -> None:
        """Takes back the last drop() of each."""
        for source in sources:
            rule = next(rule for rule in reversed(self.rules) if rule[2] == source.host)
            quiet(*self.enter(), "iptables", "-w", "-D", *rule)
            self.rules.reverse()
            self.rules.remove(rule)
            self.rules.reverse()


class Cluster:
    def __init__(self, program: str, folder: pathlib.Path, count: int, namespaces: bool):
        self.program, self.folder, self.namespaces = program, folder, namespaces
        self.first_port = 21_000 + os.getpid() % 8_000
        self.environment = dict(os.environ, NOODLE_CONTEXTS=str(folder / "contexts.toml"))
        self.nodes: list[Node] = []
        for number in range(1, count + 1):
            self.nodes.append(Node(self, number))

    def noodle(self, *arguments: object) -> str:
        done = subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"noodle {' '.join(map(str, arguments))}: {done.stderr}{done.stdout}")
        return done.stdout

    def start(self) -> None:
        if self.namespaces:
            quiet("ip", "link", "set", "lo", "up")
            quiet("ip", "link", "add", "noodle0", "type", "bridge")
            quiet("ip", "addr", "add", f"{BRIDGE}/24", "dev", "noodle0")
            quiet("ip", "link", "set", "noodle0", "up")
        self.noodle("cert", "init", "soak")
        self.noodle("cert", "client", "soak")
        self.noodle("token", "issue", "soak", "--cap", "*", "--expires", "7d", "-o", "soak/soak.token")
        files = {"ca": "ca.crt", "certificate": "soak.crt", "key": "soak.key", "token": "soak.token"}
        context = ["current = \"soak\"", "[contexts.soak]", f"nodes = {json.dumps([n.address for n in self.nodes])}"]
        context += [f'{key} = "{self.folder}/soak/{name}"' for key, name in files.items()]
        (self.folder / "contexts.toml").write_text("\n".join(context) + "\n")
        for node in self.nodes:
            node.prepare()
        for node in self.nodes:
            node.start()

    def view(self, node: Node) -> dict[str, str] | None:
        """What this node thinks of each; None when it does not answer in time."""
        try:
            told = subprocess.run([self.program, "exec", "--json", "--node", node.address, "-e", ":nodes"], text=True,
                                  capture_output=True, env=self.environment, cwd=self.folder, timeout=10)
            return {row["name"]: row["state"] for row in json.loads(told.stdout.splitlines()[0])["rows"]}
        except (subprocess.TimeoutExpired, ValueError, KeyError, IndexError):
            return None

    def verify_audit(self, node: Node) -> str:
        """What is wrong with the audit log of a node, or nothing."""
        done = subprocess.run([self.program, "audit", "verify", "--data", node.folder / "data", "--certificate",
                               node.folder / "identity" / f"{node.name}.crt"], text=True, capture_output=True, timeout=60)
        return "" if done.returncode == 0 else f"{node.name}: {done.stdout}{done.stderr}"

    def end(self) -> list[str]:
        """Stops all nodes in order; what was wrong."""
        problems = [node.stop() for node in self.nodes if node.process]
        for node in self.nodes:
            if node.holder:
                node.holder.kill()
                node.holder.wait()
        return [problem for problem in problems if problem]
