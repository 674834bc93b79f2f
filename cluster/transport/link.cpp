#include "cluster/transport/link.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "messages/utf8.hpp"

namespace noodle::transport {
namespace {

constexpr const char* kLaneNames[kLanes] = {"control", "user", "bulk"};
constexpr std::size_t kPieceBytes = 32 * kKiB;
// Bulk gets a piece after so much of user traffic.
constexpr std::uint64_t kUserShare = 4 * kPieceBytes;
// So long after a frame of the user lane bulk takes care not to be in the way of the next.
constexpr std::int64_t kSharedNs = 100'000'000;
// Credits and pongs that a peer can make us owe at once.
constexpr std::size_t kMaxControlRecords = 1024;

std::span<const std::byte> first(std::span<const std::byte> bytes, std::size_t count) {
  return bytes.first(std::min(count, bytes.size()));
}

}  // namespace

std::uint64_t LinkLimits::largest_frame(Lane lane) const {
  const std::uint64_t most = kMaxLaneFrame[static_cast<std::size_t>(lane)];
  return lane == Lane::bulk ? std::min(most, max_message) : most;
}

void LinkStatistics::add(const LinkStatistics& other) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    frames_sent[lane] += other.frames_sent[lane];
    frames_received[lane] += other.frames_received[lane];
  }
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  refused_full += other.refused_full;
  stalls += other.stalls;
}

Link::Link(LinkRole role, const Hello& local, Judge judge, const LinkLimits& limits, std::int64_t now_ns)
    : role_(role),
      judge_(std::move(judge)),
      limits_(limits),
      now_ns_(now_ns),
      opened_ns_(now_ns),
      heard_ns_(now_ns),
      active_ns_(now_ns) {
  for (std::size_t i = 0; i < kLanes; ++i) lanes_[i].credit = kWindow[i];
  const FramePtr hello = write_hello(local);
  const auto words = hello->bytes();
  staged_.resize(kRecordHeaderBytes + words.size());
  write_record_header({RecordKind::hello, Lane::control, 0, static_cast<std::uint32_t>(words.size())},
                      std::span<std::byte, kRecordHeaderBytes>(staged_.data(), kRecordHeaderBytes));
  std::memcpy(staged_.data() + kRecordHeaderBytes, words.data(), words.size());
  if (role_ == LinkRole::acceptor) greeting_.swap(staged_);
}

Result<void> Link::send(Lane lane, const FrameHeader& header, FramePtr frame) {
  if (state_ == LinkState::closed) return Error{Code::link_closed, "the link is closed", {}};
  LaneState& state = lanes_[index(lane)];
  const std::uint64_t size = header.size_bytes() + frame->bytes().size();
  if (size > limits_.largest_frame(lane)) {
    return Error{Code::frame_too_large,
                 "a frame of " + std::to_string(size) + " bytes is too large for lane " + kLaneNames[index(lane)] +
                     "; the limit is " + std::to_string(limits_.largest_frame(lane)),
                 {}};
  }
  const std::uint64_t room = limits_.queue_bytes[index(lane)] + (lane == Lane::bulk ? limits_.max_message : 0);
  if (state.queued_bytes + size > room || state.queue.size() >= limits_.queue_frames) {
    ++statistics_.refused_full;
    return Error{Code::link_lane_full,
                 std::string("lane ") + kLaneNames[index(lane)] + " is full (" + std::to_string(state.queued_bytes) +
                     " bytes wait)",
                 {}};
  }
  state.queue.push_back({header, std::move(frame), size, 0});
  state.queued_bytes += size;
  return {};
}

/// Bytes of the next record's body.
std::uint64_t Link::next_length(const Queued& head) {
  if (head.size <= kChunkBytes) return head.size;
  return head.sent == 0 ? kPieceBytes : std::min<std::uint64_t>(head.size - head.sent, kPieceBytes);
}

bool Link::can_send(LaneState& lane) {
  if (lane.queue.empty()) return false;
  const bool possible = lane.credit >= next_length(lane.queue.front());
  if (!possible && !lane.stalled) ++statistics_.stalls;
  lane.stalled = !possible;
  const bool bulk = &lane == &lanes_[index(Lane::bulk)];
  return possible && (!bulk || !is_paced() || pacer_.may_send(next_length(lane.queue.front())));
}

