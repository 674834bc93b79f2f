// Host objects themselves, and the hosts `env` and `get_capability_manager()`.
#include <cstdlib>
#include <tuple>

#include "messages/utf8.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/process/control.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/utf8.hpp"
#include "runtime/vm/capability.hpp"

extern char** environ;

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kLongestName = 4096;

const process::Grants* grants_of(const NativeContext& native) {
  return native.process.control ? native.process.control->grants : nullptr;
}

/// Text in p[p]; false: trapped.
bool short_text(NativeContext& native, unsigned p, std::string& text) {
  const std::size_t size = vm::text_bytes(native.p[p]);
  if (size > kLongestName) {
    native.trap(Code::invalid_argument, "text is longer than 4096 bytes");
    return false;
  }
  text.resize(size);
  vm::copy_text(native.p[p], text.data());
  return true;
}

/// An empty object of the host interface: its methods are natives.
NativeStatus host_object(NativeContext& native) {
  return vm::give(native, vm::new_object(native.process, native.program.classes[vm::result_type(native)]));
}

unsigned env_capability() {
  static const unsigned index = *process::capability_index("env");
  return index;
}

NativeStatus get(NativeContext& native) {
  std::string name;
  if (!short_text(native, 1, name)) return NativeStatus::trap;
  if (const process::Grants* grants = grants_of(native)) {
    const Result<void> allowed = process::check_capability(*grants, env_capability(), name);
    if (!allowed) return native.trap(allowed.error().code, allowed.error().message);
  }
  const auto [is_set, text] = process::from_outside(native, [&name]() -> std::tuple<bool, std::string> {
    const char* value = name.find('\0') == std::string::npos ? std::getenv(name.c_str()) : nullptr;
    return {value != nullptr, value ? value : ""};
  });
  native.p[0] = nullptr;
  if (!is_set) return NativeStatus::ok;
  if (!is_valid_utf8(text)) return native.trap(Code::invalid_text, "environment variable " + name + " is not UTF-8");
  return vm::give_text(native, text);
}

NativeStatus names(NativeContext& native) {
  const process::Grants* grants = grants_of(native);
  const std::vector<std::string> all = process::from_outside(native, [] {
    std::vector<std::string> found;
    for (char** entry = environ; entry && *entry; ++entry) {
      const std::string_view pair(*entry);
      found.emplace_back(pair.substr(0, pair.find('=')));
    }
    return found;
  });
  native.p[0] = vm::new_list(native.process, vm::result_type(native), 0);
  if (!native.p[0]) return NativeStatus::trap;
  for (const std::string& name : all) {
    if (!is_valid_utf8(name) || (grants && !grants->allows(env_capability(), name))) continue;
    native.charge(1);
    native.p[1] = vm::new_string(native.process, name);
    if (!native.p[1]) return NativeStatus::trap;
    vm::ListObject* list = vm::list_at(native, 0);
    if (list->count == vm::list_capacity(list) &&
        !vm::grow_list_by_one(native.process, native.p[0], vm::Storage::pointer)) {
      return NativeStatus::trap;
    }
    list = vm::list_at(native, 0);
    list->storage->pointers()[list->count++] = native.p[1];
  }
  return NativeStatus::ok;
}

// (manager, capability, resource)
NativeStatus check(NativeContext& native) {
  std::string name;
  std::string resource;
  if (!short_text(native, 1, name) || !short_text(native, 2, resource)) return NativeStatus::trap;
  const auto index = process::capability_index(name);
  const process::Grants* grants = grants_of(native);
  if (!index || !grants) return vm::give_bool(native, false);
  if (resource == "*") resource.clear();
  return vm::give_bool(native, grants->allows(*index, resource));
}

NativeStatus held(NativeContext& native) {
  std::vector<std::string> texts;
  if (const process::Grants* grants = grants_of(native)) {
    for (const process::Grant& grant : grants->all()) texts.push_back(process::text_of(grant));
  }
  native.p[0] = vm::new_list(native.process, vm::result_type(native), static_cast<std::int64_t>(texts.size()));
  if (!native.p[0]) return NativeStatus::trap;
  for (const std::string& text : texts) {
    vm::Object* string = vm::new_string(native.process, text);
    if (!string) return NativeStatus::trap;
    vm::ListObject* list = vm::list_at(native, 0);
    list->storage->pointers()[list->count++] = string;
  }
  return NativeStatus::ok;
}

constexpr vm::NativeEntry kTable[] = {
    {"host.object", "(String)I", host_object},
    {"host.get_capability_manager", "()I", host_object},
    {"CapabilityManager.check", "(I, String, String)bool", check},
    {"CapabilityManager.held", "(I)List<String>", held},
    {"Environment.get", "(I, String)String?", get},
    {"Environment.names", "(I)List<String>", names},
};

}  // namespace

NativeTable node_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
