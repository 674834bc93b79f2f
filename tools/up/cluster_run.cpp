#include "tools/up/cluster_run.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "runtime/base/clock.hpp"
#include "runtime/base/suggest.hpp"
#include "tools/up/steering.hpp"

namespace noodle::up {
namespace {

constexpr std::size_t kMostSeeds = 3;
constexpr std::size_t kLinesOfLog = 5;

std::int64_t now_ns() {
  return system_clock().monotonic_ns();
}
std::int64_t now_s() {
  return system_clock().wall_ns() / 1'000'000'000;
}
double chance() {
  return static_cast<double>(noodle::detail::random64() >> 11) * 0x1p-53;
}

Descriptor take_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace

ClusterRun::ClusterRun(ClusterOptions options, Progress& progress)
    : options_(std::move(options)), progress_(progress) {}

Result<void> ClusterRun::prepare() {
  const Layout& layout = options_.layout;
  std::error_code problem;
  std::filesystem::create_directories(layout.logs(), problem);
  if (problem) return Error{Code::file_unreadable, "cannot make `" + layout.logs() + "`: " + problem.message(), {}};
  auto authority = prepare_authority(layout, name(), now_s());
  if (!authority) return authority.error();
  authority_ = std::move(*authority);
  if (const auto made = prepare_operator(layout, *authority_, now_s()); !made) return made;
  auto ports = read_ports(layout.ports());
  if (!ports) return ports.error();
  ports_ = std::move(*ports);
  return add(options_.count == 0 ? options_.file.nodes : with_count(options_.file.nodes, options_.count));
}

/// Members for the nodes of the plan that have none.
Result<void> ClusterRun::add(const std::vector<PlannedNode>& plan) {
  const Layout& layout = options_.layout;
  std::vector<std::string> names, running, seeds;
  for (const PlannedNode& node : plan) names.push_back(node.name);
  for (const Member& member : members_) running.push_back(member.plan.name);
  if (const auto chosen = complete_ports(ports_, names, running); !chosen) return chosen;
  if (const auto kept = write_ports(layout.ports(), ports_); !kept) return kept;
  for (const PlannedNode& node : plan) {
    if (std::find(running.begin(), running.end(), node.name) != running.end()) continue;
    std::vector<std::string> others;
    for (std::size_t i = 0; i < names.size() && others.size() < kMostSeeds; ++i) {
      if (names[i] != node.name) others.push_back("127.0.0.1:" + std::to_string(ports_[names[i]]));
    }
    const std::uint16_t port = ports_[node.name];
    auto done = prepare_identity(layout, *authority_, node.name, now_s());
    if (done) done = write_node_config(layout, options_.file, node, port, others);
    if (!done) return done;
    members_.push_back({.plan = node, .port = port, .watch = NodeWatch(), .child = {}});
  }
  return {};
}

Result<void> ClusterRun::run() {
  const Descriptor signals = take_signals();
  if (const auto prepared = prepare(); !prepared) return prepared;
  auto steering = Steering::listen(*this);
  if (!steering) return steering.error();
  progress_.starting(name(), members_.size(), options_.layout.root);
  for (;;) {
    step();
    if (stopping_ && members_.empty()) break;
    (*steering)->step();
    std::vector<pollfd> wait{{signals.get(), POLLIN, 0}, {(*steering)->descriptor(), POLLIN, 0}};
    for (const Member& member : members_) wait.push_back({member.child.ready.get(), POLLIN, 0});  // -1 is passed over
    const std::int64_t left_ns = std::max<std::int64_t>(due_ns() - std::min(due_ns(), now_ns()), 0);
    poll(wait.data(), wait.size(), static_cast<int>(std::min<std::int64_t>(left_ns / 1'000'000 + 1, 60'000)));
    if (wait[0].revents != 0) on_signal(signals.get());
    if (wait[1].revents != 0) (*steering)->accept();
    for (Member& member : members_) {
      if (member.child.ready) read_ready(member);
    }
    reap();
  }
  if (!context_.empty()) {
    if (const auto left = leave_context(options_.layout, context_); !left) progress_.warning(left.error().to_string());
  }
  progress_.stopped(name());
  if (failure_) return *failure_;
  return {};
}

bool ClusterRun::all_ready() const {
  return std::all_of(members_.begin(), members_.end(), [](const Member& member) {
    return member.watch.state() == NodeWatch::State::ready || member.watch.state() == NodeWatch::State::left;
  });
}

void ClusterRun::step() {
  do {
    if (stopping_) stop_next();
    for (Member& member : members_) {
      for (auto action = member.watch.next(now_ns()); action != NodeWatch::Action::none;
           action = member.watch.next(now_ns())) {
        act(member, action);
      }
    }
    // While it stops, each that is gone makes room for the next.
  } while (members_.remove_if([](const Member& member) { return member.watch.state() == NodeWatch::State::stopped; }) !=
           0);
  if (was_ready_ || stopping_ || !all_ready()) return;
  was_ready_ = true;
  if (const auto entered = enter(); !entered) progress_.warning("no context was made: " + entered.error().to_string());
  progress_.cluster_ready(name(), members_.size(), context_);
  if (options_.on_ready) options_.on_ready();
}

Result<void> ClusterRun::enter() {
  std::vector<std::string> nodes;
  for (const Member& member : members_) nodes.push_back(address(member));
  auto entered = enter_context(options_.layout, name(), nodes);
  if (!entered) return entered.error();
  context_ = std::move(*entered);
  return {};
}

void ClusterRun::act(Member& member, NodeWatch::Action action) {
  if (action == NodeWatch::Action::start) {
    launch(member);
  } else if (member.child.process != 0) {
    ::kill(member.child.process, action == NodeWatch::Action::kill ? SIGKILL : SIGTERM);
  }
}

void ClusterRun::launch(Member& member) {
  const Layout& layout = options_.layout;
  ++member.starts;
  member.line.clear();
  member.facts = {};
  auto child = start_child(options_.program, layout.config(member.plan.name), layout.log(member.plan.name));
  if (!child) {
    ended(member, child.error().message, false);
  } else {
    member.child = std::move(*child);
  }
}

void ClusterRun::read_ready(Member& member) {
  char buffer[512];
  const ssize_t count = read(member.child.ready.get(), buffer, sizeof buffer);
  if (count < 0) return;
  member.line.append(buffer, static_cast<std::size_t>(count));
  const std::size_t end = member.line.find('\n');
  if (count != 0 && end == std::string::npos && member.line.size() < 4096) return;
  member.child.ready.close();
  const auto facts = parse_ready_line(std::string_view(member.line).substr(0, end));
  if (!facts) return;  // its end will tell
  member.facts = *facts;
  const std::int64_t took_ns = now_ns() - member.watch.since_ns();
  member.watch.became_ready(now_ns());
  if (member.watch.state() != NodeWatch::State::ready) return;
  progress_.node_ready(member.plan.name, facts->port, member.child.process, facts->incarnation, took_ns);
}

void ClusterRun::reap() {
  for (Member& member : members_) {
    int status = 0;
    if (member.child.process == 0 || waitpid(member.child.process, &status, WNOHANG) != member.child.process) continue;
    if (member.child.ready) read_ready(member);
    member.child = ChildProcess();
    ended(member, describe_end(status), WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

/// `in_order`: with exit code 0. A node ends so when it has told all others that it goes.
void ClusterRun::ended(Member& member, const std::string& why, bool in_order) {
  const bool told = member.watch.state() == NodeWatch::State::stopping;
  const std::int64_t now = now_ns();
  member.last_end = why;
  if (in_order && was_ready_ && member.watch.state() == NodeWatch::State::ready) {
    member.watch.left(now);
    return progress_.node_left(member.plan.name);
  }
  member.watch.ended(now, chance());
  if (told) return progress_.node_stopped(member.plan.name, why);
  const std::string log = options_.layout.log(member.plan.name);
  if (was_ready_) {
    progress_.node_ended(member.plan.name, why, std::max<std::int64_t>(member.watch.due_ns() - now, 0), log);
    return;
  }
  progress_.node_ended(member.plan.name, why, -1, log);
  member.watch.stop(now);
  if (!failure_) {
    failure_ = Error{Code::node_not_started, "node " + member.plan.name + " ended with " + why + "; its log is " + log,
                     tail_of(log, kLinesOfLog)};
  }
  stop();
}

std::int64_t ClusterRun::due_ns() const {
  std::int64_t due = std::numeric_limits<std::int64_t>::max();
  for (const Member& member : members_) due = std::min(due, member.watch.due_ns());
  return due;
}

void ClusterRun::on_signal(int descriptor) {
  signalfd_siginfo info{};
  while (read(descriptor, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGCHLD) continue;
    if (stopping_) {
      for (Member& member : members_) kill(member);
    }
    stop();
  }
}

Result<Member*> ClusterRun::find(const std::string& node) {
  std::vector<std::string> names;
  for (Member& member : members_) {
    if (member.plan.name == node) return &member;
    names.push_back(member.plan.name);
  }
  const std::string_view near = nearest_name(node, names);
  return Error{Code::cluster_invalid,
               "cluster " + name() + " has no node `" + node + "`" +
                   (near.empty() ? std::string() : "; did you mean `" + std::string(near) + "`?"),
               {}};
}

void ClusterRun::restart(Member& member) {
  member.watch.restart(now_ns());
}

void ClusterRun::kill(Member& member) {
  if (member.child.process != 0) ::kill(member.child.process, SIGKILL);
}

Result<void> ClusterRun::scale(std::size_t count) {
  const std::vector<PlannedNode> plan = with_count(options_.file.nodes, count);
  const auto is_planned = [&plan](const Member& member) {
    return std::any_of(plan.begin(), plan.end(),
                       [&](const PlannedNode& node) { return node.name == member.plan.name; });
  };
  for (Member& member : members_) {
    if (!is_planned(member)) {
      member.watch.stop(now_ns());
    } else if (member.watch.is_ending()) {
      return Error{Code::node_not_started, "node " + member.plan.name + " is still stopping; try again", {}};
    }
  }
  return add(plan);
}

void ClusterRun::stop() {
  if (stopping_) return;
  stopping_ = true;
  progress_.stopping(name());
}

/// From the last one on, a quarter of them at a time.
void ClusterRun::stop_next() {
  std::size_t room = std::max<std::size_t>(members_.size() / 4, 1);
  for (auto member = members_.rbegin(); member != members_.rend() && room > 0; ++member, --room) {
    member->watch.stop(now_ns());
  }
}

}  // namespace noodle::up
