#include "runtime/process/foreign.hpp"

#include "runtime/process/loaded_program.hpp"
#include "runtime/process/system.hpp"

namespace noodle::process {
namespace {

Message* unknown(const LoadedProgram& program, std::uint32_t handler, Error& error) {
  error = {Code::image_unknown_type,
           "the receiver's program has no handler like `" + program.program->module.handlers[handler].name + "`",
           {}};
  return nullptr;
}

std::vector<bytecode::TypeRef> pointer_types(const vm::Program& program, std::span<const bytecode::TypeRef> types) {
  std::vector<bytecode::TypeRef> out;
  for (const bytecode::TypeRef& type : types) {
    if (!bytecode::is_scalar_kind(program.module.types[type.index].kind)) out.push_back(type);
  }
  return out;
}

/// The receiver's program, kept alive, and its handler that equals the sender's.
struct Counterpart {
  std::shared_ptr<const LoadedProgram> program;
  std::uint32_t handler = bytecode::kNone;
};

Counterpart counterpart(const ProcessControl& sender, const Transfer& transfer, std::uint32_t handler) {
  Counterpart other{sender.worker->system().hold(transfer.receiver_program), bytecode::kNone};
  if (other.program) {
    other.handler = other.program->handler_like(*sender.program.load(std::memory_order_relaxed), handler);
  }
  return other;
}

}  // namespace

Message* make_foreign_call(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error) {
  const Counterpart other = counterpart(sender, transfer, handler);
  if (other.handler == bytecode::kNone) return unknown(*sender.program.load(std::memory_order_relaxed), handler, error);
  const vm::Program& program = *other.program->program;
  const auto types = pointer_types(program, program.module.handlers[other.handler].signature.params);
  transfer.receiver_types = types;
  Message* message = make_message(*sender.worker, sender, transfer, error);
  if (message) message->number = other.handler;
  return message;
}

Message* make_foreign_reply(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error) {
  const Counterpart other = counterpart(sender, transfer, handler);
  if (other.handler == bytecode::kNone) return unknown(*sender.program.load(std::memory_order_relaxed), handler, error);
  const vm::Program& program = *other.program->program;
  const auto types = pointer_types(program, {&program.module.handlers[other.handler].signature.result, 1});
  transfer.receiver_types = types;
  return make_message(*sender.worker, sender, transfer, error);
}

}  // namespace noodle::process
