#include "messages/pointer_check.hpp"

#include <string>

#include "messages/limits.hpp"

namespace noodle {
namespace {

enum PointerKind : std::uint64_t { kStruct = 0, kList = 1, kFar = 2, kOther = 3 };

/// Bits per element by list element kind 0-5; 6 is pointers, 7 composite.
constexpr std::uint64_t kElementBits[] = {0, 1, 8, 16, 32, 64};
constexpr std::uint64_t kPointerElements = 6;
constexpr std::uint64_t kCompositeElements = 7;

/// Objects without words (empty structs, lists of Void) cost nothing to send but time to walk: this many are free.
constexpr std::uint64_t kFreeObjects = 1024;

class Walk {
 public:
  explicit Walk(std::span<const std::uint64_t> words) : words_(words), budget_(words.size() + kFreeObjects) {}

  /// Null when everything reachable from the pointer at `index` is well formed, else what is wrong.
  const char* pointer(std::uint64_t index, int depth) {
    const std::uint64_t word = words_[index];
    if (word == 0) return nullptr;
    if (depth > kMaxMessageNesting) return "nested too deep";
    const std::uint64_t kind = word & 3;
    if (kind == kFar) return "far pointer in a message of one segment";
    if (kind == kOther) return "capability pointer";
    // Bits 2-31: signed distance in words from the end of the pointer to its target.
    const std::int64_t offset = static_cast<std::int32_t>(static_cast<std::uint32_t>(word)) >> 2;
    const std::int64_t target = static_cast<std::int64_t>(index) + 1 + offset;
    if (kind == kStruct) {
      const std::uint64_t data = word >> 32 & 0xffff;
      const std::uint64_t pointers = word >> 48;
      if (!claim(target, data + pointers)) return kOutside;
      return all_pointers(static_cast<std::uint64_t>(target) + data, pointers, depth);
    }
    return list(target, word >> 32 & 7, word >> 35, depth);
  }

 private:
  static constexpr const char* kOutside = "object outside the message or shared by two pointers";

  const char* list(std::int64_t target, std::uint64_t element, std::uint64_t count, int depth) {
    if (element == kCompositeElements) return composite(target, count, depth);
    if (element == kPointerElements) {
      if (!claim(target, count)) return kOutside;
      return all_pointers(static_cast<std::uint64_t>(target), count, depth);
    }
    if (element == 0 && !spend(count)) return kOutside;
    return claim(target, (count * kElementBits[element] + 63) / 64) ? nullptr : kOutside;
  }

  /// A list of structs: a tag word with element count and struct size, then the structs; `size` leaves out the tag.
  const char* composite(std::int64_t target, std::uint64_t size, int depth) {
    if (!claim(target, size + 1)) return kOutside;
    const std::uint64_t tag = words_[static_cast<std::uint64_t>(target)];
    const std::uint64_t count = static_cast<std::uint32_t>(tag) >> 2;
    const std::uint64_t data = tag >> 32 & 0xffff;
    const std::uint64_t pointers = tag >> 48;
    if ((tag & 3) != kStruct || count * (data + pointers) > size) return "list of structs with a wrong tag";
    if (data + pointers == 0 && !spend(count)) return kOutside;
    if (pointers == 0) return nullptr;
    std::uint64_t at = static_cast<std::uint64_t>(target) + 1;
    for (std::uint64_t i = 0; i < count; ++i, at += data + pointers) {
      if (const char* problem = all_pointers(at + data, pointers, depth)) return problem;
    }
    return nullptr;
  }

  const char* all_pointers(std::uint64_t first, std::uint64_t count, int depth) {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (const char* problem = pointer(first + i, depth + 1)) return problem;
    }
    return nullptr;
  }

  /// Takes `count` words at `target` for one object; false when they are not all inside.
  bool claim(std::int64_t target, std::uint64_t count) {
    const std::uint64_t total = words_.size();
    if (target < 0) return false;
    const auto start = static_cast<std::uint64_t>(target);
    return start <= total && count <= total - start && spend(count == 0 ? 1 : count);
  }

  /// Pays for visiting `count` words. A tree never needs more than the segment has; shared objects do.
  bool spend(std::uint64_t count) {
    if (count > budget_) return false;
    budget_ -= count;
    return true;
  }

  std::span<const std::uint64_t> words_;
  std::uint64_t budget_;
};

}  // namespace

Result<void> check_pointers(std::span<const std::uint64_t> words) {
  const char* problem = words.empty() ? "no root pointer" : Walk(words).pointer(0, 0);
  if (problem == nullptr) return {};
  return Error{Code::frame_malformed, std::string("frame refused: ") + problem, {}};
}

}  // namespace noodle
