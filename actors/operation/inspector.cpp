#include "actors/operation/inspector.hpp"

#include <algorithm>
#include <caf/all.hpp>

#include "actors/core/caf_error.hpp"
#include "actors/core/supervisor.hpp"
#include "messages/utf8.hpp"
#include "runtime/base/clock.hpp"

namespace noodle::actors {

namespace {

using Leave = caf::atom_constant<caf::atom("leave")>;

/// As much of a text as people read, without half a character at its end. What was thrown may be no UTF-8.
std::string cut(std::string text) {
  if (!is_valid_utf8(text)) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  if (text.size() <= kMostInspectedTextBytes) return text;
  std::size_t end = kMostInspectedTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + " ...";
}

template <class Builder>
void write_texts(Builder list, const std::vector<std::string>& texts) {
  for (unsigned k = 0; k < texts.size(); ++k) list.set(k, cut(texts[k]));
}

void write(wire::HealthRow::Builder row, const Health& health) {
  row.setPath(health.path);
  row.setState(name_of(health.state));
  row.setIncarnation(health.incarnation);
  row.setRestarts(health.restarts);
  row.setUptimeNs(health.uptime_ns);
  row.setWaiting(health.waiting);
  row.setHeld(health.held);
  row.setHandled(health.handled);
  row.setDeadLetters(health.dead_letters);
  row.setHandlerP50Ns(health.handler_p50_ns);
  row.setHandlerP99Ns(health.handler_p99_ns);
  row.setBusyWith(cut(health.busy_with));
  row.setLastError(cut(health.last_error));
}

void write(wire::Death::Builder row, const DeathCertificate& death) {
  row.setPath(death.path);
  row.setIncarnation(death.incarnation);
  row.getReason().setCode(death.reason.number());
  row.getReason().setMessage(cut(death.reason.message));
  row.getReason().setDetails(cut(death.reason.details));
  row.setCause(cut(death.cause));
  row.setDecision(death.decision);
  row.setSeenBy(death.seen_by);
  write_texts(row.initLastMessages(static_cast<unsigned>(death.last_messages.size())), death.last_messages);
  row.setHandled(death.handled);
  row.setLivedNs(death.lived_ns);
  row.setDiedWallNs(death.died_wall_ns);
  row.setInTime(death.in_time);
}

bool is_busier(const Health& a, const Health& b) {
  const auto rank = [](const Health& one) { return std::tuple(one.waiting + one.held, one.restarts, one.handled); };
  return rank(a) > rank(b);
}

std::size_t limited(std::size_t count, std::uint32_t wanted, std::size_t most) {
  return std::min(count, wanted == 0 ? most : std::min<std::size_t>(wanted, most));
}

Msg<wire::HealthAnswer> health_answer(const Roster& roster, const NodeView& view, wire::HealthRequest::Reader wanted) {
  std::vector<Health> all = roster.health(wanted.getPrefix().cStr());
  const std::size_t count = limited(all.size(), wanted.getLimit(), kMostHealthRows);
  if (wanted.getOrder() == wire::HealthOrder::BUSIEST) {
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(), is_busier);
  }
  return Msg<wire::HealthAnswer>::build([&](wire::HealthAnswer::Builder answer) {
    answer.setNode(view.name());
    answer.setTotal(all.size());
    auto rows = answer.initRows(static_cast<unsigned>(count));
    for (unsigned k = 0; k < count; ++k) write(rows[k], all[k]);
    if (count != 1) return;
    const SeatPtr seat = roster.find(all.front().path);
    const std::vector<std::string> last = seat ? seat->vitals().last_messages() : std::vector<std::string>{};
    write_texts(rows[0].initLastMessages(static_cast<unsigned>(last.size())), last);
  });
}

Msg<wire::DeathsAnswer> deaths_answer(const Roster& roster, const NodeView& view, wire::DeathsRequest::Reader wanted) {
  const std::vector<DeathCertificate> all = roster.certificates(wanted.getPrefix().cStr());
  const std::size_t count = limited(all.size(), wanted.getLimit(), Roster::kMostCertificates);
  return Msg<wire::DeathsAnswer>::build([&](wire::DeathsAnswer::Builder answer) {
    answer.setNode(view.name());
    answer.setTotal(all.size());
    auto rows = answer.initDeaths(static_cast<unsigned>(count));
    for (unsigned k = 0; k < count; ++k) write(rows[k], all[k]);
  });
}

Msg<wire::MembersAnswer> members_answer(const NodeView& view) {
  const std::vector<membership::MemberView> all = view.members();
  const std::int64_t now_ns = system_clock().monotonic_ns();
  return Msg<wire::MembersAnswer>::build([&](wire::MembersAnswer::Builder answer) {
    answer.setNode(view.name());
    auto rows = answer.initMembers(static_cast<unsigned>(all.size()));
    for (unsigned k = 0; k < all.size(); ++k) {
      const membership::MemberView& member = all[k];
      wire::MemberRow::Builder row = rows[k];
      row.setId(member.id.to_string());
      row.setState(std::string(to_string(member.state)));
      row.setService(std::string(to_string(member.service)));
      row.setReach(member.id == view.self() ? "self" : std::string(to_string(member.reach)));
      row.setIncarnation(member.version.incarnation);
      row.setSinceNs(std::max<std::int64_t>(0, now_ns - member.changed_ns));
      if (!member.profile) continue;
      row.setName(member.profile->name);
      row.setHost(member.profile->host);
      row.setPort(member.profile->port);
      auto labels = row.initLabels(static_cast<unsigned>(member.profile->labels.size()));
      for (unsigned i = 0; i < labels.size(); ++i) {
        labels[i].setKey(member.profile->labels[i].key);
        labels[i].setValue(member.profile->labels[i].value);
      }
    }
  });
}

Msg<wire::LinksAnswer> links_answer(const NodeView& view) {
  const std::vector<LinkView> all = view.links();
  const std::int64_t now_ns = system_clock().monotonic_ns();
  return Msg<wire::LinksAnswer>::build([&](wire::LinksAnswer::Builder answer) {
    answer.setNode(view.name());
    auto rows = answer.initLinks(static_cast<unsigned>(all.size()));
    for (unsigned k = 0; k < all.size(); ++k) {
      const LinkView& link = all[k];
      wire::LinkRow::Builder row = rows[k];
      row.setPeer(link.name);
      row.setId(link.peer.to_string());
      row.setClient(link.client);
      row.setAgeNs(std::max<std::int64_t>(0, now_ns - link.since_ns));
      row.setCost(link.cost);
      row.setRoundTripNs(link.round_trip_ns);
      std::uint64_t sent = 0, received = 0;
      for (const std::uint64_t frames : link.statistics.frames_sent) sent += frames;
      for (const std::uint64_t frames : link.statistics.frames_received) received += frames;
      row.setFramesSent(sent);
      row.setFramesReceived(received);
      row.setBytesSent(link.statistics.bytes_sent);
      row.setBytesReceived(link.statistics.bytes_received);
      row.setStalls(link.statistics.stalls);
      row.setRefusedFull(link.statistics.refused_full);
    }
  });
}

Result<Msg<wire::RouteAnswer>> route_answer(const NodeView& view, const std::string& to) {
  const auto target = view.find_node(to);
  if (!target) return target.error();
  const std::vector<NodeId> hops = *target == view.self() ? std::vector{view.self()} : view.route(*target);
  const std::vector<membership::MemberView> members = view.members();
  return Msg<wire::RouteAnswer>::build([&](wire::RouteAnswer::Builder answer) {
    auto names = answer.initHops(static_cast<unsigned>(hops.size()));
    for (unsigned k = 0; k < hops.size(); ++k) {
      const auto known = std::find_if(members.begin(), members.end(),
                                      [&](const membership::MemberView& one) { return one.id == hops[k]; });
      names.set(k, known != members.end() && known->profile ? known->profile->name : hops[k].to_string());
    }
  });
}

Msg<wire::NamesAnswer> names_answer(const NodeView& view, wire::NamesRequest::Reader wanted) {
  const std::vector<registry::NameView> all =
      view.names(wanted.getPrefix(), limited(kMostNameRows, wanted.getLimit(), kMostNameRows));
  const std::int64_t now_ns = system_clock().wall_ns();
  return Msg<wire::NamesAnswer>::build([&](wire::NamesAnswer::Builder answer) {
    answer.setNode(view.name());
    auto rows = answer.initRows(static_cast<unsigned>(all.size()));
    for (unsigned k = 0; k < all.size(); ++k) {
      const registry::Entry& entry = all[k].entry;
      rows[k].setName(entry.name);
      rows[k].setUnique(entry.scope == registry::Scope::unique);
      rows[k].setNode(all[k].node.to_string());
      rows[k].setPid(entry.process.pid);
      rows[k].setAgeNs(std::max<std::int64_t>(0, now_ns - entry.since_ns));
      rows[k].setHidden(all[k].hidden);
    }
  });
}

Msg<wire::Nothing> nothing() {
  return Msg<wire::Nothing>::build([](wire::Nothing::Builder) {});
}

/// As one line, whatever was sent.
std::string sentence_of(const wire::ActorCommand::Reader& wanted) {
  const bool kill = wanted.getWhat() == wire::ActorCommand::What::KILL;
  std::string text = std::string(kill ? "killed by " : "restarted by ") + wanted.getSubject().cStr();
  if (wanted.getReason().size() > 0) text += std::string(": ") + wanted.getReason().cStr();
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return cut(text);
}

}  // namespace

