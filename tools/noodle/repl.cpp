#include "tools/noodle/commands.hpp"
namespace noodle::tools {
int repl_command(const ReplCommand&, const CommonOptions&) {
  return 0;
}
}  // namespace noodle::tools
