#include "runtime/process/process_natives.hpp"

#include <sodium.h>

#include <optional>

#include "runtime/natives/native_call.hpp"
#include "runtime/process/delivery.hpp"
#include "runtime/process/extras.hpp"
#include "runtime/process/links.hpp"
#include "runtime/process/system.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/run/capability.hpp"
#include "runtime/run/outside.hpp"
#include "runtime/values/rope.hpp"
#include "runtime/values/value.hpp"

namespace noodle::process {
namespace {

using vm::NativeContext;
using vm::NativeStatus;

constexpr std::size_t kTextStep = 16 << 10;
constexpr std::size_t kTextBytesPerFuel = 8;
constexpr std::size_t kLongestLine = 16 << 20;  // of one print
constexpr std::size_t kRandomBytes = 4096;      // drawn at once for uuids

Pid pid_at(const NativeContext& native, unsigned p) {
  return static_cast<const vm::ActorRefObject*>(native.p[p])->pid;
}

Worker& worker_of(const NativeContext& native) {
  return *control_of(native.process).worker;
}

NativeStatus give_ref(NativeContext& native, Pid pid) {
  auto* ref =
      static_cast<vm::ActorRefObject*>(vm::new_object(native.process, native.program.classes[vm::result_type(native)]));
  if (!ref) return NativeStatus::trap;
  ref->pid = pid;
  native.p[0] = ref;
  return NativeStatus::ok;
}

// ---- actor.*

NativeStatus actor_monitor(NativeContext& native) {
  monitor(worker_of(native), control_of(native.process), pid_at(native, 0));
  return NativeStatus::ok;
}

NativeStatus actor_link(NativeContext& native) {
  link(worker_of(native), control_of(native.process), pid_at(native, 0));
  return NativeStatus::ok;
}

NativeStatus actor_unlink(NativeContext& native) {
  unlink(worker_of(native), control_of(native.process), pid_at(native, 0));
  return NativeStatus::ok;
}

NativeStatus actor_kill(NativeContext& native) {
  worker_of(native).system().signal(pid_at(native, 0), kSignalKill, control_of(native.process).worker);
  return NativeStatus::ok;
}

NativeStatus actor_alive(NativeContext& native) {
  return vm::give_bool(native, worker_of(native).system().find(pid_at(native, 0)) != nullptr);
}

/// True if a process that runs `actor` of `program` can be addressed as an ActorRef of type `wanted` of `native`.
bool is_addressed_as(const NativeContext& native, bytecode::TypeIndex wanted, const LoadedProgram* program,
                     const ActorInfo* actor) {
  const bytecode::TypeIndex target = native.program.module.types[wanted].args[0].index;
  if (target == bytecode::kAny) return true;
  if (!actor || !program) return false;
  if (program->program.get() == &native.program) return vm::is_instance(native.program, actor->def->type, target);
  const auto found = native.program.type_by_layout.find(actor->state->layout_hash);
  return found != native.program.type_by_layout.end() && vm::is_instance(native.program, found->second, target);
}

NativeStatus actor_whereis(NativeContext& native) {
  std::string_view view;
  if (!vm::text_at(native, 0, view)) return NativeStatus::trap;
  const std::string name(view);
  return give_process(native, worker_of(native).system().names().find(name), name);
}

// ---- process.*

NativeStatus process_self(NativeContext& native) {
  return give_ref(native, native.process.pid);
}

NativeStatus process_stop(NativeContext& native) {
  ProcessControl& control = control_of(native.process);
  const Pid pid = pid_at(native, 0);
  if (pid == native.process.pid) {
    control.stop_after = true;
  } else {
    worker_of(native).system().signal(pid, kSignalStop, control.worker);
  }
  return NativeStatus::ok;
}

/// Notes where the spawn that follows at once is to make its process.
NativeStatus process_place(NativeContext& native) {
  ProcessControl& control = control_of(native.process);
  Remotes* const remotes = worker_of(native).system().remotes();
  if (!remotes) return native.trap(Code::not_in_cluster, "placement with `on` or `where` needs a cluster");
  const vm::Object* place = native.p[0];
  if (!place || place->class_id() != bytecode::kString) {
    return native.trap(Code::not_in_cluster, "`where` has nobody yet who decides; name the node with `on`");
  }
  std::string node(vm::text_bytes(place), '\0');
  vm::copy_text(place, node.data());
  static const unsigned capability = *capability_index("mesh.spawn");
  if (const auto allowed = check_capability(*control.grants, capability, node); !allowed) {
    return native.trap(allowed.error().code, allowed.error().message);
  }
  const auto system = remotes->carrier().system_of(node);
  if (!system) return native.trap(system.error().code, system.error().message);
  extras_of(control).place = *system == kThisSystem ? std::nullopt : std::optional(*system);
  return NativeStatus::ok;
}

NativeStatus process_sleep(NativeContext& native) {
  ProcessControl& control = control_of(native.process);
  const std::int64_t duration_ns = native.s[0].i;
  if (duration_ns < 0) return native.trap(Code::invalid_argument, "sleep: the duration is negative");
  const std::int64_t now = control.worker->read_clock();
  control.wait = Wait::time;
  control.deadline_ns = duration_ns > TimerWheel::kNever - now ? TimerWheel::kNever : now + duration_ns;
  return NativeStatus::park;
}

NativeStatus process_info(NativeContext& native) {
  const ProcessControl& control = control_of(native.process);
  const vm::Process& process = native.process;
  const std::int64_t values[] = {static_cast<std::int64_t>(process.heap.used_bytes()),
                                 static_cast<std::int64_t>(process.fuel_spent),
                                 static_cast<std::int64_t>(control.mailbox.messages()), living_children(control)};
  vm::ListObject* list = vm::new_list(native.process, vm::result_type(native), std::size(values));
  if (!list) return NativeStatus::trap;
  for (std::size_t i = 0; i < std::size(values); ++i) list->storage->slots()[i].i = values[i];
  list->count = std::size(values);
  native.p[0] = list;
  return NativeStatus::ok;
}

NativeStatus process_assert(NativeContext& native) {
  if (native.s[0].i) return NativeStatus::ok;
  std::string_view message;
  if (!vm::text_at(native, 0, message)) return NativeStatus::trap;
  return native.trap(Code::assertion_failed, message.empty() ? "assertion failed" : std::string(message));
}

NativeStatus process_panic(NativeContext& native) {
  std::string_view message;
  if (!vm::text_at(native, 0, message)) return NativeStatus::trap;
  return native.trap(Code::panic, std::string(message));
}

NativeStatus process_uuid(NativeContext& native) {
  std::uint8_t bytes[16] = {};
  bytes_from_outside(native, {reinterpret_cast<char*>(bytes), sizeof bytes}, [&bytes]() -> std::int64_t {
    thread_local std::uint8_t random[kRandomBytes];
    thread_local std::size_t used = kRandomBytes;
    if (used == kRandomBytes) {
      randombytes_buf(random, sizeof random);
      used = 0;
    }
    std::memcpy(bytes, random + used, sizeof bytes);
    used += sizeof bytes;
    return sizeof bytes;
  });
  bytes[6] = (bytes[6] & 0x0f) | 0x40;  // RFC 4122, version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  char text[36];
  std::size_t at = 0;
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    text[at++] = "0123456789abcdef"[bytes[i] >> 4];
    text[at++] = "0123456789abcdef"[bytes[i] & 15];
  }
  return vm::give_text(native, {text, sizeof text});
}

// ---- what a session keeps (evaluator.hpp)

/// The evaluator of this process; null with a trap when it evaluates nothing.
Evaluator* evaluator_of(NativeContext& native) {
  const Extras* extras = control_of(native.process).extras.load(std::memory_order_relaxed);
  if (extras && extras->evaluator) return extras->evaluator.get();
  native.trap(Code::invalid_argument, "values are kept only in a session");
  return nullptr;
}

/// Place of a kept value; null with a trap.
vm::Root* kept_value(NativeContext& native) {
  Evaluator* evaluator = evaluator_of(native);
  if (!evaluator) return nullptr;
  const auto count = static_cast<std::int64_t>(evaluator->values.size());
  if (native.s[0].i >= 0 && native.s[0].i < count)
    return evaluator->values[static_cast<std::size_t>(native.s[0].i)].get();
  vm::index_trap(native, native.s[0].i, count);
  return nullptr;
}

NativeStatus session_get(NativeContext& native) {
  const vm::Root* kept = kept_value(native);
  if (!kept) return NativeStatus::trap;
  native.p[0] = kept->object;
  return NativeStatus::ok;
}

NativeStatus session_set(NativeContext& native) {
  vm::Root* kept = kept_value(native);
  if (!kept) return NativeStatus::trap;
  kept->object = native.p[0];
  evaluator_of(native)->result.stored[static_cast<std::size_t>(native.s[0].i)] = true;
  return NativeStatus::ok;
}

NativeStatus session_show(NativeContext& native) {
  Evaluator* evaluator = evaluator_of(native);
  if (!evaluator) return NativeStatus::trap;
  const std::size_t limit = evaluator->current.shown_bytes;
  vm::ValueText text(native.program, native.p[0], true);
  const bool complete = text.step(limit + 1);
  evaluator->result.shown = std::move(text.out());
  native.charge(evaluator->result.shown.size() / kTextBytesPerFuel + 1);
  evaluator->result.shown_cut = !complete || evaluator->result.shown.size() > limit;
  if (!evaluator->result.shown_cut) return NativeStatus::ok;
  std::size_t end = std::min(limit, evaluator->result.shown.size());
  while (end > 0 && (static_cast<unsigned char>(evaluator->result.shown[end]) & 0xc0) == 0x80) --end;
  evaluator->result.shown.resize(end);
  return NativeStatus::ok;
}

// ---- io.print

/// A line of print on its way, kept while the process is preempted.
struct Printing final : vm::RootSource {
  std::string line;
  std::int64_t next = 0;
  std::optional<vm::ValueText> value;  // of element next - 1

