// What RocksDB says as errors of ours: the one place that knows both.
#pragma once

#include <string>

#include "messages/error.hpp"

namespace rocksdb {
class Status;
}

namespace noodle::storage {

enum class Attempt { open, read, write };

/// `status` is not OK. Errors 5010 to 5016 with the path and the remedy.
Error store_error(const rocksdb::Status& status, Attempt attempt, const std::string& path);

}  // namespace noodle::storage
