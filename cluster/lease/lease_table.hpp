// Lease table: who holds which lease, on the node that keeps them. A pure core.
//
// A lease is held by one holder until it runs out, unless that renews it. Each grant has a fencing token above those of
// all grants before, so that whatever the holder acts on can refuse what an earlier one still says (Gray and Cheriton,
// SOSP 1989; Burrows, OSDI 2006). Grants have to be on the disk before they are told; renewals need not be: a table
// that starts with what was stored takes every lease of it for held, for its full duration from then on.
// Threads: none of its own. Time: monotonic ns of the keeping node. Limits: Settings.
// Errors: 6131 name, 6150 held by another, 6151 not held any more, 6153 full.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace noodle::lease {

/// Tells one holder from all others: a number that it chose by chance.
struct Holder {
  NodeId node;
  std::uint64_t number = 0;
  friend bool operator==(const Holder&, const Holder&) = default;
};

/// What has to be kept of a lease.
struct Stored {
  std::string name;
  Holder holder;
  std::uint64_t token = 0;
  std::int64_t duration_ns = 0;
};

struct Lease {
  Stored stored;
  std::int64_t until_ns = 0;
  std::uint64_t renewals = 0;
};

class LeaseTable {
 public:
  struct Settings {
    std::int64_t duration_ns = 5'000'000'000;
    std::size_t max_leases = 16'384;
  };
  struct Grant {
    std::uint64_t token = 0;
    std::int64_t duration_ns = 0;
    bool fresh = false;  // to be stored, with last_token(), before it is told
  };

  /// `last_token`: the highest one that was given; `stored`: what was not released.
  LeaseTable(const Settings& settings, std::uint64_t last_token, const std::vector<Stored>& stored,
             std::int64_t now_ns);

  /// `token`: of the lease that the holder has, to renew it; 0: it has none. Errors 6131, 6150, 6151, 6153.
  Result<Grant> ask(const std::string& name, const Holder& holder, std::uint64_t token, std::int64_t now_ns);
  /// The lease is free, and may be forgotten by the disk too. Error 6151 when the holder does not have it.
  Result<void> release(const std::string& name, const Holder& holder, std::uint64_t token);
  /// Removes what has run out: their names, to be forgotten by the disk.
  std::vector<std::string> forget(std::int64_t now_ns);

  std::uint64_t last_token() const { return last_token_; }
  const std::map<std::string, Lease>& leases() const { return leases_; }

 private:
  Settings settings_;
  std::uint64_t last_token_;
  std::map<std::string, Lease> leases_;
};

}  // namespace noodle::lease
