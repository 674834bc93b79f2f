// Hashes and checksums of bytes; `text.bytes()` gives the bytes of a text.

/// XXH64: fast, not for secrets.
@native("hash.xxh64") export func xxh64(value: Bytes, seed: int = 0): int;
/// CRC-32C (Castagnoli), 0 to 2^32 - 1.
@native("hash.crc32c") export func crc32c(value: Bytes): int;
/// BLAKE2b with a digest of 16 to 64 bytes; a key of 16 to 64 bytes makes it a message authentication code.
@native("hash.blake2b") export func blake2b(value: Bytes, size: int = 32, key: Bytes? = null): Bytes;
@native("hash.sha256") export func sha256(value: Bytes): Bytes;
@native("hash.sha512") export func sha512(value: Bytes): Bytes;
/// Message authentication code (RFC 2104) with SHA-256.
@native("hash.hmacSha256") export func hmacSha256(key: Bytes, value: Bytes): Bytes;
