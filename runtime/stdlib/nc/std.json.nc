// JSON (RFC 8259): text to Json and any value to text.
//
// Limits: nesting 512 unless less is asked for, texts 256 MiB. Errors: 1617 with line and column for a malformed text, 1613 for values
// that JSON cannot express (functions, ActorRef, nan, infinities, cycles).

/// The value of a whole JSON text. Numbers without fraction and exponent that fit are int, others float; a repeated name
/// keeps the last value.
export func parse(text: String, maxDepth: int = 512): Json {
  let list: List<Json>;
  let map: Map<String, Json>;
  return parseText(text, maxDepth, list, map);
}
/// The value, or null when the text is not JSON (JSON `null` gives null too).
export func tryParse(text: String): Json {
  try {
    return parse(text);
  } catch (e) {
    if (e.code != 1617) { throw e; }
  }
  return null;
}
/// JSON text of any value. Records and classes become objects, scalar enums their case name, other enums
/// `{"case": name, ...}`, Time and Duration text, Bytes base64, maps with keys that are no text their text.
/// With `indent` > 0 one member a line.
@native("json.stringify") export func stringify(value: any, indent: int = 0): String;
/// The value as Json: as if written and parsed again.
export func toJson(value: any): Json { return parse(stringify(value)); }
/// A value of the expected type from JSON text. Records take their fields by name; members they do not have are ignored, and fields
/// that may be null may be missing. Enums with values are `{"case": name, ...}` with `case` first, other enums their case name,
/// Time, Duration and Bytes texts as stringify writes them. Classes are not built: their constructors would not run.
/// Errors: 1617 for a malformed text, 1609 naming the path where a value does not fit.
export func decode<T>(text: String, maxDepth: int = 512): T {
  let list: List<Json>;
  let map: Map<String, Json>;
  return decodeText<T>(text, maxDepth, list, map);
}

// `list` and `map` only tell the native the types of what it builds.
@native("json.parse")
func parseText(text: String, maxDepth: int, list: List<Json>, map: Map<String, Json>): Json;
@native("json.decode")
func decodeText<T>(text: String, maxDepth: int, list: List<Json>, map: Map<String, Json>): T;
