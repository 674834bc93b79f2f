#include "runtime/lang/layout.hpp"

#include <algorithm>

namespace noodle::lang {
namespace {

constexpr int kIndent = 2;

int columns(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

bool Layout::fits(std::size_t group, int room) const {
  int depth = 1;
  bool inside = true;
  for (std::size_t i = group + 1; i < items_.size() && room >= 0; ++i) {
    const Item& item = items_[i];
    switch (item.kind) {
      case Kind::flat_text:
      case Kind::text: {
        const std::size_t end = item.text.find('\n');
        room -= columns(item.text.substr(0, end));
        if (end != std::string_view::npos) return room >= 0;
        break;
      }
      case Kind::open:
        ++depth;
        break;
      case Kind::close:
        inside = inside && --depth > 0;
        break;
      case Kind::fill:
      case Kind::line:
      case Kind::soft:
        if (!inside) return true;
        if (item.kind != Kind::soft) --room;
        break;
      case Kind::hard:
      case Kind::blank:
        return true;
      case Kind::indent:
      case Kind::dedent:
      case Kind::group_indent:
      case Kind::group_dedent:
        break;
    }
  }
  return room >= 0;
}

// The texts between two breaks of a filled list; groups do not occur in them.
bool Layout::piece_fits(std::size_t fill, int room) const {
  for (std::size_t i = fill + 1; i < items_.size() && room >= 0; ++i) {
    if (items_[i].kind == Kind::text) {
      room -= columns(items_[i].text);
    } else if (items_[i].kind != Kind::group_dedent) {
      break;
    }
  }
  return room >= 0;
}

std::string Layout::render(int width) const {
  std::string out;
  std::vector<bool> broken = {true};
  int level = 0;
  int column = 0;
  bool fresh = true;
  const auto new_line = [&] {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
    column = 0;
    fresh = true;
  };
  const auto put = [&](std::string_view text) {
    if (text.empty()) return;
    if (fresh) {
      out.append(static_cast<std::size_t>(level * kIndent), ' ');
      column = level * kIndent;
      fresh = false;
    }
    out += text;
    const std::size_t last = text.rfind('\n');
    column = last == std::string_view::npos ? column + columns(text) : columns(text.substr(last + 1));
  };
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    switch (item.kind) {
      case Kind::text:
        put(item.text);
        break;
      case Kind::flat_text:
        if (!broken.back()) put(item.text);
        break;
      case Kind::open: {
        const int start = fresh ? level * kIndent : column;
        broken.push_back(item.broken || (broken.back() && !fits(i, width - start)));
        break;
      }
      case Kind::close:
        broken.pop_back();
        break;
      case Kind::indent:
        ++level;
        break;
      case Kind::dedent:
        --level;
        break;
      case Kind::group_indent:
        level += broken.back() ? 1 : 0;
        break;
      case Kind::group_dedent:
        level -= broken.back() ? 1 : 0;
        break;
      case Kind::fill:
        if (broken.back() && !piece_fits(i, width - column - 1)) {
          new_line();
        } else {
          put(" ");
        }
        break;
      case Kind::line:
        if (broken.back()) {
          new_line();
        } else {
          put(" ");
        }
        break;
      case Kind::soft:
        if (broken.back()) new_line();
        break;
      case Kind::hard:
        new_line();
        break;
      case Kind::blank:
        new_line();
        out += '\n';
        break;
    }
  }
  return out;
}

}  // namespace noodle::lang
