#include "runtime/replay/recording.hpp"

#include <algorithm>
#include <cstring>

#include "messages/msg.hpp"
#include "messages/recording.capnp.h"
#include "runtime/bytecode/container.hpp"
#include "runtime/run/limits_wire.hpp"

namespace noodle::replay {
namespace {

constexpr std::uint32_t kLongestSlice = 100'000'000;  // more would never end
constexpr std::uint32_t kMostProcesses = 100'000'000;

std::string text(capnp::Data::Reader in) {
  return {reinterpret_cast<const char*>(in.begin()), in.size()};
}
capnp::Data::Reader data(const std::string& text) {
  return {reinterpret_cast<const kj::byte*>(text.data()), text.size()};
}

}  // namespace

std::string_view name_of(EventKind kind) {
  constexpr std::string_view kNames[] = {"a look at the clock", "a look at the calendar", "an answer from outside",
                                         "the order to end",    "a comparison",           "the end of the run"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<std::string> Beginning::encoded() const {
  auto built = Msg<wire::Recording>::try_build([this](wire::Recording::Builder out) {
    out.setImage(data(image));
    out.setFunction(function);
    auto list = out.initArguments(static_cast<unsigned>(arguments.size()));
    for (unsigned i = 0; i < arguments.size(); ++i) list.set(i, data(arguments[i]));
    auto grants = out.initGrants(static_cast<unsigned>(options.grants.size()));
    for (unsigned i = 0; i < options.grants.size(); ++i) grants.set(i, options.grants[i]);
    process::write_limits(out.initLimits(), options.main_limits);
    out.setSliceFuel(static_cast<std::uint32_t>(options.slice_fuel));
    out.setProcesses(options.max_processes);
    out.setMemoryBytes(options.vm_memory_bytes);
    out.setMessageBytes(message_bytes);
  });
  if (!built) return built.error();
  const auto bytes = built->frame()->bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Result<Beginning> Beginning::decoded(std::string_view payload) {
  const auto message =
      Msg<wire::Recording>::from_bytes(Msg<wire::Recording>::kTypeId, std::as_bytes(std::span(payload)));
  if (!message) return Error{Code::recording_damaged, "the recording's beginning: " + message.error().message, {}};
  const auto in = message->read();
  if (in.getSliceFuel() == 0 || in.getSliceFuel() > kLongestSlice || in.getProcesses() > kMostProcesses ||
      static_cast<unsigned>(in.getLimits().getMailboxPolicy()) > static_cast<unsigned>(wire::MailboxPolicy::ERROR)) {
    return Error{Code::recording_damaged, "the recording's beginning: a limit is out of range", {}};
  }
  Beginning beginning;
  beginning.image = text(in.getImage());
  beginning.function = in.getFunction();
  for (const auto argument : in.getArguments()) beginning.arguments.push_back(text(argument));
  for (const auto grant : in.getGrants()) beginning.options.grants.emplace_back(grant.cStr(), grant.size());
  beginning.options.main_limits = process::read_limits(in.getLimits());
  beginning.options.slice_fuel = in.getSliceFuel();
  beginning.options.max_processes = in.getProcesses();
  beginning.options.vm_memory_bytes = in.getMemoryBytes();
  beginning.message_bytes = in.getMessageBytes();
  return beginning;
}

std::uint32_t block_checksum(std::uint32_t number, std::string_view payload) {
  return bytecode::crc32c(payload) ^ (number * 0x9e3779b9u);
}

}  // namespace noodle::replay
