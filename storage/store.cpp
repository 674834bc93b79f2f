#include "storage/store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdarg>
#include <filesystem>
#include <utility>
#include <vector>

#include "storage/key.hpp"
#include "storage/rocksdb_start.hpp"
#include "storage/store_folder.hpp"
#include "storage/store_status.hpp"

namespace noodle::storage {
namespace {

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

/// RocksDB's own log is not kept: it would lie on the disk that may be full, and Debian's RocksDB, built with its
/// assertions, aborts when it writes to that log after it could not. What matters comes back as a status.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::Options database_options(const StoreOptions& wanted) {
  rocksdb::Options options;
  options.create_if_missing = wanted.create && !wanted.read_only;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.verify_sst_unique_id_in_manifest = true;
  options.track_and_verify_wals_in_manifest = true;
  // A cut-off last record was never acknowledged; damage anywhere else is refused rather than skipped.
  options.wal_recovery_mode = wanted.salvage ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                                             : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_total_wal_size = wanted.log_bytes;
  options.write_buffer_size = wanted.write_buffer_bytes;
  options.max_write_buffer_number = 3;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.info_log = std::make_shared<NoLog>();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.bytes_per_sync = kMiB;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(wanted.cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

struct Opened {
  std::unique_ptr<rocksdb::DB> database;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyNames.size()> families{};
};

/// The default family of RocksDB must be opened too; it stays empty.
Result<std::vector<rocksdb::ColumnFamilyDescriptor>> families_of(const rocksdb::Options& options,
                                                                 const std::string& path, bool existing) {
  std::vector<rocksdb::ColumnFamilyDescriptor> wanted{{rocksdb::kDefaultColumnFamilyName, options}};
  for (const std::string_view name : kFamilyNames) wanted.emplace_back(std::string(name), options);
  if (!existing) return wanted;
  std::vector<std::string> present;
  const rocksdb::Status status = rocksdb::DB::ListColumnFamilies(options, path, &present);
  if (!status.ok()) return store_error(status, Attempt::open, path);
  for (const std::string& name : present) {
    const bool known = std::any_of(wanted.begin(), wanted.end(), [&name](const auto& one) { return one.name == name; });
    if (!known) {
      return Error{Code::store_newer,
                   "the store " + path + " holds `" + name + "`, which this version of noodle does not know",
                   {}};
    }
  }
  return wanted;
}

}  // namespace

struct Batch::State {
  struct Entry {
    std::uint8_t kind;  // 0 put, 1 erase, 2 erase range
    Family family;
    std::string key, value;
  };
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  std::size_t largest_key = 0, largest_value = 0;

  void add(std::uint8_t kind, Family family, std::string_view key, std::string_view value) {
    bytes += key.size() + value.size() + 16;
    largest_key = std::max({largest_key, key.size(), kind == 2 ? value.size() : 0});
    largest_value = std::max(largest_value, value.size());
    // What is too large anyway is refused by its size alone.
    if (bytes > kMaxStoreBatchBytes || largest_value > kMaxStoreValueBytes) return;
    entries.push_back({kind, family, std::string(key), std::string(value)});
  }
};

Batch::Batch() : state_(std::make_unique<State>()) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

Batch& Batch::put(Family family, std::string_view key, std::string_view value) {
  state_->add(0, family, key, value);
  return *this;
}

Batch& Batch::erase(Family family, std::string_view key) {
  state_->add(1, family, key, {});
  return *this;
}

Batch& Batch::erase_range(Family family, std::string_view from, std::string_view to) {
  state_->add(2, family, from, to);
  return *this;
}

std::size_t Batch::size_bytes() const {
  return state_->bytes;
}

std::size_t Batch::count() const {
  return state_->entries.size();
}

struct Store::State {
  std::string path;
  StoreOptions options;
  Opened opened;
  std::atomic<std::uint64_t> writes{0}, syncs{0}, failures{0};
  std::atomic<bool> was_full{false};

