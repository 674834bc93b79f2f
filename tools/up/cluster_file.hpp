// Cluster file: what `noodle up` starts, as TOML.
//
//     [cluster]
//     name = "demo"                 # of the cluster and of its context
//     profile = "local"             # times of failure detection: local (default), lan, wan
//
//     [[node]]
//     name = "worker"               # with count: worker1, worker2 ...
//     count = 2
//     labels = ["zone=a"]
//     roles = ["gateway"]
//
//     [vm]                          # other sections: configuration of every node, as in docs/configuration.md
//     workers = 1
//
// tools/up runs a cluster as processes of this machine. Read in this order: cluster_file, cluster_folder, node_watch,
// child_process, cluster_run, steering.
// Threads: values. Limits: kMaxLocalNodes. Errors: 7001, 7002, 7010, 7101 with file:line:column and a suggestion.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace noodle::up {

inline constexpr std::size_t kMaxLocalNodes = 200;

/// A node to be started.
struct PlannedNode {
  std::string name;
  std::vector<std::string> labels;  // KEY=VALUE
  std::vector<std::string> roles;
  friend bool operator==(const PlannedNode&, const PlannedNode&) = default;
};

struct ClusterFile {
  std::string name;
  std::string profile = "local";
  std::vector<PlannedNode> nodes;
  std::string settings;  // TOML lines for the configuration of every node
};

Result<ClusterFile> read_cluster_file(const std::string& path);
/// `file` is for messages.
Result<ClusterFile> parse_cluster_file(std::string_view text, const std::string& file);

/// Exactly `count` nodes: the first ones, or more like the last one, with the next numbers.
std::vector<PlannedNode> with_count(std::vector<PlannedNode> nodes, std::size_t count);

}  // namespace noodle::up
