// What people do on a running cluster: the one table of these actions. The desk of a node asks for them, tokens and
// policies name them, docs/capabilities.md lists them. Actions of programs are in runtime/vm/capability.hpp.
#pragma once

#include <array>
#include <string_view>

namespace noodle::security {

inline constexpr std::string_view kInspect = "cluster.inspect";  // everything that shows
inline constexpr std::string_view kKillActor = "cluster.actor.kill";
inline constexpr std::string_view kRestartActor = "cluster.actor.restart";
inline constexpr std::string_view kCordonNode = "cluster.node.cordon";
inline constexpr std::string_view kUncordonNode = "cluster.node.uncordon";
inline constexpr std::string_view kDrainNode = "cluster.node.drain";
inline constexpr std::string_view kLeaveNode = "cluster.node.leave";

/// The last three are asked for by nobody yet; tokens may hold them.
inline constexpr std::array<std::string_view, 10> kNodeActions = {
    kInspect,   kKillActor, kRestartActor, kCordonNode,  kUncordonNode,
    kDrainNode, kLeaveNode, "shell",       "audit.read", "policy.admin"};

}  // namespace noodle::security
