#include "actors/mesh/endings.hpp"

#include <caf/exit_reason.hpp>

#include "actors/core/caf_error.hpp"
#include "messages/msg.hpp"

namespace noodle::actors {
namespace {

void write_failure(wire::Failure::Builder failure, const Error& error) {
  failure.setCode(error.number());
  failure.setMessage(error.message);
  failure.setDetails(error.details);
}

Error read_failure(wire::Failure::Reader failure) {
  return {static_cast<Code>(failure.getCode()), std::string(failure.getMessage()), std::string(failure.getDetails())};
}

}  // namespace

void write_end(wire::End::Builder end, const caf::error& reason) {
  using Kind = wire::End::Kind;
  if (!reason || reason == caf::exit_reason::normal) {
    end.setKind(Kind::NORMAL);
  } else if (reason == caf::exit_reason::kill) {
    end.setKind(Kind::KILLED);
  } else if (reason == caf::exit_reason::user_shutdown) {
    end.setKind(Kind::STOPPED);
  } else {
    end.setKind(Kind::ERROR);
    write_failure(end.initFailure(), from_caf(reason));
  }
}

caf::error read_end(wire::End::Reader end) {
  using Kind = wire::End::Kind;
  switch (end.getKind()) {
    case Kind::NORMAL:
      return caf::exit_reason::normal;
    case Kind::KILLED:
      return caf::exit_reason::kill;
    case Kind::STOPPED:
      return caf::exit_reason::user_shutdown;
    case Kind::ERROR:
      break;
  }
  return to_caf(read_failure(end.getFailure()));
}

FramePtr failure_frame(const Error& error) {
  return Msg<wire::Failure>::build([&error](wire::Failure::Builder failure) { write_failure(failure, error); }).frame();
}

Error read_failure_frame(FramePtr frame) {
  const auto failure = Msg<wire::Failure>::from_frame(std::move(frame));
  return failure ? read_failure(failure->read()) : failure.error();
}

}  // namespace noodle::actors
