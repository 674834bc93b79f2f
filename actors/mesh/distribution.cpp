#include "actors/mesh/distribution.hpp"

#include <algorithm>

#include "actors/core/caf_error.hpp"
#include "actors/mesh/endings.hpp"
#include "actors/mesh/message_types.hpp"
#include "runtime/base/log.hpp"

namespace noodle::actors {
namespace {

using transport::FrameHeader;
using transport::Lane;

constexpr std::uint64_t kUrgentMessage = message_field(FrameKind::message, true, 0);
constexpr std::size_t kControlBytes = transport::kChunkBytes - 256;  // header and relay fit beside it

/// CAF's name for a node: what tells its actors from ours.
caf::node_id caf_node(const NodeId& node) {
  caf::node_id::default_data::host_id_type host{};
  for (std::size_t k = 0; k < 8; ++k) {
    host[k] = static_cast<std::uint8_t>(node.high >> 8 * k);
    host[8 + k] = static_cast<std::uint8_t>(node.low >> 8 * k);
  }
  return caf::make_node_id(1, host);
}

}  // namespace

void answer(const caf::strong_actor_ptr& asker, caf::message_id id, const Error& why) {
  asker->enqueue(nullptr, id, caf::make_message(to_caf(why)), nullptr);
}

void refuse(caf::mailbox_element& element, const Error& why) {
  if (element.sender && element.mid.is_request()) answer(element.sender, element.mid.response_id(), why);
}

Distribution::Distribution(caf::actor_system& system, LoopThread& thread, NodeId self, std::uint64_t incarnation)
    : system_(system), thread_(thread), self_(self), tag_(tag_of(incarnation)) {}

void Distribution::set_incarnation(std::uint64_t incarnation) {
  tag_ = tag_of(incarnation);
  exports_.clear();  // whoever knew the old numbers has declared their actors dead
}

// ---- numbers

std::uint64_t Distribution::number_of(caf::actor_id id) const {
  return tag_ | (id & kActorIdMask);
}

std::uint64_t Distribution::export_actor(const caf::strong_actor_ptr& actor) {
  const bool here = actor->node() == system_.node();
  const std::uint64_t number = number_of(here ? actor->id() : static_cast<RemoteActor*>(actor->get())->alias());
  (void)export_of(number, actor);
  return number;
}

Distribution::Export& Distribution::export_of(std::uint64_t number, const caf::strong_actor_ptr& actor) {
  if (const auto found = exports_.find(number); found != exports_.end()) return found->second;
  Export& made = exports_[number];
  made.actor = actor;
  actor->get()->attach_functor([self = weak_from_this(), number](const caf::error& reason, caf::execution_unit*) {
    const auto distribution = self.lock();
    if (!distribution) return;
    distribution->on_thread([distribution, number, reason] { distribution->ended(number, reason); });
  });
  return made;
}

caf::strong_actor_ptr Distribution::find_local(std::uint64_t number) {
  if ((number & kServiceBit) != 0) {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find(number);
    return found == services_.end() ? nullptr : caf::actor_cast<caf::strong_actor_ptr>(found->second);
  }
  if ((number & ~kActorIdMask) != tag_) return nullptr;
  const auto found = exports_.find(number);
  return found == exports_.end() ? nullptr : found->second.actor;
}

caf::strong_actor_ptr Distribution::find_remote(const NodeId& node, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto of_node = remotes_.find(node);
  if (of_node == remotes_.end()) return nullptr;
  const auto found = of_node->second.find(number);
  return found == of_node->second.end() ? nullptr : found->second.lock();
}

caf::strong_actor_ptr Distribution::remote(const NodeId& node, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  auto& of_node = remotes_[node];
  const auto [place, fresh] = of_node.try_emplace(number);
  if (!fresh) {
    if (auto known = place->second.lock()) return known;
  }
  caf::actor_config config;
  auto made = caf::make_actor<RemoteActor, caf::strong_actor_ptr>(number, caf_node(node), &system_, config,
                                                                  shared_from_this(), node, number);
  place->second = caf::weak_actor_ptr(made.get(), true);
  if (fresh && ++remotes_count_ > remotes_limit_) {
    remotes_count_ = 0;
    for (auto& [id, remotes] : remotes_) {
      std::erase_if(remotes, [](const auto& one) { return !one.second.lock(); });
      remotes_count_ += remotes.size();
    }
    remotes_limit_ = std::max<std::size_t>(1024, 2 * remotes_count_);
  }
  return made;
}

caf::actor Distribution::service(const NodeId& node, Service service) {
  if (node != self_) return actor_at(node, service_number(service));
  const std::lock_guard lock(mutex_);
  const auto found = services_.find(service_number(service));
  return found == services_.end() ? caf::actor{} : found->second;
}

caf::actor Distribution::actor_at(const NodeId& node, std::uint64_t number) {
  return caf::actor_cast<caf::actor>(remote(node, number));
}

void Distribution::serve(Service service, const caf::actor& actor) {
  const std::lock_guard lock(mutex_);
  services_[service_number(service)] = actor;
}

// ---- from actors of this node to others

void Distribution::take(caf::strong_actor_ptr remote, caf::mailbox_element_ptr element) {
  post({std::move(remote), std::move(element), 0});
}

void Distribution::watch(caf::strong_actor_ptr remote, caf::actor_id linked) {
  post({std::move(remote), nullptr, linked});
}

bool Distribution::on_thread(std::function<void()> work) {
  posting_.fetch_add(1, std::memory_order_seq_cst);
  const bool lives = !ended_.load(std::memory_order_seq_cst);
  if (lives) thread_.post(std::move(work));
  posting_.fetch_sub(1, std::memory_order_release);
  return lives;
}

void Distribution::post(Outgoing outgoing) {
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = outbox_.size() >= kMostQueued && outgoing.element;
    if (!full) {
      outbox_.push_back(std::move(outgoing));
      if (std::exchange(flushing_, true)) return;
    }
  }
  if (full) {
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    return refuse(*outgoing.element, {Code::link_lane_full, "too many messages are on their way to other nodes", {}});
  }
  if (on_thread([self = shared_from_this()] { self->flush(); })) return;
  std::vector<Outgoing> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(outbox_);
    flushing_ = false;
  }
  const Error over{Code::node_lost, "the mesh of this node has ended", {}};
  for (Outgoing& one : left) {
    if (one.element) {
      refuse(*one.element, over);
    } else {
      static_cast<RemoteActor*>(one.remote->get())->kill_proxy(nullptr, to_caf(over));
    }
  }
}

