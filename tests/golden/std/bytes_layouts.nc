// Binary layouts: what pack and unpack take and refuse; bounds of building Bytes.
import std.bytes;
func told(f: func(): any) {
  try { print(f()); } catch (e) { print(e.code, e.message); }
}
func hex(b: Bytes): String { return bytes.toHex(b); }
func main() {
  let small = byte(7);
  print(hex(bytes.pack(">h H 2i", [-2, 65535, 1, -1])), hex(bytes.pack("<Q>q", [-1, 1])), hex(bytes.pack("B2xB", [small, 2])));
  print(hex(bytes.pack("4s3s", ["ab", "xyz".bytes()])), hex(bytes.pack(">d f", [1, 0.5])), hex(bytes.pack("??", [true, false])));
  print(bytes.unpack(">h H 2i", bytes.pack(">h H 2i", [-2, 65535, 1, -1])), bytes.unpack(">f", bytes.pack(">f", [0.5])));
  print(bytes.unpack("x2sx?", bytes.pack("x2sx?", ["hi", true])).map(v => `${v}`), bytes.unpack("B", bytes.fromInts([1, 2, 3]), 2));
  let rope = "a".repeat(50) + "b".repeat(50);
  print(bytes.pack("100s", [rope + ""]).length, bytes.layoutSize("10i 3x"), bytes.layoutSize(""));
  told(() => bytes.pack("s", ["ab"]));
  told(() => bytes.pack("s", [1]));
  told(() => bytes.pack("?", [1]));
  told(() => bytes.pack("d", ["x"]));
  told(() => bytes.pack("i", [null]));
  told(() => bytes.pack("h", [40000]));
  told(() => bytes.pack("H", [-1]));
  told(() => bytes.pack("2i", [1]));
  told(() => bytes.pack("i", [1, 2]));
  told(() => bytes.pack("3", []));
  told(() => bytes.layoutSize("99999999x"));
  told(() => bytes.layoutSize("70000b"));
  told(() => bytes.layoutSize("xx".repeat(40000)));
  told(() => bytes.layoutSize("16777216q"));
  told(() => bytes.layoutSize("16777216s".repeat(17)));
  told(() => bytes.unpack("i", bytes.filled(3)));
  told(() => bytes.unpack("b", bytes.filled(3), -1));
  told(() => bytes.unpack("b", bytes.filled(3), 4));
  told(() => bytes.unpack("z", bytes.filled(3)));
  told(() => bytes.filled(-1));
  told(() => bytes.filled(1, 256));
  told(() => bytes.filled(300000000));
  told(() => bytes.fromInts([1, -1]));
  print(bytes.join([]).length, bytes.equalConstantTime("a".bytes(), "b".bytes()), bytes.equalConstantTime("ab".bytes(), "a".bytes()));
  print(bytes.fromBase64("AA="), bytes.fromBase64("A=A="), bytes.fromBase64("===="), bytes.fromBase64(""), bytes.fromHex("0g"));
  let b = bytes.BytesBuilder();
  for (i in 0..<5000) { b.add(bytes.filled(1, i % 256)); }
  print(b.build().length, b.build().length);
  b.clear();
  print(b.length, b.build().length);
}
// expect: fffeffff00000001ffffffff ffffffffffffffff0000000000000001 07000002
// expect: 6162000078797a 3ff00000000000003f000000 0100
// expect: [-2, 65535, 1, -1] [0.5]
// expect: ["Bytes{68 69}", "true"] [3]
// expect: 100 43 0
// expect: 1600 bytes.pack: value [0] has 2 bytes, more than 1
// expect: 1613 bytes.pack: value [0] for `s` must be a String or Bytes
// expect: 1613 bytes.pack: value [0] for `?` must be a bool
// expect: 1613 bytes.pack: value [0] for `d` must be a number
// expect: 1613 bytes.pack: value [0] for `i` must be an int
// expect: 1600 bytes.pack: value [0] 40000 does not fit `h`
// expect: 1600 bytes.pack: value [0] -1 does not fit `H`
// expect: 1613 bytes.pack: layout has more values than the list
// expect: 1613 bytes.pack: 2 values for a layout of 1
// expect: 1613 bytes layout: unknown letter at position 1 of the layout
// expect: 1613 bytes layout: repeat count is too large
// expect: 1613 bytes layout: layout has more than 65536 values
// expect: 1613 bytes layout: layout has more than 65536 values
// expect: 1613 bytes layout: layout has more than 65536 values
// expect: 1613 bytes layout: layout is larger than 256 MiB
// expect: 1602 bytes.unpack: 4 bytes at offset 0 of 3
// expect: 1602 bytes.unpack: 1 bytes at offset -1 of 3
// expect: 1602 bytes.unpack: 1 bytes at offset 4 of 3
// expect: 1613 bytes layout: unknown letter at position 0 of the layout
// expect: 1610 count -1 is negative
// expect: 1600 256 is no byte
// expect: 1706 Bytes of 300000000 bytes; the limit is 256 MiB
// expect: 1600 -1 at [1] is no byte
// expect: 0 false false
// expect: null null null Bytes{} null
// expect: 5000 5000
// expect: 0 0
