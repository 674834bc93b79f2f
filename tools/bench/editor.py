#!/usr/bin/env python3
"""How long an editor waits for `noodle lsp` on a package of 50 000 lines.

  tools/bench/editor.py [--binary build/release/noodle] [--modules 100] [--units 12] [--edits 20]

Prints, for each question, the wall time and the processor time of the answering thread, in ms: best, median and worst
of the rounds. The findings are checked: an edit that breaks the file must be answered by an error, the next by none.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

UNIT = """
/// An order of part {i}.
record Order{i}(id: int, items: List<String>, total: float = 0.0) {{
  func count(): int {{ return items.length; }}
  func priced(rate: float): Order{i} {{ return Order{i}(id, items, total * rate); }}
}}
enum State{i} {{ open, paid(amount: float), sent(when: int, by: String) }}
class Ledger{i} {{
  private entries: Map<String, int> = {{}};
  func add(name: String, amount: int): int {{
    let before = entries.get(name) ?? 0;
    entries[name] = before + amount;
    return before;
  }}
  func total(): int {{
    let sum = 0;
    for (key, value in entries) {{ sum += value; }}
    return sum;
  }}
}}
actor Clerk{i}(name: String) {{
  ledger: Ledger{i} = Ledger{i}();
  on take(order: Order{i}): int {{
    for (item in order.items) {{ ledger.add(item, item.length); }}
    return ledger.total();
  }}
}}
export func describe{i}(state: State{i}): String {{
  return match (state) {{
    case State{i}.open => "open"
    case State{i}.paid(amount) => `paid ${{amount}}`
    case State{i}.sent(when, by) => by + " at " + when
  }};
}}
export func work{i}(n: int): int {{
  let orders = (0..<n).map(k => Order{i}(k, ["a", "b"], 1.5));
  let total = 0;
  for (order in orders) {{
    if (order.count() > 1 && order.total < 3.0) {{ total += order.priced(2.0).count(); }}
  }}
  let names = orders.filter(o => o.id % 2 == 0).map(o => "order " + o.id);
  print(names.join(", "), describe{i}(State{i}.paid(2.5)));
  return total;
}}
"""


def write_package(folder: pathlib.Path, modules: int, units: int) -> int:
    (folder / "src").mkdir(parents=True)
    (folder / "noodle.toml").write_text('[package]\nname = "big"\nversion = "1.0.0"\ntype = "application"\n')
    lines = 0
    for m in range(modules):
        text = f"import m{m - 1};\n" if m else ""
        text += "".join(UNIT.format(i=i) for i in range(units))
        if m:
            text += f"export func entry{m}(): int {{ return m{m - 1}.work0(3) + work0(2); }}\n"
        (folder / f"src/m{m}.nc").write_text(text)
        lines += text.count("\n")
    last = modules - 1
    call = f"m{last}.entry{last}()" if last else "m0.work0(3)"
    (folder / "src/main.nc").write_text(f"import m{last};\nfunc main() {{ print({call}); }}\n")
    return lines + 2


class Client:
    def __init__(self, binary: str) -> None:
        self.process = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last_id = 0

    def send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self) -> dict:
        size = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            size = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(size))

    def notify(self, method: str, params: dict | None) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: dict | None) -> dict:
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while (message := self.read()).get("id") != self.last_id:
            pass
        return message

    def findings(self, uri: str, version: int) -> list:
        while True:
            params = self.read().get("params", {})
            if params.get("uri") == uri and params.get("version") == version:
                return params["diagnostics"]

    def busy_ms(self) -> float:
        """Processor time of the main thread, which answers."""
        pid = self.process.pid
        return int(pathlib.Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e6


class Rounds:
    def __init__(self, client: Client) -> None:
        self.client, self.wall, self.busy = client, [], []

    def time(self, action) -> object:
        busy, start = self.client.busy_ms(), time.perf_counter()
        result = action()
        self.wall.append((time.perf_counter() - start) * 1000)
        self.busy.append(self.client.busy_ms() - busy)
        return result

    def report(self, what: str) -> None:
        def row(times: list) -> str:
            return f"{min(times):8.1f} {statistics.median(times):8.1f} {max(times):8.1f}"
        print(f"{what:34} wall {row(self.wall)}    processor {row(self.busy)}")


def position(text: str, part: str, offset: int) -> dict:
    before = text[:text.index(part) + offset]
    return {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / "build/release/noodle"))
    parser.add_argument("--modules", type=int, default=100)
    parser.add_argument("--units", type=int, default=12, help="of 43 lines, in each module")
    parser.add_argument("--edits", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "big"
        print(f"{write_package(folder, options.modules, options.units)} lines in {options.modules + 1} files; ms: best, median, worst")
        path = folder / f"src/m{options.modules // 2}.nc"
        text, uri = path.read_text(), path.as_uri()
        client = Client(options.binary)
        client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        client.notify("initialized", {})
        document = {"uri": uri, "languageId": "noodle", "version": 1, "text": text}
        rounds = Rounds(client)
        client.notify("textDocument/didOpen", {"textDocument": document})
        rounds.time(lambda: client.findings(uri, 1))
        rounds.report("open: findings of the package")

        place = position(text, "let total = 0;", len("let total = "))
        span = {"start": place, "end": place | {"character": place["character"] + 1}}
        at = {"textDocument": {"uri": uri}, "position": position(text, "func work0", 6)}
        whole = {"context": {"includeDeclaration": True}}
        rounds = Rounds(client)
        for i in range(options.edits):
            version, wrong = i + 2, i % 2 == 0
            change = {"textDocument": {"uri": uri, "version": version},
                      "contentChanges": [{"range": span, "text": "x" if wrong else "0"}]}

            def edit() -> list:
                client.notify("textDocument/didChange", change)
                return client.findings(uri, version)
            found = rounds.time(edit)
            assert bool(found) == wrong, found
            client.request("textDocument/references", at | whole)  # waits for the check of the other files
        rounds.report("edit: findings of the file")
        for method, more in (("hover", {}), ("definition", {}), ("completion", {}), ("signatureHelp", {}),
                             ("references", whole), ("rename", {"newName": "labour"})):
            rounds = Rounds(client)
            for _ in range(5):
                answer = rounds.time(lambda: client.request("textDocument/" + method, at | more))
                assert "error" not in answer, answer
            rounds.report(method)
        memory = pathlib.Path(f"/proc/{client.process.pid}/status").read_text()
        print([line for line in memory.splitlines() if line.startswith("VmRSS")][0])
        client.request("shutdown", None)
        client.notify("exit", None)
        assert client.process.wait() == 0


if __name__ == "__main__":
    main()
