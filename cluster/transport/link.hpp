// Link: the protocol of one connection between two nodes, without the connection.
//
// Bytes from the peer go into receive(), bytes for the peer come out of take(), frames go in by send() and come out of
// next(). Time is an argument. Order within a lane is kept. Control goes first; user and bulk share what is left, bulk
// at least a fifth, in pieces of kPieceBytes, so that no frame of any size holds up another lane for longer. While
// there is user traffic, only so much of bulk is on its way as the link needs (pacer.hpp).
//
// Credit: each lane may have Window bytes under way that the receiver has not yet released with consumed(). Who sends
// more is cut off. A frame in pieces gives its credit back while it is put together, but no more is granted on its lane
// until it is consumed, so a peer holds at most window + one largest frame of each lane of our memory. A frame that is
// larger than this node takes, or that finds the memory of all links used up, is read without being kept, and given out
// as refused: the link stays.
// Threads: one. Owns: queued frames. Limits: windows, LinkLimits. Errors: send 6002, 6016, 6017; receive 6001, 6002,
// 6010 to 6014, 6018, 6023; tick 6015. After an error of receive or tick the link is closed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "cluster/transport/handshake.hpp"
#include "cluster/transport/memory_share.hpp"
#include "cluster/transport/pacer.hpp"
#include "cluster/transport/wire.hpp"
#include "messages/frame.hpp"

namespace noodle::transport {

inline constexpr std::uint64_t kWindow[kLanes] = {256 * kKiB, 4 * kMiB, 8 * kMiB};

inline constexpr std::uint64_t kDefaultMaxMessage = 1280 * kMiB;

struct LinkLimits {
  std::uint64_t queue_bytes[kLanes] = {4 * kMiB, 8 * kMiB, 128 * kMiB};  // waiting to be sent (6017); on bulk beside
                                                                         // one largest message
  std::size_t queue_frames = 65'536;                                     // of one lane (6017)
  std::int64_t handshake_ns = 5'000'000'000;
  std::int64_t ping_ns = 5'000'000'000;            // after so long without a byte from the peer it is asked
  std::int64_t silence_ns = 15'000'000'000;        // after so long it is given up
  std::int64_t idle_ns = 0;                        // closed when no frame passed for so long; 0: never
  std::uint64_t max_message = kDefaultMaxMessage;  // largest frame of the bulk lane, either way (6002)
  std::shared_ptr<SharedMemory> unfinished = {};   // for frames that come in pieces (6017); null: without bound

  std::uint64_t largest_frame(Lane lane) const;
};

struct Received {
  FrameHeader header;
  FramePtr frame;  // null: refused
  Lane lane = Lane::user;
  std::uint64_t charged_bytes = 0;  // give back by consumed()
  bool chunked = false;
  Error refused = {};  // why it was not kept: 6002, 6017
};

struct LinkStatistics {
  std::uint64_t frames_sent[kLanes] = {}, frames_received[kLanes] = {};
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::uint64_t refused_full = 0;  // send() with 6017
  std::uint64_t stalls = 0;        // times a lane had frames, but no credit
  std::int64_t round_trip_ns = 0;  // of the last ping; 0: none yet

  /// What another link has counted; round trips do not add up.
  void add(const LinkStatistics& other);
};

/// The acceptor answers the initiator's hello with its own, or says why not; so the initiator sends no frame that the
/// acceptor would drop.
enum class LinkRole : std::uint8_t { initiator, acceptor };
enum class LinkState : std::uint8_t { greeting, open, closed };

class Link {
 public:
  /// Decides about a peer's hello: the protocol version or an error of agree().
  using Judge = std::function<Result<std::uint16_t>(const Hello& peer)>;

  Link(LinkRole role, const Hello& local, Judge judge, const LinkLimits& limits, std::int64_t now_ns);

