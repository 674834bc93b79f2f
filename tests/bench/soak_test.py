#!/usr/bin/env python3
"""Tests of what judges a soak run: deaths without a cause, detection, rounds of work, growth."""

import json
import os
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools", "bench"))
sys.dont_write_bytecode = True

from soak import vitals, watch, work  # noqa: E402

T = 1_700_000_000.0


def member(at, observer, subject, state, before="alive", incarnation=1):
    second = f"{at % 60:09.6f}"
    fields = {"node": subject, "before": before, "incarnation": str(incarnation)}
    line = {"time": f"2026-01-31T12:00:{second}Z", "level": "INFO", "component": "mesh", "message": f"member {state}",
            "fields": fields}
    return observer, json.dumps(line)


def start_of_minute():
    return watch.parse_line(*member(0, "n1", "n2", "alive")).at


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.watch = watch.Watch()
        self.zero = start_of_minute()

    def deaths(self):
        return [(death.observer, death.subject) for death in self.watch.false_deaths()]

    def test_a_death_without_a_fault_is_a_flap(self):
        self.watch.line(*member(5, "n1", "n2", "dead"))
        self.assertEqual(self.deaths(), [("n1", "n2")])

    def test_a_death_of_a_node_under_a_fault_is_none_until_all_have_agreed_again(self):
        fault = self.watch.disturb("hang", self.zero + 4, ["n2"])
        fault.end, fault.settled = self.zero + 10, self.zero + 12
        self.watch.line(*member(5, "n1", "n2", "dead", "suspect"))
        self.watch.line(*member(13, "n3", "n2", "dead"))
        self.watch.line(*member(5, "n1", "n3", "dead"))
        self.watch.line(*member(40, "n1", "n2", "dead"))
        self.assertEqual(self.deaths(), [("n1", "n3"), ("n1", "n2")])

    def test_in_a_partition_only_the_other_side_may_be_declared_dead(self):
        self.watch.disturb("split_brain", self.zero, groups=[["n1", "n2"], ["n3"]])
        self.watch.line(*member(5, "n1", "n3", "dead"))
        self.watch.line(*member(5, "n1", "n2", "dead"))
        self.assertEqual(self.deaths(), [("n1", "n2")])

    def test_a_fault_of_the_network_that_cuts_nobody_off_excuses_no_death(self):
        self.watch.disturb("one_way_pair", self.zero)
        self.watch.line(*member(5, "n1", "n3", "dead", "suspect"))
        self.assertEqual(self.deaths(), [("n1", "n3")])

    def test_an_end_is_known_by_its_death_or_by_the_next_incarnation(self):
        self.watch.line(*member(1, "n1", "n2", "alive", "unknown", 7))
        self.watch.line(*member(1, "n3", "n2", "alive", "unknown", 7))
        self.watch.line(*member(10.5, "n1", "n2", "dead", "suspect", 7))
        self.watch.line(*member(10.9, "n3", "n2", "alive", "alive", 8))
        found = self.watch.detection("n2", self.zero + 10, self.zero + 20, ["n1", "n3", "n4"])
        self.assertAlmostEqual(found["n1"], 0.5, places=3)
        self.assertAlmostEqual(found["n3"], 0.9, places=3)
        self.assertIsNone(found["n4"])

    def test_a_resumed_node_must_say_that_it_stood_still_before_it_acts(self):
        def say(at, message, **fields):
            line = {"time": f"2026-01-31T12:00:{at:09.6f}Z", "level": "INFO", "message": message, "fields": fields}
            self.watch.line("n2", json.dumps(line))
        self.assertEqual(self.watch.knew_of_its_death("n2", self.zero, self.zero + 30)[0], False)
        say(10, "this node stood still; it commits nothing until others have said what they think of it")
        say(11, "this node acts again", declared_dead="true")
        self.assertEqual(self.watch.knew_of_its_death("n2", self.zero + 9, self.zero + 30), (True, "true"))

    def test_the_report_of_a_sanitizer_in_a_log_is_found(self):
        self.watch.line("n1", "==1==ERROR: AddressSanitizer: heap-use-after-free")
        self.assertEqual(len(self.watch.broken), 1)


class WorkTest(unittest.TestCase):
    def judge(self, out, disturbed=(), code=0, err=""):
        done = work.Round("n1", 0.0, 10.0, code, out, err)
        result, answers, wrong = work.judge(done, lambda node: node in disturbed)
        return result, answers, [name for name, _ in wrong]

    def test_a_round_in_which_all_answer_is_right(self):
        self.assertEqual(self.judge("done 10 tallies, 290 answers\n"), ("right", 290, []))

    def test_a_loss_counts_only_with_a_fault_of_that_node(self):
        out = "lost n3 1812 6207 after 2.1 s: n3 is dead\ndown n3 6207 n3 is dead\ndone 10 tallies, 200 answers\n"
        self.assertEqual(self.judge(out, ["n3"]), ("partly", 200, []))
        self.assertEqual(self.judge(out), ("partly", 200, ["losses_are_named"] * 2))

    def test_a_wrong_sum_is_never_excused(self):
        out = "fault: sum of n3 is 9, not 10\ndone 10 tallies, 200 answers\n"
        self.assertEqual(self.judge(out, ["n1", "n3"])[2], ["work_is_right"])

    def test_a_second_down_is_never_excused(self):
        out = "fault: n3 went down 2 times\ndone 10 tallies, 200 answers\n"
        self.assertEqual(self.judge(out, ["n1", "n3"])[2], ["one_down"])

    def test_a_round_that_does_not_end_hangs(self):
        self.assertIn("no_request_hangs", self.judge("", (), None)[2])
        self.assertEqual(self.judge("", ["n1"], None), ("failed", 0, []))

    def test_a_round_fails_with_a_code_and_only_when_its_own_node_was_hit(self):
        self.assertEqual(self.judge("", (), 1, "error 6208: the link broke")[2], ["losses_are_named"])
        self.assertEqual(self.judge("", ["n1"], 1, "error 6208: the link broke")[2], [])
        self.assertEqual(self.judge("", ["n1"], 1, "oh")[2], ["losses_are_named"])


class VitalsTest(unittest.TestCase):
    def judge(self, rss):
        told = vitals.Vitals()
        told.samples[7] = [{"time": T + 10 * k, "rss_kb": rss(k), "threads": 9, "descriptors": 40, "cpu_s": 0.1 * k}
                           for k in range(360)]
        return told.judge()

    def test_memory_that_only_flutters_is_flat(self):
        self.assertEqual(self.judge(lambda k: 50_000 + k % 7 * 100), ([], 1))

    def test_a_slope_that_chance_explains_is_none(self):
        self.assertEqual(self.judge(lambda k: 50_000 + (60_000 if k in (120, 300, 350) else 0)), ([], 1))

    def test_memory_that_grows_is_found(self):
        problems, _ = self.judge(lambda k: 50_000 + 20 * k)
        self.assertEqual(problems, ["process 7: rss_kb grows by 7200.0 an hour, give or take 0.0"])

    def test_young_lives_say_nothing(self):
        told = vitals.Vitals()
        told.samples[7] = [{"time": T, "rss_kb": 1, "threads": 1, "descriptors": 1, "cpu_s": 0}]
        self.assertEqual(told.judge(), ([], 0))

    def test_samples_are_those_of_the_process(self):
        taken = vitals.sample(os.getpid())
        self.assertGreater(taken["rss_kb"], 1000)
        self.assertGreater(taken["descriptors"], 2)
        self.assertIsNone(vitals.sample(2**22 + 1))


if __name__ == "__main__":
    unittest.main()
