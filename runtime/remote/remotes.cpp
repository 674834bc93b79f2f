#include "runtime/remote/remotes.hpp"

#include <algorithm>

#include "runtime/bytecode/container.hpp"
#include "runtime/process/delivery.hpp"
#include "runtime/process/links.hpp"

namespace noodle::process {

/// What a guest run prints goes home.
class Remotes::HomeOutput final : public Output {
 public:
  HomeOutput(Carrier& carrier, const RunName& run) : carrier_(carrier), run_(run) {}
  void write(std::string_view text) override {
    Parcel parcel;
    parcel.kind = ParcelKind::output;
    parcel.run = run_;
    parcel.text = text;
    carrier_.send(run_.home, std::move(parcel));
  }

 private:
  Carrier& carrier_;
  const RunName run_;
};

Remotes::~Remotes() {
  for (auto& [name, known] : runs_) drop(known);
}

// ---- runs

Remotes::Known* Remotes::known(const RunName& name) {
  const auto found = runs_.find(name);
  return found == runs_.end() ? nullptr : &found->second;
}

Remotes::Known* Remotes::home_run(const std::shared_ptr<Run>& run, RunName& name) {
  for (auto& [other, known] : runs_) {
    if (known.run != run) continue;
    name = other;
    return &known;
  }
  name = {kThisSystem, ++last_run_};
  Known& made = runs_[name];
  made.run = run;
  return &made;
}

Result<Remotes::Known*> Remotes::guest_run(const RunName& name, const SpawnOrder& order) {
  if (Known* const there = known(name)) return there;
  if (name.home == kThisSystem) return Error{Code::exit_stopped, "the run has ended", {}};
  std::vector<Grant> grants;
  for (const std::string& text : order.grants) {
    auto grant = parse_grant(text);
    if (!grant) return grant.error();
    grants.push_back(std::move(*grant));
  }
  Known& made = runs_[name];
  made.grants = std::make_shared<const Grants>(std::move(grants));
  made.output = std::make_unique<HomeOutput>(carrier_, name);
  RunSettings settings;
  settings.grants = made.grants;
  settings.output = made.output.get();
  settings.limits = order.defaults;
  settings.on_uncaught = [this, name](const Exit& exit) {
    Parcel parcel;
    parcel.kind = ParcelKind::uncaught;
    parcel.run = name;
    parcel.from = {kThisSystem, exit.pid};
    parcel.code = exit.code;
    parcel.text = exit.message;
    parcel.trace = exit.trace;
    carrier_.send(name.home, std::move(parcel));
  };
  made.run = system_.open(std::move(settings));
  return &made;
}

void Remotes::drop(Known& known) {
  for (auto& [pid, waiting] : known.waiting) {
    for (auto& [system, message] : waiting.messages) release_message(message);
  }
  known.waiting.clear();
}

void Remotes::run_ended(const Run* run) {
  const std::lock_guard lock(mutex_);
  for (auto found = runs_.begin(); found != runs_.end(); ++found) {
    if (found->second.run.get() != run) continue;
    for (const SystemNumber system : found->second.spread_to) {
      Parcel parcel;
      parcel.kind = ParcelKind::run_ended;
      parcel.run = found->first;
      carrier_.send(system, std::move(parcel));
    }
    drop(found->second);
    runs_.erase(found);
    return;
  }
}

void Remotes::lost(SystemNumber system, const Error& why) {
  std::vector<std::shared_ptr<Run>> ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, known] : runs_) {
      if (name.home == system) ended.push_back(known.run);
      known.spread_to.erase(system);
      std::erase_if(known.credit, [system](const auto& one) { return one.first.system == system; });
      for (const auto& [address, pid] : known.stand_ins) {
        if (address.system != system) continue;
        Message* message = new_message(MessageKind::ended, 0, 0, why.message.size());
        if (!message) continue;
        std::copy(why.message.begin(), why.message.end(), message->payload());
        message->number = why.number();
        post_control(system_, nullptr, pid, message);
      }
    }
  }
  for (const auto& run : ended) run->close();
}

// ---- programs

