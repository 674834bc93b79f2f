// The runs of a process system that have spread over several systems, and their stand-ins.
//
// `spawn ... on` makes a process on another system of the same run: that opens a guest run there, which prints at home
// and ends with the run at home, or with its system. Code goes by its content hash; whoever carries parcels fetches
// what program() does not know before it hands over the parcel that needs it. A message for a process whose mailbox is
// full waits here; its sender's stand-in gets no credit meanwhile, so at most StandIn::kWindow messages of one sender
// wait. Threads: any. What comes from one system is handed over in order, one at a time. Errors: 6107 no such node,
// 1541 and 1540 for values that cannot be read, 5xxx and 15xx of spawns, 6207 lost.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "runtime/process/lifecycle.hpp"
#include "runtime/remote/stand_in.hpp"

namespace noodle::process {

class Remotes {
 public:
  /// Both outlive this.
  Remotes(System& system, Carrier& carrier)
      : system_(system), carrier_(carrier), last_run_(static_cast<std::uint64_t>(system.options().clock->wall_ns())) {}
  ~Remotes();
  Remotes(const Remotes&) = delete;
  Remotes& operator=(const Remotes&) = delete;

  Carrier& carrier() const { return carrier_; }

  // ---- for the carrier
  void receive(SystemNumber system, Parcel parcel);
  /// A system is gone, with all its processes.
  void lost(SystemNumber system, const Error& why);
  /// Another node has had the name for longer than this process.
  void name_lost(Pid pid, const std::string& name, const std::string& node);
  bool knows_program(std::uint64_t hash) const;
  /// NBC that another system has sent for the hash. Errors 15xx; 1502 when it is something else.
  Result<void> add_program(std::uint64_t hash, std::string_view nbc);
  /// A program that processes of this system were spawned from elsewhere. Error 1541.
  Result<std::string> program_nbc(std::uint64_t hash) const;

  // ---- for processes
  /// Makes a process elsewhere: its stand-in; the spawner gets an answer to its number `ask`. Errors 1705.
  Result<Pid> spawn(ProcessControl& spawner, SystemNumber system, std::shared_ptr<const SpawnOrder> order,
                    std::uint32_t ask, Message* arguments);
  Address address_of(Pid pid) const;
  /// Gives a process of this system a name in the cluster, which goes with it. Errors 1613, 1810, 6131 to 6133.
  Result<void> add_name(Pid pid, const std::string& name, bool unique);
  /// The process, or a stand-in of it; 0: there is none. Errors 1705, 1814.
  Result<Pid> find_name(const std::string& name);
  /// As Carrier::lease.
  Result<std::optional<std::uint64_t>> lease(Pid pid, const std::string& name);
  /// `self` links itself to the process at `address`, that `other` stands for, or takes that back.
  void link(Pid other, const Address& address, Pid self, bool on);
  /// The envoy has told that a process of this system has ended.
  void ended(const StandIn& envoy, Pid pid);
  /// There may be room again for messages that wait.
  void retry(const RunName& run);
  /// A stand-in has ended.
  void forget(const StandIn& stand_in, Pid pid);
  void run_ended(const Run* run);

 private:
  static constexpr std::size_t kKeptPrograms = 64;  // besides those that run

  struct Waiting {
    std::deque<std::pair<SystemNumber, Message*>> messages;  // and who gets credit for them
  };
  struct Unborn {  // a process that was asked for
    SystemNumber system = kThisSystem;
    Pid spawner = 0;
    std::uint32_t ask = 0;  // of the spawner
  };
  struct Known {
    std::shared_ptr<Run> run;
    bool visited = false;  // the run has not spread here: only stand-ins are here, and it ends with the last one
    std::shared_ptr<Run> visitor;             // of stand-ins that were here before it has
    GrantsPtr grants;                         // of a guest run's programs
    std::unique_ptr<Output> output;           // of a guest run
    std::map<Address, Pid> stand_ins;         // envoys under pid 0
    std::map<Pid, Unborn> unborn;             // by stand-in
    std::set<SystemNumber> spread_to;         // by this system
    std::map<Pid, Waiting> waiting;           // for room, by receiver
    std::map<Address, std::uint32_t> credit;  // taken and not told yet: by sending system and receiver
  };
  class HomeOutput;

  Known* known(const RunName& name);
  Known* home_run(const std::shared_ptr<Run>& run, RunName& name);
  Result<Known*> guest_run(const RunName& name, const SpawnOrder& order);
  Result<Known*> visited_run(const RunName& name);
  static void close(Known& known);
  bool note_in_cluster(Pid pid);
  Result<Pid> stand_in(Known& known, const RunName& name, const Address& address, bool watch);
  Result<std::vector<Pid>> local(Known& known, const RunName& name, const std::vector<Address>& addresses);
  void drop(Known& known);
  void keep_program(std::uint64_t hash, std::shared_ptr<const vm::Program> program);
  void report(SystemNumber system, const Parcel& parcel);

  void end_stand_in(Pid pid, const Error& why);
  void spawned(Known& known, const Parcel& parcel);
  void fail_spawn(Known& known, Pid stand_in, const Error& why);
  void make_process(SystemNumber system, const Parcel& parcel);
  Result<Pid> make_process(Known& known, SystemNumber system, const Parcel& parcel);
  void deliver_in(Known& known, SystemNumber system, const Parcel& parcel);
  Result<Message*> message_for(Known& known, const ProcessControl& target, const Parcel& parcel);
  void place(Known& known, const RunName& name, SystemNumber system, Message* message);
  bool put(Known& known, Message* message);
  void give_credit(Known& known, const RunName& name, SystemNumber system, Pid receiver);
  void answer_in(Known& known, const Parcel& parcel);
  void watch(Known& known, SystemNumber system, const Parcel& parcel);
  void visit(Known& known, SystemNumber system, const Parcel& parcel);
  void tell_ended(SystemNumber system, const Parcel& watch);
  void tell(Known& known, const Address& whom, Message* message);
  void refuse_ask(SystemNumber system, const Parcel& parcel, const Error& why);

  System& system_;
  Carrier& carrier_;
  mutable std::mutex mutex_;  // guards the following
  std::map<RunName, Known> runs_;
  std::uint64_t last_run_;  // from the clock: after a restart nobody means a run of this system by the same number
  std::map<std::uint64_t, std::shared_ptr<const vm::Program>> programs_;  // by content hash
};

}  // namespace noodle::process
