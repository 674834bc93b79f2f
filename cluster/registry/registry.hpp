// Registry: names of the cluster, as one node knows them. A pure core.
//
// Each node is the only writer of its own entries: they carry its incarnation and a version that it counts, so there is
// nothing to merge, only newer and older. Nodes compare one digest per writer and exchange the entries of those that
// differ (anti-entropy, Demers et al., PODC 1987). A cluster-unique name that two nodes hold is resolved the same way
// everywhere: the older registration stays (by the writers' clocks; then the lower node id), and the loser is told.
// Entries of dead nodes are hidden at once, so that names free up, and dropped later; a node that comes back shows them
// again or, as a new incarnation, starts anew.
// Threads: none of its own. Time: wall ns for the age of registrations, monotonic ns for the rest.
// Limits: Settings. Errors: 6130 not found, 6131 invalid, 6132 held by another node, 6133 full, 6134 not its writer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "messages/error.hpp"
#include "messages/ids.hpp"

namespace noodle::registry {

inline constexpr std::size_t kMaxNameBytes = 255;
/// 1 to 255 bytes of UTF-8 without control characters. Error 6131.
Result<void> check_name(const std::string& name);

enum class Scope : std::uint8_t { plain, unique };

/// A process of a program that holds a name: its place in the system whose courier is the entry's actor.
struct Process {
  std::uint64_t pid = 0;  // 0: none, the actor itself holds the name
  NodeId home;            // where its run was started, and the courier there
  std::uint64_t home_actor = 0;
  std::uint64_t run = 0;
  friend bool operator==(const Process&, const Process&) = default;
};

struct Entry {
  std::string name;
  Scope scope = Scope::plain;
  std::uint64_t actor = 0;    // on its node
  std::int64_t since_ns = 0;  // wall clock of the writer at registration
  std::uint64_t version = 0;  // of the writer's, when this entry was written
  bool gone = false;          // unregistered: kept so that others learn of it
  Process process = {};
};

/// Everything a node has of one writer, in short.
struct WriterDigest {
  NodeId writer;
  std::uint64_t incarnation = 0;
  std::uint64_t version = 0;  // up to which its entries are known
  std::uint64_t epoch = 0;    // within the incarnation: one more each time that the writer begins anew
  friend bool operator==(const WriterDigest&, const WriterDigest&) = default;
};

/// Entries of one writer after `since`, in order of version.
struct WriterEntries {
  NodeId writer;
  std::uint64_t incarnation = 0;
  std::uint64_t since = 0;
  std::uint64_t version = 0;  // known with these
  std::vector<Entry> entries;
  std::uint64_t epoch = 0;
};

struct Found {
  NodeId node;
  std::uint64_t incarnation = 0;
  std::uint64_t actor = 0;
  Process process = {};
};

/// This node's registration of a cluster-unique name lost to `winner`: its actor has to be told and stopped.
struct LostName {
  std::string name;
  std::uint64_t actor = 0;
  NodeId winner;
};

/// A name and who holds it, for people.
struct NameView {
  Entry entry;
  NodeId node;
  bool hidden = false;  // its node is not there
};

class Registry {
 public:
  struct Settings {
    std::size_t max_own = 65'536;                  // names of this node
    std::size_t max_known = 1'048'576;             // entries of all nodes
    std::int64_t drop_after_ns = 600'000'000'000;  // entries of a dead node
    std::size_t max_gone = 4'096;  // tombstones of this node; older ones are compacted into a fresh start
  };

  Registry(NodeId self, std::uint64_t incarnation, const Settings& settings);

  /// Errors 6131, 6132 (another living node holds the unique name), 6133.
  Result<void> register_name(const std::string& name, Scope scope, std::uint64_t actor, std::int64_t wall_ns,
                             const Process& process = {});
  /// Error 6130 when this node has not registered it.
  Result<void> unregister_name(const std::string& name);

  /// The holder of a unique name; of a plain name any, this node's own first. Error 6130.
  Result<Found> find(const std::string& name) const;
  /// All living holders of a plain name, in order of node.
  std::vector<Found> find_all(const std::string& name) const;

  /// Names that begin with `prefix`, in order; at most so many.
  std::vector<NameView> list(const std::string& prefix, std::size_t most) const;

  std::vector<WriterDigest> digest() const;
  WriterDigest digest_of(NodeId writer) const;
  /// What the sender of `theirs` lacks, up to so many entries: it asks again for the others. `listed`: of no other
  /// writers than those in `theirs`.
  std::vector<WriterEntries> missing(const std::vector<WriterDigest>& theirs, std::size_t most = SIZE_MAX,
                                     bool listed = false) const;
  /// Digests of the writers of whom the sender of `theirs` has more than this node.
  std::vector<WriterDigest> wanted(const std::vector<WriterDigest>& theirs) const;
  /// Entries from `sender`, which may pass on those of others. Names that this node lost are appended. Errors 6131,
  /// 6133, 6134 (they claim to be this node's own, with an incarnation it does not have).
  Result<void> accept(const WriterEntries& entries, std::vector<LostName>& lost);

  /// From membership. Hidden while dead, also what others still tell of it; dropped at once when it left or came back
  /// as another incarnation.
  void node_died(NodeId node, std::uint64_t incarnation, std::int64_t now_ns);
  /// Names of this node that a node come back holds with the older right are appended.
  void node_alive(NodeId node, std::uint64_t incarnation, std::vector<LostName>& lost);
  void node_left(NodeId node, std::uint64_t incarnation, std::int64_t now_ns);
  void forget(std::int64_t now_ns);
  /// After a rejoin: all entries of this node are written again under the new incarnation.
  void rejoined(std::uint64_t incarnation);

  std::uint64_t incarnation() const { return writers_.at(self_).incarnation; }
  std::size_t known() const { return known_; }

 private:
  struct Writer {
    std::uint64_t incarnation = 0;
    std::uint64_t epoch = 0;
    std::uint64_t version = 0;
    std::map<std::string, Entry> entries;
    std::map<std::uint64_t, std::string> by_version;
    std::size_t gone = 0;
  };
  struct Absent {  // a node that is dead or has left
    std::int64_t since_ns = 0;
    std::uint64_t incarnation = 0;
    bool dropped = false;  // what others still tell of it is not wanted
  };
  void put(NodeId node, Writer& writer, Entry entry);
  void drop(NodeId node);
  void resolve(const std::string& name, std::vector<LostName>& lost);
  std::optional<NodeId> winner(const std::string& name) const;
  void compact(Writer& own);
  void begin_anew(Writer& own);
  bool absent(NodeId node) const { return absent_.contains(node); }
  static bool is_newer(const WriterDigest& one, const Writer& other);

  NodeId self_;
  Settings settings_;
  std::map<NodeId, Writer> writers_;
  std::unordered_map<NodeId, Absent> absent_;
  std::unordered_map<std::string, std::vector<NodeId>> holders_;  // of entries that are not gone, dead nodes included
  std::size_t known_ = 0;
};

}  // namespace noodle::registry