void Distribution::flush() {
  {
    const std::lock_guard lock(mutex_);
    flushed_.swap(outbox_);
    flushing_ = false;
  }
  for (Outgoing& one : flushed_) {
    auto& to = *static_cast<RemoteActor*>(one.remote->get());
    if (to.is_dead()) {
      if (one.element) refuse(*one.element, from_caf(to.fail_state()));
      continue;
    }
    if (one.element) {
      dispatch(to, *one.element);
      continue;
    }
    Watched& watched = peers_[to.node()].watched[to.number()];
    watched.remote = one.remote;
    if (one.linked != 0) watched.linked.push_back(number_of(one.linked));
    send_watch(to.node(), to.number(), watched);
  }
  flushed_.clear();
}

void Distribution::dispatch(RemoteActor& to, caf::mailbox_element& element) {
  const caf::type_erased_tuple& content = element.content();
  FrameHeader header{to.number(), element.sender ? export_actor(element.sender) : 0, 0, 0, {}};
  const bool urgent = element.mid.is_urgent_message();
  if (content.match_elements<caf::exit_msg>()) {
    const caf::error& reason = content.get_as<caf::exit_msg>(0).reason;
    const auto& source = content.get_as<caf::exit_msg>(0).source;
    const auto from = caf::actor_cast<caf::strong_actor_ptr>(source);
    const auto exit = Msg<wire::Exit>::build([&reason](wire::Exit::Builder out) { write_end(out.initEnd(), reason); });
    return send_control(to.node(), from ? number_of(from->id()) : header.source, to.number(), exit.frame());
  }
  FrameKind kind = element.mid.is_response()  ? FrameKind::answer
                   : element.mid.is_request() ? FrameKind::request
                                              : FrameKind::message;
  FramePtr frame;
  if (kind == FrameKind::answer && content.match_elements<caf::error>()) {
    kind = FrameKind::failure;
    frame = failure_frame(from_caf(content.get_as<caf::error>(0)));
  } else if (content.empty()) {
    frame = Msg<wire::Done>::build([](auto) {}).frame();
  } else if (const std::type_info* const type = content.size() == 1 ? content.type(0).second : nullptr) {
    if (const MessageType* const known = find_message_type(*type)) frame = known->frame_of(content);
  }
  if (!frame) {
    const Error problem{Code::message_stays, "`" + content.stringify() + "` cannot go to another node", {}};
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (kind != FrameKind::answer) return refuse(element, problem);
    kind = FrameKind::failure;
    frame = failure_frame(problem);
  }
  const std::uint64_t request = element.mid.request_id().integer_value();
  header.message = message_field(kind, urgent, request);
  header.type = frame->type();
  Peer& peer = peers_[to.node()];
  if (kind == FrameKind::request && peer.pending.size() >= kMostPending) {
    return refuse(element, {Code::link_lane_full, "too many requests to that node wait for their answers", {}});
  }
  auto sent = send(to.node(), header, std::move(frame), urgent);
  if (!sent) {
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (kind == FrameKind::answer && sent.error().code == Code::frame_too_large) {
      send_failure(to.node(), header.source, header.destination, header.message, sent.error());
    }
    return refuse(element, sent.error());
  }
  if (kind == FrameKind::request) {
    peer.pending[{header.source, request}] = {element.sender, element.mid.response_id(), *sent};
  }
}

