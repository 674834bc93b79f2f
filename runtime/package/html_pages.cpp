// Pages as HTML: one file a module, an index, and a script with all names for the search. Nothing is loaded from
// elsewhere; every text of the sources is escaped.
#include <map>
#include <set>

#include "runtime/base/json_text.hpp"
#include "runtime/package/comment_text.hpp"
#include "runtime/package/documentation.hpp"
#include "runtime/package/html_assets.hpp"

namespace noodle::documentation {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// "MODULE#ANCHOR" as an address.
std::string address_of(const std::string& target) {
  const std::size_t hash = target.find('#');
  return escaped(target.substr(0, hash) + ".html" + target.substr(hash));
}

class Writer {
 public:
  explicit Writer(const Documentation& documentation) : documentation_(documentation) {
    for (const ModulePage& module : documentation.modules) add_names(module, module.entries);
  }

  std::vector<Page> run() {
    std::vector<Page> pages;
    pages.push_back({"index.html", index()});
    for (const ModulePage& module : documentation_.modules) {
      current_ = &module;
      pages.push_back({module.slug + ".html", page(module)});
    }
    pages.push_back({"search.js", search()});
    return pages;
  }

 private:
  void add_names(const ModulePage& module, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      const std::string target = module.slug + "#" + entry.anchor;
      own_.insert(target);
      const auto [known, fresh] = targets_.emplace(entry.anchor, target);
      if (!fresh) known->second.clear();
      add_names(module, entry.members);
    }
  }

  /// What a name in a comment means: something of its own module, or the only type or member of that name.
  std::string target_of(const std::string& name) const {
    if (current_ && own_.contains(current_->slug + "#" + name)) return current_->slug + "#" + name;
    const auto found = targets_.find(name);
    const bool is_word = name.empty() || name.front() < 'A' || name.front() > 'Z';
    return found == targets_.end() || is_word ? std::string() : found->second;
  }

  std::string frame(const std::string& title, const ModulePage* current, const std::string& body) const {
    std::string out =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
        escaped(title) + "</title>\n<style>\n" + kStyle +
        "</style>\n</head>\n<body>\n<nav>\n<a class=\"home\" href=\"index.html\">" + escaped(documentation_.title) +
        "</a>\n" +
        "<input id=\"search\" type=\"search\" placeholder=\"Search names\" aria-label=\"Search names\">\n"
        "<ol id=\"found\"></ol>\n<ul>\n";
    for (const ModulePage& module : documentation_.modules) {
      out += std::string("<li><a") + (&module == current ? " class=\"current\"" : "") + " href=\"" +
             escaped(module.slug) + ".html\">" + escaped(module.name) + "</a></li>\n";
    }
    return out + "</ul>\n</nav>\n<main>\n" + body + "</main>\n<script src=\"search.js\"></script>\n</body>\n</html>\n";
  }

  std::string index() const {
    std::string body = "<h1>" + escaped(documentation_.title) + "</h1>\n";
    if (!documentation_.version.empty())
      body += "<p class=\"note\">version " + escaped(documentation_.version) + "</p>\n";
    if (!documentation_.description.empty()) body += "<p>" + inline_html(documentation_.description) + "</p>\n";
    body += "<table>\n";
    for (const ModulePage& module : documentation_.modules) {
      body += "<tr><td><a href=\"" + escaped(module.slug) + ".html\">" + escaped(module.name) + "</a></td><td>" +
              inline_html(first_sentence(module.comment)) + "</td></tr>\n";
    }
    return frame(documentation_.title, nullptr, body + "</table>\n");
  }

