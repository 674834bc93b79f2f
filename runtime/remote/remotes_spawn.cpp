// Processes of a run that are made on other systems.
#include "runtime/remote/remotes.hpp"

#include <algorithm>

#include "runtime/process/delivery.hpp"

namespace noodle::process {

Result<Pid> Remotes::spawn(ProcessControl& spawner, SystemNumber system, std::shared_ptr<const SpawnOrder> order,
                           std::uint32_t ask, Message* arguments) {
  const std::shared_ptr<Run> run = system_.run_of(spawner.run);
  if (!run) return Error{Code::exit_stopped, "the run is ending: nothing can be spawned", {}};
  const std::lock_guard lock(mutex_);
  RunName name;
  Known& known = *home_run(run, name);
  keep_program(order->program, spawner.program.load(std::memory_order_relaxed)->program);
  Birth birth;
  birth.run = run.get();
  birth.program = &stand_in_program();
  birth.parent = spawner.process.pid;
  birth.grants = run->settings().grants.get();
  birth.with_rare().stand_in = std::make_unique<StandIn>(*this, name, Address{system, 0});
  auto pid = system_.bear(std::move(birth));
  if (!pid) return pid;
  known.spread_to.insert(system);
  known.unborn.emplace(*pid, Unborn{system, spawner.process.pid, ask});
  Parcel parcel;
  parcel.kind = ParcelKind::spawn;
  parcel.run = name;
  parcel.to = *pid;  // comes back with the answer
  if (arguments) {
    const std::span<const char> image = packed_image(*arguments);
    parcel.scalars.assign(arguments->scalar_arguments(), arguments->scalar_arguments() + arguments->scalars);
    parcel.image.assign(image.begin(), image.end());
    for (const Pid reference : packed_references(*arguments)) parcel.references.push_back(address_of(reference));
  }
  parcel.order = std::move(order);
  carrier_.send(system, std::move(parcel));
  return pid;
}

void Remotes::spawned(Known& known, const Parcel& parcel) {
  const auto found = known.unborn.find(parcel.to);
  if (found == known.unborn.end()) return;
  const Unborn birth = found->second;
  known.unborn.erase(found);
  const Pid pid = parcel.to;
  ProcessControl* const control = system_.find(pid);
  if (control == nullptr) return;
  {
    const ControlLock lock(*control);
    Extras* const extras = control->extras.load(std::memory_order_acquire);
    if (control->live.load(std::memory_order_relaxed) != pid || !extras || !extras->stand_in) return;
    extras->stand_in->address = parcel.from;
  }
  known.stand_ins.emplace(parcel.from, pid);
  Message* const answer = new_message(MessageKind::reply, 0, 0, 0);
  if (!answer) return;
  answer->ask = birth.ask;
  post_control(system_, nullptr, birth.spawner, answer);
}

/// Nobody but the spawner, who waits, has its stand-in.
void Remotes::fail_spawn(Known& known, Pid stand_in, const Error& why) {
  const auto found = known.unborn.find(stand_in);
  if (found == known.unborn.end()) return;
  fail_ask(system_, nullptr, found->second.spawner, found->second.ask, why.code, why.message);
  known.unborn.erase(found);
  end_stand_in(stand_in, why);
}

void Remotes::make_process(SystemNumber system, const Parcel& parcel) {
  Parcel answer;
  answer.run = parcel.run;
  answer.to = parcel.to;
  auto run = guest_run(parcel.run, *parcel.order);
  Result<Pid> pid = run ? make_process(**run, system, parcel) : run.error();
  answer.kind = pid ? ParcelKind::spawned : ParcelKind::not_spawned;
  if (pid) {
    answer.from = {kThisSystem, *pid};
  } else {
    answer.code = pid.error().number();
    answer.text = pid.error().message;
  }
  carrier_.send(system, std::move(answer));
}

Result<Pid> Remotes::make_process(Known& known, SystemNumber system, const Parcel& parcel) {
  const SpawnOrder& order = *parcel.order;
  const auto linked = programs_.find(order.program);
  if (linked == programs_.end()) return Error{Code::image_unknown_type, "the program is not here", {}};
  std::shared_ptr<const LoadedProgram> loaded = known.run->program_of(linked->second.get());
  if (!loaded) {
    loaded = System::load(linked->second);
    known.run->add_program(loaded);
  }
  Birth birth;
  birth.run = known.run.get();
  birth.program = loaded.get();
  const bytecode::Module& module = linked->second->module;
  const auto count = order.is_function ? module.functions.size() : loaded->actors.size();
  if (order.index >= count) return Error{Code::image_malformed, "the program has no such actor or function", {}};
  std::vector<bytecode::TypeRef> types;
  CallShape shape;
  if (order.is_function) {
    birth.function = &linked->second->functions[order.index];
    types = pointer_types(*linked->second, birth.function->def->signature.params);
    shape = shape_of(*linked->second, birth.function->def->signature);
  } else {
    birth.actor = &loaded->actors[order.index];
    types = pointer_types(*linked->second, birth.actor->def->constructor_args.params);
    shape = birth.actor->constructor_shape;
  }
  ImportedImage image;
  if (!parcel.image.empty()) {
    const auto references = local(known, parcel.run, parcel.references);
    if (!references) return references.error();
    const std::span<const Pid> pids = *references;
    auto read = import_image(parcel.image, *linked->second, types, &pids);
    if (!read) return read.error();
    image = std::move(*read);
  }
  if (parcel.scalars.size() != shape.scalars || image.refs.size() != shape.pointers) {
    return Error{Code::image_malformed, "the arguments of the spawn have another shape", {}};
  }
  if (shape.scalars != 0 || shape.pointers != 0) {
    birth.arguments = new_message(MessageKind::start, parcel.scalars, image.refs, image.objects);
    if (!birth.arguments) return Error{Code::node_out_of_memory, "the node has no memory for a message", {}};
    birth.arguments->stamp = loaded->stamp;
  }
  birth.priority = static_cast<Priority>(std::min<std::uint8_t>(order.priority, kPriorities - 1));
  std::vector<Grant> grants;
  for (const std::string& text : order.grants) {
    auto grant = parse_grant(text);
    if (!grant) {
      release_message(birth.arguments);
      return grant.error();
    }
    grants.push_back(std::move(*grant));
  }
  RareBirth& rare = birth.with_rare();
  rare.own_grants = std::make_shared<const Grants>(std::move(grants));
  birth.grants = rare.own_grants.get();
  SpawnSettings& settings = rare.settings.emplace();
  settings.name = order.name;
  settings.limits = order.limits;
  settings.priority = birth.priority;
  auto envoy = stand_in(known, parcel.run, {system, 0}, false);
  if (!envoy) {
    release_message(birth.arguments);
    return envoy;
  }
  rare.watcher = *envoy;
  system_.tiering().prepare(*linked->second);
  return system_.bear(std::move(birth));
}

}  // namespace noodle::process
