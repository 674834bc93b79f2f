// Words of a text in a map. Needs --allow fs.read and words.txt in the current folder.
func wordcount(rounds: int): int {
  let text = fs.read("words.txt");
  let n = text.byteLength();
  let result = 0;
  for (r in 0..<rounds) {
    let counts: Map<String, int> = {};
    let i = 0;
    while (i < n) {
      while (i < n && text.byteAt(i) == 32) { i += 1; }
      let start = i;
      while (i < n && text.byteAt(i) != 32) { i += 1; }
      if (i == start) { break; }
      let word = text.slice(start, i);
      counts[word] = (counts.get(word) ?? 0) + 1;
    }
    result = counts.length;
    for (word, c in counts) { result += c * c % 7; }
  }
  return result;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 4;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = wordcount(n); }
  print(result);
  return 0;
}
