// Digests and entries of the registry as messages. Threads: any.
// Limits: those below; what is larger is refused as a whole. Errors: 6134.
#pragma once

#include <vector>

#include "cluster/registry/registry.hpp"
#include "messages/msg.hpp"
#include "messages/names.capnp.h"

namespace noodle::registry {

inline constexpr std::size_t kMaxDigestWriters = 20'000;
inline constexpr std::size_t kMaxMessageEntries = 1'024;  // read
inline constexpr std::size_t kMessageEntries = 128;       // written: below 64 KiB

using DigestKind = wire::NameDigest::Kind;

Msg<wire::NameDigest> write_digest(DigestKind kind, const std::vector<WriterDigest>& digest);
Result<std::vector<WriterDigest>> read_digest(wire::NameDigest::Reader in);

/// In parts that fit; `more` marks the last one.
std::vector<Msg<wire::NameEntries>> write_entries(const std::vector<WriterEntries>& all, bool more);
/// Names are checked by Registry::accept.
Result<WriterEntries> read_entries(wire::NameEntries::Reader in);

}  // namespace noodle::registry
