// A recording: everything that a run learned from outside, so that the run can be had again.
//
// This folder records runs and replays them. Preemption counts fuel, so a run with one worker is a function of its
// program and of what comes from outside: the clock, answers to natives (run/outside.hpp), the order to end. A recorded
// run is driven by one thread, which writes these down; a replayed one takes them from the recording, and everything
// else, the order of processes and messages included, comes about again. In the order of use: record -> event_writer ->
// file -> event_reader -> replay; drive.hpp is the loop that both share.
//
// clang-format off
//     recording = "NRR\0" version:u16 0:u16 block*
//     block     = size:u32 number:u32 crc32c:u32 payload    number: 0, 1, ...
//                                                           the checksum covers number and payload
//     payload 0 = Cap'n Proto Recording (messages/recording.capnp)
//     payload n = event*
//     event     = (turns * 8 + kind) fields                 turns of the drive since the event before
//
//     monotonic = change
//     wall      = change
//     check     = fuel messages digest
//     answer    = import process size bytes
//     order     = passed_limit_ms size reason
//     end       = exit_code code fuel messages spawned failed digest message trace
// clang-format on
//
// Numbers are LEB128, changes are signed (zigzag), texts stand behind their size. Little endian. A run that was cut off
// has no `end`, and perhaps half a block. Errors: 1560 to 1564.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "messages/limits.hpp"
#include "runtime/run/run_program.hpp"

namespace noodle::replay {

constexpr std::string_view kMagic{"NRR\0", 4};
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kPreludeBytes = 8;
constexpr std::size_t kBlockHeaderBytes = 12;
constexpr std::size_t kMaxBlockBytes = kMaxFrameBytes;

enum class EventKind : std::uint8_t { monotonic, wall, answer, order, check, end };
constexpr unsigned kEventKindBits = 3;
std::string_view name_of(EventKind kind);

/// What a run is started with.
struct Beginning {
  std::string image;  // of the .nbc file
  std::uint32_t function = 0;
  std::vector<std::string> arguments;
  process::RunOptions options;  // limits, grants and fuel of a slice
  std::uint64_t message_bytes = 0;

  /// Error 6002 when the program is too large.
  Result<std::string> encoded() const;
  /// Error 1562.
  static Result<Beginning> decoded(std::string_view payload);
};

/// Sums by which two runs are compared while they run.
struct Totals {
  std::uint64_t fuel = 0;
  std::uint64_t messages = 0;
  std::uint64_t digest = 0;  // of the output, and of the errors that ended processes
  friend bool operator==(const Totals&, const Totals&) = default;
};

/// How a run ended.
struct Ending {
  Totals totals;
  std::uint64_t spawned = 0;
  std::uint64_t failed = 0;
  std::uint32_t exit_code = 0;
  std::uint16_t code = 0;
  std::string message;
  std::string trace;
  friend bool operator==(const Ending&, const Ending&) = default;
};

/// The run was told from outside to end.
struct Order {
  std::uint64_t passed_limit_ms = 0;  // 0: not because of the time it took
  std::string reason;
};

std::uint32_t block_checksum(std::uint32_t number, std::string_view payload);

}  // namespace noodle::replay
