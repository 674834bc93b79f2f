// The types of messages that go to other nodes: from CAF's form to a frame and back.
//
// Threads: add before the first mesh starts; the rest from any. Errors: 6001 and 6003 of frames that are not what they
// say.
#pragma once

#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>
#include <cstdint>
#include <typeinfo>
#include <vector>

#include "actors/core/caf_messages.hpp"

namespace noodle::actors {

/// Raised when messages change so that older nodes cannot read them.
inline constexpr std::uint64_t kMessageSchema = 1;

struct MessageType {
  std::uint64_t id = 0;  // Cap'n Proto's
  const std::type_info* type = nullptr;
  FramePtr (*frame_of)(const caf::type_erased_tuple& content) = nullptr;
  Result<caf::message> (*message_of)(FramePtr frame) = nullptr;
  capnp::StructSchema schema;
};

template <class T>
MessageType message_type_of() {
  return {Msg<T>::kTypeId, &typeid(Msg<T>),
          [](const caf::type_erased_tuple& content) {
            const auto& message = *static_cast<const Msg<T>*>(content.get(0));
            return message.empty() ? Msg<T>::build([](auto) {}).frame() : message.frame();
          },
          [](FramePtr frame) -> Result<caf::message> {
            auto message = Msg<T>::from_frame(std::move(frame));
            if (!message) return message.error();
            return caf::make_message(std::move(*message));
          },
          capnp::Schema::from<T>()};
}

/// Makes it a message that travels.
void add_message_type(const MessageType& type);
const MessageType* find_message_type(std::uint64_t id);
const MessageType* find_message_type(const std::type_info& type);
/// All of them, in no order.
std::vector<MessageType> message_types();

}  // namespace noodle::actors
