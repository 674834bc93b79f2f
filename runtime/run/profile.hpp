// A profile by fuel: each time a worker has burned so many units, the stack of the process it runs counts.
//
// Fuel is burned by calls, rounds of loops, natives by their work and collections by what they keep, so a profile tells
// where a program computes, and the same run on one worker gives the same profile, interpreted or compiled.
// Threads: a Sampler belongs to its worker.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/process/control.hpp"

namespace noodle::process {

constexpr std::int64_t kSamplePeriod = 9973;  // units of fuel; prime, so that it keeps no step with loops

/// Stacks that were seen, as a tree from the outside in; its roots are actors, or functions that run as processes.
struct Profile {
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Frame {
    std::string function, file;  // of roots: the actor, no file
    std::uint32_t line = 0;
    auto operator<=>(const Frame&) const = default;
  };
  struct Node {
    std::uint32_t frame = 0;
    std::uint32_t parent = kNone;  // stands before its children
    std::uint64_t self = 0;        // samples
  };
  std::vector<Frame> frames;  // each once
  std::vector<Node> nodes;
  std::uint64_t samples = 0;
  std::int64_t period = kSamplePeriod;
};

/// What is added to a Profile, with what finds its parts again. Limits: 200 000 nodes; samples behind these count for
/// the deepest frame that has one.
class ProfileBuilder {
 public:
  explicit ProfileBuilder(std::int64_t period) { profile_.period = period; }
  std::uint32_t frame(const Profile::Frame& frame);
  std::uint32_t child(std::uint32_t parent, std::uint32_t frame);
  void count(std::uint32_t node, std::uint64_t samples);
  void add(const Profile& other);
  const Profile& profile() const { return profile_; }

 private:
  Profile profile_;
  std::unordered_map<std::string, std::uint32_t> frames_;
  std::unordered_map<std::uint64_t, std::uint32_t> children_;  // by parent and frame
};

class Sampler {
 public:
  explicit Sampler(std::int64_t period) : builder_(period), left_(period) {}
  /// vm::run of the process of `control`, in pieces that end where samples are due.
  vm::RunStatus run(ProcessControl& control, std::int64_t fuel);
  const Profile& profile() const { return builder_.profile(); }

 private:
  void sample(const ProcessControl& control, std::uint64_t count);
  const std::vector<std::uint32_t>& frames_at(const vm::Function& function, std::uint32_t word);

  ProfileBuilder builder_;
  std::int64_t left_;                                  // fuel until the next sample
  std::vector<std::shared_ptr<const void>> programs_;  // whose functions are in the table below
  struct WordHash {
    std::size_t operator()(const std::pair<const vm::Function*, std::uint32_t>& place) const {
      return std::hash<const void*>()(place.first) * 31 + place.second;
    }
  };
  std::unordered_map<std::pair<const vm::Function*, std::uint32_t>, std::vector<std::uint32_t>, WordHash> words_;
};

}  // namespace noodle::process
