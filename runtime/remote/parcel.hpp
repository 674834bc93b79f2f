// What process systems tell each other about the processes of a run that has spread over several of them.
//
// A run belongs to the system it was started on, its home, and is called by the home's number for it. A process is
// called by its system and its id there. Systems have numbers that are only good on one side: 0 is the system itself,
// the others are given by the Carrier.
// Threads: values.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/message/message.hpp"
#include "runtime/message/portable_image.hpp"
#include "runtime/process/control.hpp"

namespace noodle::process {

using SystemNumber = std::uint64_t;
constexpr SystemNumber kThisSystem = 0;

struct Address {
  SystemNumber system = kThisSystem;
  Pid pid = 0;
  friend auto operator<=>(const Address&, const Address&) = default;
};

struct RunName {
  SystemNumber home = kThisSystem;
  std::uint64_t number = 0;
  friend auto operator<=>(const RunName&, const RunName&) = default;
};

enum class ParcelKind : std::uint8_t {
  spawn,        // asks for a process by `order`; `to` comes back with the answer
  spawned,      // `from` is the new process
  not_spawned,  // why there is none
  call,         // `hash` is the handler's
  ask,          // the same; `from` waits for `reply` or `failure` with its number `ask`
  raw,          // any value
  reply,        // from the asked process `from`
  failure,      // the same; `hash` is the code that the asker gets, with the reason's code and text
  credit,       // `from` has taken `code` more of what was sent to it
  watch,        // the sending system is to be told when `to` ends
  ended,        // `from` has ended with this code and text
  link,         // `from` links itself to `to`
  unlink,       // takes that back
  stop,         // `to`
  kill,         // `to`, with the text as reason
  output,       // a process of the run has printed the text; to its home
  uncaught,     // a process of the run has ended with an error; to its home
  run_ended,    // told by whoever has spread it there
  visit         // as watch, from a system that the run has not spread to: it is told of the end of the run too
};

/// How a process is to be made on another system.
struct SpawnOrder {
  std::uint64_t program = 0;  // vm::Program::content_hash
  std::uint32_t index = 0;    // of the actor, or of the function
  bool is_function = false;
  std::string name;            // to be registered there; empty: none
  std::uint8_t priority = 1;   // as Priority
  vm::ProcessLimits limits;    // of the process
  vm::ProcessLimits defaults;  // of what it spawns
  std::vector<std::string> grants;
};

struct Parcel {
  ParcelKind kind{};
  RunName run;
  Pid to = 0;  // on the receiving system
  Address from;
  std::uint32_t ask = 0;
  std::uint32_t code = 0;
  std::uint64_t hash = 0;
  std::vector<vm::Slot> scalars;
  PortableImage image;              // empty: no objects
  std::vector<Address> references;  // what its ActorRefs stand for
  std::string text, trace;
  std::shared_ptr<const SpawnOrder> order;  // of a spawn
};

/// A node of the cluster, for programs.
struct NodeFacts {
  std::string name, address, state;
  std::vector<std::string> labels;  // KEY=VALUE
};

/// A process that has a name in the cluster.
struct NamedProcess {
  Address address;
  RunName run;
};

/// A name in the cluster and the node of its holder.
struct NameFacts {
  std::string name, node;
};

/// Brings parcels to other systems, and tells them of names. Threads: any; it calls nobody back from within its
/// functions, but may wait for who does: no locks may be held.
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// The system of a node that runs processes for others. Errors: 6107, 6207.
  virtual Result<SystemNumber> system_of(std::string_view node) = 0;
  /// All that are known, this one first.
  virtual std::vector<NodeFacts> nodes() = 0;
  /// What people call the node of a system.
  virtual std::string name_of(SystemNumber system) = 0;
  /// About how much has not been taken yet of what was sent to a system.
  virtual std::size_t waiting_bytes(SystemNumber system) = 0;
  /// Parcels to one system arrive in the order of these calls, each once, or Remotes::lost tells that it is gone.
  virtual void send(SystemNumber system, Parcel parcel) = 0;

  // ---- names and leases of the cluster
  /// Gives a process of this system, and of that run, a name. Errors 6131, 6132, 6133.
  virtual Result<void> add_name(const std::string& name, bool unique, Pid pid, const RunName& run) = 0;
  /// False: no process of this system has it.
  virtual bool remove_name(const std::string& name) = 0;
  /// Nothing: there is none. Error 1814 when it is no process.
  virtual Result<std::optional<NamedProcess>> find_name(const std::string& name) = 0;
  virtual std::vector<NameFacts> names(const std::string& prefix, std::size_t most) = 0;
  /// The fencing token while the process holds the lease; it is asked for with the first call. Errors 6131, 6152, 6153.
  virtual Result<std::optional<std::uint64_t>> lease(const std::string& name, Pid pid) = 0;
  /// False: the process has not asked for it.
  virtual bool release(const std::string& name, Pid pid) = 0;
  /// A process that has names or leases has ended.
  virtual void process_ended(Pid pid) = 0;
};

}  // namespace noodle::process
