// Limits: every bound that more than one part of Noodle must agree on, by name. Defaults that people can change are in
// runtime/base/options.cpp and start from these.
#pragma once

#include <cstddef>
#include <cstdint>

namespace noodle {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

// ---- language and byte code
inline constexpr std::size_t kMaxSourceBytes = 16 * kMiB;  // one source file (1020)
inline constexpr int kMaxNesting = 256;                    // of anything in source (1016)
inline constexpr std::size_t kMaxDiagnostics = 20;         // reported per run (1021)
inline constexpr std::size_t kMaxNbcBytes = 60 * kMiB;     // one .nbc file; fits a frame with its envelope

// ---- a process: defaults (language.md, "Default limits")
inline constexpr std::uint64_t kDefaultProcessMemoryBytes = 64 * kMiB;
inline constexpr std::uint32_t kDefaultStackFrames = 100'000;
inline constexpr std::uint32_t kDefaultStackBytes = 8 * kMiB;
inline constexpr std::uint32_t kDefaultMailboxMessages = 10'000;
inline constexpr std::uint32_t kDefaultMailboxBytes = 16 * kMiB;
inline constexpr std::uint32_t kDefaultChildren = 100'000;
inline constexpr std::uint32_t kDefaultSliceFuel = 4'000;    // calls and back edges before another process runs
inline constexpr std::uint64_t kMaxValueBytes = 256 * kMiB;  // one String or Bytes (1706)

// ---- a node: defaults
inline constexpr std::uint32_t kDefaultProcesses = 4'000'000;
inline constexpr double kDefaultVmMemoryShare = 0.75;  // of the machine's memory
inline constexpr std::uint32_t kMaxWorkers = 1024;

// ---- messages
inline constexpr std::size_t kMaxFrameBytes = 64 * kMiB;  // one frame, built or received (6002)
inline constexpr int kMaxMessageNesting = 64;             // pointers below each other in a frame (6001)
inline constexpr std::size_t kScratchWords = 1024;        // messages up to 8 KiB are built without malloc

// ---- configuration and logs
inline constexpr std::size_t kMaxConfigBytes = kMiB;
inline constexpr int kMaxConfigNesting = 32;
inline constexpr std::size_t kMaxLogTextBytes = 16 * kKiB;      // one text in a log line; longer ones are cut
inline constexpr std::size_t kDefaultLogQueueBytes = 4 * kMiB;  // lines waiting for the writer; more are dropped
inline constexpr std::size_t kMaxMetricSeries = 10'000;         // per registry

}  // namespace noodle
