#include "runtime/vm/block_cache.hpp"

#include <atomic>
#include <bit>
#include <cstdlib>
#include <utility>

namespace noodle::vm {
namespace {

constexpr std::size_t kSmallestBits = 6;  // 64 B: a small message
constexpr std::size_t kClasses = 16;      // up to 2 MiB
#if defined(__has_feature)
#define NOODLE_ASAN __has_feature(address_sanitizer)  // clang
#elif defined(__SANITIZE_ADDRESS__)
#define NOODLE_ASAN 1
#endif
#if NOODLE_ASAN
constexpr std::size_t kCachedBytes = 0;  // let the sanitizer see every use after release
#else
constexpr std::size_t kCachedBytes = 4u << 20;  // per thread
#endif
constexpr std::int64_t kCreditStep = 256 << 10;  // taken from the node account at once
constexpr std::int64_t kCreditLimit = 1 << 20;

std::atomic<std::uint64_t> node_bytes{0};
std::atomic<std::uint64_t> node_limit{~0ull};

struct FreeBlock {
  FreeBlock* next;
};

struct ThreadCache {
  FreeBlock* blocks[kClasses];
  std::size_t cached_bytes;
  std::int64_t credit;  // bytes booked in the node account that this thread has not handed out
  bool registered;
};

// Trivial, so that access needs no initialisation guard.
constinit thread_local ThreadCache cache{};

void empty_cache() {
  for (FreeBlock*& list : cache.blocks) {
    while (list) std::free(std::exchange(list, list->next));
  }
  cache.cached_bytes = 0;
  node_bytes.fetch_sub(static_cast<std::uint64_t>(cache.credit), std::memory_order_relaxed);
  cache.credit = 0;
}

struct ThreadEnd {
  ~ThreadEnd() { empty_cache(); }
};

void register_thread() {
  static thread_local ThreadEnd end;
  static_cast<void>(end);
  cache.registered = true;
}

/// Class of an exact cached size, or kClasses for other sizes.
std::size_t class_of_size(std::size_t size_bytes) {
  if ((size_bytes & (size_bytes - 1)) != 0) return kClasses;
  const std::size_t bits = static_cast<std::size_t>(std::countr_zero(size_bytes));
  return bits < kSmallestBits || bits >= kSmallestBits + kClasses ? kClasses : bits - kSmallestBits;
}

[[gnu::noinline]] bool book(std::int64_t size_bytes) {
  if (!cache.registered) register_thread();
  const std::uint64_t wanted = static_cast<std::uint64_t>(size_bytes + kCreditStep - cache.credit);
  const std::uint64_t before = node_bytes.fetch_add(wanted, std::memory_order_relaxed);
  if (before + wanted > node_limit.load(std::memory_order_relaxed)) {
    node_bytes.fetch_sub(wanted, std::memory_order_relaxed);
    return false;
  }
  cache.credit += static_cast<std::int64_t>(wanted);
  return true;
}

[[gnu::noinline]] void give_back_credit() {
  if (!cache.registered) register_thread();
  node_bytes.fetch_sub(static_cast<std::uint64_t>(cache.credit - kCreditStep), std::memory_order_relaxed);
  cache.credit = kCreditStep;
}

}  // namespace

char* acquire_block(std::size_t size_bytes) {
  const auto size = static_cast<std::int64_t>(size_bytes);
  if (cache.credit < size && !book(size)) return nullptr;
  cache.credit -= size;
  const std::size_t size_class = class_of_size(size_bytes);
  if (size_class < kClasses && cache.blocks[size_class]) {
    FreeBlock* block = cache.blocks[size_class];
    cache.blocks[size_class] = block->next;
    cache.cached_bytes -= size_bytes;
    return reinterpret_cast<char*>(block);
  }
  auto* block = static_cast<char*>(std::malloc(size_bytes));
  if (!block) cache.credit += size;
  return block;
}

void release_block(char* block, std::size_t size_bytes) {
  if (!block) return;
  cache.credit += static_cast<std::int64_t>(size_bytes);
  if (cache.credit > kCreditLimit) give_back_credit();
  const std::size_t size_class = class_of_size(size_bytes);
  if (size_class < kClasses && cache.cached_bytes + size_bytes <= kCachedBytes) {
    if (!cache.registered) register_thread();
    auto* free_block = reinterpret_cast<FreeBlock*>(block);
    free_block->next = cache.blocks[size_class];
    cache.blocks[size_class] = free_block;
    cache.cached_bytes += size_bytes;
    return;
  }
  std::free(block);
}

std::uint64_t vm_memory_used() {
  return node_bytes.load(std::memory_order_relaxed);
}

void set_vm_memory_limit(std::uint64_t limit_bytes) {
  node_limit.store(limit_bytes, std::memory_order_relaxed);
}

}  // namespace noodle::vm
