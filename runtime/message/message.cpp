#include "runtime/message/message.hpp"

#include <bit>
#include <cstring>
#include <new>

#include "runtime/vm/block_cache.hpp"

namespace noodle::process {
namespace {

constexpr std::size_t kSmallestBlock = 64;
constexpr std::size_t kLargestRounded = 64 << 10;  // larger blocks are allocated as they are

}  // namespace

Message* new_message(MessageKind kind, std::size_t scalars, std::size_t pointers, std::size_t payload_bytes) {
  std::size_t bytes = sizeof(Message) + 8 * (scalars + pointers) + payload_bytes;
  bytes = bytes <= kSmallestBlock ? kSmallestBlock : bytes <= kLargestRounded ? std::bit_ceil(bytes) : bytes;
  char* block = vm::acquire_block(bytes);
  if (!block) return nullptr;
  auto* message = new (block) Message;
  message->block_bytes = static_cast<std::uint32_t>(bytes);
  message->payload_bytes = static_cast<std::uint32_t>(payload_bytes);
  message->scalars = static_cast<std::uint16_t>(scalars);
  message->pointers = static_cast<std::uint16_t>(pointers);
  message->kind = kind;
  return message;
}

Message* new_message(MessageKind kind, std::span<const vm::Slot> scalars, std::span<const ImageRef> refs,
                     std::span<const char> image) {
  Message* message = new_message(kind, scalars.size(), refs.size(), image.size());
  if (!message) return nullptr;
  for (std::size_t i = 0; i < scalars.size(); ++i) message->scalar_arguments()[i] = scalars[i];
  for (std::size_t i = 0; i < refs.size(); ++i) message->refs()[i] = refs[i];
  if (!image.empty()) std::memcpy(message->payload(), image.data(), image.size());
  return message;
}

void release_message(Message* message) {
  if (!message) return;
  char* block = reinterpret_cast<char*>(message);
  if (message->block_bytes == kSmallestBlock) return vm::release_block(block, kSmallestBlock);  // inlined: a known list
  vm::release_block(block, message->block_bytes);
}

std::string pid_text(Pid pid) {
  return "<" + std::to_string(pid_index(pid)) + "." + std::to_string(pid_generation(pid)) + ">";
}

}  // namespace noodle::process