transport::Lane Distribution::lane_for(const NodeId& node, const FrameHeader& header, std::size_t bytes, bool urgent) {
  if (urgent && bytes <= kControlBytes) return Lane::control;
  Peer& peer = peers_[node];
  if (bytes > kControlBytes) return Lane::bulk;
  // What follows a large message of the same pair must not overtake it.
  const auto of_source = peer.bulk.find(header.source);
  if (of_source == peer.bulk.end()) return Lane::user;
  const auto pair = of_source->second.find(header.destination);
  if (pair == of_source->second.end()) return Lane::user;
  if (links_->bulk_frames_sent(pair->second.via) < pair->second.until) return Lane::bulk;
  of_source->second.erase(pair);
  if (of_source->second.empty()) peer.bulk.erase(of_source);
  return Lane::user;
}

Result<NodeId> Distribution::send(const NodeId& to, FrameHeader header, FramePtr frame, bool urgent) {
  if (links_ == nullptr) return Error{Code::peer_unreachable, "the links of this node are being started", {}};
  const Lane lane = lane_for(to, header, frame->bytes().size(), urgent);
  auto via = links_->send(to, lane, header, std::move(frame));
  if (!via) return via;
  statistics_.sent.fetch_add(1, std::memory_order_relaxed);
  Peer& peer = peers_[to];
  if (peer.client && header.source != 0) peer.known_to_client.insert(header.source);
  if (lane == Lane::bulk) peer.bulk[header.source][header.destination] = {*via, ++peers_[*via].bulk_accepted};
  return via;
}

void Distribution::send_control(const NodeId& to, std::uint64_t source, std::uint64_t destination,
                                const FramePtr& frame) {
  (void)send(to, {destination, source, kUrgentMessage, frame->type(), {}}, frame, true).ok();
}

void Distribution::send_failure(const NodeId& to, std::uint64_t source, std::uint64_t destination,
                                std::uint64_t message, const Error& why) {
  const FramePtr frame = failure_frame(why);
  const std::uint64_t failure = message_field(FrameKind::failure, is_urgent(message), message & kRequestMask);
  (void)send(to, {destination, source, failure, frame->type(), {}}, frame, is_urgent(message)).ok();
}

void Distribution::fail_request(const NodeId& from, const FrameHeader& request, const Error& why) {
  send_failure(from, request.destination, request.source, request.message, why);
}

void Distribution::send_watch(const NodeId& node, std::uint64_t number, const Watched& watched) {
  const auto message = Msg<wire::Watch>::build([&watched](wire::Watch::Builder watch) {
    auto linked = watch.initLinked(static_cast<unsigned>(watched.linked.size()));
    for (unsigned k = 0; k < linked.size(); ++k) linked.set(k, watched.linked[k]);
  });
  const auto sent = send(node, {number, 0, kUrgentMessage, Msg<wire::Watch>::kTypeId, {}}, message.frame(), true);
  if (!sent && sent.error().code == Code::node_lost) down_from(node, number, to_caf(sent.error()));
}

}  // namespace noodle::actors
