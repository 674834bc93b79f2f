// Framed messages over stdin and stdout, as editors send them (runtime/language_server/message.hpp).
#pragma once

#include <functional>
#include <string>

#include "runtime/language_server/message.hpp"

namespace noodle::tools {

/// Writes a message with its frame. Silent when the reader is gone; the end of stdin follows.
void write_message(const std::string& message);
/// Gives each message or failure to `take`, until stdin ends, nothing more can be read, or `take` says false.
void read_messages(const std::function<bool(language_server::FrameReader::Next&)>& take);

}  // namespace noodle::tools
