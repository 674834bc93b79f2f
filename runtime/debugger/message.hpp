// Messages of the Debug Adapter Protocol: requests that come, responses and events that go. The frames around them are
// those of the Language Server Protocol (language_server/message.hpp), and so are the limits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/language_server/message.hpp"

namespace noodle::debugger {

using language_server::Message;

/// A request with its `seq` as id, its command as method and its arguments as params.
Message read_request(std::string_view text);
/// The request that a `cancel` request calls off, as the notification that language_server::Inbox knows.
Message cancellation(const Message& cancel);

/// `body` is JSON; "" for none.
std::string response(std::int64_t seq, const Message& request, const std::string& body);
std::string failure(std::int64_t seq, const Message& request, const std::string& text);
std::string event(std::int64_t seq, const std::string& name, const std::string& body);

}  // namespace noodle::debugger
