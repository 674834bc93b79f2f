#include "runtime/process/links.hpp"

#include "runtime/process/delivery.hpp"
#include "runtime/remote/remotes.hpp"

namespace noodle::process {
namespace {

/// Runs `change` on the extras of a living process under its lock; false if it is dead.
template <class Change>
bool with_living(System& system, Pid pid, Change&& change) {
  ProcessControl* control = system.find(pid);
  if (!control) return false;
  const ControlLock lock(*control);
  if (control->live.load(std::memory_order_relaxed) != pid) return false;
  change(extras_of(*control));
  return true;
}

/// Like with_living, but only if the process has extras.
template <class Change>
void with_extras(System& system, Pid pid, Change&& change) {
  ProcessControl* control = system.find(pid);
  if (!control) return;
  const ControlLock lock(*control);
  if (control->live.load(std::memory_order_relaxed) != pid) return;
  if (Extras* extras = control->extras.load(std::memory_order_acquire)) change(*extras);
}

/// The process that a stand-in stands for gets or loses the link too.
void tell_link(System& system, Pid other, Pid self, bool on) {
  Remotes* const remotes = system.remotes();
  if (!remotes) return;
  const Address address = remotes->address_of(other);
  if (address.system != kThisSystem) remotes->link(other, address, self, on);
}

const Reason kGone{Code::no_such_process, "the process has ended before", nullptr, 0};

void send_down(Worker& worker, const ProcessControl& ended, Pid pid, Pid watcher, const Reason& reason) {
  ProcessControl* target = worker.system().find(watcher);
  if (!target) return;
  Message* down =
      new_reason_message(worker, ended, target->program.load(std::memory_order_relaxed), MessageKind::down, reason);
  if (!down) return;
  down->from = pid;
  down->to = watcher;
  deliver(worker.system(), &worker, *target, down);
}

}  // namespace

bool watch_for(System& system, Pid target, Pid watcher) {
  return with_living(system, target, [watcher](Extras& other) { other.watchers.insert(watcher); });
}

void link_pair(System& system, Pid one, Pid other, bool on) {
  const auto change = [on](Extras& extras, Pid pid) {
    if (on) {
      extras.links.insert(pid);
    } else {
      extras.links.erase(pid);
    }
  };
  if (!with_living(system, one, [&](Extras& extras) { change(extras, other); })) return;
  if (with_living(system, other, [&](Extras& extras) { change(extras, one); })) return;
  with_living(system, one, [other](Extras& extras) { extras.links.erase(other); });
}

void monitor(Worker& worker, ProcessControl& watcher, Pid target) {
  const Pid self = watcher.process.pid;
  if (target == self) return;  // its own end is nothing it can learn
  Extras& extras = extras_of(watcher);
  const bool alive = with_living(worker.system(), target, [self](Extras& other) { other.watchers.insert(self); });
  if (alive) {
    extras.watched.insert(target);
  } else {
    send_down(worker, watcher, target, self, kGone);
  }
}

void link(Worker& worker, ProcessControl& control, Pid other) {
  const Pid self = control.process.pid;
  if (other == self) return;
  {
    const ControlLock lock(control);
    extras_of(control).links.insert(other);
  }
  if (with_living(worker.system(), other, [self](Extras& extras) { extras.links.insert(self); })) {
    return tell_link(worker.system(), other, self, true);
  }
  Message* exit = new_reason_message(worker, control, control.program.load(std::memory_order_relaxed),
                                     MessageKind::link_exit, kGone);
  if (!exit) return;
  exit->from = other;
  post_control(worker.system(), &worker, self, exit);
}

void unlink(Worker& worker, ProcessControl& control, Pid other) {
  const Pid self = control.process.pid;
  with_extras(worker.system(), other, [self](Extras& extras) { extras.links.erase(self); });
  tell_link(worker.system(), other, self, false);
  const ControlLock lock(control);
  if (Extras* extras = control.extras.load(std::memory_order_acquire)) extras->links.erase(other);
}

void tell_watchers(Worker& worker, const ProcessControl& control, const Extras& extras, const Reason& reason) {
  const Pid pid = reason.pid;
  extras.watchers.for_each([&](Pid watcher) { send_down(worker, control, pid, watcher, reason); });
  const bool normal = reason.code == Code::exit_normal || reason.code == Code::exit_stopped;
  extras.links.for_each([&](Pid linked) {
    // The receiver of link_exit drops the link itself: that it is still there tells it from one that was unlinked.
    if (normal) return with_extras(worker.system(), linked, [pid](Extras& other) { other.links.erase(pid); });
    ProcessControl* target = worker.system().find(linked);
    if (!target) return;
    Message* exit = new_reason_message(worker, control, target->program.load(std::memory_order_relaxed),
                                       MessageKind::link_exit, reason);
    if (!exit) {
      worker.system().signal(linked, kSignalKill, &worker);
      return;
    }
    exit->from = pid;
    post_control(worker.system(), &worker, linked, exit);
  });
}

void unwatch_all(Worker& worker, Pid pid, const Extras& extras) {
  extras.watched.for_each(
      [&](Pid watched) { with_extras(worker.system(), watched, [pid](Extras& other) { other.watchers.erase(pid); }); });
}

void forget_watched(Worker& worker, ProcessControl& control) {
  const Pid pid = control.process.pid;
  PidSet watched;
  std::swap(watched, extras_of(control).watched);
  watched.for_each(
      [&](Pid other) { with_extras(worker.system(), other, [pid](Extras& extras) { extras.watchers.erase(pid); }); });
}

}  // namespace noodle::process
