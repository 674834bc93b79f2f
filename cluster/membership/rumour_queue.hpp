// Rumour queue: which members there is news of, and how often each piece was sent already.
//
// Holds slots of the member table, not statements: what goes out is always the latest. The least sent go first, so that
// fresh news is not held up by old news (memberlist's order).
// Threads: none of its own. Limits: at most one live entry per slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace noodle::membership {

class RumourQueue {
 public:
  /// There is news of the member in `slot`; it starts from zero again.
  void push(std::uint32_t slot);
  void drop(std::uint32_t slot);
  bool empty() const { return live_ == 0; }
  std::size_t size() const { return live_; }

  /// Offers slots, least sent first, until `take(slot)` answers false or `most` were offered. What was taken counts as
  /// sent once more and leaves the queue at `limit` sendings.
  template <class Take>
  void offer(std::uint32_t limit, std::size_t most, Take&& take) {
    moved_.clear();
    for (std::size_t sent = 0; sent < buckets_.size() && most > 0; ++sent) {
      auto& bucket = buckets_[sent];
      for (std::size_t left = bucket.size(); left > 0 && most > 0; --left) {
        const Entry entry = bucket.front();
        if (generation_[entry.slot] != entry.generation) {
          bucket.pop_front();  // replaced or dropped since
          continue;
        }
        if (!take(entry.slot)) {
          most = 0;
          break;
        }
        bucket.pop_front();
        --most;
        moved_.push_back({entry, sent + 1});
      }
    }
    for (const Moved& moved : moved_) put(moved.entry, moved.sent, limit);
    trim();
  }

 private:
  struct Entry {
    std::uint32_t slot;
    std::uint32_t generation;
  };
  struct Moved {
    Entry entry;
    std::size_t sent;
  };
  void put(Entry entry, std::size_t sent, std::uint32_t limit);
  void trim();

  std::vector<std::deque<Entry>> buckets_;  // by times sent
  std::vector<std::uint32_t> generation_;   // by slot; odd while queued
  std::vector<Moved> moved_;
  std::size_t live_ = 0;
};

}  // namespace noodle::membership
