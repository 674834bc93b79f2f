// Where a local cluster keeps what: the folder .noodle beside its cluster file, for its owner alone.
//
// Errors: 7002; 7102 when a `noodle up` has it.
#pragma once

#include <string>

#include "messages/error.hpp"
#include "tools/up/local_socket.hpp"

namespace noodle::up {

struct Layout {
  std::string root;  // absolute

  std::string lock() const { return root + "/lock"; }
  std::string ports() const { return root + "/ports.toml"; }
  std::string authority() const { return root + "/authority"; }
  std::string client() const { return root + "/client"; }
  std::string token() const { return client() + "/operator.token"; }
  std::string previous_context() const { return root + "/previous-context"; }
  std::string node(const std::string& name) const { return root + "/nodes/" + name; }
  std::string identity(const std::string& name) const { return node(name) + "/identity"; }
  std::string data(const std::string& name) const { return node(name) + "/data"; }
  std::string config(const std::string& name) const { return node(name) + "/noodle.toml"; }
  std::string own_log() const { return root + "/up.log"; }  // of `noodle up` in the background
  std::string logs() const { return root + "/logs"; }
  std::string log(const std::string& name) const { return logs() + "/" + name + ".log"; }
};
inline constexpr const char* kControlSocket = "control.sock";

Layout layout_of(const std::string& cluster_file);
/// Makes the folder and locks it; it is ours until the descriptor is closed.
Result<Descriptor> take_folder(const Layout& layout);
/// Forgets all of earlier runs. The folder must be ours.
Result<void> clear_folder(const Layout& layout);

}  // namespace noodle::up
