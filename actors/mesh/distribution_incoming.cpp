#include <algorithm>

#include "actors/core/caf_error.hpp"
#include "actors/mesh/distribution.hpp"
#include "actors/mesh/endings.hpp"
#include "actors/mesh/message_types.hpp"

namespace noodle::actors {

using transport::FrameHeader;

namespace {

FramePtr down_frame(const caf::error& reason) {
  return Msg<wire::Down>::build([&reason](wire::Down::Builder down) { write_end(down.initEnd(), reason); }).frame();
}

}  // namespace

/// A message that counts as waiting until its receiver is done with it.
class Distribution::Delivered final : public caf::mailbox_element {
 public:
  Delivered(caf::strong_actor_ptr from, caf::message_id id, caf::message message, std::shared_ptr<Waiting> waiting,
            std::shared_ptr<Waiting> together, std::size_t bytes)
      : caf::mailbox_element(std::move(from), id, {}),
        message_(std::move(message)),
        waiting_(std::move(waiting)),
        together_(std::move(together)),
        bytes_(bytes) {
    waiting_->messages.fetch_add(1, std::memory_order_relaxed);
    waiting_->bytes.fetch_add(bytes_, std::memory_order_relaxed);
    together_->bytes.fetch_add(bytes_, std::memory_order_relaxed);
  }
  ~Delivered() override {
    waiting_->messages.fetch_sub(1, std::memory_order_relaxed);
    waiting_->bytes.fetch_sub(bytes_, std::memory_order_relaxed);
    together_->bytes.fetch_sub(bytes_, std::memory_order_relaxed);
  }
  caf::type_erased_tuple& content() override {
    if (message_.vals()) return message_.vals().unshared();
    return nothing_;
  }
  const caf::type_erased_tuple& content() const override {
    if (const auto* const values = message_.cvals().get()) return *values;
    return nothing_;
  }
  caf::message move_content_to_message() override { return std::move(message_); }
  caf::message copy_content_to_message() const override { return message_; }

