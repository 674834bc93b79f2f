// RemoteConversation: a session on a node as what answers inputs. A lost link is told, and made again at the next
// input.
//
// Threads: one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/operation/session_client.hpp"
#include "tools/noodle/shell/conversation.hpp"

namespace noodle::tools {

class RemoteConversation {
 public:
  using Opener = std::function<Result<std::unique_ptr<actors::SessionClient>>()>;
  /// `output` gets what was printed with an answer; it outlives this.
  RemoteConversation(Opener opener, ConversationOutput& output, session::ConsoleOptions shown)
      : opener_(std::move(opener)), output_(output), shown_(shown) {}

  /// Errors: those of the opener.
  Result<void> open();
  actors::SessionClient& client() { return *client_; }
  /// `:load FILE` reads a file here; everything else goes to the node.
  session::Answer answer(const std::string& input);
  std::vector<std::string> complete(const std::string& text, std::size_t& start);
  std::string prompt() const;
  Conversation conversation();

 private:
  session::Answer enter(const std::string& text, const std::string& path);

  const Opener opener_;
  ConversationOutput& output_;
  const session::ConsoleOptions shown_;
  std::unique_ptr<actors::SessionClient> client_;
  std::uint32_t inputs_ = 0;
};

}  // namespace noodle::tools
