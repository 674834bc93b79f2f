"""Input files of the wordcount and json kernels: the same bytes on every machine (seeded)."""
import json
import pathlib
import random


def write_inputs(folder: pathlib.Path) -> None:
    rnd = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rnd.choice(letters) for _ in range(rnd.randint(2, 8))) for _ in range(20000)]
    text = " ".join(words[min(int(rnd.expovariate(1 / 3000.0)), 19999)] for _ in range(100000))
    (folder / "words.txt").write_text(text)
    records = [{
        "id": i, "name": f"node-{i}", "cpu": round(rnd.random() * 100, 3),
        "tags": [rnd.choice(["gpu", "cpu", "edge", "core"]) for _ in range(3)],
        "active": bool(i % 3), "note": None if i % 5 else 'a "quoted" note\n',
        "alloc": {"mem": rnd.randint(0, 99999), "disk": -rnd.randint(0, 999)},
    } for i in range(2000)]
    (folder / "data.json").write_text(json.dumps(records))
