// What machine code keeps of memory in registers, and where: P registers, and of Lists in them the storage and the
// length.
//
// A forward must-analysis finds where a copy is valid. Every read of memory that all paths from a loop's head come to
// is done before the loop instead (a backward must-analysis from the empty set, so only reads that will happen), so
// invariant loads leave loops. Threads: none; plain data of one compilation.
#pragma once

#include <vector>

#include "runtime/jit/flow.hpp"

namespace noodle::jit {

/// Copies that are valid, by P register.
struct Facts {
  RegisterSet pointer, storage, length;

  bool operator==(const Facts&) const = default;
  Facts& operator&=(const Facts& other);
  Facts& operator|=(const Facts& other);
  /// Without those that `other` has.
  Facts without(const Facts& other) const;
  bool any() const { return pointer.any() || storage.any() || length.any(); }
  void forget(std::uint32_t p);
};

/// Facts behind an op, given those before it. The emitter keeps exactly these.
void step(const Op& op, Facts& facts);

class FactFlow {
 public:
  explicit FactFlow(const Flow& flow);
  /// Copies that are valid at the start of a block, on whichever way it is entered.
  const Facts& before(std::uint32_t block) const { return before_[block]; }

 private:
  void anticipate();
  void propagate();

  const Flow& flow_;
  std::vector<Facts> wanted_;  // at loop heads: reads that every way from here comes to
  std::vector<Facts> before_;
};

}  // namespace noodle::jit
