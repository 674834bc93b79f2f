// Evaluations: the life of a process that runs one function after another.
#include "runtime/run/evaluator.hpp"

#include <algorithm>

#include "runtime/process/delivery.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/process/turn.hpp"
#include "runtime/vm/context.hpp"
#include "runtime/vm/heap.hpp"

namespace noodle::process {
namespace {

/// A heap without a process, on which images are read to be written in another form.
class ScratchHeap {
 public:
  explicit ScratchHeap(const LoadedProgram& program) : program_(program) {
    process_.program = program.program.get();
    process_.limits = &limits_;
    process_.heap.limit_bytes = ~std::uint64_t{0} >> 1;
  }
  ~ScratchHeap() { vm::release_heap(process_); }
  ScratchHeap(const ScratchHeap&) = delete;
  ScratchHeap& operator=(const ScratchHeap&) = delete;

  /// False: no memory.
  bool read(std::span<const char> objects, std::span<const ImageRef> refs) {
    char* base = objects.empty() ? nullptr : adopt_image(process_, objects.data(), objects.size());
    if (!objects.empty() && !base) return false;
    for (const ImageRef ref : refs) roots.push_back(resolve(ref, base));
    return true;
  }
  Result<PortableImage> write(std::span<vm::Object* const> values) {
    return export_image(writer_, *program_.program, values, ~std::size_t{0} >> 1);
  }

  std::vector<vm::Object*> roots;

 private:
  const LoadedProgram& program_;
  vm::ProcessLimits limits_;
  vm::Process process_;
  ImageWriter writer_;
};

Error no_memory() {
  return {Code::node_out_of_memory, "the node has no memory for the values of the session", {}};
}

/// Writes the values that can be written; the others become null and are noted.
PortableImage write_values(ImageWriter& writer, const vm::Program& program, std::vector<vm::Object*> values,
                           std::size_t limit_bytes, std::vector<std::pair<std::size_t, Error>>& lost) {
  for (;;) {
    auto image = export_image(writer, program, values, limit_bytes);
    if (image) return std::move(*image);
    const std::size_t before = lost.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i]) continue;
      auto alone = export_image(writer, program, std::span(&values[i], 1), limit_bytes);
      if (alone) continue;
      lost.emplace_back(i, alone.error());
      values[i] = nullptr;
    }
    if (lost.size() != before) continue;
    // Each fits, all together do not: the last one goes.
    const auto last = std::find_if(values.rbegin(), values.rend(), [](const vm::Object* value) { return value; });
    if (last == values.rend()) return {};
    lost.emplace_back(static_cast<std::size_t>(values.rend() - last) - 1, image.error());
    *last = nullptr;
  }
}

}  // namespace

Turn::Next Turn::start_evaluation() {
  Evaluator& evaluator = *extras()->evaluator;
  auto next = evaluator.take();
  control_.activity = Activity::none;
  if (!next) return Next::idle;
  evaluator.current = std::move(*next);
  evaluator.result = {};
  evaluator.result.stored.resize(evaluator.current.value_count);
  evaluator.fuel_before = process_.fuel_spent;
  Evaluation& current = evaluator.current;
  const std::uint64_t budget_end = process_.fuel_spent + current.fuel;
  process_.limits->fuel = budget_end < process_.fuel_spent ? ~std::uint64_t{0} : budget_end;
  current.program->add_process();
  program().remove_process();
  control_.program.store(current.program.get(), std::memory_order_relaxed);
  control_.main_function.store(program().function(current.function), std::memory_order_relaxed);
  process_.program = current.program->program.get();
  process_.heap.limit_bytes = process_.limits->memory_bytes;
  process_.heap.background = true;
  bind_context();
  evaluator.values.clear();
  char* base = nullptr;
  if (!current.values.objects.empty()) {
    base = adopt_image(process_, current.values.objects.data(), current.values.objects.size());
    if (!base) return end_evaluation(std::exchange(process_.pending_error, nullptr));
  }
  for (std::size_t i = 0; i < current.value_count; ++i) {
    vm::Object* value = i < current.values.refs.size() ? resolve(current.values.refs[i], base) : nullptr;
    evaluator.values.push_back(std::make_unique<vm::Root>(process_, value));
  }
  current.values = {};
  translate_pending();
  control_.function = program().function(current.function);
  call(*control_.function, Activity::function);
  return Next::run;
}

/// What earlier evaluations have looked at and left in the mailbox.
void Turn::translate_pending() {
  std::vector<Message*> messages;
  while (Message* message = control_.mailbox.pending()) {
    control_.mailbox.remove_pending(nullptr, message);
    messages.push_back(message);
  }
  for (Message* message : messages) control_.mailbox.append_pending(readable(control_, message));
}

