#include "runtime/run/limits_wire.hpp"

namespace noodle::process {

void write_limits(wire::ProcessLimits::Builder out, const vm::ProcessLimits& limits) {
  out.setMemoryBytes(limits.memory_bytes);
  out.setFrames(limits.frames);
  out.setStackBytes(limits.stack_bytes);
  out.setFuel(limits.fuel);
  out.setFuelPerSecond(limits.fuel_per_second);
  out.setChildren(limits.children);
  out.setMailboxMessages(limits.mailbox_messages);
  out.setMailboxBytes(limits.mailbox_bytes);
  out.setMailboxPolicy(static_cast<wire::MailboxPolicy>(limits.mailbox_policy));
}

vm::ProcessLimits read_limits(wire::ProcessLimits::Reader in) {
  vm::ProcessLimits limits;
  limits.memory_bytes = in.getMemoryBytes();
  limits.frames = in.getFrames();
  limits.stack_bytes = in.getStackBytes();
  limits.fuel = in.getFuel();
  limits.fuel_per_second = in.getFuelPerSecond();
  limits.children = in.getChildren();
  limits.mailbox_messages = in.getMailboxMessages();
  limits.mailbox_bytes = in.getMailboxBytes();
  limits.mailbox_policy = static_cast<std::uint8_t>(in.getMailboxPolicy());
  return limits;
}

}  // namespace noodle::process
