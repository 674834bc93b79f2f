// The table of natives, by name.
#include <initializer_list>
#include <string_view>
#include <unordered_map>

#include "runtime/natives/native_call.hpp"
#include "runtime/vm/actor_ops.hpp"

namespace noodle::vm {
namespace {

using Table = std::unordered_map<std::string_view, const NativeEntry*>;

Table make_table() {
  Table table;
  for (const NativeTable natives : {list_natives(), list_order_natives(), map_natives(), string_natives(),
                                    string_search_natives(), bytes_natives(), number_natives(), value_natives()}) {
    for (const NativeEntry& entry : natives) table.emplace(entry.name, &entry);
  }
  return table;
}

Table& table() {
  static Table natives = make_table();
  return natives;
}

NativeStatus no_actors(Process& process) {
  return trap(process, Code::host_module_missing, "there is no process layer");
}

ActorOps installed_ops{
    [](Process& process, std::uint32_t, Slot*, Object**, Object*) { return no_actors(process); },
    [](Process& process, const Function&, Slot*, Object**, Object*) { return no_actors(process); },
    [](Process& process, std::uint32_t, Slot*, Object**) { return no_actors(process); },
    [](Process& process, std::uint32_t, Slot*, Object**) { return no_actors(process); },
    [](Process& process, Object*, Object*) { return no_actors(process); },
};

}  // namespace

const NativeEntry* find_native(std::string_view name) {
  const auto found = table().find(name);
  return found == table().end() ? nullptr : found->second;
}

void register_natives(const NativeEntry* entries, std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) table()[entries[k].name] = &entries[k];
}

void set_actor_ops(const ActorOps& ops) {
  installed_ops = ops;
}
const ActorOps& actor_ops() {
  return installed_ops;
}

NativeStatus NativeContext::trap(Code code, std::string message) {
  return vm::trap(process, code, std::move(message));
}

void NativeContext::charge(std::uint64_t units) {
  process.fuel -= static_cast<std::int64_t>(units);
}

}  // namespace noodle::vm
