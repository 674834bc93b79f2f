#include "actors/mesh/members.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

using membership::State;

constexpr std::uint64_t kMembership = service_number(Service::membership);
constexpr std::size_t kMostHeard = 1024;

std::int64_t now() {
  return system_clock().monotonic_ns();
}

const Logger& log() {
  static const Logger logger("mesh");
  return logger;
}

std::string name_of(const membership::MemberView& member) {
  return member.profile ? member.profile->name : member.id.to_string();
}

Msg<wire::MemberEvent> event_of(const membership::MemberChanged& change) {
  return Msg<wire::MemberEvent>::build([&change](wire::MemberEvent::Builder event) {
    const membership::MemberView& member = change.member;
    event.setNodeHigh(member.id.high);
    event.setNodeLow(member.id.low);
    event.setIncarnation(member.version.incarnation);
    event.setState(static_cast<std::uint8_t>(member.state));
    event.setBefore(static_cast<std::uint8_t>(change.before));
    event.setService(static_cast<std::uint8_t>(member.service));
    event.setJoined(change.joined);
    event.setRestarted(change.restarted);
    event.setRefused(change.evidence == membership::Evidence::refused);
    if (!member.profile) return;
    auto profile = event.initProfile();
    profile.setName(member.profile->name);
    profile.setHost(member.profile->host);
    profile.setPort(member.profile->port);
    auto labels = profile.initLabels(static_cast<unsigned>(member.profile->labels.size()));
    for (unsigned k = 0; k < labels.size(); ++k) {
      labels[k].setKey(member.profile->labels[k].key);
      labels[k].setValue(member.profile->labels[k].value);
    }
  });
}

}  // namespace

Result<transport::Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon != text.npos && colon != 0) {
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (problem == std::errc{} && end == digits.data() + digits.size()) {
      return transport::Endpoint{std::string(host), port};
    }
  }
  return Error{Code::config_bad_value, "`" + std::string(text) + "` is not ADDRESS:PORT", {}};
}

// ---- board

std::vector<membership::MemberView> MemberBoard::members() const {
  const std::lock_guard lock(mutex_);
  return members_;
}

failure::Verdict MemberBoard::judge(const NodeId& node) const {
  const std::lock_guard lock(mutex_);
  return detector_.judge(node, now());
}

bool MemberBoard::may_commit() const {
  return now() < commit_until_ns_.load(std::memory_order_acquire);
}

void MemberBoard::subscribe(const caf::actor& actor) {
  const std::lock_guard lock(mutex_);
  subscribers_.push_back(actor);
}

// ---- start

Members::Members(const Context& context, membership::Membership core, transport::DatagramSeal seal)
    : context_(context), core_(std::move(core)), seal_(std::move(seal)) {}

Members::~Members() {
  context_.board.commit_until_ns_.store(0, std::memory_order_release);
}

Result<std::unique_ptr<Members>> Members::start(const Context& context, const MeshOptions& options, const NodeId& self,
                                                std::uint16_t port) {
  membership::Profile profile;
  profile.name = options.name;
  profile.host = options.advertise.empty() ? options.listen.host : options.advertise;
  profile.port = port;
  for (const std::string& label : options.labels) {
    const std::size_t equals = label.find('=');
    profile.labels.push_back({label.substr(0, equals), equals == label.npos ? "" : label.substr(equals + 1)});
  }
  const std::uint64_t incarnation = context.incarnation.load();
  auto keys = transport::GossipKeys::read(options.gossip_keys);
  if (!keys) return keys.error();
  std::vector<std::string> seeds = options.seeds;  // all nodes may be given the same
  std::erase(seeds, profile.host + ":" + std::to_string(port));
  auto core = membership::Membership::make(self, std::move(profile), options.membership, incarnation, std::move(seeds),
                                           options.random_seed);
  if (!core) return core.error();
  std::unique_ptr<Members> members(
      new Members(context, std::move(*core), transport::DatagramSeal(std::move(*keys), self, incarnation)));
  auto socket = transport::DatagramSocket::open(
      context.thread.loop(), {options.listen.host, port},
      [raw = members.get()](const transport::Endpoint& from, std::span<const std::byte> bytes) {
        raw->datagram(from, bytes);
      });
  if (!socket) return socket.error();
  members->socket_ = std::move(*socket);
  membership::Effects effects;
  members->core_.start(now(), effects);
  members->run(std::move(effects));
  members->show();
  return members;
}

// ---- events

