#!/usr/bin/env python3
"""Tests of tools/check: each builds a small tree with one fault and expects exactly that line."""

import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHECK = os.path.join(ROOT, "tools", "check")
CLEAN_HEADER = "// A thing.\n#pragma once\n"


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        with open(os.path.join(ROOT, ".clang-format"), encoding="utf-8") as style:
            self.write(".clang-format", style.read())

    def write(self, path, text):
        full = os.path.join(self.folder.name, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def run_check(self, *flags):
        done = subprocess.run(
            [CHECK, "--root", self.folder.name, *flags], capture_output=True, text=True, check=False
        )
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def expect(self, *problems):
        code, lines = self.run_check()
        if problems:
            count = f"{len(problems)} problem" + ("s" if len(problems) > 1 else "")
            self.assertEqual(lines, list(problems) + [count])
            self.assertEqual(code, 1)
        else:
            self.assertEqual(lines, [])
            self.assertEqual(code, 0)

    def test_a_clean_tree_passes(self):
        self.write("messages/frame.hpp", CLEAN_HEADER + "\n#include <capnp/message.h>\n#include <vector>\n")
        self.write("runtime/vm/heap.cpp", '#include "messages/frame.hpp"\n#include "runtime/base/log.hpp"\n')
        self.write("runtime/base/config.cpp", "#include <nlohmann/json.hpp>\n")
        self.write("actors/core/node.cpp", '#include <caf/all.hpp>\n\n#include "runtime/vm/heap.hpp"\n')
        self.write("tools/noodle/main.cpp", '#include "actors/core/node.hpp"\n')
        self.write("docs/a.md", "[b](b.md#part) [web](https://x.y/z) [root](/docs/b.md) [here](#x)\n")
        self.write("docs/b.md", "```\n[not a link](missing.md)\n```\nTODO(faster-start): later.\n")
        self.expect()

    def test_unformatted_code_is_reported_and_fixed(self):
        self.write("messages/a.cpp", "int  x;\n")
        self.expect("messages/a.cpp:1: not formatted; run tools/check --fix-format")
        self.assertEqual(self.run_check("--fix-format"), (0, []))
        with open(os.path.join(self.folder.name, "messages/a.cpp"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "int x;\n")

    def test_layers_point_one_way(self):
        self.write("messages/a.cpp", '#include "runtime/base/log.hpp"\n')
        self.write("messages/b.cpp", "#include <spdlog/spdlog.h>\n")
        self.write("runtime/base/a.cpp", '#include "runtime/vm/heap.hpp"\n')
        self.write("runtime/vm/a.cpp", '\n#include "actors/core/node.hpp"\n')
        self.write("runtime/vm/b.cpp", "#include <caf/all.hpp>\n")
        self.write("runtime/vm/c.cpp", '#include "heap.hpp"\n')
        self.write("runtime/vm/d.hpp", "#include <nlohmann/json.hpp>\n")
        self.write("runtime/vm/e.cpp", "#include <histedit.h>\n")
        self.write("storage/a.cpp", '#include "runtime/vm/heap.hpp"\n')
        self.write("cluster/a.cpp", '#include "storage/a.hpp"\n')
        self.write("actors/core/a.cpp", '#include "tools/noodle/cli.hpp"\n')
        self.write("tests/vm/a.cpp", "#include <caf/all.hpp>\n")
        self.expect(
            "actors/core/a.cpp:1: actors/ may not include tools/noodle/cli.hpp",
            "cluster/a.cpp:1: cluster/ may not include storage/a.hpp",
            "messages/a.cpp:1: messages/ may not include runtime/base/log.hpp",
            "messages/b.cpp:1: messages/ may not include spdlog/spdlog.h",
            "runtime/base/a.cpp:1: runtime/base/ may not include runtime/vm/heap.hpp",
            "runtime/vm/a.cpp:2: runtime/ may not include actors/core/node.hpp",
            "runtime/vm/b.cpp:1: only actors and above may include CAF (caf/all.hpp)",
            "runtime/vm/c.cpp:1: write includes from the root of the tree, not heap.hpp",
            "runtime/vm/d.hpp:1: include nlohmann/json.hpp in a .cpp only",
            "runtime/vm/e.cpp:1: only tools may include histedit.h",
            "storage/a.cpp:1: storage/ may not include runtime/vm/heap.hpp",
            "tests/vm/a.cpp:1: only actors and above may include CAF (caf/all.hpp)",
        )

    def test_long_files_are_reported_unless_listed(self):
        self.write("messages/a.cpp", "// line\n" * 501)
        self.expect("messages/a.cpp: 501 lines, at most 500; split it by concept")
        self.write("tools/check-lengths.txt", "# ratchet\nmessages/a.cpp 501  # why\n")
        self.expect()
        self.write("messages/a.cpp", "// line\n" * 502)
        self.expect("messages/a.cpp: grew to 502 lines; tools/check-lengths.txt allows 501, which may only shrink")
        self.write("messages/a.cpp", "// line\n" * 500)
        self.expect("tools/check-lengths.txt: messages/a.cpp has 500 lines now; remove its line")
        self.write("messages/a.cpp", "// line\n" * 600)
        self.write("tools/check-lengths.txt", "messages/a.cpp 700\n")
        self.expect("tools/check-lengths.txt: messages/a.cpp has 600 lines now; write 600 instead of 700")
        self.write("messages/a.cpp", "// line\n" * 660)
        self.write("tools/check-lengths.txt", "messages/a.cpp 700\nmessages/gone.cpp 600\nnonsense\n")
        self.expect(
            "tools/check-lengths.txt:3: a line is a path and its number of lines",
            "tools/check-lengths.txt: messages/gone.cpp does not exist",
        )

    def test_tables_and_goldens_may_be_long(self):
        self.write("messages/table.def", "// row\n" * 600)
        self.write("tests/golden/big.nc", "// line\n" * 600)
        self.expect()

    def test_crowded_folders_are_reported(self):
        for number in range(35):
            self.write(f"runtime/vm/a{number}.cpp", "")
            self.write(f"tests/golden/a{number}.nc", "")
            self.write(f"docs/a{number}.md", "")
        self.write("docs/more.md", "")
        self.write("tests/golden/more.nc", "")
        self.expect()
        self.write("runtime/vm/more.cpp", "")
        self.expect("runtime/vm: 36 files in a folder, at most 35; split it by concept")

    def test_names_that_say_nothing_are_reported(self):
        self.write("runtime/vm/string_utils.hpp", CLEAN_HEADER)
        self.write("runtime/vm/helper.cpp", "")
        self.write("runtime/vm/utility_function.cpp", "")
        self.expect(
            "runtime/vm/helper.cpp: no file is called `helper`; name it after its concept",
            "runtime/vm/string_utils.hpp: no file is called `utils`; name it after its concept",
        )

    def test_open_ends_need_an_issue(self):
        self.write("runtime/vm/a.cpp", "// TODO later\n// TODO(hot-swap): fine\n// TODO(): no\n\n// FIXME\n// XXX\n")
        self.expect(
            "runtime/vm/a.cpp:1: TODO: write TODO(name-of-issue) or nothing",
            "runtime/vm/a.cpp:3: TODO: write TODO(name-of-issue) or nothing",
            "runtime/vm/a.cpp:5: FIXME: fix it or name an issue",
            "runtime/vm/a.cpp:6: XXX: fix it or name an issue",
        )

    def test_dead_links_are_reported(self):
        self.write("docs/a.md", "text\n[gone](gone.md) ![picture](picture.png)\n[up](../README.md)\n")
        self.write("README.md", "[docs](docs/a.md)\n")
        self.expect(
            "docs/a.md:2: link to gone.md, which does not exist",
            "docs/a.md:2: link to picture.png, which does not exist",
        )

    def test_paths_in_pages_exist(self):
        self.write("docs/a.md", "`docs/a.md` and `docs/`, `tests/gone`;\n`others/gone` is not ours\n")
        self.expect("docs/a.md:1: names tests/gone, which does not exist")

    def test_error_codes_ascend_and_are_unique(self):
        row = 'NOODLE_ERROR({}, {}, bug, "t", "a.")\n'
        self.write(
            "messages/error_table.def",
            "// table\n" + row.format(1001, "a") + row.format(1001, "b") + row.format(1003, "a")
            + row.format(1002, "c") + row.format(10000, "d") + row.format(10001, "e"),
        )
        self.expect(
            "messages/error_table.def:3: code 1001 is not above 1001; codes ascend and are unique",
            "messages/error_table.def:4: name a is taken",
            "messages/error_table.def:5: code 1002 is not above 1003; codes ascend and are unique",
            "messages/error_table.def:6: code 10000 is above 9999",
            "messages/error_table.def:7: code 10001 is above 9999",
        )

    def test_generated_and_foreign_folders_are_left_alone(self):
        for folder in ("build", "build-asan", ".git", ".cache"):
            self.write(f"{folder}/util.cpp", "int  x; // FIXME\n")
        self.expect()


if __name__ == "__main__":
    unittest.main()
