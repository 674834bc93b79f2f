// Text: building, regular expressions, code point classes, layout, distance.

/// Collects pieces and joins them once; add is amortised constant time.
///
/// ```nc
/// import std.text;
/// print(text.StringBuilder().add("a").addLine("b").build().length);  // prints: 3
/// ```
export class StringBuilder {
  private parts: List<String> = [];
  private size: int;

  func add(text: String): StringBuilder {
    parts.push(text);
    size += text.length;
    if (parts.length >= 4096) { parts = [parts.join()]; }
    return self;
  }
  func addLine(text: String = ""): StringBuilder { return self.add(text).add("\n"); }
  /// Code points so far.
  @property func length(): int { return size; }
  func clear() {
    parts.clear();
    size = 0;
  }
  func build(): String {
    let text = parts.join();
    parts = [text];
    return text;
  }
}

// ---------------------------------------------------------------- regular expressions

/// One match. Positions are in code points; groups[0] is the whole match, null for a group that took no part. names[i] is the
/// name of group i or "".
export record Match(text: String, start: int, end: int, groups: List<String?>, names: List<String>) {
  /// Text of a named group, null when it took no part or there is none of that name.
  func group(name: String): String? {
    let at = names.indexOf(name);
    return at > 0 ? groups[at] : null;
  }
}

/// Compiled regular expression. Matching takes time in proportion to the text, whatever the pattern.
///
/// Syntax: literals, `.`, `[a-z] [^...]`, `\d \w \s \D \W \S \b \B`, `^ $ \A \z`, `( ) (?: ) (?<name> )`, `|`, `* + ? {m,n}` and their
/// lazy forms with `?`, flags `(?i) (?m) (?s)` at the start. No back references and no look-around.
/// Errors: 1613 with the position for a malformed pattern, or one of more than 10 000 instructions.
///
/// ```nc
/// import std.text;
/// let date = text.Regex("(?<year>\\d{4})-(\\d\\d)").find("on 2026-11-21");
/// print(date?.group("year"), date?.start);  // prints: 2026 3
/// ```
export class Regex {
  pattern: String;
  private names: List<String>;

  constructor(pattern: String) {
    self.pattern = pattern;
    self.names = regexNames(pattern);
  }

  /// True if the pattern occurs anywhere.
  func test(text: String): bool { return self.run(text, 0).length > 0; }
  /// True if the pattern fits the whole text.
  func matches(text: String): bool { return self.run(text, 0, true).length > 0; }
  /// First match at or after position `from`, or null.
  func find(text: String, from: int = 0): Match? {
    let start = regexByteOffset(text, from);
    let slots = self.run(text, start);
    if (slots.length == 0) { return null; }
    return toMatch(text, slots, names, from + regexCount(text, start, slots[0]));
  }
  /// All matches that do not overlap, from left to right.
  func findAll(text: String): List<Match> {
    let out: List<Match> = [];
    let size = text.byteLength();
    let at = 0;
    let counted = 0;
    let position = 0;
    while (at <= size) {
      let slots = self.run(text, at);
      if (slots.length == 0) { break; }
      position += regexCount(text, counted, slots[0]);
      counted = slots[0];
      out.push(toMatch(text, slots, names, position));
      at = slots[1] > slots[0] ? slots[1] : regexNext(text, slots[1]);
    }
    return out;
  }
  /// Every match replaced; `$0` to `$9` in `replacement` stand for groups, `$$` for a dollar.
  func replace(text: String, replacement: String): String {
    return self.replaceWith(text, found => expand(replacement, found));
  }
  func replaceWith(text: String, f: func(Match): String): String {
    let out: List<String> = [];
    let size = text.byteLength();
    let at = 0;
    let copied = 0;
    let position = 0;
    while (at <= size) {
      let slots = self.run(text, at);
      if (slots.length == 0) { break; }
      position += regexCount(text, copied, slots[0]);
      out.push(regexSlice(text, copied, slots[0]));
      let found = toMatch(text, slots, names, position);
      out.push(f(found));
      position = found.end;
      copied = slots[1];
      at = slots[1] > slots[0] ? slots[1] : regexNext(text, slots[1]);
    }
    out.push(regexSlice(text, copied, size));
    return out.join();
  }
  /// Parts between the matches; an empty match splits between code points.
  func split(text: String): List<String> {
    let out: List<String> = [];
    let size = text.byteLength();
    let at = 0;
    let copied = 0;
    while (at < size) {
      let slots = self.run(text, at);
      if (slots.length == 0) { break; }
      if (slots[1] == slots[0]) {
        at = regexNext(text, slots[1]);
        if (slots[0] == copied || slots[0] >= size) { continue; }
      } else {
        at = slots[1];
      }
      out.push(regexSlice(text, copied, slots[0]));
      copied = slots[1];
    }
    out.push(regexSlice(text, copied, size));
    return out;
  }
  /// Byte offsets of the groups (-1: took no part), empty without a match.
  private func run(text: String, from: int, whole: bool = false): List<int> { return regexRun(pattern, text, from, whole); }
}

/// Text with every character that means something in a pattern escaped.
export func escapeRegex(text: String): String {
  let out: List<String> = [];
  for (c in text) { out.push("\\.[]{}()*+?^$|/-".contains(c) ? "\\" + c : c); }
  return out.join();
}

func toMatch(text: String, slots: List<int>, names: List<String>, position: int): Match {
  let groups: List<String?> = [];
  let i = 0;
  while (i < slots.length) {
    groups.push(slots[i] < 0 ? null : regexSlice(text, slots[i], slots[i + 1]));
    i += 2;
  }
  let whole = regexSlice(text, slots[0], slots[1]);
  return Match(whole, position, position + whole.length, groups, names);
}

