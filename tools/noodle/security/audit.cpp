// `noodle audit` and `noodle context`: looking at what a node has recorded, and at the clusters one works with.
#include <charconv>
#include <filesystem>
#include <iostream>

#include "cluster/security/certificate.hpp"
#include "cluster/security/contexts.hpp"
#include "cluster/security/key_file.hpp"
#include "runtime/base/utc_text.hpp"
#include "storage/audit.hpp"
#include "tools/noodle/console.hpp"
#include "tools/noodle/security/commands.hpp"

namespace noodle::tools {
namespace {

Result<std::unique_ptr<storage::Store>> open_store(const AuditCommand& command) {
  return storage::Store::open(command.data + "/store", {.create = false, .read_only = true});
}

std::optional<storage::AuditHead> head_of(const std::string& text) {
  storage::AuditHead head;
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + colon, head.sequence);
  head.hash = text.substr(colon + 1);
  if (problem != std::errc() || end != text.data() + colon || head.hash.size() != 64) return std::nullopt;
  return head;
}

bool is_missing(const std::string& file) {
  std::error_code ignored;
  return !file.empty() && !std::filesystem::exists(file, ignored);
}

void print_context(const std::string& name, const security::Context& context, bool in_use, bool json) {
  std::string nodes;
  for (const std::string& node : context.nodes) {
    nodes += (nodes.empty() ? "" : json ? "," : ", ") + (json ? json_string(node) : node);
  }
  if (json) {
    std::cout << "{\"name\":" << json_string(name) << ",\"current\":" << (in_use ? "true" : "false") << ",\"nodes\":["
              << nodes << "],\"ca\":" << json_string(context.authority)
              << ",\"certificate\":" << json_string(context.certificate) << ",\"key\":" << json_string(context.key)
              << ",\"token\":" << json_string(context.token)
              << ",\"token_missing\":" << (is_missing(context.token) ? "true" : "false") << "}\n";
  } else {
    std::cout << (in_use ? "* " : "  ") << name << "  " << nodes << '\n';
  }
}

}  // namespace

int audit_verify_command(const AuditCommand& command, const CommonOptions& common) {
  const auto pem = security::read_public_file(command.certificate);
  if (!pem) return fail(pem.error(), common);
  const auto certificate = security::read_certificate(*pem);
  if (!certificate) return fail(certificate.error(), common);
  std::optional<storage::AuditHead> expected;
  if (!command.expected.empty()) {
    expected = head_of(command.expected);
    if (!expected) {
      print_error({Code::usage, "`--head " + command.expected + "` is not SEQUENCE:HASH", {}}, common.json);
      return kExitUsage;
    }
  }
  Result<storage::AuditReport> report = Error{};
  if (!command.file.empty()) {
    const auto text = read_file(command.file);
    report = text ? storage::verify_audit_text(*text, certificate->key.bytes) : text.error();
  } else {
    const auto store = open_store(command);
    report = store ? storage::verify_audit(**store, certificate->key.bytes, expected) : store.error();
  }
  if (!report) return fail(report.error(), common);
  const std::string head = std::to_string(report->head.sequence) + ":" + report->head.hash;
  if (common.json) {
    std::cout << "{\"records\":" << report->records << ",\"seals\":" << report->seals
              << ",\"head\":" << json_string(head) << "}\n";
  } else {
    std::cout << report->records << " records, " << report->seals << " seals: nothing was changed\nhead " << head
              << "\nNote the head elsewhere; `--head` finds out later whether the log was taken back.\n";
  }
  return kExitOk;
}

int audit_export_command(const AuditCommand& command, const CommonOptions& common) {
  const auto store = open_store(command);
  if (!store) return fail(store.error(), common);
  const auto done = storage::export_audit(**store, command.from, [](std::string_view line) {
    std::cout << line;
    return std::cout.good();
  });
  return done ? kExitOk : fail(done.error(), common);
}

int audit_tail_command(const AuditCommand& command, const CommonOptions& common) {
  const auto store = open_store(command);
  if (!store) return fail(store.error(), common);
  const auto lines = storage::tail_audit(**store, command.count);
  if (!lines) return fail(lines.error(), common);
  for (const std::string& line : *lines) std::cout << line << '\n';
  return kExitOk;
}

int context_list_command(const CommonOptions& common) {
  const auto contexts = security::read_contexts(security::contexts_path());
  if (!contexts) return fail(contexts.error(), common);
  for (const auto& [name, context] : contexts->all)
    print_context(name, context, name == contexts->current, common.json);
  if (contexts->all.empty() && !common.json) std::cout << "no contexts in " << security::contexts_path() << '\n';
  return kExitOk;
}

int context_use_command(const std::string& name, const CommonOptions& common) {
  const std::string path = security::contexts_path();
  auto contexts = security::read_contexts(path);
  if (!contexts) return fail(contexts.error(), common);
  const auto context = contexts->find(name);
  if (!context) return fail(context.error(), common);
  contexts->current = name;
  if (const auto written = security::write_contexts(path, *contexts); !written) return fail(written.error(), common);
  print_context(name, **context, true, common.json);
  return kExitOk;
}

int context_show_command(const std::string& name, const CommonOptions& common) {
  const auto contexts = security::read_contexts(security::contexts_path());
  if (!contexts) return fail(contexts.error(), common);
  const auto context = contexts->find(name);
  if (!context) return fail(context.error(), common);
  const std::string shown = name.empty() ? contexts->current : name;
  print_context(shown, **context, shown == contexts->current, common.json);
  if (common.json) return kExitOk;
  std::cout << "  ca           " << (*context)->authority << "\n  certificate  " << (*context)->certificate
            << "\n  key          " << (*context)->key << '\n';
  if (!(*context)->token.empty()) {
    const std::string& token = (*context)->token;
    std::cout << "  token        " << token
              << (is_missing(token) ? "  (missing: `noodle token issue NAME -o FILE` makes one)" : "") << '\n';
  }
  const auto pem = security::read_public_file((*context)->certificate);
  const auto info = pem ? security::read_certificate(*pem) : pem.error();
  if (!info) return fail(info.error(), common);
  std::cout << "  as           " << info->name << " of " << info->cluster << ", until " << utc_text(info->not_after_s)
            << '\n';
  return kExitOk;
}

}  // namespace noodle::tools
