// The host object `logger`: lines of programs in the node's log.
#include <deque>
#include <string>
#include <vector>

#include "runtime/base/log.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/value.hpp"

namespace noodle::stdlib {
namespace {

using bytecode::TypeKind;
using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kMostFields = 32;
constexpr std::size_t kLongestValue = 4096;

/// Fields of one line; owns their texts.
class Fields {
 public:
  explicit Fields(const vm::Program& program) : program_(program) {}

  void add(std::string key, const vm::Object* value) {
    if (fields_.size() >= kMostFields) return;
    const std::string_view name = texts_.emplace_back(std::move(key));
    if (value && program_.class_of(value).kind == TypeKind::box) {
      const vm::Slot slot = value->slots()[0];
      switch (value->class_id()) {
        case bytecode::kBoxInt:
          fields_.emplace_back(name, slot.i);
          return;
        case bytecode::kBoxFloat:
          fields_.emplace_back(name, slot.f);
          return;
        case bytecode::kBoxBool:
          fields_.emplace_back(name, slot.i != 0);
          return;
        default:
          break;
      }
    }
    fields_.emplace_back(name, std::string_view(texts_.emplace_back(vm::value_text(program_, value, kLongestValue))));
  }
  void add(std::string_view key, std::uint64_t pid) { fields_.emplace_back(key, pid >> 32); }
  /// Named values of a Map<String, any>; false for anything else.
  bool add_map(const vm::Object* value) {
    if (!value || value->class_id() == bytecode::kString || value->class_id() == vm::kRope) return false;
    const vm::Class& cls = program_.class_of(value);
    if (cls.kind != TypeKind::map || cls.def->args[0].index != bytecode::kString ||
        cls.def->args[1].index != bytecode::kAny) {
      return false;
    }
    const auto* map = static_cast<const vm::MapObject*>(value);
    for (std::int64_t entry = vm::next_entry(map, 0); entry >= 0; entry = vm::next_entry(map, entry + 1)) {
      add(vm::value_text(program_, vm::key_at(cls, map, entry).pointer, 100), vm::value_at(cls, map, entry).pointer);
      if (fields_.size() >= kMostFields) break;
    }
    return true;
  }
  LogFields all() const { return fields_; }

 private:
  const vm::Program& program_;
  std::deque<std::string> texts_;
  std::vector<LogField> fields_;
};

// (logger, message, values)
template <LogLevel Level>
NativeStatus write(NativeContext& native) {
  static const Logger log("program");
  const auto enabled = [] { return process_log().enabled(log.component(), Level); };
  if (!process::from_outside(native, enabled)) return NativeStatus::ok;
  std::string_view message;
  if (!vm::text_at(native, 1, message)) return NativeStatus::trap;
  Fields fields(native.program);
  fields.add("process", native.process.pid);
  const vm::ListObject* values = vm::list_at(native, 2);
  for (std::int64_t i = 0; i < values->count; ++i) {
    const vm::Object* value = values->storage->pointers()[i];
    if (!fields.add_map(value)) fields.add("value" + std::to_string(i + 1), value);
  }
  native.charge(8 + message.size() / vm::kBytesPerFuelUnit + fields.all().size() * 4);
  log.write(Level, message, fields.all());
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"Logger.debug", "(I, String, List<any>)", write<LogLevel::debug>},
    {"Logger.info", "(I, String, List<any>)", write<LogLevel::info>},
    {"Logger.warning", "(I, String, List<any>)", write<LogLevel::warning>},
    {"Logger.error", "(I, String, List<any>)", write<LogLevel::error>},
    {"Logger.critical", "(I, String, List<any>)", write<LogLevel::critical>},
};

}  // namespace

NativeTable log_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
