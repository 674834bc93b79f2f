#include "runtime/run/heap_census.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "runtime/process/system.hpp"
#include "runtime/values/value.hpp"
#include "runtime/vm/heap.hpp"
#include "runtime/vm/program.hpp"

namespace noodle::process {

namespace {

constexpr auto kPatience = std::chrono::seconds(2);

/// A process that no worker runs, because it looks scheduled to all of them; given back to them in the end.
class Held {
 public:
  Held(System& system, Pid pid) : system_(system), pid_(pid) {
    system.suspend(pid);  // ends its turns, so that it comes to rest
    const auto end = std::chrono::steady_clock::now() + kPatience;
    ProcessControl* control = system.find(pid);
    while (control && control->live.load() == pid && std::chrono::steady_clock::now() < end) {
      std::uint32_t state = control->state.load();
      if (state != kScheduled && control->state.compare_exchange_strong(state, kScheduled)) {
        control_ = control;
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  ~Held() {
    system_.resume(pid_);
    if (control_) system_.schedule(*control_, nullptr, false);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  bool lives() const { return system_.find(pid_) != nullptr; }
  /// Null: it did not come to rest.
  ProcessControl* control() const { return control_; }

 private:
  System& system_;
  Pid pid_;
  ProcessControl* control_ = nullptr;
};

std::uint64_t size_of(const vm::Object* storage) {
  return storage && !storage->is_static() ? vm::object_size(storage) : 0;
}

std::vector<ClassCensus> census(vm::Process& process) {
  const vm::Program& program = *process.program;
  const std::int64_t fuel = process.fuel;
  vm::collect(process);
  process.fuel = fuel;  // the process did not ask for it
  std::map<std::uint32_t, ClassCensus> classes;
  for (const char* at = process.heap.start; at < process.heap.next;) {
    const auto* object = reinterpret_cast<const vm::Object*>(at);
    at += vm::object_size(object);
    const std::uint32_t id = object->class_id() == vm::kRope ? bytecode::kString : object->class_id();
    if (id <= bytecode::kTime) continue;  // counted for the list or map it belongs to
    ClassCensus& found = classes[id];
    ++found.objects;
    found.bytes += vm::object_size(object);
    const bytecode::TypeKind kind = program.classes[id].kind;
    if (kind == bytecode::TypeKind::list) {
      found.bytes += size_of(static_cast<const vm::ListObject*>(object)->storage);
    } else if (kind == bytecode::TypeKind::map || kind == bytecode::TypeKind::set) {
      const auto* map = static_cast<const vm::MapObject*>(object);
      found.bytes += size_of(map->keys) + size_of(map->values) + size_of(map->index) + size_of(map->live);
    }
  }
  std::vector<ClassCensus> rows;
  for (auto& [id, row] : classes) {
    row.name = program.module.types[id].name;
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ClassCensus& a, const ClassCensus& b) { return a.bytes > b.bytes; });
  return rows;
}

}  // namespace

Result<std::vector<ClassCensus>> heap_by_class(System& system, Pid pid) {
  const Held held(system, pid);
  if (!held.lives()) return Error{Code::no_such_process, "the process does not live", {}};
  if (!held.control()) return Error{Code::ask_timeout, "the process did not come to rest within 2 s", {}};
  return census(held.control()->process);
}

}  // namespace noodle::process