func expand(replacement: String, found: Match): String {
  if (!replacement.contains("$")) { return replacement; }
  let out: List<String> = [];
  let i = 0;
  let n = replacement.length;
  while (i < n) {
    let c = replacement[i];
    if (c == "$" && i + 1 < n) {
      let next = replacement[i + 1];
      let digit = next.codeAt(0) - 48;
      if (next == "$") {
        out.push("$");
        i += 2;
        continue;
      }
      if (digit >= 0 && digit <= 9) {
        if (digit < found.groups.length) { out.push(found.groups[digit] ?? ""); }
        i += 2;
        continue;
      }
    }
    out.push(c);
    i += 1;
  }
  return out.join();
}

/// Names of the groups; 1613 for a malformed pattern.
@native("regex.names") func regexNames(pattern: String): List<String>;
@native("regex.run") func regexRun(pattern: String, text: String, from: int, whole: bool): List<int>;
// Byte offsets against code points: offset of a position, code points between two offsets, offset behind a code point.
@native("regex.byteOffset") func regexByteOffset(text: String, position: int): int;
@native("regex.count") func regexCount(text: String, from: int, to: int): int;
@native("regex.next") func regexNext(text: String, at: int): int;
@native("regex.slice") func regexSlice(text: String, from: int, to: int): String;

// ---------------------------------------------------------------- code points

/// The text of one code point; throws 1613 for what is none.
@native("text.fromCode") export func fromCode(code: int): String;
/// Unicode classes of a code point.
@native("text.isLetter") export func isLetter(code: int): bool;
@native("text.isDigit") export func isDigit(code: int): bool;
@native("text.isSpace") export func isSpace(code: int): bool;
@native("text.isUpper") export func isUpper(code: int): bool;
@native("text.isLower") export func isLower(code: int): bool;
/// Columns that the text takes on a terminal.
@native("text.displayWidth") export func displayWidth(text: String): int;

export func isAscii(text: String): bool { return text.byteLength() == text.length; }

// ---------------------------------------------------------------- layout

/// First letter upper case, the rest unchanged.
export func capitalize(text: String): String {
  return text.length == 0 ? text : text[0].toUpper() + text.slice(1);
}
/// The words of a text: what stands between white space.
export func words(text: String): List<String> {
  let out: List<String> = [];
  let start = -1;
  let i = 0;
  for (c in text) {
    if (isSpace(c.codeAt(0))) {
      if (start >= 0) { out.push(text.slice(start, i)); }
      start = -1;
    } else if (start < 0) {
      start = i;
    }
    i += 1;
  }
  if (start >= 0) { out.push(text.slice(start)); }
  return out;
}
/// Lines of at most `width` code points, broken at white space; longer words stay whole.
export func wrap(text: String, width: int): List<String> {
  let lines: List<String> = [];
  let line = "";
  for (word in words(text)) {
    if (line.length == 0) {
      line = word;
    } else if (line.length + 1 + word.length <= width) {
      line = line + " " + word;
    } else {
      lines.push(line);
      line = word;
    }
  }
  if (line.length > 0) { lines.push(line); }
  return lines;
}
/// Every line that is not empty with `prefix` before it.
export func indent(text: String, prefix: String): String {
  return text.split("\n").map(line => line.length > 0 ? prefix + line : line).join("\n");
}
/// Without the white space that all lines have in common at their start.
export func dedent(text: String): String {
  let lines = text.split("\n");
  let common = -1;
  for (line in lines) {
    let blank = 0;
    while (blank < line.length && (line[blank] == " " || line[blank] == "\t")) { blank += 1; }
    if (blank < line.length && (common < 0 || blank < common)) { common = blank; }
  }
  if (common <= 0) { return text; }
  return lines.map(line => line.length >= common ? line.slice(common) : "").join("\n");
}
/// `& < > " '` as HTML entities.
export func escapeHtml(text: String): String {
  return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
}
/// Rows with columns padded to the same width, two spaces between them.
export func table(rows: List<List<String>>): String {
  let widths: List<int> = [];
  for (row in rows) {
    for (i, cell in row) {
      let width = displayWidth(cell);
      if (i >= widths.length) { widths.push(width); } else if (width > widths[i]) { widths[i] = width; }
    }
  }
  let lines: List<String> = [];
  for (row in rows) {
    let line: List<String> = [];
    for (i, cell in row) {
      line.push(i + 1 < row.length ? cell + " ".repeat(widths[i] - displayWidth(cell)) : cell);
    }
    lines.push(line.join("  "));
  }
  return lines.join("\n");
}

// ---------------------------------------------------------------- distance

/// Least number of inserted, removed and replaced code points that turn `a` into `b`.
export func levenshtein(a: String, b: String): int {
  let left = a.chars();
  let right = b.chars();
  let previous = range(0, right.length + 1).list();
  let current = range(0, right.length + 1).list();
  for (i in 0..<left.length) {
    current[0] = i + 1;
    for (j in 0..<right.length) {
      let change = previous[j] + (left[i] == right[j] ? 0 : 1);
      current[j + 1] = min(change, min(previous[j + 1], current[j]) + 1);
    }
    let swapped = previous;
    previous = current;
    current = swapped;
  }
  return previous[right.length];
}
/// The candidate with the least distance to `text`, or null when none is near (a third of its length).
export func closest(text: String, candidates: List<String>): String? {
  let best: String? = null;
  let least = text.length / 3 + 1;
  for (candidate in candidates) {
    let distance = levenshtein(text, candidate);
    if (distance <= least && (best == null || distance < least)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}
