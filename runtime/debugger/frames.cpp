#include "runtime/debugger/frames.hpp"

#include <algorithm>

namespace noodle::debugger {
namespace {

using bytecode::LineEntry;
using bytecode::LocalDef;
using vm::Object;
using vm::Slot;

std::uint32_t word_at(const vm::Function& function, const std::uint64_t* pc) {
  return pc < function.code ? 0 : static_cast<std::uint32_t>(pc - function.code);
}

Slot* captured_slot(const vm::Program& program, Object* closure, const LocalDef& local, bool scalar) {
  const vm::Class& cls = program.classes[class_of(closure)];
  return &closure->slots()[scalar ? cls.scalar_slots[local.field] : cls.pointer_slots[local.field]];
}

/// A cell is an object of one field.
Slot* in_cell(Object* cell) {
  return cell ? cell->slots() : nullptr;
}

/// Where a variable lies; null when it has no place now.
Slot* place_of(const Frame& frame, const LocalDef& local) {
  const vm::Program& program = *frame.function->program;
  const bool scalar = bytecode::is_scalar_kind(program.module.types[local.type.index].kind);
  Slot* pointer = reinterpret_cast<Slot*>(frame.p + local.index);
  Object* object = frame.p[local.index];
  switch (local.place) {
    case LocalDef::Place::in_register:
      return scalar ? frame.s + local.index : pointer;
    case LocalDef::Place::in_cell:
      return in_cell(object);
    case LocalDef::Place::captured:
      return object ? captured_slot(program, object, local, scalar) : nullptr;
    case LocalDef::Place::captured_cell:
      return object ? in_cell(reinterpret_cast<Object*>(captured_slot(program, object, local, false)->u)) : nullptr;
  }
  return nullptr;
}

}  // namespace

std::size_t depth_of(const vm::Process& process) {
  const vm::Context* context = process.context;
  return context && context->function ? static_cast<std::size_t>(context->frame - context->frames) : 0;
}

std::vector<Frame> frames(const vm::Process& process, std::size_t start, std::size_t count) {
  std::vector<Frame> out;
  const std::size_t depth = depth_of(process);
  if (depth == 0) return out;
  const vm::Context& context = *process.context;
  Frame at{context.function, word_at(*context.function, context.pc), context.s, context.p, depth};
  if (process.after_call) --at.word;
  for (std::size_t number = 0; number < depth && out.size() < count; ++number) {
    if (number >= start) out.push_back(at);
    const vm::Frame& caller = context.frame[-static_cast<std::ptrdiff_t>(number) - 1];
    if (!caller.function) break;
    const std::uint64_t call = caller.return_pc[-2];
    at.function = caller.function;
    at.word = word_at(*caller.function, caller.return_pc) - 1;
    at.s -= static_cast<std::uint16_t>(call >> 16) / sizeof(Slot);
    at.p -= static_cast<std::uint16_t>(call >> 32) / sizeof(Object*);
    --at.depth;
  }
  return out;
}

std::vector<NamedValue> variables(const Frame& frame) {
  const vm::Function& function = *frame.function;
  std::vector<const LocalDef*> found;
  if (frame.word >= function.portable_word.size()) return {};
  const std::uint32_t word = function.portable_word[frame.word];
  for (const LocalDef& local : function.def->locals) {
    if (word < local.start || word >= local.end || !place_of(frame, local)) continue;
    std::erase_if(found, [&](const LocalDef* outer) { return outer->name == local.name; });
    found.push_back(&local);
  }
  std::vector<NamedValue> out;
  for (const LocalDef* local : found) {
    out.push_back({local->name, value_in(*function.program, local->type.index, place_of(frame, *local))});
  }
  return out;
}

std::vector<NamedValue> variables_at(const vm::Process& process, std::size_t depth) {
  const std::size_t all = depth_of(process);
  if (depth > all) return {};
  if (depth > 0) return variables(frames(process, all - depth, 1).front());
  if (!process.state) return {};
  return {{"self", object_value(*process.program, process.state)}};
}

LineEntry position(const Frame& frame) {
  const vm::Function& function = *frame.function;
  if (frame.word >= function.portable_word.size()) return {};
  const std::uint32_t word = function.portable_word[frame.word];
  const LineEntry exact = function.program->position(function, frame.word);
  // Between a statement's beginning and its first instruction that can fail, the statement is the place.
  const auto& statements = function.def->statements;
  const auto after = std::upper_bound(statements.begin(), statements.end(), word,
                                      [](std::uint32_t w, const LineEntry& entry) { return w < entry.word; });
  if (after == statements.begin()) return exact;
  const auto& lines = function.def->lines;
  const auto line = std::upper_bound(lines.begin(), lines.end(), word,
                                     [](std::uint32_t w, const LineEntry& entry) { return w < entry.word; });
  return line == lines.begin() || line[-1].word < after[-1].word || after[-1].word == word ? after[-1] : line[-1];
}

}  // namespace noodle::debugger