 private:
  caf::message message_;
  caf::empty_type_erased_tuple nothing_;
  const std::shared_ptr<Waiting> waiting_, together_;
  const std::size_t bytes_;
};

// ---- from other nodes to actors of this one

void Distribution::received(const NodeId& from, bool from_client, const FrameHeader& header, FramePtr frame) {
  statistics_.received.fetch_add(1, std::memory_order_relaxed);
  const auto kind = kind_of(header.message);
  if (kind == FrameKind::answer || kind == FrameKind::failure) return answered(from, header, std::move(frame));
  if (from_client && header.destination != service_number(Service::sessions) &&
      !peers_[from].known_to_client.contains(header.destination)) {
    statistics_.refused_clients.fetch_add(1, std::memory_order_relaxed);
    if (kind != FrameKind::request) return;
    return fail_request(from, header, {Code::access_denied, "clients may speak with sessions only", {}});
  }
  const auto malformed = [this] { statistics_.malformed.fetch_add(1, std::memory_order_relaxed); };
  if (header.type == Msg<wire::Down>::kTypeId) {
    const auto down = Msg<wire::Down>::from_frame(std::move(frame));
    return down ? down_from(from, header.source, read_end((*down)->getEnd())) : malformed();
  }
  if (header.type == Msg<wire::Watch>::kTypeId) {
    const auto watch = Msg<wire::Watch>::from_frame(std::move(frame));
    return watch ? watched_by(from, header, *watch) : malformed();
  }
  if (header.type == Msg<wire::Exit>::kTypeId) {
    const auto exit = Msg<wire::Exit>::from_frame(std::move(frame));
    return exit ? exit_from(from, header, *exit) : malformed();
  }
  deliver(from, header, std::move(frame));
}

void Distribution::deliver(const NodeId& from, const FrameHeader& header, FramePtr frame) {
  const auto kind = kind_of(header.message);
  const auto refused = [&](const Error& why) {
    statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
    if (kind == FrameKind::request) fail_request(from, header, why);
  };
  const caf::strong_actor_ptr target = find_local(header.destination);
  if (!target) {
    const auto end = ends_.find(header.destination);
    if (end != ends_.end() && end->second != caf::exit_reason::normal) return refused(from_caf(end->second));
    return refused({Code::actor_unknown, "the actor has ended, or never was", {}});
  }
  Export& entry = export_of(header.destination, target);
  const std::size_t bytes = frame->bytes().size();
  const std::size_t waiting = entry.waiting->bytes.load(std::memory_order_relaxed);
  if (entry.waiting->messages.load(std::memory_order_relaxed) >= kMostWaiting ||
      (waiting != 0 && waiting + bytes > kMostWaitingBytes) ||
      together_->bytes.load(std::memory_order_relaxed) + bytes > kMostWaitingTogether) {
    statistics_.refused_full.fetch_add(1, std::memory_order_relaxed);
    return refused({Code::receiver_full,
                    std::to_string(entry.waiting->messages.load(std::memory_order_relaxed)) + " messages wait for it",
                    {}});
  }
  const MessageType* const type = find_message_type(header.type);
  if (type == nullptr) return refused({Code::frame_wrong_type, "this node knows no message of that type", {}});
  Result<caf::message> message = type->message_of(std::move(frame));
  if (!message) {
    statistics_.malformed.fetch_add(1, std::memory_order_relaxed);
    return refused(message.error());
  }
  const std::uint64_t request = header.message & kRequestMask;
  caf::message_id id = kind == FrameKind::request ? caf::make_message_id(request) : caf::make_message_id();
  if (is_urgent(header.message)) id = id.with_high_priority();
  target->enqueue(caf::mailbox_element_ptr(new Delivered(header.source != 0 ? remote(from, header.source) : nullptr, id,
                                                         std::move(*message), entry.waiting, together_, bytes)),
                  host_for(bytes));
}

/// Who has much to read does it elsewhere: the network goes on.
caf::execution_unit* Distribution::host_for(std::size_t bytes) {
  return bytes > transport::kChunkBytes ? nullptr : &thread_;
}

void Distribution::refused(const NodeId& from, const FrameHeader& header, const Error& why) {
  statistics_.dead_letters.fetch_add(1, std::memory_order_relaxed);
  if (kind_of(header.message) == FrameKind::request) return fail_request(from, header, why);
  if (kind_of(header.message) != FrameKind::answer) return;
  if (const auto pending = take_pending(from, header)) answer(pending->asker, pending->answer, why);
}

std::optional<Distribution::Pending> Distribution::take_pending(const NodeId& from, const FrameHeader& header) {
  const auto peer = peers_.find(from);
  if (peer == peers_.end()) return std::nullopt;
  const auto found = peer->second.pending.find({header.destination, header.message & kRequestMask});
  if (found == peer->second.pending.end()) return std::nullopt;
  const Pending pending = std::move(found->second);
  peer->second.pending.erase(found);
  return pending;
}

void Distribution::answered(const NodeId& from, const FrameHeader& header, FramePtr frame) {
  const auto pending = take_pending(from, header);
  if (!pending) return;
  if (kind_of(header.message) == FrameKind::failure) {
    return answer(pending->asker, pending->answer, read_failure_frame(std::move(frame)));
  }
  const std::size_t bytes = frame->bytes().size();
  const MessageType* const type = find_message_type(header.type);
  if (type == nullptr) {
    return answer(pending->asker, pending->answer,
                  {Code::frame_wrong_type, "the answer is of a type that this node does not know", {}});
  }
  Result<caf::message> message =
      header.type == Msg<wire::Done>::kTypeId ? caf::message{} : type->message_of(std::move(frame));
  if (!message) return answer(pending->asker, pending->answer, message.error());
  // Whoever answers may be another one than was asked: the asker can go on with that.
  pending->asker->enqueue(header.source != 0 ? remote(from, header.source) : nullptr, pending->answer,
                          std::move(*message), host_for(bytes));
}

// ---- ends

void Distribution::watched_by(const NodeId& from, const FrameHeader& header, const Msg<wire::Watch>& watch) {
  const caf::strong_actor_ptr target = find_local(header.destination);
  if (!target) {
    const auto end = ends_.find(header.destination);
    const caf::error reason =
        end != ends_.end() ? end->second : to_caf({Code::actor_unknown, "the actor has ended, or never was", {}});
    return send_control(from, header.destination, 0, down_frame(reason));
  }
  Export& entry = export_of(header.destination, target);
  if (std::find(entry.watchers.begin(), entry.watchers.end(), from) == entry.watchers.end()) {
    entry.watchers.push_back(from);
  }
  for (const std::uint64_t linked : watch->getLinked()) {
    const caf::strong_actor_ptr other = remote(from, linked);
    static_cast<RemoteActor*>(other->get())->linked_from_there(target->get());
    peers_[from].watched[linked].remote = other;  // keeps it; its own end comes as an Exit
  }
}

void Distribution::ended(std::uint64_t number, const caf::error& reason) {
  const auto found = exports_.find(number);
  if (found == exports_.end()) return;
  const std::vector<NodeId> watchers = std::move(found->second.watchers);
  exports_.erase(found);
  if (ends_.emplace(number, reason).second) ends_order_.push_back(number);
  if (ends_order_.size() > kMostEnds) {
    ends_.erase(ends_order_.front());
    ends_order_.pop_front();
  }
  const FramePtr down = down_frame(reason);
  for (const NodeId& watcher : watchers) send_control(watcher, number, 0, down);
}

void Distribution::down_from(const NodeId& from, std::uint64_t number, const caf::error& reason) {
  const caf::strong_actor_ptr ended = find_remote(from, number);
  if (const auto peer = peers_.find(from); peer != peers_.end()) peer->second.watched.erase(number);
  if (!ended) return;
  {
    const std::lock_guard lock(mutex_);
    remotes_[from].erase(number);
  }
  static_cast<RemoteActor*>(ended->get())->kill_proxy(&thread_, reason);
}

void Distribution::exit_from(const NodeId& from, const FrameHeader& header, const Msg<wire::Exit>& exit) {
  const caf::error reason = read_end(exit->getEnd());
  const caf::strong_actor_ptr target = find_local(header.destination);
  if (!target) return;
  const caf::strong_actor_ptr source = header.source != 0 ? remote(from, header.source) : nullptr;
  target->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                  caf::make_message(caf::exit_msg{source ? source->address() : caf::actor_addr{}, reason}), &thread_);
}

