// `noodle top`: one screen about a cluster, drawn from two readings of it.
//
// Threads: values.
#pragma once

#include <string>
#include <vector>

#include "messages/error.hpp"
#include "messages/msg.hpp"
#include "messages/operation.capnp.h"

namespace noodle::session {

struct TopReading {
  std::int64_t at_ns = 0;  // monotonic
  Msg<wire::MembersAnswer> members;
  struct Node {
    std::string name;
    Result<Msg<wire::HealthAnswer>> health;
  };
  std::vector<Node> nodes;
};

struct TopScreen {
  std::size_t width = 80, height = 24;
  bool color = false;
  std::string problem;  // shown in the last line; empty: the keys
};

/// Members, then the busiest actors with messages a second since `before` (null: the first reading). Lines end in "\n";
/// no more than the screen is high.
std::string top_text(const TopReading& now, const TopReading* before, const TopScreen& screen);

}  // namespace noodle::session
