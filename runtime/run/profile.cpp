#include "runtime/run/profile.hpp"

#include <algorithm>

#include "runtime/run/loaded_program.hpp"
#include "runtime/vm/program.hpp"
#include "runtime/vm/unwind.hpp"

namespace noodle::process {

namespace {

constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kOuterFrames = 64;  // of a stack that is cut in the middle
constexpr std::size_t kInnerFrames = 64;

}  // namespace

std::uint32_t ProfileBuilder::frame(const Profile::Frame& frame) {
  const std::string key = frame.function + '\0' + frame.file + '\0' + std::to_string(frame.line);
  const auto [known, fresh] = frames_.emplace(key, static_cast<std::uint32_t>(profile_.frames.size()));
  if (fresh) profile_.frames.push_back(frame);
  return known->second;
}

std::uint32_t ProfileBuilder::child(std::uint32_t parent, std::uint32_t frame) {
  const std::uint64_t key = std::uint64_t{parent} << 32 | frame;
  const auto known = children_.find(key);
  if (known != children_.end()) return known->second;
  if (profile_.nodes.size() >= kMaxNodes && parent != Profile::kNone) return parent;
  const auto made = static_cast<std::uint32_t>(profile_.nodes.size());
  profile_.nodes.push_back({frame, parent, 0});
  children_.emplace(key, made);
  return made;
}

void ProfileBuilder::count(std::uint32_t node, std::uint64_t samples) {
  profile_.nodes[node].self += samples;
  profile_.samples += samples;
}

void ProfileBuilder::add(const Profile& other) {
  std::vector<std::uint32_t> here;
  for (const Profile::Node& node : other.nodes) {
    const std::uint32_t parent = node.parent == Profile::kNone ? Profile::kNone : here[node.parent];
    here.push_back(child(parent, frame(other.frames[node.frame])));
    count(here.back(), node.self);
  }
}

vm::RunStatus Sampler::run(ProcessControl& control, std::int64_t fuel) {
  vm::Process& process = control.process;
  const std::int64_t piece = std::min(fuel, left_);
  const std::uint64_t before = process.fuel_spent;
  const vm::RunStatus status = vm::run(process, piece);
  process.fuel += fuel - piece;  // what is left of the slice
  left_ -= static_cast<std::int64_t>(process.fuel_spent - before);
  if (left_ <= 0) {
    const std::int64_t period = builder_.profile().period;
    const std::int64_t count = 1 - left_ / period;  // a native may have burned more than one period at once
    left_ += count * period;
    sample(control, static_cast<std::uint64_t>(count));
  }
  return status;
}

void Sampler::sample(const ProcessControl& control, std::uint64_t count) {
  const auto& program = control.program.load(std::memory_order_relaxed)->program;
  if (programs_.empty() || programs_.back() != program) {
    if (std::find(programs_.begin(), programs_.end(), program) == programs_.end()) programs_.push_back(program);
  }
  const ActorInfo* actor = control.actor.load(std::memory_order_relaxed);
  const vm::Function* main = control.main_function.load(std::memory_order_relaxed);
  const std::string& root = actor ? actor->def->name : main ? main->def->name : program->module.name;
  std::uint32_t node = builder_.child(Profile::kNone, builder_.frame({root, {}, 0}));
  const std::size_t frames = vm::frame_count(control.process);
  if (frames == 0 && control.function) {  // it has just returned
    for (const std::uint32_t frame : frames_at(*control.function, 0)) node = builder_.child(node, frame);
  }
  for (std::size_t k = frames; k-- > 0;) {
    if (frames > kOuterFrames + kInnerFrames && k + kOuterFrames == frames) {
      node = builder_.child(node, builder_.frame({"...", {}, 0}));
      k = kInnerFrames;
      continue;
    }
    const vm::FramePlace place = vm::frame_place(control.process, k);
    for (const std::uint32_t frame : frames_at(*place.function, place.word)) node = builder_.child(node, frame);
  }
  builder_.count(node, count);
}

/// The function and, inside it, the one that was inlined there; none for the compiler's own.
const std::vector<std::uint32_t>& Sampler::frames_at(const vm::Function& function, std::uint32_t word) {
  const auto [known, fresh] = words_.try_emplace({&function, word});
  if (!fresh || function.def->name.starts_with('$')) return known->second;
  const bytecode::LineEntry position = function.program->position(function, word);
  const bytecode::InlinedCall* inlined = function.program->inlined_call(function, word);
  const std::string& file = function.program->module.files[function.def->file];
  known->second.push_back(builder_.frame({function.def->name, file, inlined ? inlined->line : position.line}));
  if (inlined) known->second.push_back(builder_.frame({inlined->name, file, position.line}));
  return known->second;
}

}  // namespace noodle::process
