// Delivery: puts messages into mailboxes, wakes receivers, and keeps senders waiting while a mailbox is full.
//
// Threads: the worker that runs the sender, or any thread with a null worker.
#pragma once

#include "runtime/process/system.hpp"

namespace noodle::process {

enum class Delivery : std::uint8_t {
  done,  // delivered, or dropped by the receiver's policy
  full   // nothing happened: the mailbox is full
};

/// Gives a message to a process, which takes it over unless the mailbox is full.
Delivery deliver(System& system, Worker* worker, ProcessControl& target, Message* message);
/// Gives a control message to a process if it lives, else releases it.
void post_control(System& system, Worker* worker, Pid to, Message* message);
/// Registers `sender` to be woken (kSignalResume) when `target` has room. False: the target is dead.
bool await_room(ProcessControl& target, Pid to, Pid sender);
/// Wakes the senders that wait for room in the mailbox.
void wake_senders(System& system, Worker* worker, ProcessControl& receiver);
/// True when waiting senders should be woken: the mailbox is at most half full.
bool has_room_again(const Mailbox& mailbox);

/// A message that will not be handled: counts it as a dead letter and fails its ask with `code`.
void refuse(System& system, Worker* worker, Message* message, Code code, std::string_view text);
/// Fails the ask `number` of `asker`, if it still waits.
void fail_ask(System& system, Worker* worker, Pid asker, std::uint32_t number, Code code, std::string_view text);

}  // namespace noodle::process
