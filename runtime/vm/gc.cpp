// Copying collection of one heap (C. J. Cheney, "A nonrecursive list compacting algorithm", CACM 1970).
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>

#include "runtime/vm/block_cache.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/process.hpp"

namespace noodle::vm {

/// Access of the collector to the list of single roots.
struct RootAccess {
  static Root* next(const Root& root) { return root.next_; }
};

namespace {

constexpr std::size_t kSmallestSpace = 256;
constexpr std::size_t kBusySpace = 32 << 10;   // a process that collects often gets at least so much
constexpr std::uint16_t kBusyCollections = 4;  // collections since it was scheduled
constexpr std::size_t kShrinkAbove = 64 << 10;
constexpr std::size_t kWordsPerFuel = 64;
constexpr int kPoison = 0xdb;

std::atomic<bool> stress{false};

constexpr std::size_t text_size(std::size_t bytes) {
  return (bytes + 7) & ~std::size_t{7};
}

inline std::size_t size_of_header(std::uint64_t header) {
  const std::size_t length = header >> 32;
  const std::uint32_t id = static_cast<std::uint32_t>(header >> 8) & 0xffffff;
  if (id > bytecode::kBytes) return sizeof(Object) + length * sizeof(Slot);
  switch (id) {
    case kByteArray:
    case bytecode::kBytes:
      return sizeof(Object) + text_size(length);
    case bytecode::kString:
      return sizeof(StringObject) + text_size(length);
    default:
      return sizeof(Object) + length * sizeof(Slot);
  }
}

constexpr std::size_t kCopiedByWords = 64;

inline void copy_object(char* target, const Object* object, std::size_t size) {
  if (size > kCopiedByWords) {
    std::memcpy(target, object, size);
    return;
  }
  auto* to = reinterpret_cast<std::uint64_t*>(target);
  const auto* from = reinterpret_cast<const std::uint64_t*>(object);
  for (std::size_t word = 0; word < size / sizeof(std::uint64_t); ++word) to[word] = from[word];
}

class Collector final : public RootVisitor {
 public:
  Collector(const Class* classes, char* target) : classes_(classes), scan_(target), free_(target) {}

  void visit(Object*& reference) override { forward(reference); }

  void forward_range(Object** first, Object** last) {
    for (; first < last; ++first) forward(*first);
  }

  /// Copies everything reachable from what was forwarded so far.
  void drain() {
    while (scan_ < free_) {
      auto* object = reinterpret_cast<Object*>(scan_);
      const std::uint64_t header = object->header;
      scan_ += size_of_header(header);
      const std::uint32_t id = object->class_id();
      const Class& cls = classes_[id];
      if (id > bytecode::kTime) {
        scan_fields(object, cls);
      } else if (id == kPointerArray) {
        forward_range(object->pointers(), object->pointers() + object->length());
      } else if (id == kRope) {
        forward_range(object->pointers(), object->pointers() + 2);
      }
    }
  }

  char* free() const { return free_; }

 private:
  void forward(Object*& reference) {
    Object* object = reference;
    if (!object) return;
    std::uint64_t header = object->header;
    if (!(header & 1)) {
      reference = reinterpret_cast<Object*>(header);
      return;
    }
    if (header & (kFlagStatic | kFlagFlat)) {
      if (header & kFlagStatic) return;
      reference = object->pointers()[0];  // a flat rope is replaced by its string
      forward(reference);
      return;
    }
    const std::size_t size = size_of_header(header);
    char* target = free_;
    copy_object(target, object, size);
    free_ = target + size;
    object->header = reinterpret_cast<std::uint64_t>(target);
    reference = reinterpret_cast<Object*>(target);
  }

  void scan_fields(Object* object, const Class& cls) {
    switch (cls.kind) {
      case bytecode::TypeKind::string:
      case bytecode::TypeKind::bytes:
        return;
      case bytecode::TypeKind::list:
        forward(object->pointers()[0]);
        return;
      case bytecode::TypeKind::map:
      case bytecode::TypeKind::set:
        forward_range(object->pointers(), object->pointers() + 4);
        return;
      default:
        break;
    }
    if (cls.all_scalars) return;
    const std::uint32_t words = (object->length() + 63) / 64;
    for (std::uint32_t word = 0; word < words; ++word) {
      for (std::uint64_t bits = cls.pointer_map[word]; bits; bits &= bits - 1) {
        forward(object->pointers()[word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits))]);
      }
    }
  }

  const Class* classes_;
  char* scan_;
  char* free_;
};

void copy_live(Process& process, Collector& collector) {
  if (const Context* context = process.context) {
    collector.forward_range(context->pointers, live_pointers_end(*context));
  }
  if (process.saved) {
    collector.forward_range(process.saved->pointer_slots(), process.saved->pointer_slots() + process.saved->pointers);
  }
  collector.visit(process.state);
  collector.visit(process.pending_error);
  collector.visit(process.native_scratch);
  for (Root* root = process.roots; root; root = RootAccess::next(*root)) collector.visit(root->object);
  if (process.native_state) process.native_state->visit_roots(collector);
  collector.drain();
}

/// Moves all live objects into a new space. False: no memory for it (nothing has changed).
bool move_to_space(Process& process, std::size_t capacity) {
  Heap& heap = process.heap;
  char* target = acquire_block(capacity);
  if (!target) return false;
  Collector collector(process.program->classes.data(), target);
  copy_live(process, collector);
  heap.allocated_bytes_before += heap.used_bytes() - static_cast<std::size_t>(collector.free() - target);
  if (heap.start) {
    if (stress.load(std::memory_order_relaxed)) std::memset(heap.start, kPoison, heap.used_bytes());
    release_block(heap.start, heap.capacity_bytes());
  }
  heap.start = target;
  heap.next = collector.free();
  heap.space_end = target + capacity;
  heap.end = heap.space_end;
  const std::size_t live = heap.used_bytes();
  heap.live_bytes = static_cast<std::uint32_t>(live / 8);
  process.fuel -= static_cast<std::int64_t>(live / (8 * kWordsPerFuel));
  return true;
}

