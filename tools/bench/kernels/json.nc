// A hand-written JSON parser. Needs --allow fs.read and data.json in the current folder.
enum Value { nothing, truth(value: bool), number(value: float), text(value: String), array(items: List<Value>), object(members: Map<String, Value>) }

class Parser(source: String) {
  at: int = 0;
  nodes: int = 0;
  textBytes: int = 0;
  total: float = 0.0;

  func blank(): int {
    let c = source.byteAt(at);
    while (c == 32 || c == 10 || c == 9) {
      at += 1;
      c = source.byteAt(at);
    }
    return c;
  }

  func text(): String {
    at += 1;
    let start = at;
    let done = "";
    while (true) {
      let c = source.byteAt(at);
      if (c == 34) { break; }
      if (c == 92) {
        done += source.slice(start, at);
        let e = source.byteAt(at + 1);
        done += e == 110 ? "\n" : source.slice(at + 1, at + 2);
        at += 2;
        start = at;
      } else {
        at += 1;
      }
    }
    let rest = source.slice(start, at);
    at += 1;
    return done.byteLength() == 0 ? rest : done + rest;
  }

  func number(first: int): float {
    let sign = 1.0;
    if (first == 45) {
      sign = -1.0;
      at += 1;
    }
    let v = 0.0;
    let c = source.byteAt(at);
    while (c >= 48 && c <= 57) {
      v = v * 10.0 + (c - 48);
      at += 1;
      c = source.byteAt(at);
    }
    if (c == 46) {
      at += 1;
      c = source.byteAt(at);
      let f = 0.1;
      while (c >= 48 && c <= 57) {
        v += f * (c - 48);
        f /= 10.0;
        at += 1;
        c = source.byteAt(at);
      }
    }
    return v * sign;
  }

  func value(): Value {
    let c = blank();
    nodes += 1;
    if (c == 123) {
      let members: Map<String, Value> = {};
      at += 1;
      if (blank() == 125) {
        at += 1;
        return Value.object(members);
      }
      while (true) {
        blank();
        let key = text();
        blank();
        at += 1;
        members[key] = value();
        let d = blank();
        at += 1;
        if (d != 44) { return Value.object(members); }
      }
    }
    if (c == 91) {
      let items: List<Value> = [];
      at += 1;
      if (blank() == 93) {
        at += 1;
        return Value.array(items);
      }
      while (true) {
        items.push(value());
        let d = blank();
        at += 1;
        if (d != 44) { return Value.array(items); }
      }
    }
    if (c == 34) {
      let s = text();
      textBytes += s.byteLength();
      return Value.text(s);
    }
    if (c == 116) {
      at += 4;
      return Value.truth(true);
    }
    if (c == 102) {
      at += 5;
      return Value.truth(false);
    }
    if (c == 110) {
      at += 4;
      return Value.nothing;
    }
    let v = number(c);
    total += v;
    return Value.number(v);
  }
}

func json(rounds: int): int {
  let source = fs.read("data.json");
  let result = 0;
  for (i in 0..<rounds) {
    let parser = Parser(source);
    parser.value();
    result = parser.nodes * 1000 + parser.textBytes % 1000;
  }
  return result;
}

func main(args: List<String>): int {
  let n = args[0].parseInt() ?? 4;
  let result = 0;
  for (rep in 0..<(args[1].parseInt() ?? 1)) { result = json(n); }
  print(result);
  return 0;
}