bool Link::stage_from(Lane which) {
  LaneState& lane = lanes_[index(which)];
  if (!can_send(lane)) return false;
  Queued& head = lane.queue.front();
  const bool chunked = head.size > kChunkBytes, begins = head.sent == 0;
  const std::uint64_t length = next_length(head);
  const std::uint64_t part = chunked && begins ? length - kTotalBytes : length;  // of header and words
  RecordHeader record{chunked ? RecordKind::chunk : RecordKind::frame, which, 0, static_cast<std::uint32_t>(length)};
  if (head.header.relay) record.flags |= kFlagRelayed;
  if (chunked && begins) record.flags |= kFlagFirst;
  if (chunked && head.sent + part == head.size) record.flags |= kFlagLast;
  staged_.resize(kRecordHeaderBytes + length);
  write_record_header(record, std::span<std::byte, kRecordHeaderBytes>(staged_.data(), kRecordHeaderBytes));
  std::span<std::byte> body(staged_.data() + kRecordHeaderBytes, length);
  if (chunked && begins) {
    put_u64(body, head.size);
    body = body.subspan(kTotalBytes);
  }
  const std::size_t header_bytes = head.header.size_bytes();
  std::uint64_t from = head.sent;  // in header and words
  if (begins) {
    write_frame_header(head.header, body);
    body = body.subspan(header_bytes);
    from = header_bytes;
  }
  std::memcpy(body.data(), head.frame->bytes().data() + (from - header_bytes), body.size());
  head.sent += part;
  lane.credit -= length;
  lane.queued_bytes -= part;
  if (which == Lane::user) {
    user_since_bulk_ += length;
    shared_until_ns_ = now_ns_ + kSharedNs;
  } else if (which == Lane::bulk) {
    user_since_bulk_ = 0;
    pacer_.sent(length, now_ns_);
  }
  if (head.sent == head.size) {
    ++statistics_.frames_sent[index(which)];
    lane.queue.pop_front();
  }
  return true;
}

bool Link::stage_next() {
  staged_at_ = 0;
  staged_.clear();
  if (state_ != LinkState::open) return false;  // the hello or the refusal was staged already
  if (!control_records_.empty()) {
    staged_.assign(control_records_.front().begin(), control_records_.front().end());
    control_records_.pop_front();
    return true;
  }
  if (stage_from(Lane::control)) return true;
  const bool bulk_first = user_since_bulk_ >= kUserShare;
  return stage_from(bulk_first ? Lane::bulk : Lane::user) || stage_from(bulk_first ? Lane::user : Lane::bulk);
}

std::size_t Link::take(std::span<std::byte> out, std::int64_t now_ns) {
  now_ns_ = now_ns;
  if (state_ == LinkState::closed && !farewell_) return 0;
  std::size_t filled = 0;
  while (filled < out.size()) {
    if (staged_at_ == staged_.size() && !stage_next()) break;
    const std::size_t count = std::min(out.size() - filled, staged_.size() - staged_at_);
    std::memcpy(out.data() + filled, staged_.data() + staged_at_, count);
    staged_at_ += count;
    filled += count;
  }
  statistics_.bytes_sent += filled;
  return filled;
}

