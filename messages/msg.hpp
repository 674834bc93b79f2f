// Msg<T>: an immutable message with the Cap'n Proto struct T as root; the only thing actors exchange.
//
//     auto m = Msg<wire::Kill>::build([](wire::Kill::Builder kill) { kill.setRun(7); });
//     m->getRun();                       // reads the words in place
//
// A Msg is one shared pointer: copying it shares the words, an empty one reads as T's default values.
// A Msg that exists is safe to read: what was built here is well formed, what came from outside was checked against T
// field by field. So readers skip bounds checks, and everything read from a Msg stays valid while any copy of it lives.
// Threads: values; the words are immutable and may be read by any thread.
// Limits: kMaxMessageBytes. Errors: 6001 malformed, 6002 too large, 6003 another type.
#pragma once

#include <capnp/message.h>
#include <capnp/schema.h>
#include <capnp/serialize.h>

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

#include "messages/error.hpp"
#include "messages/frame.hpp"

namespace noodle {

namespace detail {

/// Where a message grows until it becomes a frame: the thread's reusable scratch segment, or own memory when a message
/// is built while another one of this thread is.
class MessageScratch {
 public:
  MessageScratch();
  ~MessageScratch();
  MessageScratch(const MessageScratch&) = delete;
  MessageScratch& operator=(const MessageScratch&) = delete;

  capnp::MessageBuilder& builder() { return *builder_; }
  /// Copies the message, from however many segments, into one frame. Error 6002.
  Result<FramePtr> finish(std::uint64_t type);

 private:
  bool shared_;
  std::optional<capnp::MallocMessageBuilder> builder_;
};

/// Runs `fill` and turns what Cap'n Proto throws (an object over its limits) into 6002.
Result<void> fill_guarded(void (*fill)(void* context), void* context);

/// Checks that every field of a foreign frame can be read as `schema` says, texts being UTF-8. Error 6001, 6003.
Result<void> check_frame(const FramePtr& frame, std::uint64_t wanted_type, capnp::StructSchema schema);

}  // namespace detail

template <class T>
class Msg {
 public:
  using Reader = typename T::Reader;
  using Builder = typename T::Builder;
  static constexpr std::uint64_t kTypeId = capnp::typeId<T>();

  Msg() = default;

  /// A message filled by `fill(Builder)`. For messages that cannot come near kMaxMessageBytes: throws std::length_error
  /// beyond.
  template <class Fill>
  static Msg build(Fill&& fill) {
    auto built = try_build(std::forward<Fill>(fill));
    if (!built) throw std::length_error(built.error().to_string());
    return std::move(built).value();
  }

  /// As build, for messages that carry data of any size: error 6002 beyond kMaxMessageBytes.
  template <class Fill>
  static Result<Msg> try_build(Fill&& fill) {
    detail::MessageScratch scratch;
    auto run = [&] { fill(scratch.builder().template initRoot<T>()); };
    auto filled = detail::fill_guarded([](void* context) { (*static_cast<decltype(run)*>(context))(); }, &run);
    if (!filled) return filled.error();
    auto frame = scratch.finish(kTypeId);
    if (!frame) return frame.error();
    return Msg(std::move(frame).value());
  }

  /// The frame as a message of type T. Error 6003 when it is of another type, 6001 when a foreign frame does not hold
  /// what T says.
  static Result<Msg> from_frame(FramePtr frame) {
    if (auto checked = detail::check_frame(frame, kTypeId, capnp::Schema::from<T>()); !checked) return checked.error();
    return Msg(std::move(frame));
  }

  /// A message from bytes of the outside world, with the type id its sender gave. Errors 6001, 6002, 6003.
  static Result<Msg> from_bytes(std::uint64_t type, std::span<const std::byte> bytes) {
    auto frame = Frame::from_bytes(type, bytes);
    if (!frame) return frame.error();
    return from_frame(std::move(frame).value());
  }

  Reader read() const {
    static constexpr std::uint64_t kNullRoot = 0;
    const std::uint64_t* words = frame_ ? frame_->words() : &kNullRoot;
    return capnp::readMessageUnchecked<T>(reinterpret_cast<const capnp::word*>(words));
  }

  struct Arrow {
    Reader reader;
    const Reader* operator->() const { return &reader; }
  };
  Arrow operator->() const { return {read()}; }

  bool empty() const { return !frame_; }
  const FramePtr& frame() const { return frame_; }
  /// Same words, not merely equal ones.
  bool shares_with(const Msg& other) const { return frame_ == other.frame_; }

 private:
  explicit Msg(FramePtr frame) : frame_(std::move(frame)) {}

  FramePtr frame_;
};

}  // namespace noodle
