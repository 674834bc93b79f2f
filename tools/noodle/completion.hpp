// Shell completion generated from the command table itself, so that it is never out of date.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace noodle::tools {

/// Script for "bash" or "zsh" that completes commands, options and files.
std::string completion_script(const CLI::App& app, const std::string& shell);

}  // namespace noodle::tools
