#include "runtime/jit/tiering.hpp"

#include <atomic>

#include "runtime/jit/compiler.hpp"

namespace noodle::jit {

namespace {

constexpr std::uint32_t kSliceHeat = 500;
constexpr std::ptrdiff_t kCallersWarmed = 2;
constexpr std::size_t kMostRequests = 1000;

}  // namespace

Tiering::~Tiering() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  work_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Tiering::prepare(const vm::Program& program) {
  if (mode_ == Mode::eager) compile_all(program);
}

void Tiering::slice_ended(const std::shared_ptr<const vm::Program>& program, vm::Context& context) {
  if (mode_ != Mode::on || !context.function) return;
  if (const vm::Function* refused = context.refused) {
    context.refused = nullptr;
    warm(program, *refused, kHot);
  }
  warm(program, *context.function, kSliceHeat);
  const vm::Frame* const outermost = context.frames;
  const vm::Frame* frame = context.frame;
  for (std::ptrdiff_t k = 0; k < kCallersWarmed && frame > outermost + 1; ++k) {
    --frame;
    if (frame->function) warm(program, *frame->function, kSliceHeat);
  }
}

void Tiering::warm_cold(const std::shared_ptr<const vm::Program>& program, const vm::Function& function,
                        std::uint32_t by) {
  const std::atomic_ref heat(function.heat);
  const std::uint32_t before = heat.load(std::memory_order_relaxed);
  if (before + by < kHot) {
    heat.store(before + by, std::memory_order_relaxed);  // a step lost to another worker does not matter
  } else if (heat.exchange(kHot, std::memory_order_relaxed) < kHot) {
    request(program, function);
  }
}

void Tiering::request(const std::shared_ptr<const vm::Program>& program, const vm::Function& function) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || requests_.size() >= kMostRequests) return;
    requests_.push_back({program, &function});
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  work_.notify_one();
}

void Tiering::run() {
  for (;;) {
    Request next;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [this] { return ending_ || !requests_.empty(); });
      if (ending_) return;
      next = std::move(requests_.front());
      requests_.pop_front();
    }
    compile_with_callees(*next.function);
  }
}

}  // namespace noodle::jit
