#include "runtime/remote/stand_in.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/process/delivery.hpp"
#include "runtime/process/extras.hpp"
#include "runtime/process/worker.hpp"
#include "runtime/remote/remotes.hpp"
#include "runtime/run/loaded_program.hpp"

namespace noodle::process {
namespace {

constexpr std::size_t kMostImageBytes = 32 * kMiB;  // what nodes take from each other is bounded

std::string take_text(ProcessControl& control) {
  const ControlLock lock(control);
  return std::exchange(extras_of(control).kill_reason, {});
}

Parcel parcel_of(const StandIn& stand_in, ParcelKind kind, Pid from) {
  Parcel parcel;
  parcel.kind = kind;
  parcel.run = stand_in.run;
  parcel.to = stand_in.address.pid;
  parcel.from = {kThisSystem, from};
  return parcel;
}

void add_payload(const StandIn& stand_in, Parcel& parcel, Message& message) {
  const std::span<const char> image = packed_image(message);
  parcel.image.assign(image.begin(), image.end());
  for (const Pid pid : packed_references(message)) parcel.references.push_back(stand_in.remotes.address_of(pid));
}

/// Code and text of a message that new_reason_message or fail_ask has made for another program.
void add_reason(Parcel& parcel, Message& message) {
  parcel.code = static_cast<std::uint32_t>(message.scalar_arguments()[0].i);
  parcel.text.assign(message.payload(), message.payload_bytes);
}

void give_answer(Worker& worker, ProcessControl& control, StandIn& stand_in, Message& message) {
  const auto found = std::find_if(
      stand_in.pending.begin(), stand_in.pending.end(),
      [&message](const StandIn::Pending& one) { return one.asker == message.from && one.ask == message.ask; });
  if (found == stand_in.pending.end()) return;
  const StandIn::Pending asked = *found;
  stand_in.pending.erase(found);
  System& system = worker.system();
  ProcessControl* asker = system.find(asked.asker);
  if (!asker) return;
  Pid self = control.process.pid;
  asker->waits_for.compare_exchange_strong(self, 0, std::memory_order_relaxed);
  if (message.kind == MessageKind::returned_failure) {
    Message* failure = new_message(MessageKind::failure, {message.scalar_arguments(), 1}, {},
                                   {message.payload(), message.payload_bytes});
    if (!failure) return;
    failure->number = message.number;
    failure->ask = asked.ask;
    return post_control(system, &worker, asked.asker, failure);
  }
  const auto program = system.hold(asked.program);
  if (!program || asker->program.load(std::memory_order_relaxed) != asked.program) {
    return fail_ask(system, &worker, asked.asker, asked.ask, Code::image_unknown_type,
                    "the asker has moved to another version of its program");
  }
  std::vector<ImageRef> refs;
  std::vector<char> objects;
  if (const auto image = packed_image(message); !image.empty()) {
    const auto types =
        pointer_types(*program->program, {&program->program->module.handlers[asked.handler].signature.result, 1});
    const auto references = packed_references(message);
    auto read = import_image(image, *program->program, types, &references);
    if (!read) return fail_ask(system, &worker, asked.asker, asked.ask, read.error().code, read.error().message);
    refs = std::move(read->refs);
    objects = std::move(read->objects);
  }
  const CallShape& shape = program->handlers[asked.handler];
  if (message.scalars != (shape.result == 's' ? 1 : 0) || refs.size() != (shape.result == 'p' ? 1 : 0)) {
    return fail_ask(system, &worker, asked.asker, asked.ask, Code::image_malformed, "the answer has another shape");
  }
  Message* reply = new_message(MessageKind::reply, {message.scalar_arguments(), message.scalars}, refs, objects);
  if (!reply) return;  // the ask times out
  reply->stamp = program->stamp;
  reply->ask = asked.ask;
  reply->from = self;
  post_control(system, &worker, asked.asker, reply);
}

}  // namespace

std::string StandIn::what() const {
  const std::string node = remotes.carrier().name_of(address.system);
  if (address.pid == 0) return "envoy of " + node;
  return pid_text(address.pid) + " on " + node;
}

const LoadedProgram& stand_in_program() {
  static const LoadedProgram program(std::make_shared<vm::Program>());
  return program;
}

Message* new_packed(MessageKind kind, std::span<const vm::Slot> scalars, std::span<const Pid> references,
                    std::span<const char> image) {
  const std::size_t bytes = image.empty() ? 0 : sizeof(Pid) * (1 + references.size()) + image.size();
  Message* message = new_message(kind, scalars.size(), 0, bytes);
  if (!message) return nullptr;
  std::copy(scalars.begin(), scalars.end(), message->scalar_arguments());
  if (bytes == 0) return message;
  char* out = message->payload();
  const Pid count = references.size();
  std::memcpy(out, &count, sizeof count);
  if (count) std::memcpy(out + sizeof count, references.data(), count * sizeof(Pid));
  std::memcpy(out + (1 + count) * sizeof(Pid), image.data(), image.size());
  return message;
}

std::span<const Pid> packed_references(Message& message) {
  if (message.payload_bytes == 0) return {};
  const auto* const words = reinterpret_cast<const Pid*>(message.payload());
  return {words + 1, static_cast<std::size_t>(words[0])};
}

std::span<const char> packed_image(Message& message) {
  if (message.payload_bytes == 0) return {};
  const std::size_t before = sizeof(Pid) * (1 + packed_references(message).size());
  return {message.payload() + before, message.payload_bytes - before};
}

bool pass_on(Worker& worker, StandIn& stand_in, Message& message) {
  const SystemNumber system = stand_in.address.system;
  if (message.kind == MessageKind::down) {  // an envoy watches
    Parcel parcel = parcel_of(stand_in, ParcelKind::ended, message.from);
    add_reason(parcel, message);
    stand_in.remotes.ended(stand_in, message.from);
    stand_in.remotes.carrier().send(system, std::move(parcel));
    return true;
  }
  if (stand_in.on_the_way >= StandIn::kWindow) return false;
  const bool asks = message.kind == MessageKind::ask;
  const bool is_raw = message.kind == MessageKind::raw;
  Parcel parcel = parcel_of(stand_in,
                            asks     ? ParcelKind::ask
                            : is_raw ? ParcelKind::raw
                                     : ParcelKind::call,
                            message.from);
  const vm::Slot* const scalars = message.scalar_arguments();
  const std::size_t count = is_raw ? 0 : message.scalars - 1u;  // the last one is the handler's hash
  parcel.scalars.assign(scalars, scalars + count);
  if (!is_raw) parcel.hash = scalars[count].u;
  parcel.ask = message.ask;
  add_payload(stand_in, parcel, message);
  if (asks) {
    const ProcessControl* asker = worker.system().find(message.from);
    if (!asker) return true;
    if (stand_in.pending.size() >= StandIn::kMostPending) stand_in.pending.pop_front();  // its asker waits no more
    stand_in.pending.push_back(
        {message.from, message.ask, message.number, asker->program.load(std::memory_order_relaxed)});
  }
  ++stand_in.on_the_way;
  stand_in.remotes.carrier().send(system, std::move(parcel));
  return true;
}

bool take_control(Worker& worker, ProcessControl& control, StandIn& stand_in, Message& message, Ending& ending) {
  switch (message.kind) {
    case MessageKind::reply:
    case MessageKind::failure: {  // a process of this system answers the one this stands for
      const bool fails = message.kind == MessageKind::failure;
      Parcel parcel = parcel_of(stand_in, fails ? ParcelKind::failure : ParcelKind::reply, message.from);
      parcel.ask = message.ask;
      if (fails) {
        add_reason(parcel, message);
        parcel.hash = message.number;
      } else {
        parcel.scalars.assign(message.scalar_arguments(), message.scalar_arguments() + message.scalars);
        add_payload(stand_in, parcel, message);
      }
      stand_in.remotes.carrier().send(stand_in.address.system, std::move(parcel));
      return true;
    }
    case MessageKind::returned:
    case MessageKind::returned_failure:
      give_answer(worker, control, stand_in, message);
      return true;
    case MessageKind::credit:
      stand_in.on_the_way -= std::min(stand_in.on_the_way, message.number);
      return true;
    case MessageKind::ended:
      ending = {static_cast<Code>(message.number), false, {message.payload(), message.payload_bytes}};
      return false;
    case MessageKind::link_exit: {  // the other side hears of it from who watches that process
      const ControlLock lock(control);
      extras_of(control).links.erase(message.from);
      return true;
    }
    default:
      return true;
  }
}

void pass_on_signals(ProcessControl& control, StandIn& stand_in, std::uint32_t signals) {
  const bool is_envoy = [&control, &stand_in] {
    const ControlLock lock(control);
    return stand_in.address.pid == 0;
  }();
  if (is_envoy) {
    if (signals & kSignalResume) stand_in.remotes.retry(stand_in.run);
    return;
  }
  if (!(signals & (kSignalKill | kSignalStop))) return;
  Parcel parcel = parcel_of(stand_in, signals & kSignalKill ? ParcelKind::kill : ParcelKind::stop, 0);
  if (signals & kSignalKill) parcel.text = take_text(control);
  stand_in.remotes.carrier().send(stand_in.address.system, std::move(parcel));
}

void fail_pending(Worker& worker, ProcessControl& control, StandIn& stand_in, const Reason& reason) {
  System& system = worker.system();
  const std::string text = reason.text();
  for (const StandIn::Pending& asked : std::exchange(stand_in.pending, {})) {
    ProcessControl* asker = system.find(asked.asker);
    if (!asker) continue;
    Pid self = control.process.pid;
    asker->waits_for.compare_exchange_strong(self, 0, std::memory_order_relaxed);
    const vm::Slot code{static_cast<std::int64_t>(reason.code)};
    Message* failure = new_message(MessageKind::failure, std::span(&code, 1), {}, {text.data(), text.size()});
    if (!failure) continue;
    failure->number = static_cast<std::uint32_t>(Code::ask_failed);
    failure->ask = asked.ask;
    post_control(system, &worker, asked.asker, failure);
  }
}

Message* make_departing(Worker& worker, ProcessControl& sender, const Transfer& transfer, Error& error) {
  PortableImage image;
  std::vector<Pid> references;
  if (!transfer.pointers.empty()) {
    const LoadedProgram& program = *sender.program.load(std::memory_order_relaxed);
    auto written = export_image(worker.writer, *program.program, transfer.pointers,
                                std::min(message_limit(worker), kMostImageBytes), &references);
    if (!written) return not_written(worker, sender, written.error(), error);
    image = std::move(*written);
  }
  Message* message = new_packed(transfer.kind, transfer.scalars, references, image);
  if (!message) error = {Code::node_out_of_memory, "the node has no memory for a message", {}};
  return message;
}

}  // namespace noodle::process
