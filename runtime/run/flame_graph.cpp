// The flame graph of a profile: nodes of one function with the same callers are one box.
#include <algorithm>
#include <cstdio>
#include <map>

#include "runtime/run/profile_report.hpp"

namespace noodle::process {

namespace {

constexpr double kWidth = 1200;
constexpr double kRow = 18;
constexpr double kTop = 40;
constexpr double kLeastShare = 0.0005;  // of all samples; narrower boxes are left out
constexpr std::size_t kMaxDepth = 256;

struct Box {
  std::string name, file;
  std::uint64_t total = 0;
  std::map<std::pair<std::string, std::string>, std::size_t> children;  // by name and file
};

std::vector<Box> boxes_of(const Profile& profile) {
  std::vector<Box> boxes(1);
  boxes[0].name = "all";
  std::vector<std::size_t> box_of;
  std::vector<std::size_t> parents{0};
  for (const Profile::Node& node : profile.nodes) {
    const Profile::Frame& frame = profile.frames[node.frame];
    const std::size_t parent = node.parent == Profile::kNone ? 0 : box_of[node.parent];
    const auto [known, fresh] = boxes[parent].children.try_emplace({frame.function, frame.file}, boxes.size());
    const std::size_t box = known->second;
    if (fresh) {
      boxes.push_back({frame.function, frame.file, 0, {}});
      parents.push_back(parent);
    }
    boxes[box].total += node.self;
    box_of.push_back(box);
  }
  for (std::size_t i = boxes.size(); i-- > 1;) boxes[parents[i]].total += boxes[i].total;
  return boxes;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

/// A warm colour that a name always has.
std::string colour(const std::string& name) {
  std::uint32_t hash = 2166136261u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return "hsl(" + std::to_string(hash % 50) + " 75% " + std::to_string(58 + hash / 50 % 12) + "%)";
}

class Drawing {
 public:
  explicit Drawing(const Profile& profile)
      : boxes_(boxes_of(profile)), all_(std::max<std::uint64_t>(boxes_[0].total, 1)) {}

  void place(std::size_t index, double start, std::size_t depth) {
    const Box& box = boxes_[index];
    const double share = static_cast<double>(box.total) / static_cast<double>(all_);
    if (depth > 0 && (share < kLeastShare || depth > kMaxDepth)) return;
    deepest_ = std::max(deepest_, depth);
    placed_.push_back({index, start, share, depth});
    double at = start;
    for (const auto& [name, child] : box.children) {
      place(child, at, depth + 1);
      at += static_cast<double>(boxes_[child].total) / static_cast<double>(all_);
    }
  }

  std::string boxes() const {
    std::string out;
    for (const Placed& placed : placed_) {
      const Box& box = boxes_[placed.index];
      const double y = kTop + static_cast<double>(deepest_ - placed.depth) * kRow;
      out += "<g data-start=\"" + exact(placed.start) + "\" data-share=\"" + exact(placed.share) + "\" data-name=\"" +
             escaped(box.name) + "\"><title>" + escaped(box.name + (box.file.empty() ? "" : " (" + box.file + ")")) +
             ": " + std::to_string(box.total) + " samples, " + number(100 * placed.share) + " %</title><rect y=\"" +
             number(y) + "\" height=\"" + number(kRow - 1) + "\" fill=\"" + colour(box.name) + "\"/><text y=\"" +
             number(y + kRow - 5) + "\"></text></g>\n";
    }
    return out;
  }
  double height() const { return kTop + static_cast<double>(deepest_ + 1) * kRow + 10; }

 private:
  struct Placed {
    std::size_t index;
    double start, share;
    std::size_t depth;
  };
  static std::string exact(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
  }

  std::vector<Box> boxes_;
  std::uint64_t all_;
  std::vector<Placed> placed_;
  std::size_t deepest_ = 0;
};

/// Places boxes for the part that is shown; a box whose part is all or more is drawn over the full width.
constexpr const char* kScript = R"(
const width = 1200, letter = 6.9;
const boxes = [...document.querySelectorAll("g")].map(group => ({
  group, rect: group.querySelector("rect"), text: group.querySelector("text"), name: group.dataset.name,
  start: +group.dataset.start, share: +group.dataset.share
}));
function show(start, share) {
  for (const box of boxes) {
    const left = Math.max(0, (box.start - start) / share * width);
    const right = Math.min(width, (box.start + box.share - start) / share * width);
    const visible = right - left > 0.3;
    box.group.style.display = visible ? "" : "none";
    if (!visible) continue;
    box.rect.setAttribute("x", left);
    box.rect.setAttribute("width", Math.max(right - left - 0.5, 0.3));
    const room = Math.floor((right - left - 8) / letter);
    box.text.setAttribute("x", left + 4);
    box.text.textContent = room < 3 ? "" : box.name.length <= room ? box.name : box.name.slice(0, room - 1) + "\u2026";
  }
}
for (const box of boxes) box.group.addEventListener("click", () => show(box.start, box.share));
show(0, 1);
)";

}  // namespace

std::string flame_graph(const Profile& profile) {
  Drawing drawing(profile);
  drawing.place(0, 0, 0);
  const std::string size = "0 0 " + number(kWidth) + " " + number(drawing.height());
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"" + size + "\" width=\"100%\">\n" +
         "<style>svg { background: #fbfaf7 } text { font: 11.5px ui-monospace, monospace; fill: #1c1c1c; "
         "pointer-events: none }\n"
         "g { cursor: pointer } g:hover rect { stroke: #1c1c1c } .head { font: 13px system-ui, sans-serif }\n"
         "@media (prefers-color-scheme: dark) { svg { background: #191a1c } .head { fill: #d8d8d8 } }</style>\n"
         "<text class=\"head\" x=\"4\" y=\"22\">" +
         std::to_string(profile.samples) + " samples, one every " + std::to_string(profile.period) +
         " units of fuel; a click shows a box over the full width, one on `all` everything</text>\n" + drawing.boxes() +
         "<script><![CDATA[" + kScript + "]]></script>\n</svg>\n";
}

}  // namespace noodle::process
