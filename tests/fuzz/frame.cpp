// Frames from outside: the bytes are refused or every field of the message can be read.
#include <cstddef>
#include <cstdint>
#include <span>

#include "messages/msg.hpp"
#include "messages/value.capnp.h"
#include "messages/work.capnp.h"

namespace {

using namespace noodle;

template <class Bytes>
std::uint64_t touch(const Bytes& bytes) {
  std::uint64_t sum = 0;
  for (const auto byte : bytes) sum += static_cast<unsigned char>(byte);
  return sum;
}

std::uint64_t touch_value(wire::Value::Reader value) {
  std::uint64_t sum = touch(value.getImage());
  for (const auto scalar : value.getScalars()) sum += scalar;
  for (const auto reference : value.getReferences()) sum += reference;
  for (const auto layout : value.getLayouts()) sum += layout;
  return sum;
}

std::uint64_t touch_program(wire::RunProgram::Reader run) {
  std::uint64_t sum = run.getRun() + touch(run.getImage()) + touch(run.getSourceName()) + run.getLimits().getFrames();
  for (const auto argument : run.getArguments()) sum += touch(argument);
  for (const auto grant : run.getGrants()) sum += touch(grant.getCapability()) + touch(grant.getResource());
  return sum;
}

std::uint64_t touch_message(wire::ProcessMessage::Reader message) {
  std::uint64_t sum = message.getSender().getProcess() + message.getReceiver().getNodeLow();
  switch (message.which()) {
    case wire::ProcessMessage::SEND:
      return sum + touch_value(message.getSend().getArguments());
    case wire::ProcessMessage::RAW:
      return sum + touch_value(message.getRaw());
    case wire::ProcessMessage::ASK:
      return sum + touch_value(message.getAsk().getArguments());
    case wire::ProcessMessage::ANSWER:
      return sum + touch_value(message.getAnswer().getValue());
    case wire::ProcessMessage::FAILED:
      return sum + touch(message.getFailed().getMessage());
  }
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  std::uint64_t sum = 0;
  if (auto m = Msg<wire::RunProgram>::from_bytes(Msg<wire::RunProgram>::kTypeId, bytes))
    sum += touch_program(m->read());
  if (auto m = Msg<wire::ProcessMessage>::from_bytes(Msg<wire::ProcessMessage>::kTypeId, bytes)) {
    sum += touch_message(m->read());
  }
  volatile std::uint64_t seen = sum;  // keeps the reads
  (void)seen;
  return 0;
}
