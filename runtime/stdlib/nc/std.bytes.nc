// Bytes: building, text forms, binary layouts.

/// Bytes from numbers 0 to 255; throws 1600 for others.
@native("bytes.fromInts") export func fromInts(values: List<int>): Bytes;
/// `count` times the same byte value.
@native("bytes.filled") export func filled(count: int, value: int = 0): Bytes;
@native("bytes.join") export func join(parts: List<Bytes>): Bytes;
/// True if equal, in time that does not depend on the contents.
@native("bytes.equalConstantTime") export func equalConstantTime(a: Bytes, b: Bytes): bool;

/// Lower-case hexadecimal.
@native("bytes.toHex") export func toHex(value: Bytes): String;
/// Null when malformed; accepts both cases.
@native("bytes.fromHex") export func fromHex(text: String): Bytes?;
/// RFC 4648 base64 with padding, or with the URL alphabet without padding.
@native("bytes.toBase64") export func toBase64(value: Bytes, url: bool = false): String;
/// Null when malformed; accepts both alphabets, with or without padding.
@native("bytes.fromBase64") export func fromBase64(text: String): Bytes?;

/// Binary layout of values. `layout` is a sequence of letters, each with an optional repeat count:
/// `b B h H i I q Q` signed and unsigned ints of 1, 2, 4 and 8 bytes, `f d` floats of 4 and 8, `?` bool, `x` a zero byte, `5s` text or bytes of
/// 5 bytes; `<` (the default) and `>` switch to little and big endian. Throws 1600 when a value does not fit, 1613 when layout and
/// values do not agree.
@native("bytes.pack") export func pack(layout: String, values: List<any>): Bytes;
/// The values that pack would have taken, from byte `offset` on; `s` gives Bytes. Throws 1602 when there are too few bytes.
@native("bytes.unpack") export func unpack(layout: String, value: Bytes, offset: int = 0): List<any>;
/// Bytes that a layout takes.
@native("bytes.layoutSize") export func layoutSize(layout: String): int;

/// Collects bytes and joins them once.
export class BytesBuilder {
  private parts: List<Bytes> = [];
  private size: int;

  @property func length(): int { return size; }
  func add(value: Bytes): BytesBuilder {
    parts.push(value);
    size += value.length;
    if (parts.length >= 4096) { parts = [join(parts)]; }
    return self;
  }
  func addText(text: String): BytesBuilder { return self.add(text.bytes()); }
  func addPacked(layout: String, values: List<any>): BytesBuilder { return self.add(pack(layout, values)); }
  func clear() {
    parts.clear();
    size = 0;
  }
  func build(): Bytes {
    let value = join(parts);
    parts = [value];
    return value;
  }
}
