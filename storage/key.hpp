// Keys: tuples of numbers, texts and tags as bytes whose order is the order of the tuples.
//
//     Key().tag('q').u64(due).u64(task).bytes()
//
// Grammar: tag = 1 byte; u32, u64 = big endian; text = its bytes with 00 written as 00 ff, then 00 01; raw = the bytes
// alone, last in a key. A text ends below every longer text that begins with it, so `Key().text("a")` is a prefix of
// all keys of "a" and of none of "ab". Threads: values. Limits: kMaxStoreKeyBytes, checked by the store (5017).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace noodle::storage {

class Key {
 public:
  Key& tag(char tag);
  Key& u32(std::uint32_t value);
  Key& u64(std::uint64_t value);
  Key& text(std::string_view text);
  Key& raw(std::string_view bytes);

  const std::string& bytes() const { return bytes_; }
  operator std::string_view() const { return bytes_; }  // NOLINT: a key is its bytes

 private:
  std::string bytes_;
};

/// Takes a key apart. After the first part that is not there, everything reads as nothing.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  std::optional<char> tag();
  std::optional<std::uint32_t> u32();
  std::optional<std::uint64_t> u64();
  std::optional<std::string> text();
  /// All that is left.
  std::string_view raw();
  /// Everything was read and was there.
  bool done() const { return !failed_ && rest_.empty(); }

 private:
  bool take(std::size_t count, std::string_view& taken);

  std::string_view rest_;
  bool failed_ = false;
};

/// The first key above all keys that begin with `prefix`; empty when there is none (prefix is all ff).
std::string prefix_end(std::string_view prefix);

}  // namespace noodle::storage