void Distribution::link_up(const NodeId& peer, bool client) {
  Peer& known = peers_[peer];
  known.client = client;
  known.bulk_accepted = 0;
  for (auto& [node, other] : peers_) {
    for (auto source = other.bulk.begin(); source != other.bulk.end();) {
      std::erase_if(source->second, [&peer](const auto& pair) { return pair.second.via == peer; });
      source = source->second.empty() ? other.bulk.erase(source) : std::next(source);
    }
  }
  const auto watched = known.watched;  // sending may end some
  for (const auto& [number, one] : watched) send_watch(peer, number, one);
}

void Distribution::link_lost(const NodeId& peer, const Error& why) {
  const Error lost{Code::answer_lost, "the link broke before the answer came", why.to_string()};
  for (auto& [node, other] : peers_) {
    std::vector<Pending> failed;
    std::erase_if(other.pending, [&](auto& one) {
      if (one.second.via != peer) return false;
      failed.push_back(std::move(one.second));
      return true;
    });
    for (const Pending& one : failed) answer(one.asker, one.answer, lost);
  }
}

void Distribution::node_gone(const NodeId& node, const Error& why) {
  std::vector<caf::strong_actor_ptr> dead;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = remotes_.find(node); found != remotes_.end()) {
      for (const auto& [number, one] : found->second) {
        if (auto actor = one.lock()) dead.push_back(std::move(actor));
      }
      remotes_.erase(found);
    }
  }
  const auto peer = peers_.find(node);
  if (peer != peers_.end()) {
    const Peer gone = std::move(peer->second);
    peers_.erase(peer);
    for (const auto& [key, pending] : gone.pending) answer(pending.asker, pending.answer, why);
  }
  for (auto& [number, entry] : exports_) std::erase(entry.watchers, node);
  for (const auto& actor : dead) static_cast<RemoteActor*>(actor->get())->kill_proxy(&thread_, to_caf(why));
}

void Distribution::end(const Error& why) {
  links_ = nullptr;
  ended_.store(true, std::memory_order_seq_cst);
  while (posting_.load(std::memory_order_seq_cst) != 0) std::this_thread::yield();
  flush();
  std::vector<NodeId> nodes;
  {
    const std::lock_guard lock(mutex_);
    services_.clear();
    for (const auto& [node, actors] : remotes_) nodes.push_back(node);
  }
  for (const NodeId& node : nodes) node_gone(node, why);
  peers_.clear();
  exports_.clear();
}

void Distribution::watch_again() {
  std::vector<std::pair<NodeId, std::uint64_t>> all;
  for (const auto& [node, peer] : peers_) {
    for (const auto& [number, one] : peer.watched) all.emplace_back(node, number);
  }
  for (const auto& [node, number] : all) {
    const auto peer = peers_.find(node);
    if (peer == peers_.end()) continue;
    const auto one = peer->second.watched.find(number);
    if (one != peer->second.watched.end()) send_watch(node, number, Watched(one->second));
  }
}

}  // namespace noodle::actors
