#include "storage/store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "storage/key.hpp"
#include "tests/process/random_seed.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace noodle;
using namespace noodle::storage;
using noodle::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<Store> opened(const std::string& path, const StoreOptions& options = {}) {
  auto store = Store::open(path, options);
  REQUIRE_MESSAGE(store.ok(), store.error().message);
  return std::move(store).value();
}

Error refusal(const std::string& path, const StoreOptions& options = {}) {
  auto store = Store::open(path, options);
  REQUIRE_FALSE(store.ok());
  CHECK_MESSAGE(store.error().message.find(path) != std::string::npos, store.error().message);
  return store.error();
}

std::vector<std::string> keys(Cursor cursor) {
  std::vector<std::string> found;
  for (; cursor.valid(); cursor.next()) found.emplace_back(cursor.key());
  CHECK(cursor.status().ok());
  return found;
}

/// Changes one byte in the middle of every file with this ending; how many.
int damage(const std::string& folder, const std::string& ending) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (!entry.path().string().ends_with(ending) || fs::file_size(entry.path()) < 64) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(fs::file_size(entry.path()) / 2);
    file.seekg(middle);
    const char byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(middle);
    file.put(byte);
    ++count;
  }
  return count;
}

/// 64 KiB that do not compress.
std::string random_bytes(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(64 * kKiB, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string filled(const TemporaryFolder& folder) {
  const std::string path = folder.path() + "/store";
  auto store = opened(path, {.write_buffer_bytes = 64 * kKiB});
  for (std::uint64_t i = 0; i < 2000; ++i) {
    REQUIRE(store->put(Family::tasks, Key().u64(i), std::string(100, static_cast<char>(i)), Sync::no).ok());
  }
  return path;
}

}  // namespace

TEST_CASE("what was written is there after the store is opened again") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a/store";
  {
    auto store = opened(path);
    CHECK(store->put(Family::names, "x", "1", Sync::yes).ok());
    CHECK(store->put(Family::leases, "x", "2", Sync::no).ok());
    CHECK_FALSE(store->get(Family::meta, "x")->has_value());
    CHECK(store->statistics().writes == 2);
    CHECK(store->statistics().syncs == 1);
  }
  auto store = opened(path);
  CHECK(**store->get(Family::names, "x") == "1");
  CHECK(**store->get(Family::leases, "x") == "2");
  CHECK((fs::status(path).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("a batch happens as a whole, in order") {
  const TemporaryFolder folder;
  auto store = opened(folder.path());
  Batch batch;
  batch.put(Family::names, "a", "1").put(Family::names, "b", "2").put(Family::meta, "c", "3").erase(Family::names, "a");
  CHECK(batch.count() == 4);
  CHECK(store->write(std::move(batch), Sync::yes).ok());
  CHECK(keys(store->scan(Family::names, {})) == std::vector<std::string>{"b"});
  Batch range;
  for (const char* key : {"d", "e", "f"}) range.put(Family::names, key, "x");
  range.erase_range(Family::names, "d", "f");
  CHECK(store->write(std::move(range), Sync::no).ok());
  CHECK(keys(store->scan(Family::names, {})) == std::vector<std::string>{"b", "f"});
}

TEST_CASE("a cursor stays in its range, both ways, and sees one moment") {
  const TemporaryFolder folder;
  auto store = opened(folder.path());
  for (const char* owner : {"a", "ab", "b"}) {
    for (std::uint64_t i = 0; i < 3; ++i) {
      REQUIRE(store->put(Family::tasks, Key().text(owner).u64(i), "", Sync::no).ok());
    }
  }
  const KeyRange range = KeyRange::prefix(Key().text("ab"));
  Cursor cursor = store->scan(Family::tasks, range);
  const Snapshot before = store->snapshot();
  REQUIRE(store->put(Family::tasks, Key().text("ab").u64(7), "", Sync::no).ok());
  CHECK(keys(std::move(cursor)).size() == 3);
  CHECK(keys(store->scan(Family::tasks, range)).size() == 4);
  CHECK(keys(store->scan(Family::tasks, range, Direction::forward, &before)).size() == 3);
  CHECK(keys(store->scan(Family::tasks, range, Direction::backward)).front() == Key().text("ab").u64(7).bytes());
  CHECK_FALSE(store->get(Family::tasks, Key().text("ab").u64(7), &before)->has_value());
}

TEST_CASE("any sequence of batches leaves what a map would hold, also after opening again") {
  NOODLE_RANDOM(random);
  const TemporaryFolder folder;
  std::map<std::string, std::string> model;
  for (int round = 0; round < 4; ++round) {
    auto store = opened(folder.path(), {.write_buffer_bytes = 64 * kKiB});
    for (int i = 0; i < 200; ++i) {
      Batch batch;
      for (std::uint64_t n = random() % 5; n > 0; --n) {
        const std::string key = Key().u32(static_cast<std::uint32_t>(random() % 100)).bytes();
        if (random() % 4 == 0) {
          batch.erase(Family::modules, key);
          model.erase(key);
        } else {
          batch.put(Family::modules, key, model[key] = std::string(random() % 300, 'v') + std::to_string(i));
        }
      }
      REQUIRE(store->write(std::move(batch), Sync::no).ok());
    }
    auto expected = model.begin();
    for (Cursor c = store->scan(Family::modules, {}); c.valid(); c.next(), ++expected) {
      REQUIRE(expected != model.end());
      CHECK(c.key() == expected->first);
      CHECK(c.value() == expected->second);
    }
    CHECK(expected == model.end());
  }
}

TEST_CASE("what is too large is refused with its limit and nothing of the batch is written") {
  const TemporaryFolder folder;
  auto store = opened(folder.path());
  const auto refused = [&store](Batch batch) {
    const auto written = store->write(std::move(batch), Sync::no);
    REQUIRE_FALSE(written.ok());
    CHECK(written.error().code == Code::store_too_large);
  };
  Batch key, value, many;
  refused(
      std::move(key.put(Family::meta, "small", "x").put(Family::meta, std::string(kMaxStoreKeyBytes + 1, 'k'), "")));
  refused(std::move(
      value.put(Family::meta, "small", "x").put(Family::meta, "v", std::string(kMaxStoreValueBytes + 1, 'v'))));
  const std::string large(kMaxStoreValueBytes, 'v');
  for (char c = 'a'; c < 'f'; ++c) many.put(Family::meta, std::string(1, c), large);
  refused(std::move(many));
  CHECK(keys(store->scan(Family::meta, {})).empty());
}

TEST_CASE("a store is opened once, by readers as often as they like") {
  const TemporaryFolder folder;
  auto store = opened(folder.path());
  REQUIRE(store->put(Family::meta, "k", "v", Sync::yes).ok());
  CHECK(refusal(folder.path()).code == Code::store_locked);
  auto reader = opened(folder.path(), {.read_only = true});
  CHECK(**reader->get(Family::meta, "k") == "v");
  const auto written = reader->put(Family::meta, "k", "w", Sync::no);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == Code::store_read_only);
}

TEST_CASE("a store that is not there, not ours or of a later version is refused") {
  const TemporaryFolder folder;
  CHECK(refusal(folder.path() + "/none", {.create = false}).code == Code::store_unavailable);
  CHECK(refusal(folder.path() + "/none", {.read_only = true}).code == Code::store_unavailable);
  CHECK_FALSE(fs::exists(folder.path() + "/none"));
  folder.write("file", "text");
  CHECK(refusal(folder.path() + "/file").code == Code::store_unavailable);
  folder.write("foreign/CURRENT", "MANIFEST-000001\n");
  CHECK(refusal(folder.path() + "/foreign").code == Code::store_not_ours);
  folder.write("later/FORMAT", "noodle store 2\n");
  const Error later = refusal(folder.path() + "/later");
  CHECK(later.code == Code::store_newer);
  CHECK(later.message.find("format 2") != std::string::npos);
  folder.write("odd/FORMAT", "????");
  CHECK(refusal(folder.path() + "/odd").code == Code::store_corrupt);
}

TEST_CASE("damage of tables, log or manifest is found when the store is opened") {
  for (const char* what : {".sst", ".log", "MANIFEST"}) {
    CAPTURE(what);
    const TemporaryFolder folder;
    const std::string path = filled(folder);
    if (std::string(what) == "MANIFEST") {
      for (const auto& entry : fs::directory_iterator(path)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("MANIFEST")) REQUIRE(damage(path, name) == 1);
      }
    } else {
      REQUIRE(damage(path, what) > 0);
    }
    CHECK(refusal(path).code == Code::store_corrupt);
  }
}

TEST_CASE("a log whose last record was cut off opens without it; a damaged one only to save what is left") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/store";
  {
    auto store = opened(path);
    for (std::uint64_t i = 0; i < 100; ++i) {
      REQUIRE(store->put(Family::tasks, Key().u64(i), std::string(100, 'x'), Sync::no).ok());
    }
  }
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".log") fs::resize_file(entry.path(), fs::file_size(entry.path()) - 30);
  }
  fs::copy(path, folder.path() + "/copy", fs::copy_options::recursive);
  CHECK(keys(opened(path)->scan(Family::tasks, {})).size() == 99);
  REQUIRE(damage(folder.path() + "/copy", ".log") > 0);
  CHECK(refusal(folder.path() + "/copy").code == Code::store_corrupt);
  const std::size_t left = keys(opened(folder.path() + "/copy", {.salvage = true})->scan(Family::tasks, {})).size();
  CHECK(left > 10);
  CHECK(left < 99);
}