void Members::datagram(const transport::Endpoint& from, std::span<const std::byte> bytes) {
  const auto opened = seal_.open(bytes);
  if (!opened) return;  // counted by the seal
  const auto datagram = membership::decode_datagram(opened->content);
  if (!datagram || datagram->from != opened->sender) return;
  if (heard_.size() >= kMostHeard && !heard_.contains(datagram->from)) heard_.clear();
  heard_[datagram->from] = from;
  membership::Effects effects;
  core_.receive(*datagram, now(), effects);
  run(std::move(effects));
}

void Members::state(const Msg<wire::MemberState>& state) {
  const auto decoded = membership::decode_member_state(state.frame()->bytes());
  if (!decoded) return log().warning("member state refused", {{"why", decoded.error().to_string()}});
  membership::Effects effects;
  core_.receive_state(*decoded, now(), effects);
  run(std::move(effects));
}

void Members::tick() {
  membership::Effects effects;
  core_.tick(now(), effects);
  run(std::move(effects));
}

void Members::link_changed(const NodeId& node, membership::LinkEvent event) {
  {
    const std::lock_guard lock(context_.board.mutex_);
    const auto state = event == membership::LinkEvent::up      ? failure::LinkState::up
                       : event == membership::LinkEvent::reset ? failure::LinkState::reset
                                                               : failure::LinkState::silent;
    context_.board.detector_.link_changed(node, state, now());
  }
  membership::Effects effects;
  core_.link_event(node, event, now(), effects);
  run(std::move(effects));
}

void Members::measured(const NodeId& node, std::int64_t rtt_us) {
  const std::lock_guard lock(context_.board.mutex_);
  context_.board.detector_.measured(node, rtt_us);
}

void Members::set_service(membership::Service service) {
  membership::Effects effects;
  core_.set_service(service, now(), effects);
  run(std::move(effects));
  show();
}

void Members::leave() {
  membership::Effects effects;
  core_.leave(now(), effects);
  run(std::move(effects));
}

// ---- effects

void Members::run(membership::Effects effects) {
  for (const membership::Effect& effect : effects) {
    std::visit([this](const auto& one) { perform(one); }, effect);
  }
  // The same bound as the core's may_commit(), for those who ask from other threads.
  const bool may = core_.may_commit(now());
  const std::int64_t until = core_.next_wake_ns() + core_.settings().suspicion_min_ns / 2;
  context_.board.commit_until_ns_.store(may ? until : 0, std::memory_order_release);
}

void Members::perform(const membership::SendDatagram& effect) {
  const auto bytes = membership::encode(effect.datagram);
  if (!bytes) return log().warning("datagram not sent", {{"why", bytes.error().to_string()}});
  const auto sealed = seal_.seal(*bytes);
  if (!sealed) return log().warning("datagram not sent", {{"why", sealed.error().to_string()}});
  const auto member = core_.member(effect.datagram.to);
  if (member && member->profile) {
    socket_->send({member->profile->host, member->profile->port}, *sealed);
  } else if (const auto heard = heard_.find(effect.datagram.to); heard != heard_.end()) {
    socket_->send(heard->second, *sealed);
  }
}

void Members::perform(const membership::SendState& effect) {
  const auto bytes = membership::encode(effect.state);
  if (!bytes) return log().warning("member state not sent", {{"why", bytes.error().to_string()}});
  auto frame = Frame::from_bytes(Msg<wire::MemberState>::kTypeId, *bytes);
  if (!frame) return;
  const transport::FrameHeader header{kMembership, 0, 0, Msg<wire::MemberState>::kTypeId, {}};
  if (effect.to) {
    const auto member = core_.member(effect.to);
    if (member && !lives(member->state) && member->profile) {
      return context_.links.send_to_address({member->profile->host, member->profile->port}, header, std::move(*frame));
    }
    (void)context_.links.send_direct(effect.to, header, std::move(*frame)).ok();
    return;
  }
  const auto seed = parse_endpoint(effect.seed);
  if (!seed) return;
  context_.links.send_to_address(
      *seed, header, std::move(*frame),
      [this, alive = std::weak_ptr(alive_), address = effect.seed](const Result<NodeId>& peer) {
        if (!alive.expired()) seed_called(address, peer);
      });
}

