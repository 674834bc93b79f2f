#include "runtime/vm/unwind.hpp"

#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/debugger.hpp"
#include "runtime/vm/native.hpp"

namespace noodle::vm {
namespace {

using bytecode::Op;
using bytecode::Word;

constexpr std::size_t kTraceHead = 40;   // innermost frames of a trace
constexpr std::size_t kTraceTail = 10;   // outermost frames
constexpr std::int64_t kErrorFuel = 32;  // what the making of a trace costs

/// The portable instruction a failing process stands at, with its register values.
struct Failing {
  const Process& process;
  Word word;
  Word extra;

  explicit Failing(const Process& stopped) : process(stopped), word(0), extra(0) {
    const Context& context = *stopped.context;
    const Function& function = *context.function;
    const auto index = static_cast<std::size_t>(context.pc - function.code);
    if (index >= function.portable_word.size()) return;
    const std::uint32_t portable = function.portable_word[index];
    word = function.def->code[portable];
    if (portable + 1 < function.def->code.size()) extra = function.def->code[portable + 1];
  }

  Op op() const { return static_cast<Op>(word & 0xff); }
  std::uint8_t a() const { return static_cast<std::uint8_t>(word >> 8); }
  std::uint8_t b() const { return static_cast<std::uint8_t>(word >> 16); }
  std::uint8_t c() const { return static_cast<std::uint8_t>(word >> 24); }
  Slot s(std::uint8_t number) const { return process.context->s[number]; }
  Object* p(std::uint8_t number) const { return process.context->p[number]; }
  std::string s_text(std::uint8_t number) const { return std::to_string(s(number).i); }
  std::string c_text() const { return std::to_string(static_cast<std::int8_t>(c())); }
};

std::string overflow_text(const Failing& at) {
  switch (at.op()) {
    case Op::add:
      return "integer overflow: " + at.s_text(at.b()) + " + " + at.s_text(at.c());
    case Op::sub:
      return "integer overflow: " + at.s_text(at.b()) + " - " + at.s_text(at.c());
    case Op::mul:
      return "integer overflow: " + at.s_text(at.b()) + " * " + at.s_text(at.c());
    case Op::div:
      return "integer overflow: " + at.s_text(at.b()) + " / " + at.s_text(at.c());
    case Op::addk:
      // `n - 1` adds -1.
      return "integer overflow: " + at.s_text(at.b()) +
             (at.c_text()[0] == '-' ? " - " + at.c_text().substr(1) : " + " + at.c_text());
    case Op::mulk:
      return "integer overflow: " + at.s_text(at.b()) + " * " + at.c_text();
    case Op::neg:
      return "integer overflow: -(" + at.s_text(at.b()) + ")";
    case Op::i2b:
      return at.s_text(at.b()) + " does not fit a byte: 0 to 255";
    default:
      return "integer overflow";
  }
}

std::string division_text(const Failing& at) {
  return "division by zero: " + at.s_text(at.b()) + (at.op() == Op::mod ? " % 0" : " / 0");
}

std::string index_text(const Failing& at) {
  const bool store = at.op() == Op::lss || at.op() == Op::lsb || at.op() == Op::lsp;
  const Object* sequence = at.p(store ? at.a() : at.b());
  const std::int64_t index = at.s(store ? at.b() : at.c()).i;
  const std::int64_t length = at.op() == Op::sbyte ? static_cast<std::int64_t>(text_bytes(sequence))
                                                   : static_cast<const ListObject*>(sequence)->count;
  return "index " + std::to_string(index) + " is out of range: length is " + std::to_string(length);
}

std::string cast_text(const Failing& at) {
  const Program& program = *at.process.program;
  return "value is of type " + type_name_of(program, at.p(at.b())) + ", not " + program.module.types[at.extra].name;
}

std::string null_text(const Failing& at) {
  if (at.op() == Op::cast) return "null is not a " + at.process.program->module.types[at.extra].name;
  if (at.op() == Op::getp) return "field was used before it was set";
  return "null used as a value";
}

std::string stack_text(const Process& process) {
  return "stack limit reached in " + process.context->function->def->name + " at a depth of " +
         std::to_string(process.context->frame - process.context->frames) + " calls";
}

std::string native_text(const Failing& at, Code code) {
  const bytecode::NativeImport& import = at.process.program->module.natives[at.extra];
  if (code == Code::host_module_missing) return import.name + " is not present on this node";
  return import.name + " needs the capability " + import.capability + "; --allow " + import.capability + " grants it";
}

std::string trap_text(const Process& process, Code code) {
  const Failing at(process);
  switch (code) {
    case Code::integer_overflow:
      return overflow_text(at);
    case Code::division_by_zero:
      return division_text(at);
    case Code::index_out_of_range:
      return index_text(at);
    case Code::null_use:
      return null_text(at);
    case Code::bad_cast:
      return cast_text(at);
    case Code::bad_shift:
      return "shift by " + at.s_text(at.c()) + "; possible are 0 to 63";
    case Code::float_to_int:
      return "float " + float_text(at.s(at.b()).f) + " does not fit an int";
    case Code::resized_in_loop:
      return "the list changed its length inside its own for";
    case Code::negative_size:
      return "size " + at.s_text(at.b()) + " is negative";
    case Code::stack_overflow:
      return stack_text(process);
    case Code::host_module_missing:
    case Code::capability_missing:
      return native_text(at, code);
    default:
      return std::string(find_error(static_cast<std::uint16_t>(code))->title);
  }
}

void append_line(std::string& out, const Function& function, const std::string& name, std::uint32_t line,
                 std::uint32_t column) {
  const auto& files = function.program->module.files;
  if (!out.empty()) out += '\n';
  out += name;
  if (line == 0) return;
  out += " (";
  out += function.def->file < files.size() ? files[function.def->file] : "?";
  out += ':' + std::to_string(line) + ':' + std::to_string(column) + ')';
}

/// The function that stands at a word, and the function it was inlined into. Names with $ in front are the compiler's.
void append_frame(std::string& out, const FramePlace& place) {
  const Function& function = *place.function;
  const std::uint32_t word = place.word;
  if (function.def->name.starts_with('$')) return;
  const bytecode::LineEntry position = function.program->position(function, word);
  const bytecode::InlinedCall* inlined = function.program->inlined_call(function, word);
  append_line(out, function, inlined ? inlined->name : function.def->name, position.line, position.column);
  if (inlined) append_line(out, function, function.def->name, inlined->line, inlined->column);
}

/// Word of the instruction that failed or parked.
std::size_t failing_word(const Process& process) {
  const Context& context = *process.context;
  if (context.pc < context.function->code) return 0;  // not begun
  return static_cast<std::size_t>(context.pc - context.function->code) - (process.after_call ? 1 : 0);
}

void forget_native(Process& process) {
  process.native_state.reset();
  process.native_scratch = nullptr;
  process.native_progress = 0;
  process.resume_native = false;
}

}  // namespace

NativeStatus trap(Process& process, Code code, std::string message) {
  process.pending_error = new_error(process, static_cast<std::uint16_t>(code), message, nullptr);
  return NativeStatus::trap;
}

void raise_trap(Process& process, Code code) {
  trap(process, code, trap_text(process, code));
}

std::string type_name_of(const Program& program, const Object* object) {
  if (!object) return "null";
  const std::uint32_t id = object->class_id();
  return program.module.types[id == kRope ? bytecode::kString : id].name;
}

std::size_t frame_count(const Process& process) {
  const Context& context = *process.context;
  return context.function ? static_cast<std::size_t>(context.frame - context.frames) : 0;
}

FramePlace frame_place(const Process& process, std::size_t index) {
  const Context& context = *process.context;
  if (index == 0) return {context.function, static_cast<std::uint32_t>(failing_word(process))};
  const Frame& frame = context.frame[-static_cast<std::ptrdiff_t>(index)];
  return {frame.function, static_cast<std::uint32_t>(frame.return_pc - frame.function->code) - 1};
}

std::string stack_trace(const Process& process) {
  std::string out;
  const std::size_t frames = frame_count(process);
  for (std::size_t k = 0; k < frames; ++k) {
    if (k == kTraceHead && frames > kTraceHead + kTraceTail) {
      out += "\n... " + std::to_string(frames - kTraceHead - kTraceTail) + " more";
      k = frames - kTraceTail;
    }
    append_frame(out, frame_place(process, k));
  }
  return out;
}

void add_trace(Process& process) {
  Object* error = process.pending_error;
  if (error->is_static()) return;
  const Object* present = error->pointers()[kErrorTrace];
  if (present && text_bytes(present) > 0) return;
  process.fuel -= kErrorFuel;
  const std::string trace = stack_trace(process);
  const bool before = process.heap.reserve_open;
  process.heap.reserve_open = true;
  StringObject* text = new_string(process, trace);
  process.heap.reserve_open = before;
  if (text) process.pending_error->pointers()[kErrorTrace] = text;
}

bool stops_at_error(Process& process, std::int64_t fuel) {
  Debugger* debugger = process.program->debugger;
  if (!debugger || !debugger->stops_at_error(process)) return false;
  process.fuel = fuel;
  return true;
}

bool is_caught(const Process& process) {
  const Context& context = *process.context;
  const Function* function = context.function;
  if (!function) return false;
  std::size_t word = failing_word(process);
  for (const Frame* frame = context.frame; function; function = frame->function) {
    for (const Function::Catch& entry : function->catches) {
      if (word >= entry.start && word < entry.end) return true;
    }
    --frame;
    if (frame->function) word = static_cast<std::size_t>(frame->return_pc - frame->function->code) - 1;
  }
  return false;
}

bool unwind(Process& process) {
  Context& context = *process.context;
  std::size_t word = failing_word(process);
  process.after_call = false;
  forget_native(process);
  while (context.function) {
    for (const Function::Catch& entry : context.function->catches) {
      if (word < entry.start || word >= entry.end) continue;
      context.pc = context.function->code + entry.target;
      context.p[entry.error_register] = process.pending_error;
      process.pending_error = nullptr;
      return true;
    }
    const Frame& frame = *--context.frame;
    context.function = frame.function;
    if (!frame.function) break;
    const std::uint64_t call = frame.return_pc[-2];
    context.s -= static_cast<std::uint16_t>(call >> 16) / sizeof(Slot);
    context.p -= static_cast<std::uint16_t>(call >> 32) / sizeof(Object*);
    word = static_cast<std::size_t>(frame.return_pc - frame.function->code) - 1;
  }
  context.pointers_top = context.pointers;
  return false;
}

}  // namespace noodle::vm