  Result<void> send(Lane lane, const FrameHeader& header, FramePtr frame);
  /// Any bytes, cut anywhere.
  Result<void> receive(std::span<const std::byte> bytes, std::int64_t now_ns);
  /// Fills `out` with what is to be written next; 0: nothing to do until send(), receive() or tick(). After a refused
  /// handshake it gives the reason for the peer.
  std::size_t take(std::span<std::byte> out, std::int64_t now_ns);
  std::optional<Received> next();
  void consumed(const Received& received);

  /// Pings, time limits. Call it at least at tick_due_ns().
  Result<void> tick(std::int64_t now_ns);
  std::int64_t tick_due_ns() const;
  /// Idle for longer than LinkLimits::idle_ns, with nothing queued.
  bool is_idle(std::int64_t now_ns) const;

  LinkState state() const { return state_; }
  const std::optional<Hello>& peer() const { return peer_; }
  std::uint64_t queued_bytes(Lane lane) const { return lanes_[index(lane)].queued_bytes; }
  std::uint64_t queued_frames() const;
  /// What the peer holds of our memory.
  std::uint64_t held_bytes() const;
  const LinkStatistics& statistics() const { return statistics_; }
  void close() { state_ = LinkState::closed; }

 private:
  struct Queued {
    FrameHeader header;
    FramePtr frame;
    std::uint64_t size = 0;  // header and words
    std::uint64_t sent = 0;
  };
  /// A frame that comes in pieces.
  struct Assembly {
    FrameHeader header;
    bool relayed = false;
    std::uint64_t missing = 0;  // of its words
    MemoryShare memory;
    std::optional<FrameDraft> draft = {};  // none: refused
    Error refused = {};
    std::uint64_t charged = 0;

    void refuse(Error why);
    void append(std::span<const std::byte> bytes);
  };
  struct LaneState {
    std::deque<Queued> queue;
    std::uint64_t queued_bytes = 0;
    std::uint64_t credit = 0;  // we may send
    bool stalled = false;
    std::uint64_t outstanding = 0;  // the peer has sent and we have not granted again
    std::uint64_t owed = 0;         // to be granted
    std::uint64_t unread_chunked = 0;
    std::optional<Assembly> assembly;
  };
  static std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

  Result<void> handle(const RecordHeader& record, std::span<const std::byte> body, std::int64_t now_ns);
  Result<void> handle_frame(const RecordHeader& record, std::span<const std::byte> body);
  Result<void> handle_chunk(const RecordHeader& record, std::span<const std::byte> body);
  Result<void> charge(Lane lane, std::uint64_t bytes);
  Result<void> begin_assembly(const RecordHeader& record, std::span<const std::byte>& body);
  void grant(Lane lane);
  bool stage_next();
  bool stage_from(Lane lane);
  static std::uint64_t next_length(const Queued& head);
  bool can_send(LaneState& lane);
  bool is_paced() const { return now_ns_ < shared_until_ns_; }
  void stage_control(RecordKind kind, Lane lane, std::uint64_t value);

  void stage_refusal(const Error& why);

  LinkRole role_;
  Judge judge_;
  LinkLimits limits_;
  LinkState state_ = LinkState::greeting;
  std::optional<Hello> peer_;
  std::array<LaneState, kLanes> lanes_;
  std::deque<Received> received_;
  std::vector<std::byte> input_;     // of a record that is not complete
  std::vector<std::byte> staged_;    // the record that is being written
  std::vector<std::byte> greeting_;  // the acceptor's hello, until the initiator's is accepted
  bool farewell_ = false;            // a refusal is staged
  std::size_t staged_at_ = 0;
  std::deque<std::array<std::byte, 16>> control_records_;  // credit, ping, pong: before all frames
  std::uint64_t user_since_bulk_ = 0;
  Pacer pacer_;                       // of the bulk lane
  std::int64_t now_ns_;               // when it was last told
  std::int64_t shared_until_ns_ = 0;  // with user traffic
  std::int64_t opened_ns_, heard_ns_, pinged_ns_ = 0, active_ns_;
  std::uint64_t ping_number_ = 0;
  std::uint64_t frames_sent_seen_ = 0;  // by the last tick
  LinkStatistics statistics_;
};

}  // namespace noodle::transport
