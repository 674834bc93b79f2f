#include "runtime/stdlib/register.hpp"

#include <mutex>

namespace noodle::stdlib {

void register_stdlib_natives() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const NativeTable table :
         {math_natives(), text_natives(), regex_natives(), json_natives(), bytes_natives(), pack_natives(),
          hash_natives(), time_natives(), random_natives(), log_natives(), event_natives(), metrics_natives(),
          file_natives(), node_natives(), cluster_natives(), unique_natives()}) {
      vm::register_natives(table.data(), table.size());
    }
  });
}

}  // namespace noodle::stdlib
