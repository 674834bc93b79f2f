// Memory for the tables, code and static objects of a program while it is linked; the program owns it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "runtime/vm/program.hpp"

namespace noodle::vm {

class LinkArena {
 public:
  explicit LinkArena(Program& program) : program_(program) {}

  /// `count` zeroed elements, aligned to 8; null when count is 0.
  template <class T>
  T* array(std::size_t count) {
    static_assert(alignof(T) <= 8);
    return count == 0 ? nullptr : reinterpret_cast<T*>(bytes(count * sizeof(T)));
  }

 private:
  std::byte* bytes(std::size_t size) {
    size = (size + 7) & ~std::size_t{7};
    if (size > left_) {
      const std::size_t block = std::max(size, std::size_t{64} << 10);
      program_.arenas.push_back(std::make_unique<std::byte[]>(block));  // zeroed
      next_ = program_.arenas.back().get();
      left_ = block;
    }
    std::byte* result = next_;
    next_ += size;
    left_ -= size;
    return result;
  }

  Program& program_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace noodle::vm