/// Seeds are called again and again; each problem is told once.
void Members::seed_called(const std::string& seed, const Result<NodeId>& peer) {
  const bool linked = peer || peer.error().code == Code::link_duplicate;
  if (linked) {
    if (seed_problems_.erase(seed) > 0) log().info("seed answers", {{"seed", seed}});
    return;
  }
  const Error& why = peer.error();
  if (why.code == Code::link_closed) return;  // it has called as well, and its call is used
  if (const auto told = seed_problems_.find(seed); told != seed_problems_.end() && told->second == why.code) return;
  seed_problems_[seed] = why.code;
  const ErrorInfo* info = find_error(why.number());
  // One's own other address among the seeds does no harm.
  const LogLevel level = why.code == Code::link_identity ? LogLevel::info : LogLevel::warning;
  log().write(level, "seed cannot be used",
              {{"seed", seed}, {"why", why.to_string()}, {"help", std::string(info ? info->advice : "")}});
}

void Members::perform(const membership::ProbeLink& effect) {
  context_.links.probe(effect.node, effect.timeout_ns,
                       [this, alive = std::weak_ptr(alive_), sequence = effect.sequence](membership::LinkProbe result) {
                         if (alive.expired()) return;
                         membership::Effects effects;
                         core_.link_probed(sequence, result, now(), effects);
                         run(std::move(effects));
                       });
}

void Members::perform(const membership::MemberChanged& effect) {
  const membership::MemberView& member = effect.member;
  const std::string name = name_of(member);
  if (effect.joined || effect.before != member.state || effect.restarted) {
    const bool accused = member.state == State::suspect || member.state == State::dead;
    log().info("member " + std::string(to_string(member.state)),
               {{"node", name},
                {"id", member.id.to_string()},
                {"before", effect.joined ? "unknown" : std::string(to_string(effect.before))},
                {"incarnation", std::to_string(member.version.incarnation)},
                {"evidence", accused ? std::string(to_string(effect.evidence)) : ""}});
  }
  std::vector<caf::actor> subscribers;
  {
    const std::lock_guard lock(context_.board.mutex_);
    context_.board.detector_.changed(effect, now());
    subscribers = context_.board.subscribers_;
  }
  if (effect.restarted) {
    context_.distribution.node_gone(member.id, {Code::node_lost, "node " + name + " has restarted", {}});
  }
  if (lives(member.state)) {
    if (member.profile && (effect.joined || effect.restarted || !lives(effect.before))) {
      std::string zone;
      for (const membership::Label& label : member.profile->labels) {
        if (label.key == "zone") zone = label.value;
      }
      context_.links.member_lives(member.id, {member.profile->host, member.profile->port}, name, zone);
    }
  } else if (lives(effect.before) || effect.joined) {
    const char* const what = member.state == State::left ? " has left" : " was declared dead";
    context_.links.member_gone(member.id);
    context_.distribution.node_gone(member.id, {Code::node_lost, "node " + name + what, {}});
  }
  const auto event = event_of(effect);
  for (const caf::actor& subscriber : subscribers) caf::anon_send(subscriber, event);
  show();
}

void Members::perform(const membership::ReachChanged& effect) {
  {
    const std::lock_guard lock(context_.board.mutex_);
    context_.board.detector_.reach_changed(effect.node, effect.after);
  }
  show();
}

void Members::perform(const membership::StandDown&) {
  context_.board.commit_until_ns_.store(0, std::memory_order_release);
  log().warning(
      "this node stood still, or was declared dead; it commits nothing until others have said what they think of it");
}

void Members::perform(const membership::Resumed& effect) {
  log().info("this node acts again", {{"incarnation", std::to_string(effect.incarnation)},
                                      {"declared_dead", effect.declared_dead ? "true" : "false"}});
  context_.incarnation.store(effect.incarnation);
  if (!effect.declared_dead) return;
  context_.distribution.set_incarnation(effect.incarnation);
  context_.links.set_incarnation(effect.incarnation);
  // The others hold what this node had with them for void, and will not tell of it.
  const Error why{Code::node_lost, "this node was declared dead, and goes on as another incarnation", {}};
  for (const membership::MemberView& member : core_.members()) {
    if (member.id != core_.self()) context_.distribution.node_gone(member.id, why);
  }
  show();
}

void Members::show() {
  std::vector<membership::MemberView> members = core_.members();
  const NodeId self = core_.self();
  std::sort(members.begin(), members.end(), [&self](const auto& a, const auto& b) {
    return std::tuple(a.id != self, name_of(a), a.id) < std::tuple(b.id != self, name_of(b), b.id);
  });
  const std::lock_guard lock(context_.board.mutex_);
  context_.board.members_ = std::move(members);
}

}  // namespace noodle::actors
