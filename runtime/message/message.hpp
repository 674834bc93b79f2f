// One message on its way to a process: a header, scalar arguments, references and a heap image, in one block.
//
// Threads: owned by one thread at a time; handed over through a Mailbox.
// Owns: its block, from the VM's memory account (1708 when the node is full).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "runtime/message/image.hpp"

namespace noodle::process {

using Pid = std::uint64_t;  // index : 32 | generation : 32

constexpr Pid make_pid(std::uint32_t index, std::uint32_t generation) {
  return std::uint64_t{index} << 32 | generation;
}
constexpr std::uint32_t pid_index(Pid pid) {
  return static_cast<std::uint32_t>(pid >> 32);
}

constexpr std::uint32_t pid_generation(Pid pid) {
  return static_cast<std::uint32_t>(pid);
}

/// For people: <index.generation>.
std::string pid_text(Pid pid);

enum class MessageKind : std::uint8_t {
  // in the mailbox, in order
  call,        // handler with arguments
  ask,         // the same, `from` waits for a reply
  raw,         // any value: refs[0]
  down,        // `from` has ended
  child_exit,  // to a supervisor: its child `number` has ended
  // arguments of a new process
  start,
  // in the control lane
  reply,      // result of the ask `ask`
  failure,    // the ask `ask` failed
  link_exit,  // a linked process ended with an error
  rebirth,    // from the supervisor of an ended child: start again with these arguments
  release,    // the child ends for good
  // the same, to stand-ins only (runtime/remote)
  returned,          // result of an ask that was passed on
  returned_failure,  // the ask has failed there
  credit,            // `number` messages have been taken there
  ended              // the process it stands for has ended: code `number`, text as payload
};

struct MessageLink {
  std::atomic<MessageLink*> next{nullptr};
};

struct Message : MessageLink {
  Pid to = 0;
  Pid from = 0;
  std::uint32_t block_bytes = 0;
  std::uint32_t payload_bytes = 0;  // image, or text of an error without object
  std::uint32_t number = 0;         // handler index; code of a failure; child index
  std::uint32_t ask = 0;            // sequence number of the ask, to match its reply
  std::uint16_t scalars = 0;
  std::uint16_t pointers = 0;
  MessageKind kind{};
  bool counted = false;     // takes room in a bounded mailbox
  std::uint16_t stamp = 0;  // LoadedProgram::stamp of the program that can read the image

  vm::Slot* scalar_arguments() { return reinterpret_cast<vm::Slot*>(this + 1); }
  ImageRef* refs() { return reinterpret_cast<ImageRef*>(scalar_arguments() + scalars); }
  char* payload() { return reinterpret_cast<char*>(refs() + pointers); }
};
static_assert(sizeof(Message) == 48);

/// A block for a message with so many arguments and payload bytes; null when the node is out of memory.
Message* new_message(MessageKind kind, std::size_t scalars, std::size_t pointers, std::size_t payload_bytes);
/// Message with copies of scalars, references and image.
Message* new_message(MessageKind kind, std::span<const vm::Slot> scalars, std::span<const ImageRef> refs,
                     std::span<const char> image);
void release_message(Message* message);

}  // namespace noodle::process