bool Remotes::knows_program(std::uint64_t hash) const {
  const std::lock_guard lock(mutex_);
  return programs_.contains(hash);
}

Result<void> Remotes::add_program(std::uint64_t hash, std::string_view nbc) {
  auto module = bytecode::read_nbc(nbc);
  if (!module) return module.error();
  auto program = vm::link(std::move(*module));
  if (!program) return program.error();
  if ((*program)->content_hash != hash) {
    return Error{Code::nbc_checksum, "the program is not the one that was asked for", {}};
  }
  const std::lock_guard lock(mutex_);
  keep_program(hash, std::move(*program));
  return {};
}

void Remotes::keep_program(std::uint64_t hash, std::shared_ptr<const vm::Program> program) {
  if (programs_.size() >= kKeptPrograms) {
    std::erase_if(programs_, [](const auto& one) { return one.second.use_count() == 1; });
  }
  programs_.emplace(hash, std::move(program));
}

Result<std::string> Remotes::program_nbc(std::uint64_t hash) const {
  std::shared_ptr<const vm::Program> program;
  {
    const std::lock_guard lock(mutex_);
    const auto found = programs_.find(hash);
    if (found == programs_.end()) return Error{Code::image_unknown_type, "this system has no such program", {}};
    program = found->second;
  }
  return bytecode::write_nbc(program->module, {.sources = false});
}

// ---- stand-ins

Address Remotes::address_of(Pid pid) const {
  ProcessControl* const control = system_.find(pid);
  if (control == nullptr) return {kThisSystem, pid};
  const ControlLock lock(*control);
  const Extras* const extras = control->extras.load(std::memory_order_acquire);
  const bool stands_in = control->live.load(std::memory_order_relaxed) == pid && extras && extras->stand_in;
  return stands_in ? extras->stand_in->address : Address{kThisSystem, pid};
}

Result<Pid> Remotes::stand_in(Known& known, const RunName& name, const Address& address, bool watch) {
  if (const auto found = known.stand_ins.find(address); found != known.stand_ins.end()) return found->second;
  Birth birth;
  birth.run = known.run.get();
  birth.program = &stand_in_program();
  birth.grants = known.run->settings().grants.get();
  birth.with_rare().stand_in = std::make_unique<StandIn>(*this, name, address);
  auto pid = system_.bear(std::move(birth));
  if (!pid) return pid;
  known.stand_ins.emplace(address, *pid);
  if (watch) {
    Parcel parcel;
    parcel.kind = ParcelKind::watch;
    parcel.run = name;
    parcel.to = address.pid;
    carrier_.send(address.system, std::move(parcel));
  }
  return pid;
}

Result<std::vector<Pid>> Remotes::local(Known& known, const RunName& name, const std::vector<Address>& addresses) {
  std::vector<Pid> pids;
  for (const Address& address : addresses) {
    if (address.system == kThisSystem || address.pid == 0) {
      pids.push_back(address.pid);
      continue;
    }
    auto pid = stand_in(known, name, address, true);
    if (!pid) return pid.error();
    pids.push_back(*pid);
  }
  return pids;
}

void Remotes::forget(const StandIn& stand_in, Pid pid) {
  const std::lock_guard lock(mutex_);
  Known* const run = known(stand_in.run);
  if (run == nullptr) return;
  const auto found = run->stand_ins.find(stand_in.address);
  if (found != run->stand_ins.end() && found->second == pid) run->stand_ins.erase(found);
}

void Remotes::link(Pid other, const Address& address, Pid self, bool on) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, known] : runs_) {
    const auto found = known.stand_ins.find(address);
    if (found == known.stand_ins.end() || found->second != other) continue;
    Parcel parcel;
    parcel.kind = on ? ParcelKind::link : ParcelKind::unlink;
    parcel.run = name;
    parcel.to = address.pid;
    parcel.from = {kThisSystem, self};
    return carrier_.send(address.system, std::move(parcel));
  }
}

void Remotes::ended(const StandIn& envoy, Pid pid) {
  const std::lock_guard lock(mutex_);
  if (Known* const run = known(envoy.run)) run->credit.erase({envoy.address.system, pid});
}

