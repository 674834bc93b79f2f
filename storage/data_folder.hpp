// The data folder of a node: whose it is now, and how often the node has been started on it.
//
//     lock         held by the node that uses the folder
//     incarnation  "noodle incarnation N", the number of the last start
//     revocations  "noodle revocations N", the number of the newest revocation list that the node has seen
//     store/       the store (store.hpp)
//
// Threads: one. Owns: the lock, until it goes or the process ends. Errors: 5010, 5012, 5014, 5015, 7105.
#pragma once

#include <cstdint>
#include <string>

#include "messages/error.hpp"

namespace noodle::storage {

/// Above the stored one, also when the clock went back, and above those of a folder that was lost, when it did not.
std::uint64_t incarnation_after(std::uint64_t stored, std::int64_t wall_ns);

class DataFolder {
 public:
  /// Makes it if need be, for its owner alone. Error 7105 when another process has it.
  static Result<DataFolder> open(const std::string& path);
  ~DataFolder();
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;

  /// The number of this start; on the disk when it returns.
  Result<std::uint64_t> next_incarnation(std::int64_t wall_ns);

  /// 0 when there was none yet.
  Result<std::uint64_t> known_revocations() const;
  Result<void> remember_revocations(std::uint64_t number);

  const std::string& path() const { return path_; }
  std::string store_path() const { return path_ + "/store"; }

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;
};

}  // namespace noodle::storage
