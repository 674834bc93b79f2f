// Lets CAF carry Msg<T>: a shared pointer to immutable words, passed on as it is and never serialised by CAF.
//
// This folder is the root of a node's actors: CAF's set-up, errors across CAF, start and ordered stop.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <type_traits>

#include "messages/msg.hpp"

namespace caf {

template <class T>
struct allowed_unsafe_message_type<noodle::Msg<T>> : std::true_type {};

}  // namespace caf
