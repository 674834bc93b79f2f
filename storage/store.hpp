// Store: the node's durable state, a RocksDB database in one folder.
//
// Threads: all functions may be called by any thread; they block. A Batch and a Cursor belong to one thread.
// Owns: the folder, locked against other processes. Cursors and snapshots must be gone before their store.
// Limits: kMaxStoreKeyBytes, kMaxStoreValueBytes, kMaxStoreBatchBytes (5017).
// Errors: open 5010 path, 5011 locked, 5012 damaged, 5013 newer format, 5015 read only, 5018 something else's folder;
// reads 5012, 5016; writes 5014 disk full, 5015, 5016, 5017. A full disk: writes succeed again a few seconds after
// there is space; after other failures all writes fail until the store is opened again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/limits.hpp"
#include "runtime/base/metrics/metrics.hpp"
#include "storage/family.hpp"

namespace noodle::storage {

inline constexpr std::uint32_t kStoreFormat = 1;
inline constexpr std::size_t kMaxStoreKeyBytes = kKiB;
inline constexpr std::size_t kMaxStoreValueBytes = 16 * kMiB;
inline constexpr std::size_t kMaxStoreBatchBytes = 64 * kMiB;

struct StoreOptions {
  bool create = true;      // the folder and the store, when missing
  bool read_only = false;  // may be opened while another process writes; sees what was flushed and logged until now
  bool salvage = false;    // a damaged log is read up to the damage instead of refused
  std::size_t cache_bytes = 16 * kMiB;
  std::size_t write_buffer_bytes = 8 * kMiB;  // of one family
  std::size_t log_bytes = 64 * kMiB;          // of all families; bounds the time of recovery
  std::uint64_t verify_bytes = 64 * kMiB;     // at open every block of stores up to this size is verified
};

/// Puts and erases that happen all or not at all.
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;

  Batch& put(Family family, std::string_view key, std::string_view value);
  Batch& erase(Family family, std::string_view key);
  /// All keys from `from` to below `to`.
  Batch& erase_range(Family family, std::string_view from, std::string_view to);
  std::size_t size_bytes() const;
  std::size_t count() const;

 private:
  friend class Store;
  struct State;
  std::unique_ptr<State> state_;
};

/// The store as it was at one moment.
class Snapshot {
 public:
  ~Snapshot();
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) = delete;

 private:
  friend class Store;
  struct State;
  explicit Snapshot(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Keys from `from` to below `to`; an empty `to` means to the end of the family.
struct KeyRange {
  std::string from = {};
  std::string to = {};
  static KeyRange prefix(std::string_view prefix);
};

/// Walks a range in order, or backwards. Sees one moment of the store.
///
///     for (auto c = store.scan(Family::names, range); c.valid(); c.next()) use(c.key(), c.value());
class Cursor {
 public:
  ~Cursor();
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) = delete;

  bool valid() const;
  void next();
  // Hold until next().
  std::string_view key() const;
  std::string_view value() const;
  /// Asked after the walk: an error that ended it early.
  Result<void> status() const;

 private:
  friend class Store;
  struct State;
  explicit Cursor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

enum class Sync : std::uint8_t {
  yes,  // on the disk before write() returns
  no    // survives the process, not the machine
};
enum class Direction : std::uint8_t { forward, backward };

struct StoreStatistics {
  std::uint64_t writes = 0, syncs = 0, failures = 0;
  std::uint64_t live_bytes = 0;    // of tables on disk
  std::uint64_t memory_bytes = 0;  // write buffers, table readers, cache
};

class Store {
 public:
  static Result<std::unique_ptr<Store>> open(const std::string& path, const StoreOptions& options = {});
  /// Syncs what was written without.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Result<std::optional<std::string>> get(Family family, std::string_view key, const Snapshot* at = nullptr) const;
  Result<void> write(Batch batch, Sync sync);
  /// A batch of one.
  Result<void> put(Family family, std::string_view key, std::string_view value, Sync sync);

  Snapshot snapshot() const;
  Cursor scan(Family family, const KeyRange& range, Direction direction = Direction::forward,
              const Snapshot* at = nullptr) const;

  /// Reads every block of every table and compares the checksums. Error 5012.
  Result<void> verify() const;
  /// A consistent copy in a new folder, made of hard links where the file system can. Opens as a store.
  Result<void> copy_to(const std::string& path) const;
  StoreStatistics statistics() const;
  /// noodle_store_*.
  void collect(Samples& out) const;
  const std::string& path() const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noodle::storage
