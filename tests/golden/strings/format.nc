// String.format.
func main() {
  print("{} and {}".format(1, "two"), "{1}-{0}".format("a", "b"), "{{}}".format());
  // expect: 1 and two b-a {}
  print("[{:5}|{:<5}|{:>5}|{:^5}]".format(42, 42, "ab", "ab"));
  // expect: [   42|42   |   ab| ab  ]
  print("[{:05}|{:+}|{:.2f}|{:8.3f}|{:e}]".format(42, 7, 3.14159, 2.5, 12345.678));
  // expect: [00042|+7|3.14|   2.500|1.234568e+04]
  print("{:x} {:X} {:b} {:o} {:.1%}".format(255, 255, 5, 8, 0.256));
  // expect: ff FF 101 10 25.6%
  print("[{:*^9}] [{:->6}]".format("mid", 1));
  // expect: [***mid***] [-----1]
  for (bad in ["{", "}", "{5}", "{:q}", "{} {}"]) {
    try { print(bad.format(1)); } catch (e) { print(e.code); }
  }
  // expect: 1613
  // expect: 1613
  // expect: 1613
  // expect: 1613
  // expect: 1613
}
