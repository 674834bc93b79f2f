// JSON (RFC 8259): text to Json and any value to text.
//
// Limits: nesting 512 unless less is asked for, texts 256 MiB. Errors: 1617 with line and column for a malformed text, 1613 for values
// that JSON cannot express (functions, ActorRef, nan, infinities, cycles).

/// The value of a whole JSON text. Numbers without fraction and exponent that fit are int, others float; a repeated name
/// keeps the last value.
export func parse(text: String, maxDepth: int = 512): Json {
  let noList: List<Json>;
  let noMap: Map<String, Json>;
  return parseText(text, maxDepth, noList, noMap);
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
/// A value of type T from Json text: the expected type says what is built. Records and classes without constructor take their
/// fields by name (fields that may be null or have a zero may be missing), enums and collections as stringify writes them.
/// Throws 1609 naming the path where the value does not fit.
@native("json.decode") export func decode<T>(text: String): T;

@native("json.parse")
func parseText(text: String, maxDepth: int, noList: List<Json>, noMap: Map<String, Json>): Json;
