// An agent is an actor with metadata; interfaces give typed calls.
interface Scorer { func score(text: String): int }
agent LengthScorer implements Scorer {
  name: "length";
  capabilities: ["score"];
  func score(text: String): int { return text.length; }
  on twice(text: String): int { return score(text) * 2; }
}
actor ConstantScorer(value: int) implements Scorer {
  func score(text: String): int { return value; }
}
func main() {
  let a = spawn LengthScorer();
  print(ask a.twice("abc"), ask a.score("abcd"));
  // expect: 6 4
  let c = spawn ConstantScorer(7);
  print(ask c.score("xy"));
  // expect: 7
}
