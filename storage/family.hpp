// Families: the column families of a store, and the grammar of the keys in each.
//
// storage/ keeps what must survive the process. Calls block; they are made by threads of their own, never by actors of
// the scheduler. Keys are tuples (storage/key.hpp), so entries with a common beginning lie side by side:
//
//     meta      text name                          what the node remembers of itself
//     audit     'r' u64 sequence                   one record of the audit log, a line of JSON
//               'h'                                its signed head
//     leases    't'                                the last fencing token, u64
//               'n' text name                      who holds a lease: u64 token, u64 u64 node, u64 holder, u64 duration
//     names     text name                          registered names
//     modules   'm' 32 bytes of hash               byte code by content
//     tasks     'o' u64 task, 'q' u64 due ...      the ledger of work
//
// The order of the families is the order of this enum; new ones are appended.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace noodle::storage {

enum class Family : std::uint8_t { meta, audit, leases, names, modules, tasks };

inline constexpr std::array<std::string_view, 6> kFamilyNames = {"meta",  "audit",   "leases",
                                                                 "names", "modules", "tasks"};

inline constexpr std::size_t index_of(Family family) {
  return static_cast<std::size_t>(family);
}
inline constexpr std::string_view name_of(Family family) {
  return kFamilyNames[index_of(family)];
}

}  // namespace noodle::storage