std::size_t limit_of(const Heap& heap) {
  const std::size_t limit = heap.limit_bytes ? heap.limit_bytes : ~std::size_t{0} / 4;
  return (limit + (heap.reserve_open ? kErrorReserveBytes : 0)) & ~std::size_t{7};
}

std::size_t space_for(std::size_t bytes) {
  return std::max(kSmallestSpace, std::bit_ceil(bytes));
}

/// Capacity of the next space, so that growing heaps are copied once for each doubling.
std::size_t next_capacity(const Heap& heap, std::size_t need) {
  const std::size_t capacity = heap.capacity_bytes();
  if (!heap.start) return space_for(need);
  std::size_t wanted = capacity;
  if (heap.collected == 0 || std::size_t{heap.live_bytes} * 8 * 2 >= capacity) wanted = capacity * 2;
  if (heap.recent >= kBusyCollections) wanted = std::max(wanted, kBusySpace);
  if (need > capacity / 2) wanted = std::max(wanted, space_for(heap.used_bytes() + need));
  return wanted;
}

enum class Room { ok, process_limit, node_limit };

/// Collects so that `need` bytes are free.
Room make_room(Process& process, std::size_t need) {
  Heap& heap = process.heap;
  const std::size_t limit = limit_of(heap);
  if (need > limit) return Room::process_limit;
  if (heap.recent < 0xffff) ++heap.recent;
  const std::size_t used = heap.used_bytes();
  const std::size_t first = std::max(std::min(next_capacity(heap, need), limit), used);
  if (!move_to_space(process, first)) return Room::node_limit;
  ++heap.collected;
  heap.full = false;
  std::size_t live = heap.used_bytes();
  if (live + need > limit) return Room::process_limit;
  if (live + need > heap.capacity_bytes()) {
    if (!move_to_space(process, std::min(space_for(2 * live + need), limit))) return Room::node_limit;
  } else if (heap.capacity_bytes() > kShrinkAbove && live + need < heap.capacity_bytes() / 16) {
    // Keeps the larger space when there is no memory for two.
    move_to_space(process, std::max(kShrinkAbove, space_for(4 * (live + need))));
  }
  return Room::ok;
}

[[gnu::noinline]] bool refuse(Process& process, Room room, std::size_t size_bytes) {
  if (process.heap.reserve_open) return false;
  if (room == Room::node_limit) {
    process.pending_error = new_error(process, static_cast<std::uint16_t>(Code::node_out_of_memory),
                                      "VM memory of the node is used up", nullptr);
  } else {
    const std::string message = "memory limit of the process reached: " + std::to_string(process.heap.limit_bytes) +
                                " bytes, wanted " + std::to_string(size_bytes) + " more";
    process.pending_error = new_error(process, static_cast<std::uint16_t>(Code::out_of_memory), message, nullptr);
  }
  return false;
}

}  // namespace

std::size_t object_size(const Object* object) {
  return size_of_header(object->header);
}

bool reserve(Process& process, std::size_t size_bytes) {
  Heap& heap = process.heap;
  const bool stressed = stress.load(std::memory_order_relaxed);
  if (!stressed && static_cast<std::size_t>(heap.end - heap.next) >= size_bytes) return true;
  const Room room = make_room(process, size_bytes);
  if (room != Room::ok) return refuse(process, room, size_bytes);
  if (stressed) heap.end = heap.next + size_bytes;
  return true;
}

Object* allocate(Process& process, std::uint32_t class_id, std::uint32_t length, std::size_t size_bytes) {
  Heap& heap = process.heap;
  if (static_cast<std::size_t>(heap.end - heap.next) < size_bytes && !reserve(process, size_bytes)) return nullptr;
  auto* object = reinterpret_cast<Object*>(heap.next);
  heap.next += size_bytes;
  object->header = make_header(class_id, length);
  return object;
}

void collect(Process& process) {
  Heap& heap = process.heap;
  const std::size_t need = std::exchange(heap.wanted_bytes, 0);
  if (heap.start) heap.full = make_room(process, need) != Room::ok;
}

bool wants_background_collection(const Process& process) {
  return process.heap.wanted_bytes != 0;
}

void trim_heap(Process& process) {
  Heap& heap = process.heap;
  if (!heap.start || heap.capacity_bytes() <= kSmallestSpace) return;
  if (!move_to_space(process, heap.capacity_bytes())) return;
  const std::size_t wanted = space_for(heap.used_bytes());
  if (wanted < heap.capacity_bytes()) move_to_space(process, wanted);
  ++heap.collected;
}

void release_heap(Process& process) {
  process.native_state.reset();  // it may still look at objects
  Heap& heap = process.heap;
  if (heap.start) release_block(heap.start, heap.capacity_bytes());
  heap = Heap{};
}

std::size_t heap_bytes(const Process& process) {
  return process.heap.capacity_bytes();
}

void set_gc_stress(bool on) {
  stress.store(on, std::memory_order_relaxed);
}

Root::Root(Process& process, Object* initial) : object(initial), next_(process.roots), link_(&process.roots) {
  if (next_) next_->link_ = &next_;
  process.roots = this;
}

Root::~Root() {
  *link_ = next_;
  if (next_) next_->link_ = link_;
}

}  // namespace noodle::vm
