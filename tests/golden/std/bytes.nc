import std.bytes;
func hex(b: Bytes): String { return bytes.toHex(b); }
func main() {
  let b = bytes.fromInts([0, 1, 254, 255]);
  print(hex(b), b.length, b[2], b.slice(1, 3).toList(), b.concat(b).length, b.indexOf(bytes.fromInts([254])), b == bytes.fromInts([0, 1, 254, 255]));
  // expect: 0001feff 4 254 [1, 254] 8 2 true
  print(bytes.toBase64(b), bytes.toBase64(b, true), bytes.toBase64("f".bytes()), bytes.toBase64("fo".bytes(), true));
  // expect: AAH+/w== AAH-_w Zg== Zm8
  print(bytes.fromBase64("AAH+/w==") == b, bytes.fromBase64("AAH-_w") == b, bytes.fromBase64("A") == null, bytes.fromBase64("A?==") == null);
  // expect: true true true true
  print(bytes.fromHex("0001FEff") == b, bytes.fromHex("0") == null, bytes.fromHex("zz") == null, bytes.filled(3, 7).toList());
  // expect: true true true [7, 7, 7]
  let packed = bytes.pack("<bBhHiIqd?3s", [-1, 255, -2, 65535, -3, 4294967295, -4, 1.5, true, "abc"]);
  print(packed.length, bytes.layoutSize("<bBhHiIqd?3s"), hex(packed.slice(0, 6)));
  // expect: 34 34 fffffeffffff
  print(bytes.unpack("<bBhHiIqd?", packed), bytes.unpack(">H", bytes.pack(">H", [258]))[0], hex(bytes.pack(">I2xf", [1, 1.0])));
  // expect: [-1, 255, -2, 65535, -3, 4294967295, -4, 1.5, true] 258 0000000100003f800000
  print(bytes.join([b, "x".bytes()]).length, bytes.equalConstantTime(b, b), bytes.equalConstantTime(b, bytes.filled(4)), bytes.fromInts([255, 254]).decode());
  // expect: 5 true false null
  let builder = bytes.BytesBuilder();
  builder.addText("hé").addPacked("<H", [1]).add(b);
  print(builder.length, hex(builder.build()));
  // expect: 9 68c3a901000001feff
  for (f in [() => bytes.fromInts([256]), () => bytes.pack("b", [200]), () => bytes.pack("q", ["x"]), () => bytes.pack("z", [1]), () => bytes.pack("bb", [1])]) {
    try { print(f()); } catch (e) { print(e.code); }
  }
  // expect: 1600
  // expect: 1600
  // expect: 1613
  // expect: 1613
  // expect: 1613
  try { bytes.unpack("q", b); } catch (e) { print(e.code); }
  // expect: 1602
}