  rocksdb::DB& database() { return *opened.database; }
  rocksdb::ColumnFamilyHandle* family(Family family) { return opened.families[index_of(family)]; }
};

struct Snapshot::State {
  rocksdb::DB* database;
  const rocksdb::Snapshot* snapshot;
  ~State() { database->ReleaseSnapshot(snapshot); }
};

Snapshot::Snapshot(std::unique_ptr<State> state) : state_(std::move(state)) {}
Snapshot::~Snapshot() = default;
Snapshot::Snapshot(Snapshot&&) noexcept = default;

struct Cursor::State {
  KeyRange range;
  rocksdb::Slice lower, upper;
  Direction direction;
  const std::string* path;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

Cursor::Cursor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;

bool Cursor::valid() const {
  return state_->iterator->Valid();
}

void Cursor::next() {
  if (!valid()) return;
  state_->direction == Direction::forward ? state_->iterator->Next() : state_->iterator->Prev();
}

std::string_view Cursor::key() const {
  return view(state_->iterator->key());
}

std::string_view Cursor::value() const {
  return view(state_->iterator->value());
}

Result<void> Cursor::status() const {
  const rocksdb::Status status = state_->iterator->status();
  if (!status.ok()) return store_error(status, Attempt::read, *state_->path);
  return {};
}

KeyRange KeyRange::prefix(std::string_view prefix) {
  return {std::string(prefix), prefix_end(prefix)};
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}

Store::~Store() {
  // A log whose writing failed must not be touched again: RocksDB takes that for a bug and aborts.
  if (!state_->options.read_only && state_->failures == 0) state_->database().SyncWAL().PermitUncheckedError();
  for (rocksdb::ColumnFamilyHandle* family : state_->opened.families) {
    state_->database().DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
  state_->database().Close().PermitUncheckedError();
}

Result<std::unique_ptr<Store>> Store::open(const std::string& path, const StoreOptions& wanted) {
  start_rocksdb();
  if (auto ready = prepare_store_folder(path, wanted.create && !wanted.read_only); !ready) return ready.error();
  const rocksdb::Options options = database_options(wanted);
  std::error_code ignored;
  const bool existing = std::filesystem::exists(path + "/CURRENT", ignored);
  auto descriptors = families_of(options, path, existing);
  if (!descriptors) return descriptors.error();
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* database = nullptr;
  const rocksdb::Status status = wanted.read_only
                                     ? rocksdb::DB::OpenForReadOnly(options, path, *descriptors, &handles, &database)
                                     : rocksdb::DB::Open(options, path, *descriptors, &handles, &database);
  if (!status.ok()) return store_error(status, Attempt::open, path);
  auto state = std::make_unique<State>();
  state->path = path;
  state->options = wanted;
  state->opened.database.reset(database);
  std::copy(handles.begin() + 1, handles.end(), state->opened.families.begin());
  database->DestroyColumnFamilyHandle(handles.front()).PermitUncheckedError();
  std::unique_ptr<Store> store(new Store(std::move(state)));
  if (store->statistics().live_bytes <= wanted.verify_bytes) {
    if (auto sound = store->verify(); !sound) return sound.error();
  }
  return store;
}

Result<std::optional<std::string>> Store::get(Family family, std::string_view key, const Snapshot* at) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  if (at != nullptr) options.snapshot = at->state_->snapshot;
  std::string value;
  const rocksdb::Status status = state_->database().Get(options, state_->family(family), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return store_error(status, Attempt::read, state_->path);
  return std::optional<std::string>(std::move(value));
}

Result<void> Store::write(Batch batch, Sync sync) {
  const auto too_large = [](const char* what, std::size_t bytes, std::size_t limit) {
    return Error{Code::store_too_large,
                 std::string("a ") + what + " of " + std::to_string(bytes) +
                     " bytes is too large for the store; the limit is " + std::to_string(limit),
                 {}};
  };
  const Batch::State& content = *batch.state_;
  if (content.largest_key > kMaxStoreKeyBytes) return too_large("key", content.largest_key, kMaxStoreKeyBytes);
  if (content.largest_value > kMaxStoreValueBytes)
    return too_large("value", content.largest_value, kMaxStoreValueBytes);
  if (content.bytes > kMaxStoreBatchBytes) return too_large("batch", content.bytes, kMaxStoreBatchBytes);
  rocksdb::WriteBatch writes;
  rocksdb::Status status;
  for (const auto& entry : content.entries) {
    rocksdb::ColumnFamilyHandle* family = state_->family(entry.family);
    if (entry.kind == 0) {
      status = writes.Put(family, entry.key, entry.value);
    } else if (entry.kind == 1) {
      status = writes.Delete(family, entry.key);
    } else {
      status = writes.DeleteRange(family, entry.key, entry.value);
    }
    if (!status.ok()) return store_error(status, Attempt::write, state_->path);
  }
  if (state_->was_full) {
    const rocksdb::Status resumed = state_->database().Resume();
    // Busy: RocksDB itself looks every few seconds whether there is space again.
    if (resumed.IsBusy()) return store_error(rocksdb::Status::NoSpace(), Attempt::write, state_->path);
    if (!resumed.ok()) return store_error(resumed, Attempt::write, state_->path);
    state_->was_full = false;
  }
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::yes;
  status = state_->database().Write(options, &writes);
  if (!status.ok()) {
    state_->failures.fetch_add(1, std::memory_order_relaxed);
    Error error = store_error(status, Attempt::write, state_->path);
    if (error.code == Code::store_full) state_->was_full = true;
    return error;
  }
  state_->writes.fetch_add(1, std::memory_order_relaxed);
  if (options.sync) state_->syncs.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Result<void> Store::put(Family family, std::string_view key, std::string_view value, Sync sync) {
  Batch batch;
  batch.put(family, key, value);
  return write(std::move(batch), sync);
}

Snapshot Store::snapshot() const {
  rocksdb::DB& database = state_->database();
  return Snapshot(std::unique_ptr<Snapshot::State>(new Snapshot::State{&database, database.GetSnapshot()}));
}

Cursor Store::scan(Family family, const KeyRange& range, Direction direction, const Snapshot* at) const {
  auto cursor = std::make_unique<Cursor::State>();
  cursor->range = range;
  cursor->lower = slice(cursor->range.from);
  cursor->upper = slice(cursor->range.to);
  cursor->direction = direction;
  cursor->path = &state_->path;
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.iterate_lower_bound = &cursor->lower;
  if (!range.to.empty()) options.iterate_upper_bound = &cursor->upper;
  if (at != nullptr) options.snapshot = at->state_->snapshot;
  cursor->iterator.reset(state_->database().NewIterator(options, state_->family(family)));
  direction == Direction::forward ? cursor->iterator->SeekToFirst() : cursor->iterator->SeekToLast();
  return Cursor(std::move(cursor));
}

Result<void> Store::verify() const {
  const rocksdb::Status status = state_->database().VerifyChecksum();
  if (!status.ok()) return store_error(status, Attempt::read, state_->path);
  return {};
}

Result<void> Store::copy_to(const std::string& path) const {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(&state_->database(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(path);
  if (!status.ok()) return store_error(status, Attempt::write, path);
  std::error_code problem;
  std::filesystem::copy_file(state_->path + "/FORMAT", path + "/FORMAT", problem);
  if (problem) return Error{Code::store_failed, "the store " + path + " failed: " + problem.message(), {}};
  return {};
}

StoreStatistics Store::statistics() const {
  StoreStatistics all;
  all.writes = state_->writes.load(std::memory_order_relaxed);
  all.syncs = state_->syncs.load(std::memory_order_relaxed);
  all.failures = state_->failures.load(std::memory_order_relaxed);
  for (rocksdb::ColumnFamilyHandle* family : state_->opened.families) {
    std::uint64_t bytes = 0;
    rocksdb::DB& database = state_->database();
    if (database.GetIntProperty(family, rocksdb::DB::Properties::kLiveSstFilesSize, &bytes)) all.live_bytes += bytes;
    if (database.GetIntProperty(family, rocksdb::DB::Properties::kSizeAllMemTables, &bytes)) all.memory_bytes += bytes;
    if (database.GetIntProperty(family, rocksdb::DB::Properties::kEstimateTableReadersMem, &bytes)) {
      all.memory_bytes += bytes;
    }
  }
  std::uint64_t cached = 0;
  if (state_->database().GetIntProperty(state_->opened.families[0], rocksdb::DB::Properties::kBlockCacheUsage,
                                        &cached)) {
    all.memory_bytes += cached;
  }
  return all;
}

void Store::collect(Samples& out) const {
  const StoreStatistics all = statistics();
  out.counter("noodle_store_writes_total", "Batches written.").add(static_cast<double>(all.writes));
  out.counter("noodle_store_syncs_total", "Batches that waited for the disk.").add(static_cast<double>(all.syncs));
  out.counter("noodle_store_failures_total", "Writes that failed.").add(static_cast<double>(all.failures));
  out.gauge("noodle_store_disk_bytes", "Tables on the disk.").add(static_cast<double>(all.live_bytes));
  out.gauge("noodle_store_memory_bytes", "Write buffers, readers of tables and cache.")
      .add(static_cast<double>(all.memory_bytes));
}

const std::string& Store::path() const {
  return state_->path;
}

}  // namespace noodle::storage