Inspector::Inspector(caf::actor_config& config, SeatPtr seat, std::shared_ptr<Roster> roster,
                     std::shared_ptr<NodeView> view, std::function<void(Samples&)> collect)
    : NodeActor(config, std::move(seat)),
      roster_(std::move(roster)),
      view_(std::move(view)),
      collect_(std::move(collect)) {}

caf::behavior Inspector::make_behavior() {
  return {
      [this](const Msg<wire::HealthRequest>& wanted) { return health_answer(*roster_, *view_, wanted.read()); },
      [this](const Msg<wire::DeathsRequest>& wanted) { return deaths_answer(*roster_, *view_, wanted.read()); },
      [this](const Msg<wire::MembersRequest>&) { return members_answer(*view_); },
      [this](const Msg<wire::LinksRequest>&) { return links_answer(*view_); },
      [this](const Msg<wire::RouteRequest>& wanted) -> caf::result<Msg<wire::RouteAnswer>> {
        auto answer = route_answer(*view_, wanted->getTo().cStr());
        if (!answer) return to_caf(answer.error());
        return *answer;
      },
      [this](const Msg<wire::MetricsRequest>&) {
        return Msg<wire::MetricsAnswer>::build([this](wire::MetricsAnswer::Builder answer) {
          answer.setNode(view_->name());
          answer.setText(process_metrics().expose(collect_));
        });
      },
      [this](const Msg<wire::NamesRequest>& wanted) { return names_answer(*view_, wanted.read()); },
      [this](const Msg<wire::LeasesRequest>& wanted) -> caf::result<Msg<wire::LeasesAnswer>> {
        const caf::actor keeper = view_->lease_keeper();
        if (!keeper) {
          return to_caf({Code::lease_node_absent, "no node keeps leases, or it is not known to " + view_->name(), {}});
        }
        auto promise = make_response_promise<Msg<wire::LeasesAnswer>>();
        promise.delegate(keeper, wanted);
        return promise;
      },
      [this](const Msg<wire::ActorCommand>& wanted) { return command(wanted); },
      [this](const Msg<wire::ServiceCommand>& wanted) { return serve(wanted); }};
}

