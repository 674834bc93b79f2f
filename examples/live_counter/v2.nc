// The second version: it also remembers the largest step, and keeps the total under another name.
record Before(total: int);

actor Counter() {
  sum: int = 0;
  largest: int = 1;
  history: List<String> = ["upgraded"];

  on migrate(old: Before) {
    sum = old.total;
  }
  on add(n: int) {
    sum += n;
    if (n > largest) {
      largest = n;
    }
  }
  on report(): String {
    return `version 2 counted ${sum}`;
  }
}

func main() {
  const counter = spawn Counter();
  send counter.add(1);
  print(ask counter.report());
}
