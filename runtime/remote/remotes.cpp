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
    if (carrier_.waiting_bytes(run_.home) > kMostWaitingBytes) {
      lost_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    Parcel parcel;
    parcel.kind = ParcelKind::output;
    parcel.run = run_;
    if (const std::uint64_t lost = lost_.exchange(0, std::memory_order_relaxed)) {
      parcel.text =
          "[" + std::to_string(lost) + " prints left out: they came faster than they could be brought home]\n";
    }
    parcel.text += text;
    carrier_.send(run_.home, std::move(parcel));
  }

 private:
  static constexpr std::size_t kMostWaitingBytes = 4 * kMiB;
  Carrier& carrier_;
  const RunName run_;
  std::atomic<std::uint64_t> lost_{0};
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
  Known* const there = known(name);
  if (there && !there->visited) return there;
  if (name.home == kThisSystem) return Error{Code::exit_stopped, "the run has ended", {}};
  std::vector<Grant> grants;
  for (const std::string& text : order.grants) {
    auto grant = parse_grant(text);
    if (!grant) return grant.error();
    grants.push_back(std::move(*grant));
  }
  Known& made = runs_[name];
  made.visitor = std::move(made.run);
  made.visited = false;
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

void Remotes::close(Known& known) {
  known.run->close();
  if (known.visitor) known.visitor->close();
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
    if (found->second.visitor) found->second.visitor->close();
    drop(found->second);
    runs_.erase(found);
    return;
  }
}

void Remotes::lost(SystemNumber system, const Error& why) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, known] : runs_) {
    if (name.home == system) close(known);
    known.spread_to.erase(system);
    std::erase_if(known.credit, [system](const auto& one) { return one.first.system == system; });
    for (const auto& [address, pid] : known.stand_ins) {
      if (address.system == system) end_stand_in(pid, why);
    }
    std::vector<Pid> unborn;
    for (const auto& [pid, one] : known.unborn) {
      if (one.system == system) unborn.push_back(pid);
    }
    for (const Pid pid : unborn) fail_spawn(known, pid, why);
  }
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
    parcel.kind = known.visited ? ParcelKind::visit : ParcelKind::watch;
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

void Remotes::end_stand_in(Pid pid, const Error& why) {
  Message* const message = new_message(MessageKind::ended, 0, 0, why.message.size());
  if (!message) return;
  std::copy(why.message.begin(), why.message.end(), message->payload());
  message->number = why.number();
  post_control(system_, nullptr, pid, message);
}

void Remotes::forget(const StandIn& stand_in, Pid pid) {
  const std::lock_guard lock(mutex_);
  Known* const run = known(stand_in.run);
  if (run == nullptr) return;
  const auto found = run->stand_ins.find(stand_in.address);
  if (found != run->stand_ins.end() && found->second == pid) run->stand_ins.erase(found);
  if (run->visited && run->stand_ins.empty()) run->run->close();
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

}  // namespace noodle::process
