#include "runtime/process/transfer.hpp"

#include <algorithm>

#include "runtime/message/portable_image.hpp"
#include "runtime/process/system.hpp"
#include "runtime/remote/stand_in.hpp"
#include "runtime/run/loaded_program.hpp"

namespace noodle::process {
namespace {

Message* node_full(Error& error) {
  error = {Code::node_out_of_memory, "the node has no memory for a message", {}};
  return nullptr;
}

Message* gone(Error& error) {
  error = {Code::no_such_process, "the process has ended", {}};
  return nullptr;
}

Message* translate(Worker& worker, ProcessControl& sender, const LoadedProgram& program, const Transfer& transfer,
                   Error& error) {
  if (is_stand_in(transfer.receiver_program)) return make_departing(worker, sender, transfer, error);
  // The receiver can end, and its run with it.
  const auto receiver_program = worker.system().hold(transfer.receiver_program);
  if (!receiver_program) return gone(error);
  auto bytes = export_image(worker.writer, *program.program, transfer.pointers, message_limit(worker));
  if (!bytes) return not_written(worker, sender, bytes.error(), error);
  auto image = import_image(*bytes, *receiver_program->program, transfer.receiver_types);
  if (!image) {
    error = image.error();
    return nullptr;
  }
  Message* message = new_message(transfer.kind, transfer.scalars, image->refs, image->objects);
  if (message) message->stamp = transfer.receiver_program->stamp;
  return message ? message : node_full(error);
}

Message* unknown(const LoadedProgram& program, bool receiver_is_there, std::uint32_t handler, Error& error) {
  if (!receiver_is_there) return gone(error);
  error = {Code::image_unknown_type,
           "the receiver's program has no handler like `" + program.program->module.handlers[handler].name + "`",
           {}};
  return nullptr;
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

std::size_t message_limit(const Worker& worker) {
  const std::size_t limit = worker.system().options().max_message_bytes;
  return worker.heavy() ? limit : std::min(limit, kHeavyBytes);
}

Message* not_written(const Worker& worker, ProcessControl& sender, const Error& reason, Error& error) {
  sender.heavy = !worker.heavy() && reason.code == Code::message_too_large &&
                 worker.system().options().max_message_bytes > kHeavyBytes;
  error = reason;
  return nullptr;
}

std::vector<bytecode::TypeRef> pointer_types(const vm::Program& program, std::span<const bytecode::TypeRef> types) {
  std::vector<bytecode::TypeRef> out;
  for (const bytecode::TypeRef& type : types) {
    if (!bytecode::is_scalar_kind(program.module.types[type.index].kind)) out.push_back(type);
  }
  return out;
}

Message* make_message(Worker& worker, ProcessControl& sender, const Transfer& transfer, Error& error) {
  const LoadedProgram* program = sender.program.load(std::memory_order_relaxed);
  if (transfer.pointers.empty()) {
    Message* message = new_message(transfer.kind, transfer.scalars, {}, {});
    if (message) message->stamp = transfer.receiver_program->stamp;
    return message ? message : node_full(error);
  }
  if (transfer.receiver_program != program) return translate(worker, sender, *program, transfer, error);
  ImageWriter& writer = worker.writer;
  if (!writer.write(*program->program, transfer.pointers, true, message_limit(worker))) {
    return not_written(worker, sender, writer.error(), error);
  }
  Message* message = new_message(transfer.kind, transfer.scalars, writer.refs(), {writer.data(), writer.size()});
  if (message) message->stamp = program->stamp;
  return message ? message : node_full(error);
}

Message* make_foreign_call(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error) {
  if (is_stand_in(transfer.receiver_program)) {
    const LoadedProgram& program = *sender.program.load(std::memory_order_relaxed);
    std::vector<vm::Slot> scalars(transfer.scalars.begin(), transfer.scalars.end());
    scalars.emplace_back().u = program.program->handler_hash[handler];
    transfer.scalars = scalars;
    Message* message = make_departing(*sender.worker, sender, transfer, error);
    if (message) message->number = handler;
    return message;
  }
  const Counterpart other = counterpart(sender, transfer, handler);
  if (other.handler == bytecode::kNone) {
    return unknown(*sender.program.load(std::memory_order_relaxed), other.program != nullptr, handler, error);
  }
  const vm::Program& program = *other.program->program;
  const auto types = pointer_types(program, program.module.handlers[other.handler].signature.params);
  transfer.receiver_types = types;
  Message* message = make_message(*sender.worker, sender, transfer, error);
  if (message) message->number = other.handler;
  return message;
}

Message* make_foreign_reply(ProcessControl& sender, Transfer transfer, std::uint32_t handler, Error& error) {
  if (is_stand_in(transfer.receiver_program)) return make_departing(*sender.worker, sender, transfer, error);
  const Counterpart other = counterpart(sender, transfer, handler);
  if (other.handler == bytecode::kNone) {
    return unknown(*sender.program.load(std::memory_order_relaxed), other.program != nullptr, handler, error);
  }
  const vm::Program& program = *other.program->program;
  const auto types = pointer_types(program, {&program.module.handlers[other.handler].signature.result, 1});
  transfer.receiver_types = types;
  return make_message(*sender.worker, sender, transfer, error);
}

}  // namespace noodle::process
