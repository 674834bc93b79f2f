#include "runtime/vm/block_cache.hpp"

#include <sys/mman.h>

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
constexpr std::size_t kMappedAbove = ~std::size_t{0};
#else
constexpr std::size_t kCachedBytes = 4u << 20;  // per thread
constexpr std::size_t kMappedAbove = 2u << 20;
#endif
constexpr std::size_t kPage = 4096, kHugePage = 2u << 20;
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

/// Large blocks come in huge pages where the system has them: touching 4 KiB at a time costs more than the work on it.
char* map_block(std::size_t size_bytes) {
  const std::size_t size = (size_bytes + kPage - 1) & ~(kPage - 1);
  void* mapped = mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  char* start = static_cast<char*>(mapped);
  char* block = start + (-reinterpret_cast<std::uintptr_t>(start) & (kHugePage - 1));
  if (block != start) munmap(start, static_cast<std::size_t>(block - start));
  munmap(block + size, static_cast<std::size_t>(start + kHugePage - block));
  madvise(block, size, MADV_HUGEPAGE);
  return block;
}

void unmap_block(char* block, std::size_t size_bytes) {
  munmap(block, (size_bytes + kPage - 1) & ~(kPage - 1));
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
  char* block = size_bytes > kMappedAbove ? map_block(size_bytes) : static_cast<char*>(std::malloc(size_bytes));
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
  if (size_bytes > kMappedAbove) return unmap_block(block, size_bytes);
  std::free(block);
}

std::uint64_t vm_memory_used() {
  return node_bytes.load(std::memory_order_relaxed);
}

void set_vm_memory_limit(std::uint64_t limit_bytes) {
  node_limit.store(limit_bytes, std::memory_order_relaxed);
}

}  // namespace noodle::vm
