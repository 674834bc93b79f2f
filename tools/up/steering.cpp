#include "tools/up/steering.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/clock.hpp"

namespace noodle::up {
namespace {

void set_failure(wire::Failure::Builder failure, const Error& error) {
  failure.setCode(error.number());
  failure.setMessage(error.message);
  failure.setDetails(error.details);
}

void describe(wire::UpNode::Builder out, const Member& member, const Layout& layout) {
  out.setName(member.plan.name);
  out.setState(name_of(member.watch.state()));
  out.setProcess(static_cast<std::uint32_t>(member.child.process));
  out.setPort(member.port);
  out.setId(member.facts.id);
  out.setIncarnation(member.facts.incarnation);
  out.setRestarts(member.restarts());
  out.setStateNs(system_clock().monotonic_ns() - member.watch.since_ns());
  out.setLastEnd(member.last_end);
  out.setLog(layout.log(member.plan.name));
}

/// Becomes readable when the process at the other end has ended.
Descriptor process_of(const Descriptor& peer) {
  ucred other{};
  socklen_t size = sizeof other;
  if (getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &other, &size) != 0) return Descriptor();
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, other.pid, 0)));
}

}  // namespace

Result<std::unique_ptr<Steering>> Steering::listen(ClusterRun& run) {
  auto listener = listen_local(run.layout().root, kControlSocket);
  if (!listener) return listener.error();
  return std::unique_ptr<Steering>(new Steering(run, std::move(*listener)));
}

Steering::~Steering() {
  step();
  unlink((run_.layout().root + "/" + kControlSocket).c_str());
}

void Steering::accept() {
  Waiting waiting{.peer = accept_local(listener_)};
  if (!waiting.peer) return;
  const auto request = read_frame<wire::UpRequest>(waiting.peer, kRequestMs);
  if (!request) return answer(waiting.peer, request.error());
  if (const auto begun = begin(request->read(), waiting); !begun) return answer(waiting.peer, begun);
  waiting_.push_back(std::move(waiting));
}

Result<void> Steering::begin(wire::UpRequest::Reader request, Waiting& waiting) {
  waiting.verb = request.getVerb();
  waiting.node = request.getNode().cStr();
  const bool changes = waiting.verb != wire::UpVerb::STATUS && waiting.verb != wire::UpVerb::STOP;
  if (changes && run_.is_stopping()) return Error{Code::cluster_stopped, "cluster " + run_.name() + " is stopping", {}};
  switch (waiting.verb) {
    case wire::UpVerb::STATUS:
      return {};
    case wire::UpVerb::STOP:
      run_.stop();
      return {};
    case wire::UpVerb::SCALE:
      if (request.getCount() < 1 || request.getCount() > kMaxLocalNodes) {
        return Error{Code::cluster_invalid, "a cluster has 1 to " + std::to_string(kMaxLocalNodes) + " nodes", {}};
      }
      return run_.scale(request.getCount());
    case wire::UpVerb::RESTART:
    case wire::UpVerb::KILL:
      break;
    default:
      return Error{Code::cluster_invalid, "`noodle up` that runs the cluster does not know this request", {}};
  }
  const auto member = run_.find(waiting.node);
  if (!member) return member.error();
  waiting.starts = (*member)->starts;
  if (waiting.verb == wire::UpVerb::KILL) {
    if ((*member)->child.process == 0) {
      return Error{Code::cluster_invalid, "node " + waiting.node + " does not run at the moment", {}};
    }
    run_.kill(**member);
  } else {
    run_.restart(**member);
  }
  return {};
}

std::optional<Result<void>> Steering::outcome(const Waiting& waiting) {
  const auto failed = [this](const Member& member) {
    return Error{Code::node_not_started,
                 "node " + member.plan.name + " ended with " + member.last_end + "; its log is " +
                     run_.layout().log(member.plan.name),
                 {}};
  };
  switch (waiting.verb) {
    case wire::UpVerb::STATUS:
      return Result<void>();
    case wire::UpVerb::STOP:
      return run_.members().empty() ? std::optional<Result<void>>(Result<void>()) : std::nullopt;
    case wire::UpVerb::SCALE:
      for (const Member& member : run_.members()) {
        const bool fails = member.watch.state() == NodeWatch::State::waiting && member.starts == 1;
        if (fails) return Result<void>(failed(member));
      }
      return run_.all_ready() ? std::optional<Result<void>>(Result<void>()) : std::nullopt;
    case wire::UpVerb::RESTART:
    case wire::UpVerb::KILL:
      break;
  }
  const auto found = run_.find(waiting.node);
  if (!found) return Result<void>(found.error());
  const Member& member = **found;
  // Killed: told when the next one begins, so that who asks sees that it is gone.
  if (member.starts == waiting.starts) return std::nullopt;
  if (waiting.verb == wire::UpVerb::KILL || member.watch.state() == NodeWatch::State::ready) return Result<void>();
  if (member.watch.state() == NodeWatch::State::waiting) return Result<void>(failed(member));
  return std::nullopt;
}

void Steering::step() {
  std::erase_if(waiting_, [this](const Waiting& waiting) {
    const auto done = outcome(waiting);
    if (!done) return false;
    answer(waiting.peer, *done);
    return true;
  });
}

void Steering::answer(const Descriptor& peer, const Result<void>& outcome) {
  const auto message = Msg<wire::UpAnswer>::build([&](wire::UpAnswer::Builder out) {
    if (!outcome) set_failure(out.initFailure(), outcome.error());
    out.setCluster(run_.name());
    out.setContext(run_.context());
    out.setProcess(static_cast<std::uint32_t>(getpid()));
    auto nodes = out.initNodes(static_cast<unsigned>(run_.members().size()));
    unsigned at = 0;
    for (const Member& member : run_.members()) describe(nodes[at++], member, run_.layout());
  });
  write_frame(peer, *message.frame());
}

Result<Msg<wire::UpAnswer>> ask_cluster(const Layout& layout, const UpQuestion& question) {
  const Error nobody{Code::cluster_stopped, "no cluster of " + layout.root + " runs", {}};
  const Descriptor peer = connect_local(layout.root, kControlSocket);
  if (!peer) return nobody;
  const Descriptor process = process_of(peer);
  const auto request = Msg<wire::UpRequest>::build([&question](wire::UpRequest::Builder out) {
    out.setVerb(question.verb);
    out.setNode(question.node);
    out.setCount(question.count);
  });
  if (!write_frame(peer, *request.frame())) return nobody;
  auto answer = read_frame<wire::UpAnswer>(peer, -1);
  if (!answer) return answer.error();
  if ((*answer)->getFailure().getCode() != 0) {
    const auto failure = (*answer)->getFailure();
    return Error{static_cast<Code>(failure.getCode()), failure.getMessage().cStr(), failure.getDetails().cStr()};
  }
  if (question.verb == wire::UpVerb::STOP && process) stays_silent(process, -1);
  return answer;
}

}  // namespace noodle::up
