#include "storage/rocksdb_start.hpp"

#ifdef NOODLE_DEFERRED_ROCKSDB

using Constructor = void (*)(int, char**, char**);
// The linker defines both ends of every section whose name is an identifier.
extern "C" {
extern const Constructor __start_rocksdb_constructors[] __attribute__((visibility("hidden")));
extern const Constructor __stop_rocksdb_constructors[] __attribute__((visibility("hidden")));
}

namespace noodle::storage {

void start_rocksdb() {
  [[maybe_unused]] static const bool done = [] {
    for (const Constructor* at = __start_rocksdb_constructors; at != __stop_rocksdb_constructors; ++at) {
      if (*at != nullptr) (*at)(0, nullptr, nullptr);
    }
    return true;
  }();
}

}  // namespace noodle::storage

#else

namespace noodle::storage {

void start_rocksdb() {}

}  // namespace noodle::storage

#endif
