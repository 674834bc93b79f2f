// The stack of a stopped process: its frames and their variables.
//
// Threads: the worker that owns the process.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/debugger/value.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::debugger {

struct Frame {
  const vm::Function* function = nullptr;
  std::uint32_t word = 0;  // running word that is next in it, or the call it waits in
  vm::Slot* s = nullptr;
  vm::Object** p = nullptr;
  std::size_t depth = 0;  // 1: outermost
};

/// Number of frames; 0 when the process is at a message boundary.
std::size_t depth_of(const vm::Process& process);
/// At most `count` frames from number `start` on; 0 is the innermost.
std::vector<Frame> frames(const vm::Process& process, std::size_t start, std::size_t count);

/// Variables in scope, outermost first; one that is hidden by another of its name is left out.
std::vector<NamedValue> variables(const Frame& frame);
/// The same of the frame at `depth`; at depth 0, between two messages, there is an actor's `self`.
std::vector<NamedValue> variables_at(const vm::Process& process, std::size_t depth);
/// Line and column; 0 where unknown.
bytecode::LineEntry position(const Frame& frame);

}  // namespace noodle::debugger
