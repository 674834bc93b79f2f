#include "runtime/vm/context.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "runtime/vm/block_cache.hpp"
#include "runtime/vm/interpreter.hpp"

namespace noodle::vm {
namespace {

constexpr std::size_t kFrameBytes = (kMaxFrames + 1) * sizeof(Frame);  // machine code checks after it has written
constexpr std::size_t kMappedBytes = 2 * std::size_t{kMaxStackBytes} + kFrameBytes;
constexpr std::size_t kKeptBytes = 256 << 10;  // of each stack, by trim_context
constexpr std::size_t kSavedLimit = 64 << 10;
constexpr std::size_t kSmallestBlock = 256;

void trim_stack(void* start, std::size_t size) {
  madvise(static_cast<char*>(start) + kKeptBytes, size - kKeptBytes, MADV_DONTNEED);
}

}  // namespace

Context* create_context() {
  void* memory =
      mmap(nullptr, kMappedBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* context = new (std::nothrow) Context;
  if (!context) {
    munmap(memory, kMappedBytes);
    return nullptr;
  }
  auto* bytes = static_cast<char*>(memory);
  context->scalars = reinterpret_cast<Slot*>(bytes);
  context->scalars_end = reinterpret_cast<Slot*>(bytes + kMaxStackBytes);
  context->pointers = reinterpret_cast<Object**>(context->scalars_end);
  context->pointers_end = reinterpret_cast<Object**>(bytes + 2 * std::size_t{kMaxStackBytes});
  context->frames = reinterpret_cast<Frame*>(context->pointers_end);
  context->frames_end = context->frames + kMaxFrames;
  context->frames[0] = {halt_word(), nullptr};  // the outermost function returns to it
  return context;
}

void destroy_context(Context* context) {
  if (!context) return;
  munmap(context->scalars, kMappedBytes);
  delete context;
}

void trim_context(Context& context) {
  trim_stack(context.scalars, kMaxStackBytes);
  trim_stack(context.pointers, kMaxStackBytes);
  trim_stack(context.frames, kFrameBytes);
}

void bind(Process& process, Context& context) {
  const std::uint32_t frames = process.limits ? std::min(process.limits->frames, kMaxFrames) : kMaxFrames;
  const std::uint32_t bytes = process.limits ? std::min(process.limits->stack_bytes, kMaxStackBytes) : kMaxStackBytes;
  process.context = &context;
  context.pc = nullptr;
  context.function = nullptr;
  context.s = context.scalars;
  context.p = context.pointers;
  context.frame = context.frames;
  context.pointers_top = context.pointers;
  context.refused = nullptr;
  context.frames_end = context.frames + frames;
  context.stack_limit =
      reinterpret_cast<std::uintptr_t>(context.scalars) + reinterpret_cast<std::uintptr_t>(context.pointers) + bytes;
}

Object** live_pointers_end(const Context& context) {
  if (!context.function) return context.pointers_top;
  // A caller may have more registers than the callee above it; they are live too.
  Object** top = context.p + context.function->pointer_registers;
  Object** window = context.p;
  for (const Frame* frame = context.frame; frame > context.frames;) {
    --frame;
    if (!frame->function) break;
    window -= static_cast<std::uint16_t>(frame->return_pc[-2] >> 32) / sizeof(Object*);
    top = std::max(top, window + frame->function->pointer_registers);
  }
  return top;
}

bool save_frames(Process& process) {
  Context& context = *process.context;
  if (!context.function) {
    process.context = nullptr;
    return true;
  }
  const auto scalars = static_cast<std::size_t>(context.s + context.function->scalar_registers - context.scalars);
  const auto pointers = static_cast<std::size_t>(live_pointers_end(context) - context.pointers);
  const auto frames = static_cast<std::size_t>(context.frame - context.frames);
  const std::size_t bytes =
      sizeof(SavedFrames) + scalars * sizeof(Slot) + pointers * sizeof(Object*) + frames * sizeof(Frame);
  if (bytes > kSavedLimit) return false;
  const std::size_t block_bytes = std::max(kSmallestBlock, std::bit_ceil(bytes));
  char* block = acquire_block(block_bytes);
  if (!block) return false;
  auto* saved = new (block) SavedFrames;
  saved->block_bytes = static_cast<std::uint32_t>(block_bytes);
  saved->scalars = static_cast<std::uint32_t>(scalars);
  saved->pointers = static_cast<std::uint32_t>(pointers);
  saved->frames = static_cast<std::uint32_t>(frames);
  saved->pc = context.pc;
  saved->function = context.function;
  saved->s = static_cast<std::uint32_t>(context.s - context.scalars);
  saved->p = static_cast<std::uint32_t>(context.p - context.pointers);
  std::memcpy(saved->scalar_slots(), context.scalars, scalars * sizeof(Slot));
  std::memcpy(saved->pointer_slots(), context.pointers, pointers * sizeof(Object*));
  std::memcpy(saved->frame_slots(), context.frames, frames * sizeof(Frame));
  process.saved = saved;
  process.context = nullptr;
  context.function = nullptr;
  return true;
}

void restore_frames(Process& process, Context& context) {
  bind(process, context);
  SavedFrames* saved = process.saved;
  if (!saved) return;
  std::memcpy(context.scalars, saved->scalar_slots(), saved->scalars * sizeof(Slot));
  std::memcpy(context.pointers, saved->pointer_slots(), saved->pointers * sizeof(Object*));
  std::memcpy(context.frames, saved->frame_slots(), saved->frames * sizeof(Frame));
  context.pc = saved->pc;
  context.function = saved->function;
  context.s = context.scalars + saved->s;
  context.p = context.pointers + saved->p;
  context.frame = context.frames + saved->frames;
  process.saved = nullptr;
  release_block(reinterpret_cast<char*>(saved), saved->block_bytes);
}

void discard_frames(Process& process) {
  if (process.saved) release_block(reinterpret_cast<char*>(process.saved), process.saved->block_bytes);
  process.saved = nullptr;
  if (process.context) process.context->function = nullptr;
  process.context = nullptr;
}

Window parked_window(const Process& process) {
  const Context& context = *process.context;
  const std::uint64_t word = context.pc[process.after_call ? -2 : 0];
  return {context.s + static_cast<std::uint16_t>(word >> 16) / sizeof(Slot),
          context.p + static_cast<std::uint16_t>(word >> 32) / sizeof(Object*)};
}

}  // namespace noodle::vm
