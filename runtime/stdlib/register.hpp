// The native functions of the standard library and of the host modules that every node has.
//
// runtime/stdlib holds the prelude and the std modules in NoodleCore (nc/), and here what they need in C++. Natives of
// the prelude's own types are in runtime/natives, those of processes in runtime/process.
#pragma once

#include <span>

#include "runtime/vm/native.hpp"

namespace noodle::stdlib {

/// Makes the natives below known to the linker; again: no effect. Call before the first link.
void register_stdlib_natives();

// The tables, one per file.
using NativeTable = std::span<const vm::NativeEntry>;
NativeTable math_natives();
NativeTable text_natives();
NativeTable regex_natives();
NativeTable json_natives();
NativeTable bytes_natives();
NativeTable pack_natives();
NativeTable hash_natives();
NativeTable time_natives();
NativeTable random_natives();
NativeTable log_natives();
NativeTable event_natives();
NativeTable metrics_natives();
NativeTable file_natives();
NativeTable node_natives();
NativeTable cluster_natives();
NativeTable unique_natives();

}  // namespace noodle::stdlib