Turn::Next Turn::end_evaluation(vm::Object* error) {
  Evaluator& evaluator = *extras()->evaluator;
  Evaluated result = std::move(evaluator.result);
  if (error) {
    result.code = static_cast<std::uint16_t>(error_code(error));
    result.message = error_text(error);
    result.trace = error_trace(error);
    process_.pending_error = nullptr;
  }
  std::vector<vm::Object*> values;
  for (const auto& root : evaluator.values) values.push_back(root->object);
  result.values =
      write_values(worker_.writer, *process_.program, std::move(values), process_.limits->memory_bytes, result.lost);
  result.fuel = process_.fuel_spent - evaluator.fuel_before;
  result.heap_bytes = vm::heap_bytes(process_);
  evaluator.values.clear();
  forget_activity();
  vm::release_heap(process_);
  const auto done = std::exchange(evaluator.current.done, nullptr);
  if (done) done(std::move(result));
  return Next::run;
}

bool is_readable(const ProcessControl& control, const Message& message) {
  if (message.stamp == control.program.load(std::memory_order_relaxed)->stamp) return true;
  return message.pointers == 0 && message.kind != MessageKind::call && message.kind != MessageKind::ask;
}

Result<ImportedImage> image_here(const ProcessControl& control, Message& message,
                                 std::span<const bytecode::TypeRef> types) {
  const auto from = control.run->program_with(message.stamp);
  if (!from) return Error{Code::image_unknown_type, "the version it was written for is gone", {}};
  ScratchHeap heap(*from);
  if (!heap.read({message.payload(), message.payload_bytes}, {message.refs(), message.pointers})) return no_memory();
  const auto portable = heap.write(heap.roots);
  if (!portable) return portable.error();
  return import_image(*portable, *control.program.load(std::memory_order_relaxed)->program, types);
}

Message* readable(ProcessControl& control, Message* message) {
  if (is_readable(control, *message)) return message;
  const LoadedProgram& now = *control.program.load(std::memory_order_relaxed);
  const auto from = control.run->program_with(message->stamp);
  if (!from) return message;
  std::uint32_t number = message->number;
  std::vector<bytecode::TypeRef> types;
  if (message->kind == MessageKind::call || message->kind == MessageKind::ask) {
    if (number >= from->handlers.size()) return message;
    number = now.handler_like(*from, number);
    if (number == bytecode::kNone) return message;
    types = pointer_types(*now.program, now.program->module.handlers[number].signature.params);
  }
  if (message->pointers == 0) {
    message->number = number;
    message->stamp = now.stamp;
    return message;
  }
  const auto image = image_here(control, *message, types);
  if (!image) return message;
  Message* translated =
      new_message(message->kind, {message->scalar_arguments(), message->scalars}, image->refs, image->objects);
  if (!translated) return message;
  translated->to = message->to;
  translated->from = message->from;
  translated->number = number;
  translated->ask = message->ask;
  translated->stamp = now.stamp;
  control.mailbox.release_room(*message);
  release_message(message);
  return translated;
}

Result<ImportedImage> import_known(const PortableImage& image, const LoadedProgram& from, const LoadedProgram& to,
                                   std::vector<std::pair<std::size_t, Error>>& lost) {
  auto whole = import_image(image, *to.program, {});
  if (whole) return whole;
  auto own = import_image(image, *from.program, {});
  if (!own) return own.error();
  ScratchHeap heap(from);
  if (!heap.read(own->objects, own->refs)) return no_memory();
  for (std::size_t i = 0; i < heap.roots.size(); ++i) {
    if (!heap.roots[i]) continue;
    const auto alone = heap.write(std::span(&heap.roots[i], 1));
    auto known = alone ? import_image(*alone, *to.program, {}) : alone.error();
    if (known) continue;
    lost.emplace_back(i, known.error());
    heap.roots[i] = nullptr;
  }
  auto rest = heap.write(heap.roots);
  if (!rest) return rest.error();
  return import_image(*rest, *to.program, {});
}

std::vector<std::uint64_t> root_sizes(const PortableImage& image, const LoadedProgram& program) {
  std::vector<std::uint64_t> sizes;
  auto own = import_image(image, *program.program, {});
  ScratchHeap heap(program);
  if (!own || !heap.read(own->objects, own->refs)) return sizes;
  for (vm::Object* root : heap.roots) {
    const auto alone = heap.write(std::span(&root, 1));
    sizes.push_back(root && alone ? alone->size() : 0);
  }
  return sizes;
}

}  // namespace noodle::process
