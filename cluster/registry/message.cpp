#include "cluster/registry/message.hpp"

#include <algorithm>

namespace noodle::registry {
namespace {

Error refused(const char* what) {
  return {Code::registry_write_refused, what, {}};
}

void write_entry(wire::NameEntries::Entry::Builder out, const Entry& entry) {
  out.setName(entry.name);
  out.setUnique(entry.scope == Scope::unique);
  out.setActor(entry.actor);
  out.setSinceNs(entry.since_ns);
  out.setVersion(entry.version);
  out.setGone(entry.gone);
  out.setPid(entry.process.pid);
  out.setHomeHigh(entry.process.home.high);
  out.setHomeLow(entry.process.home.low);
  out.setHomeActor(entry.process.home_actor);
  out.setRun(entry.process.run);
}

Entry read_entry(wire::NameEntries::Entry::Reader in) {
  Entry entry;
  entry.name = {in.getName().begin(), in.getName().size()};
  entry.scope = in.getUnique() ? Scope::unique : Scope::plain;
  entry.actor = in.getActor();
  entry.since_ns = in.getSinceNs();
  entry.version = in.getVersion();
  entry.gone = in.getGone();
  entry.process = {in.getPid(), {in.getHomeHigh(), in.getHomeLow()}, in.getHomeActor(), in.getRun()};
  return entry;
}

}  // namespace

Msg<wire::NameDigest> write_digest(DigestKind kind, const std::vector<WriterDigest>& digest) {
  return Msg<wire::NameDigest>::build([&](wire::NameDigest::Builder out) {
    out.setKind(kind);
    auto writers = out.initWriters(static_cast<unsigned>(std::min(digest.size(), kMaxDigestWriters)));
    for (unsigned k = 0; k < writers.size(); ++k) {
      writers[k].setNodeHigh(digest[k].writer.high);
      writers[k].setNodeLow(digest[k].writer.low);
      writers[k].setIncarnation(digest[k].incarnation);
      writers[k].setVersion(digest[k].version);
      writers[k].setEpoch(digest[k].epoch);
    }
  });
}

Result<std::vector<WriterDigest>> read_digest(wire::NameDigest::Reader in) {
  if (in.getWriters().size() > kMaxDigestWriters) return refused("the digest names too many nodes");
  std::vector<WriterDigest> digest;
  for (const auto writer : in.getWriters()) {
    digest.push_back(
        {{writer.getNodeHigh(), writer.getNodeLow()}, writer.getIncarnation(), writer.getVersion(), writer.getEpoch()});
  }
  return digest;
}

std::vector<Msg<wire::NameEntries>> write_entries(const std::vector<WriterEntries>& all, bool more) {
  std::vector<Msg<wire::NameEntries>> messages;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const WriterEntries& writer = all[k];
    std::size_t from = 0;
    do {
      const std::size_t to = std::min(from + kMessageEntries, writer.entries.size());
      const bool last = to == writer.entries.size();
      messages.push_back(Msg<wire::NameEntries>::build([&](wire::NameEntries::Builder out) {
        out.setNodeHigh(writer.writer.high);
        out.setNodeLow(writer.writer.low);
        out.setIncarnation(writer.incarnation);
        out.setEpoch(writer.epoch);
        out.setSince(from == 0 ? writer.since : writer.entries[from - 1].version);
        out.setVersion(last ? writer.version : writer.entries[to - 1].version);
        out.setMore(more && last && k + 1 == all.size());
        auto entries = out.initEntries(static_cast<unsigned>(to - from));
        for (unsigned i = 0; i < entries.size(); ++i) write_entry(entries[i], writer.entries[from + i]);
      }));
      from = to;
    } while (from < writer.entries.size());
  }
  return messages;
}

Result<WriterEntries> read_entries(wire::NameEntries::Reader in) {
  if (in.getEntries().size() > kMaxMessageEntries) return refused("the message holds too many names");
  WriterEntries out{
      {in.getNodeHigh(), in.getNodeLow()}, in.getIncarnation(), in.getSince(), in.getVersion(), {}, in.getEpoch()};
  for (const auto entry : in.getEntries()) out.entries.push_back(read_entry(entry));
  return out;
}

}  // namespace noodle::registry
