// Memory blocks of process heaps and saved frames, recycled per thread, and the account of all VM memory of the node.
//
// Threads: every function may be called from any thread; a block may be released on another thread than the one that
// acquired it. Limits: the node limit, exact to about 1 MiB per thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace noodle::vm {

/// Uninitialised block of `size_bytes`, aligned to 16; null when the node limit is reached.
char* acquire_block(std::size_t size_bytes);
/// Gives a block back; `size_bytes` as it was acquired.
void release_block(char* block, std::size_t size_bytes);

/// Bytes in use by all heaps and saved frames of the node, to about 1 MiB per thread.
std::uint64_t vm_memory_used();
/// Upper limit of vm_memory_used; 1708 beyond. Default: not limited.
void set_vm_memory_limit(std::uint64_t limit_bytes);

}  // namespace noodle::vm
