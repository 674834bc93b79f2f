#include "runtime/replay/event_writer.hpp"

#include <cstring>

#include "runtime/run/outside.hpp"

namespace noodle::replay {
namespace {

using process::put_answer;
using process::put_number;

constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::int64_t kFlushNs = 1'000'000'000;

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

/// The change from `before`, which becomes `now`. Wraps, as its reader does.
std::uint64_t change(std::int64_t& before, std::int64_t now) {
  const auto difference =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(before));
  before = now;
  return zigzag(difference);
}

void put_totals(std::string& out, const Totals& totals) {
  put_number(out, totals.fuel);
  put_number(out, totals.messages);
  put_number(out, totals.digest);
}

}  // namespace

void EventWriter::begin(std::string_view beginning) {
  char prelude[kPreludeBytes] = {};
  std::memcpy(prelude, kMagic.data(), kMagic.size());
  std::memcpy(prelude + kMagic.size(), &kVersion, sizeof kVersion);
  out_.write(prelude, sizeof prelude);
  bytes_ += sizeof prelude;
  write_block(beginning);
}

void EventWriter::event(EventKind kind) {
  if (events_.size() >= kBlockBytes && blocks_ != 0) write_block(events_);
  put_number(events_, turns_ << kEventKindBits | static_cast<std::uint64_t>(kind));
  turns_ = 0;
}

void EventWriter::monotonic(std::int64_t now_ns) {
  event(EventKind::monotonic);
  put_number(events_, change(monotonic_ns_, now_ns));
  if (now_ns - flushed_ns_ < kFlushNs) return;
  flushed_ns_ = now_ns;
  flush();
}

void EventWriter::wall(std::int64_t now_ns) {
  event(EventKind::wall);
  put_number(events_, change(wall_ns_, now_ns));
}

void EventWriter::answer(std::uint32_t import, std::uint32_t process, std::string_view bytes) {
  event(EventKind::answer);
  put_number(events_, import);
  put_number(events_, process);
  put_number(events_, bytes.size());
  events_ += bytes;
}

void EventWriter::order(const Order& order) {
  event(EventKind::order);
  put_number(events_, order.passed_limit_ms);
  put_answer(events_, order.reason);
}

void EventWriter::check(const Totals& totals) {
  event(EventKind::check);
  put_totals(events_, totals);
}

void EventWriter::end(const Ending& ending) {
  event(EventKind::end);
  put_number(events_, ending.exit_code);
  put_number(events_, ending.code);
  put_totals(events_, ending.totals);
  put_number(events_, ending.spawned);
  put_number(events_, ending.failed);
  put_answer(events_, ending.message);
  put_answer(events_, ending.trace);
  flush();
}

void EventWriter::flush() {
  if (blocks_ == 0) return;
  if (!events_.empty()) write_block(events_);
  out_.flush();
  failed_ = failed_ || !out_;
}

void EventWriter::write_block(std::string_view payload) {
  const std::uint32_t header[] = {static_cast<std::uint32_t>(payload.size()), blocks_,
                                  block_checksum(blocks_, payload)};
  static_assert(sizeof header == kBlockHeaderBytes);
  ++blocks_;
  out_.write(reinterpret_cast<const char*>(header), sizeof header);
  out_.write(payload.data(), static_cast<std::streamsize>(payload.size()));
  bytes_ += sizeof header + payload.size();
  failed_ = failed_ || !out_;
  if (payload.data() == events_.data()) events_.clear();
}

}  // namespace noodle::replay
