// Json and std.json: accessors, reading and writing.
#include <algorithm>

#include "runtime/natives/native_call.hpp"
#include "runtime/stdlib/json_reader.hpp"
#include "runtime/stdlib/json_writer.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/map.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::stdlib {
namespace {

using bytecode::TypeKind;
using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kMaxDepth = 512;
constexpr int kValuesPerStep = 256;

std::string describe(NativeContext& native, const vm::Object* value) {
  return value ? native.program.class_of(value).def->name : "null";
}

NativeStatus wrong(NativeContext& native, std::string_view wanted) {
  return native.trap(Code::json_access,
                     "JSON: " + std::string(wanted) + " expected, got " + describe(native, native.p[0]));
}

bool is_box(const NativeContext& native, bytecode::TypeIndex box) {
  return native.p[0] && native.p[0]->class_id() == box;
}
bool is_text(const vm::Object* value) {
  return value && (value->class_id() == bytecode::kString || value->class_id() == vm::kRope);
}
bool is_kind(const NativeContext& native, TypeKind kind) {
  return native.p[0] && !is_text(native.p[0]) && native.program.class_of(native.p[0]).kind == kind;
}
/// A map with String keys and any values.
bool is_map(const NativeContext& native) {
  if (!is_kind(native, TypeKind::map)) return false;
  const auto& args = native.program.class_of(native.p[0]).def->args;
  return args[0].index == bytecode::kString && args[1].index == bytecode::kAny;
}
bool is_list(const NativeContext& native) {
  return is_kind(native, TypeKind::list) && native.program.class_of(native.p[0]).def->args[0].index == bytecode::kAny;
}

NativeStatus is_null(NativeContext& native) {
  return vm::give_bool(native, !native.p[0]);
}
NativeStatus to_bool(NativeContext& native) {
  if (!is_box(native, bytecode::kBoxBool)) return wrong(native, "bool");
  return vm::give_bool(native, native.p[0]->slots()[0].i);
}
NativeStatus to_int(NativeContext& native) {
  if (!is_box(native, bytecode::kBoxInt)) return wrong(native, "int");
  return vm::give_int(native, native.p[0]->slots()[0].i);
}
NativeStatus to_float(NativeContext& native) {
  if (is_box(native, bytecode::kBoxInt)) return vm::give_float(native, static_cast<double>(native.p[0]->slots()[0].i));
  if (!is_box(native, bytecode::kBoxFloat)) return wrong(native, "float");
  return vm::give_float(native, native.p[0]->slots()[0].f);
}
NativeStatus to_string(NativeContext& native) {
  return is_text(native.p[0]) ? NativeStatus::ok : wrong(native, "String");
}
NativeStatus to_list(NativeContext& native) {
  return native.p[0] && native.p[0]->class_id() == vm::result_type(native) ? NativeStatus::ok : wrong(native, "a list");
}
NativeStatus to_map(NativeContext& native) {
  return native.p[0] && native.p[0]->class_id() == vm::result_type(native) ? NativeStatus::ok : wrong(native, "a map");
}

NativeStatus length(NativeContext& native) {
  if (is_list(native)) return vm::give_int(native, vm::list_at(native, 0)->count);
  if (is_map(native)) return vm::give_int(native, static_cast<vm::MapObject*>(native.p[0])->count);
  return wrong(native, "a list or map");
}

/// Entry of the member named p[1], -1 if there is none; -2: trapped.
std::int64_t find_member(NativeContext& native) {
  if (!is_map(native)) {
    wrong(native, "a map");
    return -2;
  }
  return vm::map_find(native.process, native.p[0], {.scalar = {}, .pointer = native.p[1]}, native.p[1]);
}
NativeStatus give_member(NativeContext& native, std::int64_t entry) {
  const auto* map = static_cast<const vm::MapObject*>(native.p[0]);
  native.p[0] = vm::value_at(native.program.class_of(map), map, entry).pointer;
  return NativeStatus::ok;
}

NativeStatus has(NativeContext& native) {
  if (!is_map(native)) return vm::give_bool(native, false);
  const std::int64_t entry = find_member(native);
  return entry == -2 ? NativeStatus::trap : vm::give_bool(native, entry >= 0);
}
NativeStatus get(NativeContext& native) {
  const std::int64_t entry = find_member(native);
  if (entry == -2) return NativeStatus::trap;
  if (entry >= 0) return give_member(native, entry);
  native.p[0] = nullptr;
  return NativeStatus::ok;
}
NativeStatus member(NativeContext& native) {
  const std::int64_t entry = find_member(native);
  if (entry == -2) return NativeStatus::trap;
  if (entry >= 0) return give_member(native, entry);
  return native.trap(Code::json_access, "JSON: no member " + vm::value_text(native.program, native.p[1], 200));
}
NativeStatus element(NativeContext& native) {
  if (!is_list(native)) return wrong(native, "a list");
  const vm::ListObject* list = vm::list_at(native, 0);
  const std::int64_t index = native.s[0].i;
  if (index < 0 || index >= list->count) return vm::index_trap(native, index, list->count);
  native.p[0] = list->storage->pointers()[index];
  return NativeStatus::ok;
}

// (String, int, List<Json>, Map<String, Json>)T
NativeStatus read(NativeContext& native) {
  vm::Process& process = native.process;
  if (!vm::flat_string(process, native.p[0])) return NativeStatus::trap;
  if (!process.native_state) {
    const std::size_t depth =
        native.s[0].i < 1 ? 1 : std::min<std::size_t>(kMaxDepth, static_cast<std::size_t>(native.s[0].i));
    const JsonReader::FreeTypes free_types{vm::param_type(native, 2), vm::param_type(native, 3)};
    process.native_state =
        std::make_unique<JsonReader>(process, native.bound.import->signature.result, free_types, depth);
  }
  auto& reader = static_cast<JsonReader&>(*process.native_state);
  while (true) {
    const std::size_t before = reader.position();
    const JsonReader::Status status = reader.step(native.p[0], kValuesPerStep);
    native.charge(kValuesPerStep / 8 + (reader.position() - before) / vm::kBytesPerFuelUnit);
    if (status == JsonReader::Status::failed) {
      vm::end_steps(process);
      return NativeStatus::trap;
    }
    if (status == JsonReader::Status::done) break;
    if (vm::out_of_slice(native)) return NativeStatus::again;
  }
  if (vm::is_scalar(native, vm::result_type(native))) {
    native.s[0] = reader.scalar();
  } else {
    native.p[0] = reader.pointer();
  }
  vm::end_steps(process);
  return NativeStatus::ok;
}

// (any, int)String
NativeStatus stringify(NativeContext& native) {
  vm::Process& process = native.process;
  const bool fresh = !process.native_state;
  if (fresh) {
    const auto indent = static_cast<int>(std::clamp<std::int64_t>(native.s[0].i, 0, 16));
    const std::size_t limit = std::min<std::uint64_t>(vm::kLargestTextBytes, process.heap.limit_bytes);
    process.native_state = std::make_unique<JsonWriter>(native.program, limit, indent);
  }
  auto& writer = static_cast<JsonWriter&>(*process.native_state);
  if (fresh) writer.begin(native.p[0]);
  while (true) {
    const std::size_t before = writer.text().size();
    const bool done = writer.step(kValuesPerStep);
    native.charge(kValuesPerStep / 16 + (writer.text().size() - before) / vm::kBytesPerFuelUnit);
    if (done) break;
    if (vm::out_of_slice(native)) return NativeStatus::again;
  }
  const std::optional<Error> error = writer.error();
  if (error) {
    vm::end_steps(process);
    return native.trap(error->code, error->message);
  }
  vm::Object* text = vm::new_string(process, writer.text());
  vm::end_steps(process);
  return vm::give(native, text);
}

constexpr vm::NativeEntry kTable[] = {
    {"json.isNull", "(Json)bool", is_null},
    {"json.bool", "(Json)bool", to_bool},
    {"json.int", "(Json)int", to_int},
    {"json.float", "(Json)float", to_float},
    {"json.string", "(Json)String", to_string},
    {"json.list", "(Json)List<Json>", to_list},
    {"json.map", "(Json)Map<String, Json>", to_map},
    {"json.length", "(Json)int", length},
    {"json.has", "(Json, String)bool", has},
    {"json.get", "(Json, String)Json", get},
    {"json.member", "(Json, String)Json", member},
    {"json.element", "(Json, int)Json", element},
    {"json.parse", "(String, int, List<Json>, Map<String, Json>)Json", read},
    {"json.decode", "(String, int, List<Json>, Map<String, Json>)T", read},
    {"json.stringify", "(any, int)String", stringify},
};

}  // namespace

NativeTable json_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