void Remotes::tell(Known& known, const Address& whom, Message* message) {
  const auto found = known.stand_ins.find(whom);
  if (message == nullptr) return;
  if (found == known.stand_ins.end()) return release_message(message);
  post_control(system_, nullptr, found->second, message);
}

// ---- spawning

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
  Parcel parcel;
  parcel.kind = ParcelKind::spawn;
  parcel.run = name;
  parcel.to = *pid;  // comes back with the answer
  parcel.from = {kThisSystem, spawner.process.pid};
  parcel.ask = ask;
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
  answer->ask = parcel.ask;
  post_control(system_, nullptr, static_cast<Pid>(parcel.hash), answer);
}

void Remotes::make_process(SystemNumber system, const Parcel& parcel) {
  Parcel answer;
  answer.run = parcel.run;
  answer.to = parcel.to;
  answer.ask = parcel.ask;
  answer.hash = parcel.from.pid;
  auto run = guest_run(parcel.run, *parcel.order);
  Result<Pid> pid = run ? make_process(**run, system, parcel) : run.error();
  answer.kind = pid ? ParcelKind::spawned : ParcelKind::failure;
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

// ---- messages

void Remotes::receive(SystemNumber system, Parcel parcel) {
  if (parcel.kind == ParcelKind::output || parcel.kind == ParcelKind::uncaught) return report(system, parcel);
  const std::lock_guard lock(mutex_);
  if (parcel.kind == ParcelKind::spawn) {
    if (parcel.order) make_process(system, parcel);
    return;
  }
  Known* const run = known(parcel.run);
  if (run == nullptr) {
    if (parcel.kind == ParcelKind::ask) refuse_ask(system, parcel, {Code::no_such_process, "the run has ended", {}});
    return;
  }
  switch (parcel.kind) {
    case ParcelKind::spawned:
      return spawned(*run, parcel);
    case ParcelKind::call:
    case ParcelKind::ask:
    case ParcelKind::raw:
      return deliver_in(*run, system, parcel);
    case ParcelKind::reply:
    case ParcelKind::failure:
      return answer_in(*run, parcel);
    case ParcelKind::credit: {
      Message* const message = new_message(MessageKind::credit, 0, 0, 0);
      if (message) message->number = parcel.code;
      return tell(*run, parcel.from, message);
    }
    case ParcelKind::watch:
      return watch(*run, system, parcel);
    case ParcelKind::ended: {
      Message* const message = new_message(MessageKind::ended, 0, 0, parcel.text.size());
      if (!message) return;
      std::copy(parcel.text.begin(), parcel.text.end(), message->payload());
      message->number = parcel.code;
      return tell(*run, parcel.from, message);
    }
    case ParcelKind::link:
    case ParcelKind::unlink: {
      const auto other = stand_in(*run, parcel.run, parcel.from, true);
      if (other) link_pair(system_, *other, parcel.to, parcel.kind == ParcelKind::link);
      return;
    }
    case ParcelKind::stop:
      return system_.stop(parcel.to);
    case ParcelKind::kill:
      return system_.kill(parcel.to, parcel.text);
    case ParcelKind::run_ended:
      return run->run->close();
    default:
      return;
  }
}

/// Without the lock: whoever shows it may take its time.
void Remotes::report(SystemNumber system, const Parcel& parcel) {
  std::shared_ptr<Run> run;
  Pid pid = parcel.from.pid;
  {
    const std::lock_guard lock(mutex_);
    const Known* const there = known(parcel.run);
    if (there == nullptr) return;
    run = there->run;
    if (const auto found = there->stand_ins.find(parcel.from); found != there->stand_ins.end()) pid = found->second;
  }
  const RunSettings& settings = run->settings();
  if (parcel.kind == ParcelKind::output) {
    if (settings.output) settings.output->write(parcel.text);
  } else if (settings.on_uncaught) {
    const std::string where = "on node " + carrier_.name_of(system);
    settings.on_uncaught({pid,
                          static_cast<std::uint16_t>(parcel.code),
                          parcel.text,
                          parcel.trace.empty() ? where : parcel.trace + "\n" + where,
                          {},
                          0});
  }
}

void Remotes::refuse_ask(SystemNumber system, const Parcel& parcel, const Error& why) {
  Parcel failure;
  failure.kind = ParcelKind::failure;
  failure.run = parcel.run;
  failure.to = parcel.from.pid;
  failure.from = {kThisSystem, parcel.to};
  failure.ask = parcel.ask;
  failure.code = why.number();
  failure.hash = failure.code;
  failure.text = why.message;
  carrier_.send(system, std::move(failure));
}

Result<Message*> Remotes::message_for(Known& known, const ProcessControl& target, const Parcel& parcel) {
  const auto program = system_.hold(target.program.load(std::memory_order_relaxed));
  if (!program) return Error{Code::no_such_process, "the process has ended", {}};
  const bool is_raw = parcel.kind == ParcelKind::raw;
  std::vector<bytecode::TypeRef> types;
  CallShape shape{0, 1, 'v'};
  std::uint32_t handler = 0;
  if (!is_raw) {
    const auto found = program->handler_by_hash.find(parcel.hash);
    if (found == program->handler_by_hash.end()) {
      return Error{Code::image_unknown_type, "the receiver's program has no such handler", {}};
    }
    handler = found->second;
    shape = program->handlers[handler];
    types = pointer_types(*program->program, program->program->module.handlers[handler].signature.params);
  }
  ImportedImage image;
  if (!parcel.image.empty()) {
    const auto references = local(known, parcel.run, parcel.references);
    if (!references) return references.error();
    const std::span<const Pid> pids = *references;
    auto read = import_image(parcel.image, *program->program, types, &pids);
    if (!read) return read.error();
    image = std::move(*read);
  }
  if (parcel.scalars.size() != shape.scalars || image.refs.size() != shape.pointers) {
    return Error{Code::image_malformed, "the message has another shape than its handler", {}};
  }
  const MessageKind kind = is_raw                           ? MessageKind::raw
                           : parcel.kind == ParcelKind::ask ? MessageKind::ask
                                                            : MessageKind::call;
  Message* const message = new_message(kind, parcel.scalars, image.refs, image.objects);
  if (!message) return Error{Code::node_out_of_memory, "the node has no memory for a message", {}};
  message->stamp = program->stamp;
  message->number = handler;
  message->to = parcel.to;
  message->ask = parcel.ask;
  message->counted = true;
  return message;
}

void Remotes::deliver_in(Known& run, SystemNumber system, const Parcel& parcel) {
  const bool asks = parcel.kind == ParcelKind::ask;
  ProcessControl* const target = system_.find(parcel.to);
  Result<Message*> message = Error{Code::no_such_process, "the process has ended", {}};
  if (target && is_stand_in(target->program.load(std::memory_order_relaxed))) {
    message = Error{Code::no_such_process, "the process is not of this system", {}};
  } else if (target) {
    message = message_for(run, *target, parcel);
  }
  if (message && asks) {
    auto asker = stand_in(run, parcel.run, {system, parcel.from.pid}, true);
    if (asker) {
      (*message)->from = *asker;
    } else {
      release_message(*message);
      message = asker.error();
    }
  }
  if (message) return place(run, parcel.run, system, *message);
  system_.dead_letters.fetch_add(1, std::memory_order_relaxed);
  if (asks) refuse_ask(system, parcel, message.error());
  give_credit(run, parcel.run, system, parcel.to);
}

void Remotes::place(Known& run, const RunName& name, SystemNumber system, Message* message) {
  const Pid receiver = message->to;
  const auto waiting = run.waiting.find(receiver);
  if (waiting != run.waiting.end()) {
    waiting->second.messages.emplace_back(system, message);
    return;
  }
  if (!put(run, message)) {
    run.waiting[receiver].messages.emplace_back(system, message);
    return;
  }
  give_credit(run, name, system, receiver);
}

/// False: its receiver has no room, and will tell.
bool Remotes::put(Known& run, Message* message) {
  ProcessControl* const target = system_.find(message->to);
  if (target == nullptr) {
    refuse(system_, nullptr, message, Code::no_such_process, "the process has ended");
    return true;
  }
  if (deliver(system_, nullptr, *target, message) == Delivery::done) return true;
  const auto envoy =
      std::find_if(run.stand_ins.begin(), run.stand_ins.end(), [](const auto& one) { return one.first.pid == 0; });
  if (target->mailbox.policy() == MailboxPolicy::error || envoy == run.stand_ins.end()) {
    refuse(system_, nullptr, message, Code::mailbox_full, "the mailbox is full");
    return true;
  }
  if (!await_room(*target, message->to, envoy->second)) return put(run, message);
  // Once more: room may have come free before the registration.
  return deliver(system_, nullptr, *target, message) == Delivery::done;
}

void Remotes::retry(const RunName& name) {
  const std::lock_guard lock(mutex_);
  Known* const run = known(name);
  if (run == nullptr) return;
  for (auto waiting = run->waiting.begin(); waiting != run->waiting.end();) {
    auto& messages = waiting->second.messages;
    while (!messages.empty() && put(*run, messages.front().second)) {
      give_credit(*run, name, messages.front().first, waiting->first);
      messages.pop_front();
    }
    waiting = messages.empty() ? run->waiting.erase(waiting) : std::next(waiting);
  }
}

void Remotes::give_credit(Known& run, const RunName& name, SystemNumber system, Pid receiver) {
  std::uint32_t& taken = run.credit[{system, receiver}];
  if (++taken < StandIn::kCreditStep) return;
  Parcel parcel;
  parcel.kind = ParcelKind::credit;
  parcel.run = name;
  parcel.from = {kThisSystem, receiver};
  parcel.code = std::exchange(taken, 0);
  carrier_.send(system, std::move(parcel));
}

void Remotes::answer_in(Known& run, const Parcel& parcel) {
  const bool fails = parcel.kind == ParcelKind::failure;
  const vm::Slot code{static_cast<std::int64_t>(parcel.code)};
  if (fails && parcel.hash != 0 && system_.find(parcel.to) && is_stand_in(system_.find(parcel.to)->program)) {
    // A spawn has failed: nobody has its stand-in yet but the spawner, who waits.
    fail_ask(system_, nullptr, static_cast<Pid>(parcel.hash), parcel.ask, static_cast<Code>(parcel.code), parcel.text);
    Message* const message = new_message(MessageKind::ended, 0, 0, parcel.text.size());
    if (!message) return;
    std::copy(parcel.text.begin(), parcel.text.end(), message->payload());
    message->number = parcel.code;
    return post_control(system_, nullptr, parcel.to, message);
  }
  const ProcessControl* const asker = system_.find(parcel.to);
  if (asker == nullptr) return;
  const auto found = run.stand_ins.find(parcel.from);
  const Pid stand_in = found == run.stand_ins.end() ? asker->waits_for.load() : found->second;
  if (stand_in == 0) return;
  Message* message = nullptr;
  if (fails) {
    message =
        new_message(MessageKind::returned_failure, std::span(&code, 1), {}, {parcel.text.data(), parcel.text.size()});
    if (message) message->number = static_cast<std::uint32_t>(parcel.hash);
  } else {
    auto references = local(run, parcel.run, parcel.references);
    if (!references) return;
    message = new_packed(MessageKind::returned, parcel.scalars, *references, parcel.image);
  }
  if (!message) return;
  message->from = parcel.to;
  message->ask = parcel.ask;
  post_control(system_, nullptr, stand_in, message);
}

void Remotes::watch(Known& run, SystemNumber system, const Parcel& parcel) {
  const auto envoy = stand_in(run, parcel.run, {system, 0}, false);
  if (envoy && watch_for(system_, parcel.to, *envoy)) return;
  Parcel ended;
  ended.kind = ParcelKind::ended;
  ended.run = parcel.run;
  ended.from = {kThisSystem, parcel.to};
  ended.code = static_cast<std::uint32_t>(Code::no_such_process);
  ended.text = "the process has ended before";
  carrier_.send(system, std::move(ended));
}

}  // namespace noodle::process
