#include "tools/noodle/shell/remote.hpp"

#include "tools/noodle/console.hpp"
#include "tools/noodle/line_editor.hpp"

namespace noodle::tools {

Result<void> RemoteConversation::open() {
  client_.reset();
  auto opened = opener_();
  if (!opened) return opened.error();
  client_ = std::move(*opened);
  inputs_ = 0;
  return {};
}

session::Answer RemoteConversation::answer(const std::string& input) {
  const std::size_t start = std::min(input.find_first_not_of(" \t\n"), input.size());
  constexpr std::string_view kLoad = ":load ";
  if (input.compare(start, kLoad.size(), kLoad) != 0) return enter(input, {});
  std::string path = input.substr(start + kLoad.size());
  while (!path.empty() && (path.back() == ' ' || path.back() == '\n')) path.pop_back();
  const auto text = read_file(path);
  if (!text) return session::refusal(text.error(), shown_);
  return enter(*text, path);
}

session::Answer RemoteConversation::enter(const std::string& text, const std::string& path) {
  session::Answer answer;
  if (!client_ || client_->ended()) {
    if (const auto opened = open(); !opened) return session::refusal(opened.error(), shown_);
    if (!shown_.json) {
      output_.aside(std::string("connected to ") + client_->opened()->getNode().cStr() +
                    " again: what the lost session knew is gone\n");
    }
  }
  if (text.find_first_not_of(" \t\n") != text.find(':')) ++inputs_;
  const auto got = client_->enter(text, path, take_interrupt);
  if (!got) return session::refusal(got.error(), shown_);
  if ((*got)->getOutput().size() > 0) {
    output_.write({(*got)->getOutput().begin(), (*got)->getOutput().size()});
    output_.flush();
  }
  answer.text = (*got)->getText().cStr();
  answer.problem = (*got)->getProblem().cStr();
  answer.ok = (*got)->getOk();
  answer.quit = (*got)->getQuit();
  return answer;
}

std::vector<std::string> RemoteConversation::complete(const std::string& text, std::size_t& start) {
  if (!client_ || client_->ended()) return {};
  const auto answer = client_->complete(text);
  if (!answer) return {};
  start = (*answer)->getStart();
  std::vector<std::string> names;
  for (const capnp::Text::Reader name : (*answer)->getNames()) names.emplace_back(name.cStr());
  return names;
}

std::string RemoteConversation::prompt() const {
  return client_->opened()->getPrompt().cStr() + std::to_string(inputs_ + 1);
}

Conversation RemoteConversation::conversation() {
  return {[this](const std::string& input) { return answer(input); }, [this] { return prompt(); }};
}

}  // namespace noodle::tools
