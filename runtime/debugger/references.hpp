// The numbers by which a client names threads, frames and values that it has been told of.
//
// A value is named by how it is reached, not by its address: collections move objects. Frames and values are forgotten
// when their process goes on.
// Threads: any. Limits: 100 000 frames and values at a time.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/message/message.hpp"

namespace noodle::debugger {

using process::Pid;

/// A frame, or a value in it.
struct Reference {
  Pid pid = 0;
  std::size_t depth = 0;            // of the frame, from the outermost; 0: between two messages
  std::string expression;           // "": the frame, and the variables in it
  std::vector<std::int64_t> parts;  // from the value of the expression inwards
  friend auto operator<=>(const Reference&, const Reference&) = default;
};

class References {
 public:
  int number_of(const Reference& reference);
  std::optional<Reference> find(std::int64_t number) const;
  void forget(Pid pid);
  void forget_all();

 private:
  static constexpr std::size_t kMax = 100'000;
  mutable std::mutex mutex_;
  std::map<Reference, int> numbers_;
  std::unordered_map<int, const Reference*> references_;
  int last_ = 0;
};

class ThreadNumbers {
 public:
  int number_of(Pid pid);
  Pid pid(std::int64_t number) const;  // 0: there is none
  /// Keeps only these.
  void keep(const std::set<Pid>& pids);

 private:
  mutable std::mutex mutex_;
  std::unordered_map<Pid, int> numbers_;
  std::unordered_map<int, Pid> pids_;
  int last_ = 0;
};

}  // namespace noodle::debugger
