// What comes from other systems for processes of this one.
#include "runtime/remote/remotes.hpp"

#include <algorithm>

#include "runtime/process/delivery.hpp"
#include "runtime/process/links.hpp"

namespace noodle::process {

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
    if (parcel.kind == ParcelKind::visit) tell_ended(system, parcel);
    return;
  }
  switch (parcel.kind) {
    case ParcelKind::spawned:
      return spawned(*run, parcel);
    case ParcelKind::not_spawned:
      return fail_spawn(*run, parcel.to, {static_cast<Code>(parcel.code), parcel.text, {}});
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
    case ParcelKind::visit:
      return visit(*run, system, parcel);
    case ParcelKind::ended: {
      const auto found = run->stand_ins.find(parcel.from);
      if (found == run->stand_ins.end()) return;
      return end_stand_in(found->second, {static_cast<Code>(parcel.code), parcel.text, {}});
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
      return close(*run);
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
    settings.on_uncaught({pid,
                          static_cast<std::uint16_t>(parcel.code),
                          parcel.text + " (on " + carrier_.name_of(system) + ")",
                          parcel.trace,
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
  tell_ended(system, parcel);
}

void Remotes::visit(Known& run, SystemNumber system, const Parcel& parcel) {
  if (system != parcel.run.home) run.spread_to.insert(system);
  watch(run, system, parcel);
}

void Remotes::tell_ended(SystemNumber system, const Parcel& watch) {
  Parcel ended;
  ended.kind = ParcelKind::ended;
  ended.run = watch.run;
  ended.from = {kThisSystem, watch.to};
  ended.code = static_cast<std::uint32_t>(Code::no_such_process);
  ended.text = "the process has ended before";
  carrier_.send(system, std::move(ended));
}

}  // namespace noodle::process