Result<void> Link::receive(std::span<const std::byte> bytes, std::int64_t now_ns) {
  if (state_ == LinkState::closed) return Error{Code::link_closed, "the link is closed", {}};
  heard_ns_ = now_ns_ = now_ns;
  statistics_.bytes_received += bytes.size();
  Result<void> outcome;
  while (outcome && !bytes.empty()) {
    // A record that lies whole in `bytes` is read in place; else it is put together in input_.
    const bool in_place = input_.empty() && bytes.size() >= kRecordHeaderBytes;
    if (!in_place && input_.size() < kRecordHeaderBytes) {
      const auto part = first(bytes, kRecordHeaderBytes - input_.size());
      input_.insert(input_.end(), part.begin(), part.end());
      bytes = bytes.subspan(part.size());
      if (input_.size() < kRecordHeaderBytes) break;
    }
    const std::byte* at = in_place ? bytes.data() : input_.data();
    const auto record = read_record_header(std::span<const std::byte, kRecordHeaderBytes>(at, kRecordHeaderBytes));
    if (!record) {
      outcome = record.error();
      break;
    }
    const std::size_t size = kRecordHeaderBytes + record->length;
    if (in_place && bytes.size() >= size) {
      outcome = handle(*record, bytes.subspan(kRecordHeaderBytes, record->length), now_ns);
      bytes = bytes.subspan(size);
      continue;
    }
    const auto part = first(bytes, size - input_.size());
    input_.insert(input_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (input_.size() < size) break;
    outcome = handle(*record, std::span<const std::byte>(input_).subspan(kRecordHeaderBytes), now_ns);
    input_.clear();
  }
  if (!outcome) state_ = LinkState::closed;
  return outcome;
}

Result<void> Link::handle(const RecordHeader& record, std::span<const std::byte> body, std::int64_t now_ns) {
  const bool greets = record.kind == RecordKind::hello || record.kind == RecordKind::refusal;
  if (greets != (state_ == LinkState::greeting)) {
    return malformed_record(state_ == LinkState::greeting ? "something else than a handshake first"
                                                          : "a second handshake");
  }
  switch (record.kind) {
    case RecordKind::hello: {
      auto hello = read_hello(body);
      if (!hello) return hello.error();
      const auto version = judge_(*hello);
      if (!version) {
        if (role_ == LinkRole::acceptor) stage_refusal(version.error());
        return version.error();
      }
      peer_ = std::move(hello).value();
      state_ = LinkState::open;
      if (role_ == LinkRole::acceptor) {
        staged_ = std::exchange(greeting_, {});
        staged_at_ = 0;
      }
      return {};
    }
    case RecordKind::refusal: {
      if (role_ == LinkRole::acceptor) return malformed_record("a refusal instead of a handshake");
      const std::uint64_t number = get_u64(body);
      std::string text(reinterpret_cast<const char*>(body.data()) + 8, body.size() - 8);
      text.resize(std::min(text.find('\0'), text.size()));
      const bool of_links =
          number >= 6000 && number < 6100 && find_error(static_cast<std::uint16_t>(number)) != nullptr;
      return Error{of_links ? static_cast<Code>(number) : Code::link_closed,
                   "the peer refused: " + (is_valid_utf8(text) ? text : std::string("it does not say why")),
                   {}};
    }
    case RecordKind::frame:
      active_ns_ = now_ns;
      return handle_frame(record, body);
    case RecordKind::chunk:
      active_ns_ = now_ns;
      return handle_chunk(record, body);
    case RecordKind::credit: {
      LaneState& lane = lanes_[index(record.lane)];
      const std::uint64_t granted = get_u64(body);
      if (granted > kWindow[index(record.lane)] - lane.credit) return malformed_record("more credit than was used");
      lane.credit += granted;
      if (record.lane == Lane::bulk) pacer_.credited(granted, is_paced(), now_ns);
      return {};
    }
    case RecordKind::ping:
      if (control_records_.size() >= kMaxControlRecords) return malformed_record("more pings than are answered");
      stage_control(RecordKind::pong, Lane::control, get_u64(body));
      return {};
    case RecordKind::pong:
      if (get_u64(body) == ping_number_ && pinged_ns_ != 0) {
        statistics_.round_trip_ns = now_ns - pinged_ns_;
        pinged_ns_ = 0;
      }
      return {};
  }
  return malformed_record("unknown kind");
}

void Link::stage_refusal(const Error& why) {
  const std::string_view text = std::string_view(why.message).substr(0, kMaxRefusalBytes - 16);
  const std::size_t length = 8 + (text.size() + 7) / 8 * 8;
  staged_.assign(kRecordHeaderBytes + length, std::byte{0});
  staged_at_ = 0;
  write_record_header({RecordKind::refusal, Lane::control, 0, static_cast<std::uint32_t>(length)},
                      std::span<std::byte, kRecordHeaderBytes>(staged_.data(), kRecordHeaderBytes));
  put_u64(std::span(staged_).subspan(kRecordHeaderBytes), why.number());
  std::memcpy(staged_.data() + kRecordHeaderBytes + 8, text.data(), text.size());
  farewell_ = true;
}

Result<void> Link::charge(Lane which, std::uint64_t bytes) {
  LaneState& lane = lanes_[index(which)];
  if (bytes > kWindow[index(which)] - lane.outstanding) {
    return Error{Code::link_credit_exceeded,
                 std::string("lane ") + kLaneNames[index(which)] + ": " +
                     std::to_string(lane.outstanding + bytes - kWindow[index(which)]) + " bytes beyond the credit",
                 {}};
  }
  lane.outstanding += bytes;
  return {};
}

Result<void> Link::handle_frame(const RecordHeader& record, std::span<const std::byte> body) {
  if (lanes_[index(record.lane)].assembly) return malformed_record("a frame between the pieces of another");
  if (record.lane == Lane::user) shared_until_ns_ = now_ns_ + kSharedNs;
  if (auto charged = charge(record.lane, body.size()); !charged) return charged;
  const auto header = read_frame_header(body, (record.flags & kFlagRelayed) != 0);
  if (!header) return header.error();
  auto frame = Frame::from_bytes(header->type, body.subspan(header->size_bytes()));
  if (!frame) return frame.error();
  ++statistics_.frames_received[index(record.lane)];
  received_.push_back({*header, std::move(frame).value(), record.lane, body.size(), false});
  return {};
}

Result<void> Link::begin_assembly(const RecordHeader& record, std::span<const std::byte>& body) {
  if (body.size() < kTotalBytes) return malformed_record("the first piece of a frame without its size");
  const std::uint64_t total = get_u64(body);
  body = body.subspan(kTotalBytes);
  if (total > kMaxLaneFrame[index(record.lane)]) {
    return Error{Code::frame_too_large,
                 std::string("a frame in pieces is too large for lane ") + kLaneNames[index(record.lane)],
                 {}};
  }
  const bool relayed = (record.flags & kFlagRelayed) != 0;
  const auto header = read_frame_header(body, relayed);
  if (!header) return header.error();
  const std::uint64_t words = total - std::min<std::uint64_t>(total, header->size_bytes());
  if (words == 0 || words % 8 != 0) return malformed_record("a frame in pieces without whole words");
  body = body.subspan(header->size_bytes());
  Assembly& whole =
      lanes_[index(record.lane)].assembly.emplace(*header, relayed, words, MemoryShare(limits_.unfinished));
  if (total > limits_.largest_frame(record.lane)) {
    whole.refuse({Code::frame_too_large,
                  "a message of " + std::to_string(words) + " bytes is larger than the receiving node takes (" +
                      std::to_string(limits_.max_message) + ", net.max_message)",
                  {}});
    return {};
  }
  auto draft = FrameDraft::begin(header->type, words);
  if (draft) {
    whole.draft = std::move(*draft);
  } else {
    whole.refuse(draft.error());
  }
  return {};
}

void Link::Assembly::refuse(Error why) {
  refused = std::move(why);
  draft.reset();
  memory = MemoryShare(nullptr);
}

void Link::Assembly::append(std::span<const std::byte> bytes) {
  missing -= bytes.size();
  if (!draft) return;
  if (memory.take(bytes.size())) return draft->append(bytes);
  refuse({Code::link_lane_full,
          "the receiving node has no more memory for messages that come in pieces (net.receive_memory)",
          {}});
}

Result<void> Link::handle_chunk(const RecordHeader& record, std::span<const std::byte> body) {
  LaneState& lane = lanes_[index(record.lane)];
  const bool begins = (record.flags & kFlagFirst) != 0, ends = (record.flags & kFlagLast) != 0;
  const bool relayed = (record.flags & kFlagRelayed) != 0;
  if (begins == lane.assembly.has_value() || (begins && ends))
    return malformed_record("pieces of a frame out of order");
  if (!begins && relayed != lane.assembly->relayed) return malformed_record("pieces of a frame that differ");
  const std::size_t bytes = body.size();
  if (auto charged = charge(record.lane, bytes); !charged) return charged;
  if (begins) {
    if (auto begun = begin_assembly(record, body); !begun) return begun;
  }
  if (body.size() > lane.assembly->missing) return malformed_record("pieces of a frame beyond its size");
  lane.assembly->append(body);
  lane.assembly->charged += bytes;
  lane.owed += bytes;
  if (ends) {
    Assembly whole = *std::exchange(lane.assembly, std::nullopt);
    if (whole.missing != 0) return malformed_record("pieces of a frame that ends early");
    FramePtr frame;
    if (whole.draft) {
      auto finished = std::move(*whole.draft).finish();
      if (!finished) return finished.error();
      frame = std::move(*finished);
    }
    lane.unread_chunked += whole.charged;
    ++statistics_.frames_received[index(record.lane)];
    received_.push_back({whole.header, std::move(frame), record.lane, whole.charged, true, std::move(whole.refused)});
  }
  grant(record.lane);
  return {};
}

std::optional<Received> Link::next() {
  if (received_.empty()) return std::nullopt;
  Received received = std::move(received_.front());
  received_.pop_front();
  return received;
}

void Link::consumed(const Received& received) {
  LaneState& lane = lanes_[index(received.lane)];
  if (received.chunked) {
    lane.unread_chunked -= std::min(lane.unread_chunked, received.charged_bytes);
  } else {
    lane.owed += received.charged_bytes;
  }
  grant(received.lane);
}

/// Grants are collected: one record for a quarter of the window. Those of the bulk lane also tell the sender how long
/// its pieces take.
void Link::grant(Lane which) {
  LaneState& lane = lanes_[index(which)];
  const std::uint64_t enough = which == Lane::bulk ? kPieceBytes : kWindow[index(which)] / 4;
  if (lane.unread_chunked != 0 || lane.owed < enough) return;
  lane.outstanding -= std::min(lane.outstanding, lane.owed);
  stage_control(RecordKind::credit, which, std::exchange(lane.owed, 0));
}

void Link::stage_control(RecordKind kind, Lane lane, std::uint64_t value) {
  std::array<std::byte, 16>& record = control_records_.emplace_back();
  write_record_header({kind, lane, 0, 8}, std::span<std::byte, kRecordHeaderBytes>(record.data(), kRecordHeaderBytes));
  put_u64(std::span(record).subspan(kRecordHeaderBytes), value);
}

Result<void> Link::tick(std::int64_t now_ns) {
  if (state_ == LinkState::closed) return Error{Code::link_closed, "the link is closed", {}};
  std::uint64_t sent = 0;
  for (const std::uint64_t frames : statistics_.frames_sent) sent += frames;
  if (std::exchange(frames_sent_seen_, sent) != sent) active_ns_ = now_ns;
  const bool greeting = state_ == LinkState::greeting;
  // Bytes alone do not extend the handshake: who sends one now and then is cut off all the same.
  if (greeting ? now_ns - opened_ns_ >= limits_.handshake_ns : now_ns - heard_ns_ >= limits_.silence_ns) {
    state_ = LinkState::closed;
    return Error{
        Code::link_timeout, greeting ? "no handshake in time" : "nothing was heard of the peer for too long", {}};
  }
  if (!greeting && pinged_ns_ == 0 && now_ns - heard_ns_ >= limits_.ping_ns) {
    pinged_ns_ = now_ns;
    stage_control(RecordKind::ping, Lane::control, ++ping_number_);
  }
  // An answered ping is forgotten by its pong; one that bytes have overtaken must not keep others from being sent.
  if (pinged_ns_ != 0 && heard_ns_ - pinged_ns_ >= limits_.silence_ns) pinged_ns_ = 0;
  return {};
}

std::int64_t Link::tick_due_ns() const {
  if (state_ == LinkState::closed) return std::numeric_limits<std::int64_t>::max();
  if (state_ == LinkState::greeting) return opened_ns_ + limits_.handshake_ns;
  const std::int64_t silence = heard_ns_ + limits_.silence_ns;
  return pinged_ns_ != 0 ? silence : std::min(silence, heard_ns_ + limits_.ping_ns);
}

bool Link::is_idle(std::int64_t now_ns) const {
  if (state_ != LinkState::open || limits_.idle_ns == 0 || now_ns - active_ns_ < limits_.idle_ns) return false;
  return std::all_of(lanes_.begin(), lanes_.end(), [](const LaneState& lane) { return lane.queue.empty(); });
}

std::uint64_t Link::queued_frames() const {
  std::uint64_t frames = 0;
  for (const LaneState& lane : lanes_) frames += lane.queue.size();
  return frames;
}

std::uint64_t Link::held_bytes() const {
  std::uint64_t held = input_.size();
  for (const LaneState& lane : lanes_)
    held += lane.outstanding + lane.unread_chunked + (lane.assembly ? lane.assembly->charged : 0);
  return held;
}

}  // namespace noodle::transport
