// The arguments of a program as the start message of its main process.
#pragma once

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/message/message.hpp"

namespace noodle::process {

/// A start message with one List<String>, the type of `function`'s parameter. Errors: 1617 for text that is not UTF-8,
/// 1708.
Result<Message*> main_arguments(const vm::Program& program, const vm::Function& function,
                                const std::vector<std::string>& arguments);

}  // namespace noodle::process
