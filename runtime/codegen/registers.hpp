// Registers of a function while it is generated: variables of the open scopes at the bottom, temporaries above.
//
// Limits: 250 of each kind; more are counted (1164) and mapped to the last one.
#pragma once

#include <algorithm>
#include <cstdint>

#include "runtime/check/types.hpp"

namespace noodle::codegen {

using check::Rep;

/// A register, or none.
struct Reg {
  Rep rep = Rep::none;
  std::uint32_t index = 0;
  bool fresh = false;  // as destination: holds nothing yet, so calls may use it as their window
  explicit operator bool() const { return rep != Rep::none; }
  bool same(Reg other) const { return rep == other.rep && index == other.index; }
};

/// The next free register of each kind; everything from there on is free.
struct Mark {
  std::uint32_t s = 0, p = 0;
  std::uint32_t of(Rep rep) const { return rep == Rep::s ? s : p; }
  bool is_below(Reg reg) const { return reg.index < of(reg.rep); }
};

class Registers {
 public:
  static constexpr std::uint32_t kMax = 250;
  Mark mark() const { return next_; }
  void release(Mark mark) { next_ = mark; }
  Reg alloc(Rep rep) {
    if (rep == Rep::none) return {};
    std::uint32_t& next = rep == Rep::s ? next_.s : next_.p;
    std::uint32_t& peak = rep == Rep::s ? peak_.s : peak_.p;
    const std::uint32_t index = next++;
    peak = std::max(peak, next);
    return {rep, std::min(index, kMax - 1)};
  }
  bool is_top(Reg reg) const { return reg.index + 1 == next_.of(reg.rep); }
  bool overflow() const { return peak_.s > kMax || peak_.p > kMax; }
  Mark peak() const { return peak_; }

 private:
  Mark next_, peak_;
};

}  // namespace noodle::codegen
