#include "messages/msg.hpp"

#include <capnp/any.h>
#include <capnp/dynamic.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "messages/message_size.hpp"
#include "messages/utf8.hpp"

namespace noodle {

/// The one place outside Frame that writes a frame's words: before anybody else can see it.
struct FrameAccess {
  static Frame* allocate(std::uint64_t type, std::size_t words) { return Frame::allocate(type, words, false); }
  static FramePtr own(Frame* frame) { return FramePtr(frame); }
  static capnp::word* words(Frame* frame) { return reinterpret_cast<capnp::word*>(frame->mutable_words()); }
};

namespace detail {
namespace {

constexpr std::size_t kMaxFrameWords = kMaxMessageBytes / sizeof(capnp::word);

thread_local capnp::word scratch_segment[kScratchWords] = {};  // all zero between messages, as Cap'n Proto asks
thread_local bool scratch_taken = false;

Error too_large(const std::string& what) {
  return {Code::frame_too_large, "message too large: " + what, {}};
}

void check_value(capnp::DynamicValue::Reader value);

void check_text(capnp::Text::Reader text) {
  KJ_REQUIRE(is_valid_utf8({text.begin(), text.size()}), "text is not valid UTF-8");
}

void check_list(capnp::DynamicList::Reader list) {
  // Elements without pointers need no look: the list's size was checked with its pointer.
  switch (list.getSchema().whichElementType()) {
    case capnp::schema::Type::STRUCT:
    case capnp::schema::Type::LIST:
    case capnp::schema::Type::TEXT:
    case capnp::schema::Type::DATA:
      for (auto element : list) check_value(element);
      break;
    default:
      break;
  }
}

void check_field(capnp::DynamicStruct::Reader parent, capnp::StructSchema::Field field) {
  switch (field.getType().which()) {
    case capnp::schema::Type::STRUCT:
    case capnp::schema::Type::LIST:
    case capnp::schema::Type::TEXT:
    case capnp::schema::Type::DATA:
      if (parent.has(field)) check_value(parent.get(field));
      break;
    default:
      break;
  }
}

/// Reading a pointer as its type makes Cap'n Proto compare the two; it throws when they differ.
void check_value(capnp::DynamicValue::Reader value) {
  switch (value.getType()) {
    case capnp::DynamicValue::TEXT:
      return check_text(value.as<capnp::Text>());
    case capnp::DynamicValue::LIST:
      return check_list(value.as<capnp::DynamicList>());
    case capnp::DynamicValue::STRUCT: {
      const auto object = value.as<capnp::DynamicStruct>();
      for (auto field : object.getSchema().getNonUnionFields()) check_field(object, field);
      KJ_IF_MAYBE (active, object.which()) check_field(object, *active);
      return;
    }
    default:
      return;
  }
}

}  // namespace

MessageScratch::MessageScratch() : shared_(!scratch_taken) {
  if (shared_) {
    scratch_taken = true;
    builder_.emplace(kj::arrayPtr(scratch_segment, kScratchWords));
  } else {
    builder_.emplace();
  }
}

MessageScratch::~MessageScratch() {
  builder_.reset();  // zeroes what it used of the scratch segment
  if (shared_) scratch_taken = false;
}

Result<FramePtr> MessageScratch::finish(std::uint64_t type) {
  const auto segments = builder_->getSegmentsForOutput();
  if (segments.size() == 1) {
    const auto segment = segments[0];
    if (segment.size() > kMaxFrameWords) return too_large(std::to_string(segment.size() * 8) + " bytes");
    Frame* const frame = FrameAccess::allocate(type, segment.size());
    std::memcpy(FrameAccess::words(frame), segment.begin(), segment.size() * sizeof(capnp::word));
    return FrameAccess::own(frame);
  }
  // Several segments: copy the tree below the root, without far pointers and abandoned objects, into one frame.
  const auto root = builder_->getRoot<capnp::AnyPointer>().asReader();
  const std::size_t words = root.targetSize().wordCount + 1;
  if (words > kMaxFrameWords) return too_large(std::to_string(words * 8) + " bytes");
  Frame* const frame = FrameAccess::allocate(type, words);
  FramePtr owner = FrameAccess::own(frame);
  std::memset(static_cast<void*>(FrameAccess::words(frame)), 0, words * sizeof(capnp::word));
  capnp::FlatMessageBuilder flat(kj::arrayPtr(FrameAccess::words(frame), words));
  flat.setRoot(root);
  flat.requireFilled();
  return owner;
}

Result<void> fill_guarded(void (*fill)(void* context), void* context) {
  try {
    fill(context);
    return {};
  } catch (const kj::Exception& exception) {
    return too_large(exception.getDescription().cStr());
  }
}

Result<void> check_frame(const FramePtr& frame, std::uint64_t wanted_type, capnp::StructSchema schema) {
  if (!frame) return Error{Code::frame_malformed, "no frame", {}};
  const auto name = [&] { return std::string(schema.getProto().getDisplayName().cStr()); };
  if (frame->type() != wanted_type) {
    return Error{Code::frame_wrong_type,
                 "frame holds type " + std::to_string(frame->type()) + ", expected " + name() + " (" +
                     std::to_string(wanted_type) + ")",
                 {}};
  }
  if (!frame->is_foreign()) return {};
  try {
    const auto* words = reinterpret_cast<const capnp::word*>(frame->words());
    check_value(capnp::readMessageUnchecked<capnp::AnyPointer>(words).getAs<capnp::DynamicStruct>(schema));
    return {};
  } catch (const kj::Exception& exception) {
    return Error{Code::frame_malformed, "frame is no " + name() + ": " + exception.getDescription().cStr(), {}};
  }
}

}  // namespace detail
}  // namespace noodle
