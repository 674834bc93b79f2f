#include "tools/noodle/shell/connection.hpp"

#include "actors/core/node.hpp"
#include "actors/mesh/mesh.hpp"
#include "cluster/security/key_file.hpp"

namespace noodle::tools {

struct Connection::State {
  security::Context context;
  std::vector<std::string> nodes;  // to be tried
  std::string wanted;              // name of a node; empty: any, or found already
  actors::Node node{{.scheduler_threads = 2}};
  std::shared_ptr<actors::MeshClient> client;

  Result<actors::ClientOptions> client_options() const;
  Result<void> connect();
  Result<void> find_wanted(const actors::SessionClient::Options& options);
  Result<std::unique_ptr<actors::SessionClient>> open(actors::SessionClient::Options options);
};

Result<actors::ClientOptions> Connection::State::client_options() const {
  auto authority = security::read_public_file(context.authority);
  if (!authority) return authority.error();
  auto authorities = security::Authorities::read(*authority);
  if (!authorities) return authorities.error();
  auto certificate = security::read_public_file(context.certificate);
  if (!certificate) return certificate.error();
  auto key = security::read_secret_file(context.key);
  if (!key) return key.error();
  security::Revocations none(authorities->cluster());
  actors::ClientOptions options;
  options.identity = {*certificate, std::move(*key), {std::move(*authorities), {}, std::move(none)}};
  options.nodes = nodes;
  return options;
}

Result<void> Connection::State::connect() {
  client.reset();
  auto options = client_options();
  if (!options) return options.error();
  auto made = actors::MeshClient::connect(node.system(), std::move(*options));
  if (!made) return made.error();
  client = std::move(*made);
  return {};
}

Result<std::unique_ptr<actors::SessionClient>> Connection::State::open(actors::SessionClient::Options options) {
  if (context.token.empty()) return Error{Code::context_invalid, "the context names no token file", {}};
  auto token = security::read_secret_file(context.token);
  if (!token) return token.error();
  std::string text = token->reveal();
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  options.token = Secret(std::move(text));
  return actors::SessionClient::open(node.system(), client->service(actors::Service::sessions), std::move(options));
}

/// Asks the node that answered where the wanted one is, and connects to that.
Result<void> Connection::State::find_wanted(const actors::SessionClient::Options& options) {
  std::string address;
  {
    actors::SessionClient::Options quiet;
    quiet.timeout = options.timeout;
    auto session = open(std::move(quiet));
    if (!session) return session.error();
    if ((*session)->opened()->getNode() == wanted.c_str()) return {};
    const auto members = (*session)->members();
    if (!members) return members.error();
    for (const wire::MemberRow::Reader row : (*members)->getMembers()) {
      if (wanted == row.getName().cStr())
        address = std::string(row.getHost().cStr()) + ":" + std::to_string(row.getPort());
    }
  }
  if (address.empty()) return Error{Code::node_unknown, "the cluster knows no node `" + wanted + "`", {}};
  nodes = {address};
  return connect();
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const std::string& context, const std::string& node) {
  const auto contexts = security::read_contexts(security::contexts_path());
  if (!contexts) return contexts.error();
  const auto found = contexts->find(context);
  if (!found) return found.error();
  auto state = std::make_unique<State>();
  state->context = **found;
  state->nodes = state->context.nodes;
  if (node.find(':') != std::string::npos) {
    state->nodes = {node};
  } else {
    state->wanted = node;
  }
  if (const auto connected = state->connect(); !connected) return connected.error();
  return std::unique_ptr<Connection>(new Connection(std::move(state)));
}

Result<std::unique_ptr<actors::SessionClient>> Connection::session(actors::SessionClient::Options options) {
  if (!state_->wanted.empty()) {
    if (const auto found = state_->find_wanted(options); !found) return found.error();
    state_->wanted.clear();
  }
  auto opened = state_->open(options);
  if (opened || opened.error().number() / 100 == 80) return opened;  // the token is at fault, not the link
  if (const auto again = state_->connect(); !again) return again.error();
  return state_->open(std::move(options));
}

}  // namespace noodle::tools