  std::string page(const ModulePage& module) const {
    std::string body = "<h1>" + escaped(module.name) + "</h1>\n" + comment_html(module.comment);
    for (const std::string& name : module.requires_)
      body += "<p class=\"note\">needs the capability <code>" + escaped(name) + "</code></p>\n";
    if (module.entries.size() > 1) {
      body += "<table>\n";
      for (const Entry& entry : module.entries) {
        body += "<tr><td>" + escaped(entry.kind) + "</td><td><a href=\"#" + escaped(entry.anchor) + "\"><code>" +
                escaped(entry.name) + "</code></a></td><td>" + inline_html(first_sentence(entry.comment)) +
                "</td></tr>\n";
      }
      body += "</table>\n";
    }
    for (const Entry& entry : module.entries) write(entry, body);
    return frame(module.name + " - " + documentation_.title, &module, body);
  }

  void write(const Entry& entry, std::string& out) const {
    out += "<section id=\"" + escaped(entry.anchor) + "\">\n<h2><a href=\"#" + escaped(entry.anchor) + "\">" +
           escaped(entry.name) + "</a> <small>" + escaped(entry.kind) +
           "</small></h2>\n<pre class=\"signature\"><code>";
    for (const Piece& piece : entry.signature) {
      out += piece.target.empty() ? escaped(piece.text)
                                  : "<a href=\"" + address_of(piece.target) + "\">" + escaped(piece.text) + "</a>";
    }
    out += "</code></pre>\n";
    for (const std::string& note : entry.notes) out += "<p class=\"note\">" + inline_html(note) + "</p>\n";
    out += comment_html(entry.comment);
    for (const Entry& member : entry.members) write(member, out);
    out += "</section>\n";
  }

  std::string comment_html(std::string_view comment) const {
    std::string out;
    for (const Block& block : blocks_of(comment)) {
      switch (block.kind) {
        case Block::Kind::paragraph:
          out += "<p>" + inline_html(block.text) + "</p>\n";
          break;
        case Block::Kind::list:
          out += "<ul>\n";
          for (const std::string& item : block.items) out += "<li>" + inline_html(item) + "</li>\n";
          out += "</ul>\n";
          break;
        case Block::Kind::code:
        case Block::Kind::verbatim:
          out += "<pre><code>" + escaped(block.text) + "</code></pre>\n";
          break;
      }
    }
    return out;
  }

  /// Code that is the name of something here links to it.
  std::string inline_html(std::string_view text) const {
    std::string out;
    for (const Span& span : spans_of(text)) {
      const std::string shown = escaped(span.text);
      switch (span.kind) {
        case Span::Kind::text:
          out += shown;
          break;
        case Span::Kind::bold:
          out += "<strong>" + shown + "</strong>";
          break;
        case Span::Kind::link:
          out += "<a href=\"" + escaped(span.address) + "\">" + shown + "</a>";
          break;
        case Span::Kind::code: {
          const std::string target = target_of(span.text);
          out += target.empty() ? "<code>" + shown + "</code>"
                                : "<a href=\"" + address_of(target) + "\"><code>" + shown + "</code></a>";
          break;
        }
      }
    }
    return out;
  }

  void search_rows(const ModulePage& module, const std::vector<Entry>& entries, std::string& out) const {
    for (const Entry& entry : entries) {
      out += "  [" + json_string(entry.anchor) + ", " + json_string(entry.kind) + ", " + json_string(module.name) +
             ", " + json_string(module.slug + ".html#" + entry.anchor) + "],\n";
      search_rows(module, entry.members, out);
    }
  }

  std::string search() const {
    std::string out = "const names = [\n";
    for (const ModulePage& module : documentation_.modules) {
      out += "  [" + json_string(module.name) + ", \"module\", \"\", " + json_string(module.slug + ".html") + "],\n";
      search_rows(module, module.entries, out);
    }
    return out + "];\n" + kSearchScript;
  }

  const Documentation& documentation_;
  std::set<std::string> own_;                   // every "MODULE#ANCHOR"
  std::map<std::string, std::string> targets_;  // by anchor; empty: not unique
  const ModulePage* current_ = nullptr;         // being written
};

}  // namespace

std::vector<Page> html_pages(const Documentation& documentation) {
  return Writer(documentation).run();
}

}  // namespace noodle::documentation
