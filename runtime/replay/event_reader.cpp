#include "runtime/replay/event_reader.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/run/outside.hpp"

namespace noodle::replay {
namespace {

using process::take_answer;
using process::take_number;

constexpr std::size_t kReadAtOnce = 1 << 20;  // a block may claim more than the file holds

/// Takes the change of a clock.
bool take_change(std::string_view& in, std::int64_t& value) {
  std::uint64_t number = 0;
  if (!take_number(in, number)) return false;
  const std::uint64_t change = number >> 1 ^ -(number & 1);
  value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + change);
  return true;
}

template <class T>
bool take_bounded(std::string_view& in, T& value) {
  std::uint64_t number = 0;
  if (!take_number(in, number) || number > std::numeric_limits<T>::max()) return false;
  value = static_cast<T>(number);
  return true;
}

}  // namespace

bool EventReader::damaged(std::string_view what) {
  problem_ = Error{Code::recording_damaged,
                   "the recording is damaged: " + std::string(what) + " in block " + std::to_string(blocks_),
                   {}};
  return false;
}

bool EventReader::cut_off() {
  problem_ = Error{
      Code::recording_cut_off, "the recording ends before its run, after event " + std::to_string(event_.number), {}};
  return false;
}

Result<Beginning> EventReader::begin() {
  char prelude[kPreludeBytes] = {};
  in_.read(prelude, sizeof prelude);
  if (in_.gcount() != sizeof prelude || std::memcmp(prelude, kMagic.data(), kMagic.size()) != 0) {
    return Error{Code::not_recording, "the file does not start as a recording does", {}};
  }
  std::uint16_t version = 0;
  std::memcpy(&version, prelude + kMagic.size(), sizeof version);
  if (version != kVersion) {
    return Error{Code::recording_version,
                 "the recording has version " + std::to_string(version) + ", this is " + std::to_string(kVersion),
                 {}};
  }
  if (!read_block()) return *problem_;
  auto beginning = Beginning::decoded(block_);
  rest_ = {};
  return beginning;
}

bool EventReader::read_block() {
  std::uint32_t header[3] = {};
  static_assert(sizeof header == kBlockHeaderBytes);
  in_.read(reinterpret_cast<char*>(header), sizeof header);
  if (in_.gcount() != sizeof header) return cut_off();
  const auto [size, number, checksum] = header;
  // A file system that lost its last writes leaves zeros.
  if (size == 0 && number == 0 && checksum == 0) return cut_off();
  if (number != blocks_) return damaged("the order of blocks");
  if (size > kMaxBlockBytes) return damaged("a size");
  block_.clear();
  while (block_.size() < size) {
    const std::size_t before = block_.size();
    const std::size_t wanted = std::min<std::size_t>(kReadAtOnce, size - before);
    block_.resize(before + wanted);
    in_.read(block_.data() + before, static_cast<std::streamsize>(wanted));
    if (static_cast<std::size_t>(in_.gcount()) != wanted) return cut_off();
  }
  if (checksum != block_checksum(number, block_)) return damaged("a checksum");
  rest_ = block_;
  ++blocks_;
  return true;
}

const Event* EventReader::peek() {
  if (!current_) current_ = !problem_ && !ended_ && read_event();
  return current_ ? &event_ : nullptr;
}

bool EventReader::read_event() {
  while (rest_.empty()) {
    if (!read_block()) return false;
  }
  std::uint64_t head = 0;
  if (!take_number(rest_, head)) return damaged("an event");
  const std::uint64_t kind = head & ((1u << kEventKindBits) - 1);
  if (kind > static_cast<std::uint64_t>(EventKind::end)) return damaged("the kind of an event");
  event_.kind = static_cast<EventKind>(kind);
  event_.turns = head >> kEventKindBits;
  if (!read_fields()) return damaged(name_of(event_.kind));
  ++event_.number;
  return true;
}

bool EventReader::take_totals() {
  Totals& totals = event_.ending.totals;
  return take_number(rest_, totals.fuel) && take_number(rest_, totals.messages) && take_number(rest_, totals.digest);
}

bool EventReader::read_fields() {
  switch (event_.kind) {
    case EventKind::monotonic:
      if (!take_change(rest_, monotonic_ns_)) return false;
      event_.now_ns = monotonic_ns_;
      return true;
    case EventKind::wall:
      if (!take_change(rest_, wall_ns_)) return false;
      event_.now_ns = wall_ns_;
      return true;
    case EventKind::answer: {
      std::uint64_t size = 0;
      if (!take_bounded(rest_, event_.import) || !take_bounded(rest_, event_.process) || !take_number(rest_, size) ||
          size > rest_.size()) {
        return false;
      }
      event_.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return true;
    }
    case EventKind::order:
      return take_number(rest_, event_.order.passed_limit_ms) && take_answer(rest_, event_.order.reason);
    case EventKind::check:
      return take_totals();
    case EventKind::end: {
      Ending& ending = event_.ending;
      ended_ = true;
      return take_bounded(rest_, ending.exit_code) && take_bounded(rest_, ending.code) && take_totals() &&
             take_number(rest_, ending.spawned) && take_number(rest_, ending.failed) &&
             take_answer(rest_, ending.message) && take_answer(rest_, ending.trace);
    }
  }
  return false;
}

}  // namespace noodle::replay