TEST_CASE("a copy holds what the store held and opens as a store") {
  const TemporaryFolder folder;
  const std::string path = filled(folder);
  auto store = opened(path);
  REQUIRE(store->copy_to(folder.path() + "/copy").ok());
  REQUIRE(store->put(Family::meta, "later", "", Sync::no).ok());
  auto copy = opened(folder.path() + "/copy");
  CHECK(keys(copy->scan(Family::tasks, {})).size() == 2000);
  CHECK_FALSE(copy->get(Family::meta, "later")->has_value());
}

// Run by the next case in a folder that is a file system of 8 MiB; see there.
TEST_CASE("on a small disk" * doctest::skip(std::getenv("NOODLE_SMALL_DISK") == nullptr)) {
  const std::string disk = std::getenv("NOODLE_SMALL_DISK");
  {
    auto store = opened(disk + "/store", {.write_buffer_bytes = 256 * kKiB});
    Result<void> written;
    std::uint64_t count = 0;
    while (written.ok() && count < 1000) {
      written = store->put(Family::tasks, Key().u64(count), random_bytes(count), Sync::yes);
      ++count;
    }
    REQUIRE_FALSE(written.ok());
    CHECK_MESSAGE(written.error().code == Code::store_full, written.error().message);
    CHECK(store->statistics().failures > 0);
    CHECK(store->get(Family::tasks, Key().u64(0))->has_value());
    CHECK_FALSE(store->put(Family::tasks, "still full", random_bytes(count), Sync::yes).ok());
    CHECK(std::system(("mount -o remount,size=64m " + disk).c_str()) == 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto again = store->put(Family::tasks, "space again", "x", Sync::yes);
    while (!again.ok() && again.error().code == Code::store_full && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      again = store->put(Family::tasks, "space again", "x", Sync::yes);
    }
    CHECK_MESSAGE(again.ok(), again.error().message);
  }
  // What was acknowledged is there after a restart too.
  {
    auto store = opened(disk + "/store");
    CHECK(store->get(Family::tasks, "space again")->has_value());
    CHECK(store->get(Family::tasks, Key().u64(0))->has_value());
    CHECK(store->put(Family::tasks, "more", "x", Sync::yes).ok());
  }
  CHECK(std::system(("mount -o remount,ro " + disk).c_str()) == 0);
  CHECK(refusal(disk + "/store").code == Code::store_read_only);
  CHECK(refusal(disk + "/other").code == Code::store_read_only);
}

TEST_CASE("a full disk and a read-only disk are told apart and lose nothing that was acknowledged") {
  if (std::system("unshare -rm mount -t tmpfs none /tmp >/dev/null 2>&1") != 0) {
    MESSAGE("skipped: this machine lets nobody mount a file system of their own");
    return;
  }
  const TemporaryFolder folder;
  const std::string self = fs::read_symlink("/proc/self/exe").string();
  const std::string command = "unshare -rm sh -c 'mount -t tmpfs -o size=8m none " + folder.path() +
                              " && NOODLE_SMALL_DISK=" + folder.path() + " " + self +
                              " --test-case=\"on a small disk\" --minimal'";
  // Debian's RocksDB, built with its assertions, sometimes aborts when it writes to a log that could not be written
  // before (docs/requirements.md, the store): only that is tried again.
  constexpr int kAborted = 134 << 8;
  int status = std::system(command.c_str());
  for (int k = 0; k < 2 && status == kAborted; ++k) {
    MESSAGE("RocksDB has aborted; once more");
    status = std::system(command.c_str());
  }
  CHECK(status == 0);
}
