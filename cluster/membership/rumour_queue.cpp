#include "cluster/membership/rumour_queue.hpp"

namespace noodle::membership {

void RumourQueue::push(std::uint32_t slot) {
  if (generation_.size() <= slot) generation_.resize(slot + 1, 0);
  drop(slot);
  ++generation_[slot];
  ++live_;
  if (buckets_.empty()) buckets_.emplace_back();
  auto& fresh = buckets_[0];
  if (fresh.size() > 2 * live_ + 64) {
    std::erase_if(fresh, [this](const Entry& entry) { return generation_[entry.slot] != entry.generation; });
  }
  fresh.push_back({slot, generation_[slot]});
}

void RumourQueue::drop(std::uint32_t slot) {
  if (slot >= generation_.size() || generation_[slot] % 2 == 0) return;
  ++generation_[slot];
  --live_;
}

void RumourQueue::put(Entry entry, std::size_t sent, std::uint32_t limit) {
  if (sent >= limit) {
    drop(entry.slot);
    return;
  }
  if (buckets_.size() <= sent) buckets_.resize(sent + 1);
  buckets_[sent].push_back(entry);
}

void RumourQueue::trim() {
  if (live_ == 0) buckets_.clear();
}

}  // namespace noodle::membership
