// Makes RocksDB ready for use; costs nothing until then (cmake/rocksdb.cmake).
#pragma once

namespace noodle::storage {

/// Threads: any; the first call does it.
void start_rocksdb();

}  // namespace noodle::storage
