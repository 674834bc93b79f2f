// The host object `cluster`: the nodes that this one knows of, names and leases of the cluster.
#include "runtime/base/lines.hpp"
#include "runtime/natives/native_call.hpp"
#include "runtime/process/control.hpp"
#include "runtime/process/process_natives.hpp"
#include "runtime/process/system.hpp"
#include "runtime/process/worker.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/stdlib/fields.hpp"
#include "runtime/stdlib/register.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/vm/roots.hpp"

namespace noodle::stdlib {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::string_view kNodeFields[] = {"id", "address", "state", "labels", "total", "free", "load", "heartbeat"};

process::Carrier* carrier_of(const NativeContext& native) {
  if (!native.process.control) return nullptr;
  process::Remotes* const remotes = process::control_of(native.process).worker->system().remotes();
  return remotes ? &remotes->carrier() : nullptr;
}

/// Name, address, state and labels of each node, a line each; false: trapped.
bool nodes_of(NativeContext& native, std::vector<std::string>& nodes) {
  process::Carrier* const carrier = carrier_of(native);
  if (!carrier) {
    native.trap(Code::host_module_missing, "host module not present: cluster");
    return false;
  }
  nodes = process::from_outside(native, [carrier] {
    std::vector<std::string> lines;
    for (const process::NodeFacts& node : carrier->nodes()) {
      std::string& text = lines.emplace_back(node.name + "\n" + node.address + "\n" + node.state);
      for (const std::string& label : node.labels) text += "\n" + label;
    }
    return lines;
  });
  return true;
}

bool is_node_class(const vm::Class& cls) {
  if (cls.kind != bytecode::TypeKind::object || cls.def->fields.size() != std::size(kNodeFields)) return false;
  for (std::size_t k = 0; k < std::size(kNodeFields); ++k) {
    if (cls.def->fields[k].name != kNodeFields[k]) return false;
  }
  return true;
}

/// A ClusterNode; null: trapped.
vm::Object* make_node(NativeContext& native, const vm::Class& cls, const std::string& facts) {
  if (!is_node_class(cls)) {
    native.trap(Code::link_signature, "record ClusterNode has other fields than this node's");
    return nullptr;
  }
  const vm::Program& program = native.program;
  const std::vector<std::string_view> lines = lines_of(facts);
  vm::Root node(native.process, vm::new_object(native.process, cls));
  if (!node.object) return nullptr;
  const auto set = [&](std::size_t field, vm::Object* value) {
    if (value) node.object->pointers()[field_slot(program, cls, field)] = value;
    return value != nullptr;
  };
  for (std::size_t k = 0; k < 3; ++k) {
    if (!set(k, vm::new_string(native.process, lines[k]))) return nullptr;
  }
  const auto labels = static_cast<std::int64_t>(lines.size() - 3);
  if (!set(3, vm::new_list(native.process, cls.def->fields[3].type.index, labels))) return nullptr;
  for (std::size_t k = 3; k < lines.size(); ++k) {
    vm::Object* const text = vm::new_string(native.process, lines[k]);
    if (!text) return nullptr;
    auto* const list = static_cast<vm::ListObject*>(node.object->pointers()[field_slot(program, cls, 3)]);
    list->storage->pointers()[list->count++] = text;
  }
  for (const std::size_t field : {4, 5}) {  // resources are not known here
    if (!set(field, vm::new_object(native.process, program.classes[cls.def->fields[field].type.index]))) return nullptr;
  }
  return node.object;
}

NativeStatus nodes(NativeContext& native) {
  std::vector<std::string> all;
  if (!nodes_of(native, all)) return NativeStatus::trap;
  native.p[0] = vm::new_list(native.process, vm::result_type(native), static_cast<std::int64_t>(all.size()));
  if (!native.p[0]) return NativeStatus::trap;
  const vm::Class& cls = native.program.classes[vm::element_type(native, native.p[0]).index];
  for (const std::string& facts : all) {
    vm::Object* const node = make_node(native, cls, facts);
    if (!node) return NativeStatus::trap;
    vm::ListObject* const list = vm::list_at(native, 0);
    list->storage->pointers()[list->count++] = node;
  }
  return NativeStatus::ok;
}

NativeStatus node(NativeContext& native) {
  std::string wanted(vm::text_bytes(native.p[1]), '\0');
  vm::copy_text(native.p[1], wanted.data());
  std::vector<std::string> all;
  if (!nodes_of(native, all)) return NativeStatus::trap;
  native.p[0] = nullptr;
  for (const std::string& facts : all) {
    if (lines_of(facts)[0] != wanted) continue;
    return vm::give(native, make_node(native, native.program.classes[vm::result_type(native)], facts));
  }
  return NativeStatus::ok;
}

NativeStatus self_id(NativeContext& native) {
  process::Carrier* const carrier = carrier_of(native);
  if (!carrier) return native.trap(Code::host_module_missing, "host module not present: cluster");
  const auto name =
      process::from_outside(native, [carrier] { return std::tuple{carrier->name_of(process::kThisSystem)}; });
  return vm::give_text(native, std::get<0>(name));
}

/// Of this node; null: trapped.
process::Remotes* remotes_of(NativeContext& native) {
  process::Remotes* const remotes =
      native.process.control ? process::control_of(native.process).worker->system().remotes() : nullptr;
  if (!remotes) native.trap(Code::host_module_missing, "host module not present: cluster");
  return remotes;
}

NativeStatus refuse(NativeContext& native, const Error& why) {
  return native.trap(why.code, why.message);
}

std::string name_at(const NativeContext& native, unsigned p) {
  std::string name(vm::text_bytes(native.p[p]), '\0');
  vm::copy_text(native.p[p], name.data());
  return name;
}

/// False: trapped. The resource is the name.
bool allowed(NativeContext& native, std::string_view capability, const std::string& name) {
  const unsigned index = *process::capability_index(capability);
  const auto checked = process::check_capability(*process::control_of(native.process).grants, index, name);
  if (!checked) refuse(native, checked.error());
  return checked.ok();
}

NativeStatus add_name(NativeContext& native, bool unique) {
  process::Remotes* const remotes = remotes_of(native);
  const std::string name = name_at(native, 1);
  if (!remotes || !allowed(native, "mesh.register", name)) return NativeStatus::trap;
  const auto pid = static_cast<const vm::ActorRefObject*>(native.p[2])->pid;
  const auto added = remotes->add_name(pid, name, unique);
  return added ? NativeStatus::ok : refuse(native, added.error());
}

NativeStatus register_plain(NativeContext& native) {
  return add_name(native, false);
}

NativeStatus register_unique(NativeContext& native) {
  return add_name(native, true);
}

NativeStatus unregister(NativeContext& native) {
  process::Remotes* const remotes = remotes_of(native);
  const std::string name = name_at(native, 1);
  if (!remotes || !allowed(native, "mesh.register", name)) return NativeStatus::trap;
  return vm::give_bool(native, remotes->carrier().remove_name(name));
}

NativeStatus find(NativeContext& native) {
  process::Remotes* const remotes = remotes_of(native);
  const std::string name = name_at(native, 1);
  if (!remotes || !allowed(native, "mesh.send", name)) return NativeStatus::trap;
  const auto pid = remotes->find_name(name);
  if (!pid) return refuse(native, pid.error());
  if (*pid != 0) return process::give_process(native, *pid, name);
  native.p[0] = nullptr;
  return NativeStatus::ok;
}

NativeStatus names(NativeContext& native) {
  constexpr std::size_t kMostNames = 10'000;
  process::Remotes* const remotes = remotes_of(native);
  if (!remotes) return NativeStatus::trap;
  const std::string prefix = name_at(native, 1);
  const auto all = process::from_outside(native, [&] {
    std::vector<std::string> texts;
    for (const process::NameFacts& one : remotes->carrier().names(prefix, kMostNames)) {
      if (texts.empty() || texts.back() != one.name) texts.push_back(one.name);
    }
    return texts;
  });
  native.p[0] = vm::new_list(native.process, vm::result_type(native), static_cast<std::int64_t>(all.size()));
  if (!native.p[0]) return NativeStatus::trap;
  for (const std::string& one : all) {
    vm::Object* const text = vm::new_string(native.process, one);
    if (!text) return NativeStatus::trap;
    vm::ListObject* const list = vm::list_at(native, 0);
    list->storage->pointers()[list->count++] = text;
  }
  return NativeStatus::ok;
}

NativeStatus lease(NativeContext& native) {
  process::Remotes* const remotes = remotes_of(native);
  const std::string name = name_at(native, 1);
  if (!remotes || !allowed(native, "mesh.lease", name)) return NativeStatus::trap;
  const auto token = remotes->lease(native.process.pid, name);
  if (!token) return refuse(native, token.error());
  native.p[0] = nullptr;
  if (!*token) return NativeStatus::ok;
  return vm::give(native, vm::new_box(native.process, bytecode::kBoxInt, {static_cast<std::int64_t>(**token)}));
}

NativeStatus release(NativeContext& native) {
  process::Remotes* const remotes = remotes_of(native);
  const std::string name = name_at(native, 1);
  if (!remotes || !allowed(native, "mesh.lease", name)) return NativeStatus::trap;
  return vm::give_bool(native, remotes->carrier().release(name, native.process.pid));
}

constexpr vm::NativeEntry kTable[] = {
    {"Cluster.nodes", "(I)List<ClusterNode>", nodes},
    {"Cluster.node", "(I, String)ClusterNode?", node},
    {"Cluster.self_id", "(I)String", self_id},
    {"Cluster.register", "(I, String, ActorRef<any>)void", register_plain},
    {"Cluster.register_unique", "(I, String, ActorRef<any>)void", register_unique},
    {"Cluster.unregister", "(I, String)bool", unregister},
    {"Cluster.find", "(I, String)ActorRef<A>?", find},
    {"Cluster.names", "(I, String)List<String>", names},
    {"Cluster.lease", "(I, String)int?", lease},
    {"Cluster.release", "(I, String)bool", release},
};

}  // namespace

NativeTable cluster_natives() {
  return kTable;
}

}  // namespace noodle::stdlib
