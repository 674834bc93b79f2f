import std.bytes;
// heavy
import std.hash;
func hex(b: Bytes): String { return bytes.toHex(b); }
func main() {
  let empty = "".bytes();
  let abc = "abc".bytes();
  print("{:x} {:x}".format(hash.xxh64(abc), hash.crc32c("123456789".bytes())), hash.xxh64(abc) == hash.xxh64(abc, 0), hash.xxh64(abc, 1) == hash.xxh64(abc));
  // expect: 44bc2cf5ad770999 e3069283 true false
  print(hex(hash.sha256(abc)));
  // expect: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
  print(hex(hash.sha512(abc)).slice(0, 32), hash.sha512(empty).length);
  // expect: ddaf35a193617abacc417349ae204131 64
  print(hex(hash.blake2b(abc, 64)).slice(0, 32), hash.blake2b(empty).length, hash.blake2b(abc, 16, "0123456789abcdef".bytes()) == hash.blake2b(abc, 16));
  // expect: ba80a53f981c4d0d6a2797b69f12f6e9 32 false
  print(hex(hash.hmacSha256("key".bytes(), "The quick brown fox jumps over the lazy dog".bytes())));
  // expect: f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8
  let large = bytes.filled(3000000, 97);
  print(hex(hash.sha256(large)).slice(0, 16), hash.crc32c(large));
  // expect: 2a152c894398719c 26898064
  try { hash.blake2b(abc, 5); } catch (e) { print(e.code); }
  // expect: 1613
}
