#include "tests/differential/reference_natives.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <unordered_map>

namespace noodle::reference {

std::vector<std::string> code_points(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) {
      out.back() += c;
    } else {
      out.emplace_back(1, c);
    }
  }
  return out;
}

std::int64_t length_of(const Thing& thing) {
  switch (thing.type->kind) {
    case TypeKind::string:
      return static_cast<std::int64_t>(code_points(thing.text).size());
    case TypeKind::bytes:
      return static_cast<std::int64_t>(thing.text.size());
    case TypeKind::map:
      return static_cast<std::int64_t>(thing.entries.size());
    default:
      return static_cast<std::int64_t>(thing.items.size());
  }
}

namespace {

bool same_key(const Value& a, const Value& b, const Type* type) {
  if (type->kind == TypeKind::float_ && std::isnan(a.real) && std::isnan(b.real)) return true;
  return equal(a, b, type);
}

}  // namespace

const Value* find(const Thing& collection, const Value& key) {
  const Type* type = collection.type->args[0];
  for (const auto& entry : collection.entries) {
    if (same_key(entry.first, key, type)) return &entry.second;
  }
  for (const Value& item : collection.items) {
    if (same_key(item, key, type)) return &item;
  }
  return nullptr;
}

void put(Thing& collection, const Value& key, const Value& value) {
  if (const Value* found = find(collection, key)) {
    if (collection.type->kind == TypeKind::map) *const_cast<Value*>(found) = value;
    return;
  }
  if (collection.type->kind == TypeKind::map) {
    collection.entries.emplace_back(key, value);
  } else {
    collection.items.push_back(key);
  }
}

namespace {

struct Call {
  const NativeRequest& request;
  check::TypeTable& types;
  std::string& output;
  NativeReply reply;