  void visit_roots(vm::RootVisitor& visitor) override {
    if (value) value->visit_roots(visitor);
  }
};

NativeStatus print(NativeContext& native) {
  vm::Process& process = native.process;
  Printing local;
  Printing* printing = process.native_state ? static_cast<Printing*>(process.native_state.get()) : &local;
  const auto* list = vm::list_at(native, 0);
  for (;;) {
    if (!printing->value) {
      if (printing->next == list->count) break;
      if (printing->next) printing->line += ' ';
      printing->value.emplace(native.program, list->storage->pointers()[printing->next++]);
    }
    const std::size_t before = printing->value->out().size();
    const bool complete = printing->value->step(kTextStep);
    const std::size_t size = printing->value->out().size();
    native.charge((size - before) / kTextBytesPerFuel + 1);
    if (printing->line.size() + size > kLongestLine) {
      vm::end_steps(process);
      return native.trap(Code::value_too_large, "print of more than 16 MiB");
    }
    if (complete) {
      printing->line += printing->value->out();
      printing->value.reset();
    } else if (vm::out_of_slice(native)) {
      if (printing == &local) {
        auto kept = std::make_unique<Printing>();
        kept->line = std::move(local.line);
        kept->next = local.next;
        kept->value.emplace(std::move(*local.value));
        process.native_state = std::move(kept);
      }
      return NativeStatus::again;
    }
  }
  printing->line += '\n';
  if (Output* output = control_of(process).run->settings().output) output->write(printing->line);
  vm::end_steps(process);
  return NativeStatus::ok;
}

const vm::NativeEntry kEntries[] = {
    {"actor.monitor", "(ActorRef<any>)void", actor_monitor},
    {"actor.link", "(ActorRef<any>)void", actor_link},
    {"actor.unlink", "(ActorRef<any>)void", actor_unlink},
    {"actor.kill", "(ActorRef<any>)void", actor_kill},
    {"actor.alive", "(ActorRef<any>)bool", actor_alive},
    {"actor.whereis", "(String)ActorRef<A>", actor_whereis},
    {"process.self", "()ActorRef<A>", process_self},
    {"process.stop", "(ActorRef<any>)void", process_stop},
    {"process.place", "(any)void", process_place},
    {"process.sleep", "(Duration)void", process_sleep},
    {"process.info", "()List<int>", process_info},
    {"process.assert", "(bool, String)void", process_assert},
    {"process.panic", "(String)void", process_panic},
    {"process.uuid", "()String", process_uuid},
    {"process.receiveBegin", "(Duration?)void", receive_begin},
    {"process.receiveNext", "()any", receive_next},
    {"process.receiveTake", "()void", receive_take},
    {"process.sessionGet", "(int)any", session_get},
    {"process.sessionSet", "(int, any)void", session_set},
    {"process.sessionShow", "(any)void", session_show},
    {"io.print", "(List<any>)void", print},
};

}  // namespace

NativeStatus give_process(NativeContext& native, Pid pid, const std::string& name) {
  ProcessControl* const target = pid ? worker_of(native).system().find(pid) : nullptr;
  if (!target) return native.trap(Code::no_such_process, "no process has the name `" + name + "`");
  std::string other_type;
  {
    const ControlLock lock(*target);  // as long as it lives, its program does
    if (target->live.load(std::memory_order_relaxed) != pid) {
      return native.trap(Code::no_such_process, "no process has the name `" + name + "`");
    }
    const LoadedProgram* program = target->program.load(std::memory_order_relaxed);
    const ActorInfo* actor = target->actor.load(std::memory_order_relaxed);
    // What another node's process handles is checked there, message by message.
    if (!is_stand_in(program) && !is_addressed_as(native, vm::result_type(native), program, actor)) {
      other_type = actor ? actor->def->name : "function";
    }
  }
  if (other_type.empty()) return give_ref(native, pid);
  return native.trap(Code::wrong_actor_type, "the process `" + name + "` is a " + other_type + ", not a " +
                                                 native.program.module.types[vm::result_type(native)].name);
}

std::span<const vm::NativeEntry> process_natives() {
  return kEntries;
}

}  // namespace noodle::process
