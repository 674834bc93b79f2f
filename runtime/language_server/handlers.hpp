// Requests and notifications of a running server: from their parameters to the features and back to JSON.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "runtime/language_server/message.hpp"
#include "runtime/language_server/workspace.hpp"

namespace noodle::language_server {

/// The result as JSON, or why there is none.
using Answer = std::variant<std::string, Failure>;

/// Nothing when there is no such request.
std::optional<Answer> answer_request(Workspace& workspace, const std::string& method, const std::string& params,
                                     const Cancelled& cancelled);
/// A change of documents or files. Failures are for the log.
std::optional<Failure> take_notification(Workspace& workspace, const std::string& method, const std::string& params);

}  // namespace noodle::language_server