caf::result<Msg<wire::Nothing>> Inspector::command(const Msg<wire::ActorCommand>& wanted) {
  const std::string path = wanted->getPath().cStr();
  const bool again = wanted->getWhat() == wire::ActorCommand::What::RESTART;
  const SeatPtr seat = roster_->find(path);
  const caf::actor supervisor = seat ? seat->supervisor() : caf::actor{};
  if (!supervisor) return to_caf({Code::actor_not_found, view_->name() + " has no actor `" + path + "`", {}});
  auto promise = make_response_promise<Msg<wire::Nothing>>();
  const Error reason{Code::exit_killed, sentence_of(wanted.read()), {}};
  request(supervisor, kEndLimit, EndChild::value, path, to_caf(reason), again)
      .then(
          [promise, path, again](bool ended) mutable {
            if (ended) {
              promise.deliver(nothing());
              return;
            }
            promise.deliver(to_caf(
                again ? Error{Code::command_usage, "`" + path + "` is temporary: nobody would start it again", {}}
                      : Error{Code::actor_not_found, "`" + path + "` has ended for good already", {}}));
          },
          [promise, path](const caf::error& problem) mutable {
            const bool late = problem == caf::sec::request_timeout;
            promise.deliver(to_caf(
                late ? Error{Code::actor_hung, "`" + path + "` was told to end, but has not ended yet", {}}
                     : Error{Code::actor_down, "the supervisor of `" + path + "` is down", from_caf(problem).message}));
          });
  return promise;
}

caf::result<Msg<wire::Nothing>> Inspector::serve(const Msg<wire::ServiceCommand>& wanted) {
  using What = wire::ServiceCommand::What;
  switch (wanted->getWhat()) {
    case What::UNCORDON:
      view_->set_service(membership::Service::ready);
      return nothing();
    case What::CORDON:
      view_->set_service(membership::Service::cordoned);
      return nothing();
    case What::DRAIN:
      view_->set_service(membership::Service::draining);
      return nothing();
    case What::LEAVE:
      break;
  }
  // It waits, so it gets a thread of its own.
  const caf::actor leaver = home_system().spawn<caf::detached>([view = view_](caf::event_based_actor* self) {
    return caf::behavior{[self, view](Leave) -> caf::result<Msg<wire::Nothing>> {
      self->quit();
      const auto left = view->leave(kLeaveLimit);
      if (!left) return to_caf(left.error());
      return nothing();
    }};
  });
  auto promise = make_response_promise<Msg<wire::Nothing>>();
  promise.delegate(leaver, Leave::value);
  return promise;
}

}  // namespace noodle::actors
