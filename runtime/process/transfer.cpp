#include "runtime/process/transfer.hpp"

#include "runtime/process/loaded_program.hpp"
#include "runtime/process/portable_image.hpp"
#include "runtime/process/system.hpp"

namespace noodle::process {
namespace {

Message* node_full(Error& error) {
  error = {Code::node_out_of_memory, "the node has no memory for a message", {}};
  return nullptr;
}

Message* translate(Worker& worker, const LoadedProgram& program, const Transfer& transfer, Error& error) {
  auto bytes =
      export_image(worker.writer, *program.program, transfer.pointers, worker.system().options().max_message_bytes);
  if (!bytes) {
    error = bytes.error();
    return nullptr;
  }
  auto image = import_image(*bytes, *transfer.receiver_program->program, transfer.receiver_types);
  if (!image) {
    error = image.error();
    return nullptr;
  }
  Message* message = new_message(transfer.kind, transfer.scalars, image->refs, image->objects);
  return message ? message : node_full(error);
}

}  // namespace

Message* make_message(Worker& worker, const ProcessControl& sender, const Transfer& transfer, Error& error) {
  const LoadedProgram* program = sender.program.load(std::memory_order_relaxed);
  if (transfer.pointers.empty()) {
    Message* message = new_message(transfer.kind, transfer.scalars, {}, {});
    return message ? message : node_full(error);
  }
  if (transfer.receiver_program != program) return translate(worker, *program, transfer, error);
  ImageWriter& writer = worker.writer;
  if (!writer.write(*program->program, transfer.pointers, true, worker.system().options().max_message_bytes)) {
    error = writer.error();
    return nullptr;
  }
  Message* message = new_message(transfer.kind, transfer.scalars, writer.refs(), {writer.data(), writer.size()});
  return message ? message : node_full(error);
}

}  // namespace noodle::process