  Thing& self() { return *request.args[0].thing; }
  std::int64_t integer(std::size_t i) { return request.args[i].integer; }
  const std::string& text(std::size_t i) { return request.args[i].thing->text; }
  const Type* argument_type(std::size_t i) { return request.kids[i]->type; }
  void give(std::int64_t value) { reply.value = Value::of(value); }
  void give(double value) { reply.value = Value::of(value); }
  void give_text(std::string value) {
    reply.value.thing = std::make_shared<Thing>();
    reply.value.thing->type = types.basic(TypeKind::string);
    reply.value.thing->text = std::move(value);
  }
  void give_list(std::vector<Value> items) {
    reply.value.thing = std::make_shared<Thing>();
    reply.value.thing->type = request.result;
    reply.value.thing->items = std::move(items);
  }
  /// A scalar as its nullable form.
  void give_boxed(const Type* scalar, Value value) {
    if (!check::is_scalar(scalar)) {
      reply.value = value;
      return;
    }
    reply.value.thing = std::make_shared<Thing>();
    reply.value.thing->type = scalar;
    reply.value.thing->boxed = value;
  }
  void trap(int code, std::string message) {
    reply.trap_code = code;
    reply.trap_message = std::move(message);
  }
  void out_of_range(std::int64_t index, std::int64_t length) {
    trap(1602, "index " + std::to_string(index) + " is out of range: length is " + std::to_string(length));
  }
};

std::pair<std::size_t, std::size_t> clamp_slice(Call& c, std::int64_t size) {
  const std::int64_t from = std::clamp<std::int64_t>(c.integer(1), 0, size);
  const std::int64_t to = std::clamp<std::int64_t>(c.integer(2), from, size);
  return {static_cast<std::size_t>(from), static_cast<std::size_t>(to)};
}

using Table = std::unordered_map<std::string_view, std::function<void(Call&)>>;

void add_lists(Table& t) {
  t["list.length"] = t["map.length"] = t["set.length"] = t["string.length"] =
      t["bytes.length"] = [](Call& c) { c.give(length_of(c.self())); };
  t["list.push"] = [](Call& c) {
    if (c.self().items.size() > 100'000) throw GaveUp{"list size"};
    c.self().items.push_back(c.request.args[1]);
  };
  t["list.insert"] = [](Call& c) {
    const std::int64_t at = c.integer(1);
    if (at < 0 || at > length_of(c.self())) return c.out_of_range(at, length_of(c.self()));
    c.self().items.insert(c.self().items.begin() + at, c.request.args[2]);
  };
  t["list.removeAt"] = [](Call& c) {
    const std::int64_t at = c.integer(1);
    if (at < 0 || at >= length_of(c.self())) return c.out_of_range(at, length_of(c.self()));
    c.reply.value = c.self().items[static_cast<std::size_t>(at)];
    c.self().items.erase(c.self().items.begin() + at);
  };
  t["list.indexOf"] = [](Call& c) {
    std::int64_t at = 0;
    for (const Value& item : c.self().items) {
      if (equal(item, c.request.args[1], c.self().type->args[0])) return c.give(at);
      ++at;
    }
    c.give(std::int64_t{-1});
  };
  t["list.slice"] = [](Call& c) {
    const auto [from, to] = clamp_slice(c, length_of(c.self()));
    c.give_list({c.self().items.begin() + static_cast<std::ptrdiff_t>(from),
                 c.self().items.begin() + static_cast<std::ptrdiff_t>(to)});
  };
  t["list.concat"] = [](Call& c) {
    std::vector<Value> items = c.self().items;
    const auto& other = c.request.args[1].thing->items;
    items.insert(items.end(), other.begin(), other.end());
    if (items.size() > 100'000) throw GaveUp{"list size"};
    c.give_list(std::move(items));
  };
  t["list.reverse"] = [](Call& c) {
    std::reverse(c.self().items.begin(), c.self().items.end());
    c.reply.value = c.request.args[0];
  };
  t["list.sort"] = [](Call& c) {
    const Type* element = c.self().type->args[0];
    std::stable_sort(c.self().items.begin(), c.self().items.end(), [&](const Value& a, const Value& b) {
      if (element->kind == TypeKind::string) return a.thing->text < b.thing->text;
      return element->kind == TypeKind::float_ ? a.real < b.real : a.integer < b.integer;
    });
  };
  t["list.sum"] = [](Call& c) {
    if (c.self().type->args[0]->kind == TypeKind::float_) {
      double total = 0;
      for (const Value& item : c.self().items) total += item.real;
      return c.give(total);
    }
    std::int64_t total = 0;
    for (const Value& item : c.self().items) {
      if (__builtin_add_overflow(total, item.integer, &total)) {
        return c.trap(1600, "integer overflow: sum of the list");
      }
    }
    c.give(total);
  };
  t["list.join"] = [](Call& c) {
    std::string out;
    bool first = true;
    for (const Value& item : c.self().items) {
      if (!first) out += c.text(1);
      first = false;
      out += text_of(item, c.self().type->args[0]);
    }
    c.give_text(std::move(out));
  };
  t["list.clear"] = t["set.clear"] = [](Call& c) { c.self().items.clear(); };
  t["list.copy"] = [](Call& c) { c.give_list(c.self().items); };
  t["list.filled"] = [](Call& c) {
    if (c.integer(0) < 0) return c.trap(1610, "size " + std::to_string(c.integer(0)) + " is negative");
    if (c.integer(0) > 100'000) throw GaveUp{"list size"};
    c.give_list(std::vector<Value>(static_cast<std::size_t>(c.integer(0)), c.request.args[1]));
  };
}

void add_maps(Table& t) {
  t["map.get"] = [](Call& c) {
    if (const Value* found = find(c.self(), c.request.args[1])) c.give_boxed(c.self().type->args[1], *found);
  };
  t["map.set"] = [](Call& c) { put(c.self(), c.request.args[1], c.request.args[2]); };
  t["map.has"] = t["set.has"] = [](Call& c) { c.give(std::int64_t{find(c.self(), c.request.args[1]) != nullptr}); };
  t["map.remove"] = [](Call& c) {
    auto& entries = c.self().entries;
    const auto at = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
      return same_key(entry.first, c.request.args[1], c.self().type->args[0]);
    });
    c.give(std::int64_t{at != entries.end()});
    if (at != entries.end()) entries.erase(at);
  };
  t["map.keys"] = t["map.values"] = [](Call& c) {
    std::vector<Value> items;
    for (const auto& [key, value] : c.self().entries) items.push_back(c.request.name == "map.keys" ? key : value);
    c.give_list(std::move(items));
  };
  t["map.clear"] = [](Call& c) { c.self().entries.clear(); };
  t["set.add"] = [](Call& c) {
    const bool fresh = find(c.self(), c.request.args[1]) == nullptr;
    if (fresh) c.self().items.push_back(c.request.args[1]);
    c.give(std::int64_t{fresh});
  };
  t["set.remove"] = [](Call& c) {
    auto& items = c.self().items;
    const auto at = std::find_if(items.begin(), items.end(), [&](const Value& item) {
      return same_key(item, c.request.args[1], c.self().type->args[0]);
    });
    c.give(std::int64_t{at != items.end()});
    if (at != items.end()) items.erase(at);
  };
  t["set.values"] = [](Call& c) { c.give_list(c.self().items); };
}

void add_strings(Table& t) {
  t["string.byteLength"] = [](Call& c) { c.give(static_cast<std::int64_t>(c.text(0).size())); };
  t["string.byteAt"] = [](Call& c) {
    const std::int64_t at = c.integer(1);
    if (at < 0 || at >= static_cast<std::int64_t>(c.text(0).size()))
      return c.out_of_range(at, static_cast<std::int64_t>(c.text(0).size()));
    c.give(std::int64_t{static_cast<unsigned char>(c.text(0)[static_cast<std::size_t>(at)])});
  };
  t["string.slice"] = [](Call& c) {
    const std::vector<std::string> points = code_points(c.text(0));
    const auto [from, to] = clamp_slice(c, static_cast<std::int64_t>(points.size()));
    std::string out;
    for (std::size_t i = from; i < to; ++i) out += points[i];
    c.give_text(std::move(out));
  };
  t["string.contains"] = [](Call& c) { c.give(std::int64_t{c.text(0).find(c.text(1)) != std::string::npos}); };
  t["string.startsWith"] = [](Call& c) { c.give(std::int64_t{c.text(0).starts_with(c.text(1))}); };
  t["string.endsWith"] = [](Call& c) { c.give(std::int64_t{c.text(0).ends_with(c.text(1))}); };
  t["string.repeat"] = [](Call& c) {
    if (c.integer(1) < 0) return c.trap(1610, "count " + std::to_string(c.integer(1)) + " is negative");
    if (c.integer(1) * static_cast<std::int64_t>(c.text(0).size()) > 1 << 20) throw GaveUp{"string size"};
    std::string out;
    for (std::int64_t i = 0; i < c.integer(1); ++i) out += c.text(0);
    c.give_text(std::move(out));
  };
  t["string.parseInt"] = [](Call& c) {
    const std::string& text = c.text(0);
    std::int64_t value = 0;
    const char* start = text.data() + (text.starts_with("+") ? 1 : 0);
    const auto [end, problem] = std::from_chars(start, text.data() + text.size(), value);
    if (problem == std::errc() && end == text.data() + text.size())
      c.give_boxed(c.types.basic(TypeKind::int_), Value::of(value));
  };
}

void add_others(Table& t) {
  t["io.print"] = [](Call& c) {
    std::string line;
    bool first = true;
    for (const Value& item : c.self().items) {
      if (!first) line += " ";
      first = false;
      line += text_of(item, c.self().type->args[0]);
    }
    c.output += line + "\n";
  };
  t["value.text"] = [](Call& c) { c.give_text(text_of(c.request.args[0], c.argument_type(0))); };
  t["error.checkCode"] = [](Call& c) {
    if (c.integer(0) >= 1001 && c.integer(0) <= 9999) return;
    c.trap(1615, "error code " + std::to_string(c.integer(0)) + " is not in 1001 to 9999");
  };
  t["process.assert"] = [](Call& c) {
    if (c.integer(0) == 0) throw GaveUp{"assert"};
  };
  t["math.sqrt"] = [](Call& c) { c.give(std::sqrt(c.request.args[0].real)); };
  t["math.floor"] = [](Call& c) { c.give(std::floor(c.request.args[0].real)); };
  t["float.isNan"] = [](Call& c) { c.give(std::int64_t{std::isnan(c.request.args[0].real)}); };
  const auto extreme = [](bool least) {
    return [least](Call& c) {
      const Type* type = c.request.result;
      const Value& a = c.request.args[0];
      const Value& b = c.request.args[1];
      if (type->kind != TypeKind::int_ && type->kind != TypeKind::float_) throw GaveUp{"min/max"};
      const bool b_less = type->kind == TypeKind::float_ ? b.real < a.real : b.integer < a.integer;
      const bool a_less = type->kind == TypeKind::float_ ? a.real < b.real : a.integer < b.integer;
      c.reply.value = least ? (b_less ? b : a) : (a_less ? b : a);
    };
  };
  t["value.min"] = extreme(true);
  t["value.max"] = extreme(false);
  t["value.abs"] = [](Call& c) {
    if (c.request.result->kind == TypeKind::float_) return c.give(std::fabs(c.request.args[0].real));
    if (c.integer(0) == INT64_MIN) {
      return c.trap(1600, "integer overflow: abs(" + std::to_string(INT64_MIN) + ")");
    }
    c.give(c.integer(0) < 0 ? -c.integer(0) : c.integer(0));
  };
}

}  // namespace

NativeReply call_reference_native(const NativeRequest& request, check::TypeTable& types, std::string& output) {
  static const Table table = [] {
    Table t;
    add_lists(t);
    add_maps(t);
    add_strings(t);
    add_others(t);
    return t;
  }();
  const auto found = table.find(request.name);
  if (found == table.end()) throw GaveUp{"native " + std::string(request.name)};
  Call call{request, types, output, {}};
  found->second(call);
  return call.reply;
}

}  // namespace noodle::reference
