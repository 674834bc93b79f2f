#include "cluster/routing/shortest_paths.hpp"

#include <algorithm>
#include <functional>

namespace noodle::routing {
namespace {

constexpr std::uint8_t kNoBit = 0xff;

}  // namespace

void ShortestPaths::grow() {
  const std::size_t size = topology_.size();
  if (distance_.size() == size) return;
  distance_.resize(size, kUnreachable);
  hops_.resize(size, 0);
  bit_.resize(size, kNoBit);
  affected_.resize(size, false);
  is_marked_.resize(size, false);
  distance_[root_] = 0;
}

void ShortestPaths::push(std::vector<Entry>& heap, Distance distance, Vertex vertex) {
  heap.emplace_back(distance, vertex);
  std::push_heap(heap.begin(), heap.end(), std::greater<>());
}

ShortestPaths::Entry ShortestPaths::pop(std::vector<Entry>& heap) {
  std::pop_heap(heap.begin(), heap.end(), std::greater<>());
  const Entry top = heap.back();
  heap.pop_back();
  return top;
}

/// True when the bits mean something else than before.
bool ShortestPaths::number_first_hops() {
  std::vector<Vertex> now;
  for (const Edge& edge : topology_.out(root_)) now.push_back(edge.to);
  std::sort(now.begin(), now.end());
  if (now.size() > kMaxFirstHops) now.resize(kMaxFirstHops);
  if (now == hop_) return false;
  for (const Vertex vertex : hop_) bit_[vertex] = kNoBit;
  hop_ = std::move(now);
  for (std::size_t i = 0; i < hop_.size(); ++i) bit_[hop_[i]] = static_cast<std::uint8_t>(i);
  return true;
}

void ShortestPaths::compute() {
  grow();
  std::fill(distance_.begin(), distance_.end(), kUnreachable);
  distance_[root_] = 0;
  touched_ = 0;
  heap_.clear();
  push(heap_, 0, root_);
  relax(heap_);
  number_first_hops();
  all_hops();
}

void ShortestPaths::relax(std::vector<Entry>& heap) {
  while (!heap.empty()) {
    const auto [distance, vertex] = pop(heap);
    if (distance != distance_[vertex]) continue;
    ++touched_;
    for (const Edge& edge : topology_.out(vertex)) {
      const Distance by = distance + edge.cost;
      if (by >= distance_[edge.to]) continue;
      distance_[edge.to] = by;
      mark(edge.to);
      push(heap, by, edge.to);
    }
  }
}

/// Hops of all vertices in order of distance: each is the union over its tight edges, which come from nearer vertices.
void ShortestPaths::all_hops() {
  for (const Vertex vertex : marked_) is_marked_[vertex] = false;
  marked_.clear();
  std::vector<Entry> order;
  order.reserve(distance_.size());
  for (Vertex vertex = 0; vertex < distance_.size(); ++vertex) {
    hops_[vertex] = 0;
    if (distance_[vertex] != kUnreachable) order.emplace_back(distance_[vertex], vertex);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [distance, vertex] : order) hops_[vertex] = hops_by_edges(vertex);
}

std::uint64_t ShortestPaths::hops_by_edges(Vertex vertex) const {
  if (vertex == root_ || distance_[vertex] == kUnreachable) return 0;
  std::uint64_t hops = 0;
  for (const Edge& edge : topology_.in(vertex)) {
    if (distance_[edge.to] == kUnreachable || distance_[edge.to] + edge.cost != distance_[vertex]) continue;
    if (edge.to != root_) {
      hops |= hops_[edge.to];
    } else if (bit_[vertex] != kNoBit) {
      hops |= std::uint64_t{1} << bit_[vertex];
    }
  }
  return hops;
}

void ShortestPaths::mark(Vertex vertex) {
  if (is_marked_[vertex]) return;
  is_marked_[vertex] = true;
  marked_.push_back(vertex);
}

bool ShortestPaths::has_tight_edge(Vertex to) const {
  for (const Edge& edge : topology_.in(to)) {
    if (affected_[edge.to] || distance_[edge.to] == kUnreachable) continue;
    if (distance_[edge.to] + edge.cost == distance_[to]) return true;
  }
  return false;
}

void ShortestPaths::changed(Vertex from, Vertex to, Cost before) {
  grow();
  touched_ = 0;
  const Cost now = topology_.cost(from, to);
  if (now == before) return;
  const bool renumbered = from == root_ && number_first_hops();
  if (distance_[from] != kUnreachable && to != root_) {
    mark(to);
    const Distance by = now == kNoLink ? kUnreachable : distance_[from] + now;
    if (by < distance_[to]) {
      distance_[to] = by;
      heap_.clear();
      push(heap_, by, to);
      relax(heap_);
    } else if (before != kNoLink && now > before && distance_[from] + before == distance_[to]) {
      raise(to);
    }
  }
  if (renumbered) {
    all_hops();
  } else {
    repair_hops();
  }
}

/// An edge to `to` that a shortest path used became dearer: finds what hung on it and attaches that anew.
void ShortestPaths::raise(Vertex to) {
  if (has_tight_edge(to)) return;
  std::vector<Vertex> lost{to};
  affected_[to] = true;
  for (std::size_t i = 0; i < lost.size(); ++i) {
    const Vertex vertex = lost[i];
    ++touched_;
    for (const Edge& edge : topology_.out(vertex)) {
      const Vertex next = edge.to;
      if (affected_[next] || next == root_ || distance_[next] == kUnreachable) continue;
      if (distance_[vertex] + edge.cost != distance_[next]) continue;
      mark(next);
      if (has_tight_edge(next)) continue;
      affected_[next] = true;
      lost.push_back(next);
    }
  }
  heap_.clear();
  for (const Vertex vertex : lost) {
    Distance best = kUnreachable;
    for (const Edge& edge : topology_.in(vertex)) {
      if (affected_[edge.to] || distance_[edge.to] == kUnreachable) continue;
      best = std::min(best, distance_[edge.to] + edge.cost);
    }
    distance_[vertex] = best;
    mark(vertex);
    if (best != kUnreachable) push(heap_, best, vertex);
  }
  for (const Vertex vertex : lost) affected_[vertex] = false;
  relax(heap_);
}

void ShortestPaths::repair_hops() {
  // What a marked vertex leads to may have gained or lost a shortest path through it, even when its own hops stay.
  const std::size_t direct = marked_.size();
  for (std::size_t i = 0; i < direct; ++i) {
    for (const Edge& edge : topology_.out(marked_[i])) mark(edge.to);
  }
  heap_.clear();
  for (const Vertex vertex : marked_) push(heap_, distance_[vertex], vertex);
  while (!heap_.empty()) {
    const Vertex vertex = pop(heap_).second;
    if (!is_marked_[vertex]) continue;
    is_marked_[vertex] = false;
    ++touched_;
    const std::uint64_t hops = hops_by_edges(vertex);
    if (hops == hops_[vertex]) continue;
    hops_[vertex] = hops;
    if (distance_[vertex] == kUnreachable) continue;
    for (const Edge& edge : topology_.out(vertex)) {
      if (distance_[vertex] + edge.cost != distance_[edge.to] || is_marked_[edge.to]) continue;
      is_marked_[edge.to] = true;
      push(heap_, distance_[edge.to], edge.to);
    }
  }
  marked_.clear();
}

}  // namespace noodle::routing
