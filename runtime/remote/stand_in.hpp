// Stand-ins: processes of other systems as processes of this one.
//
// A stand-in has a place in the process table like any process, so that references, mailboxes with their bounds,
// monitors, links, asks and names know nothing of other systems. It runs no code: its turn passes on what it got. It
// ends when the process it stands for ends, or the system of that is lost, and for the same reason.
// At most kWindow messages of one stand-in are on their way; the others wait in its mailbox, and so do their senders
// when that is full.
// An envoy stands for another system as such (its pid there is 0): it watches processes of this one for that.
// Threads: the worker that runs it; `address` under the lock of its control block.
#pragma once

#include <deque>

#include "runtime/process/reason.hpp"
#include "runtime/process/transfer.hpp"
#include "runtime/remote/parcel.hpp"

namespace noodle::process {

class Remotes;

struct StandIn {
  static constexpr std::uint32_t kWindow = 256;
  static constexpr std::uint32_t kCreditStep = 64;
  static constexpr std::size_t kMostPending = 16'384;

  StandIn(Remotes& all, const RunName& name, const Address& whom) : remotes(all), run(name), address(whom) {}

  struct Pending {
    Pid asker = 0;
    std::uint32_t ask = 0;
    std::uint32_t handler = 0;  // in the asker's program
    const LoadedProgram* program = nullptr;
  };

  /// For people: where the process is.
  std::string what() const;

  Remotes& remotes;
  const RunName run;
  Address address;                // pid 0: an envoy, or not known yet
  std::uint32_t on_the_way = 0;   // messages that have not been taken there
  std::deque<Pending> pending{};  // asks that were passed on
};

/// The program that all stand-ins seem to run: no other, so that whatever is sent to one takes the portable form.
const LoadedProgram& stand_in_program();
inline bool is_stand_in(const LoadedProgram* program) {
  return program == &stand_in_program();
}

/// A message for a stand-in: its references are listed, its objects portable. Null with `error`, as make_message.
Message* make_departing(Worker& worker, ProcessControl& sender, const Transfer& transfer, Error& error);
/// The same as a message: payload = references, then the image.
Message* new_packed(MessageKind kind, std::span<const vm::Slot> scalars, std::span<const Pid> references,
                    std::span<const char> image);
/// What new_packed put into a message.
std::span<const Pid> packed_references(Message& message);
std::span<const char> packed_image(Message& message);

/// A message of a stand-in's mailbox goes on; false: it has to wait for credit.
bool pass_on(Worker& worker, StandIn& stand_in, Message& message);
/// What came for a stand-in in its control lane; false: it ends for the reason in `ending`.
bool take_control(Worker& worker, ProcessControl& control, StandIn& stand_in, Message& message, Ending& ending);
/// Those who signal a stand-in mean the process it stands for.
void pass_on_signals(ProcessControl& control, StandIn& stand_in, std::uint32_t signals);
/// The asks that it passed on have failed.
void fail_pending(Worker& worker, ProcessControl& control, StandIn& stand_in, const Reason& reason);

}  // namespace noodle::process
