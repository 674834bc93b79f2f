#include "runtime/process/reason.hpp"

#include <algorithm>
#include <utility>

#include "runtime/process/worker.hpp"
#include "runtime/run/evaluator.hpp"
#include "runtime/run/loaded_program.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLargestError = 64 << 10;

std::string text_of(const vm::Object* text) {
  if (!text) return {};
  std::string out(vm::text_bytes(text), '\0');
  vm::copy_text(text, out.data());
  return out;
}

}  // namespace

Code error_code(const vm::Object* error) {
  return static_cast<Code>(error->slots()[vm::kErrorCode].i);
}
std::string error_text(const vm::Object* error) {
  return text_of(error->pointers()[vm::kErrorMessage]);
}
std::string error_trace(const vm::Object* error) {
  return text_of(error->pointers()[vm::kErrorTrace]);
}

std::string title_of(Code code) {
  const ErrorInfo* info = find_error(static_cast<std::uint16_t>(code));
  return info ? std::string(info->title) : "error " + std::to_string(static_cast<unsigned>(code));
}

std::string Reason::text() const {
  if (error) return error_text(error);
  return detail.empty() ? title_of(code) : std::string(detail);
}

Reason reason_of(const ProcessControl& control, const Ending& ending) {
  return {ending.code, ending.text, ending.thrown ? control.process.pending_error : nullptr, control.process.pid};
}

Message* new_reason_message(Worker& worker, const ProcessControl& sender, const LoadedProgram* receiver_program,
                            MessageKind kind, const Reason& reason) {
  const LoadedProgram* program = sender.program.load(std::memory_order_relaxed);
  if (reason.error && receiver_program == program &&
      worker.writer.write(*program->program, std::span(&reason.error, 1), true, kLargestError)) {
    Message* message = new_message(kind, {}, worker.writer.refs(), {worker.writer.data(), worker.writer.size()});
    if (message) message->stamp = program->stamp;
    return message;
  }
  const std::string text = reason.text();
  std::size_t bytes = std::min(text.size(), kLongestText);
  while (bytes > 0 && bytes < text.size() && (text[bytes] & 0xc0) == 0x80) --bytes;
  const vm::Slot code{static_cast<std::int64_t>(reason.code)};
  return new_message(kind, std::span(&code, 1), {}, {text.data(), bytes});
}

vm::Object* reason_object(vm::Process& receiver, Message& message) {
  if (message.pointers == 1) {
    const ProcessControl& control = control_of(receiver);
    if (!is_readable(control, message)) {  // the receiver has moved to another version meanwhile
      const bytecode::TypeRef error{bytecode::kError, false};
      const auto image = image_here(control, message, std::span(&error, 1));
      if (!image) return vm::new_error(receiver, image.error().number(), image.error().message, nullptr);
      char* base = adopt_image(receiver, image->objects.data(), image->objects.size());
      return base ? resolve(image->refs[0], base) : std::exchange(receiver.pending_error, nullptr);
    }
    char* base = adopt_image(receiver, message.payload(), message.payload_bytes);
    return base ? resolve(message.refs()[0], base) : std::exchange(receiver.pending_error, nullptr);
  }
  return vm::new_error(receiver, static_cast<std::uint16_t>(message.scalar_arguments()[0].i),
                       {message.payload(), message.payload_bytes}, nullptr);
}

}  // namespace noodle::process
