#include "runtime/remote/parcel_wire.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/run/limits_wire.hpp"

namespace noodle::process {
namespace {

constexpr std::size_t kFixedBytes = 200;
constexpr unsigned kMostReferences = 1 << 16, kMostGrants = 256;

/// Limits that a process can have.
vm::ProcessLimits bounded(vm::ProcessLimits limits) {
  const vm::ProcessLimits most;
  limits.frames = std::min(limits.frames, most.frames);
  limits.stack_bytes = std::min(limits.stack_bytes, most.stack_bytes);
  limits.mailbox_messages = std::clamp<std::uint32_t>(limits.mailbox_messages, 1, 1 << 24);
  limits.mailbox_bytes = std::max<std::uint32_t>(limits.mailbox_bytes, 64);
  limits.mailbox_policy = std::min<std::uint8_t>(limits.mailbox_policy, 2);
  return limits;
}

std::string text_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

std::shared_ptr<const SpawnOrder> read_order(wire::SpawnOrder::Reader in) {
  auto order = std::make_shared<SpawnOrder>();
  order->program = in.getProgram();
  order->index = in.getIndex();
  order->is_function = in.getIsFunction();
  order->name = text_of(in.getName());
  order->priority = in.getPriority();
  order->limits = bounded(read_limits(in.getLimits()));
  order->defaults = bounded(read_limits(in.getDefaults()));
  for (const auto grant : in.getGrants()) order->grants.push_back(text_of(grant));
  return order;
}

Error malformed(const char* what) {
  return {Code::frame_malformed, std::string("parcel: ") + what, {}};
}

}  // namespace

std::size_t size_of(const Parcel& parcel) {
  return kFixedBytes + 8 * parcel.scalars.size() + parcel.image.size() + 24 * parcel.references.size() +
         parcel.text.size() + parcel.trace.size();
}

void write_parcel(wire::Parcel::Builder out, const Parcel& parcel,
                  const std::function<std::uint32_t(SystemNumber)>& number) {
  out.setKind(static_cast<std::uint8_t>(parcel.kind));
  out.setHome(number(parcel.run.home));
  out.setRun(parcel.run.number);
  out.setTo(parcel.to);
  const auto write_address = [&number](wire::ProcessAddress::Builder to, const Address& address) {
    to.setSystem(number(address.system));
    to.setPid(address.pid);
  };
  write_address(out.initFrom(), parcel.from);
  out.setAsk(parcel.ask);
  out.setCode(parcel.code);
  out.setHash(parcel.hash);
  auto scalars = out.initScalars(static_cast<unsigned>(parcel.scalars.size()));
  for (unsigned k = 0; k < scalars.size(); ++k) scalars.set(k, parcel.scalars[k].u);
  out.setImage({reinterpret_cast<const capnp::byte*>(parcel.image.data()), parcel.image.size()});
  auto references = out.initReferences(static_cast<unsigned>(parcel.references.size()));
  for (unsigned k = 0; k < references.size(); ++k) write_address(references[k], parcel.references[k]);
  out.setText(parcel.text);
  out.setTrace(parcel.trace);
  if (!parcel.order) return;
  auto order = out.initOrder();
  order.setProgram(parcel.order->program);
  order.setIndex(parcel.order->index);
  order.setIsFunction(parcel.order->is_function);
  order.setName(parcel.order->name);
  order.setPriority(parcel.order->priority);
  write_limits(order.initLimits(), parcel.order->limits);
  write_limits(order.initDefaults(), parcel.order->defaults);
  auto grants = order.initGrants(static_cast<unsigned>(parcel.order->grants.size()));
  for (unsigned k = 0; k < grants.size(); ++k) grants.set(k, parcel.order->grants[k]);
}

Result<Parcel> read_parcel(wire::Parcel::Reader in,
                           const std::function<std::optional<SystemNumber>(std::uint32_t)>& system) {
  Parcel parcel;
  if (in.getKind() > static_cast<std::uint8_t>(ParcelKind::visit)) return malformed("unknown kind");
  parcel.kind = static_cast<ParcelKind>(in.getKind());
  const auto home = system(in.getHome());
  if (!home) return malformed("unknown system");
  parcel.run = {*home, in.getRun()};
  parcel.to = in.getTo();
  const auto read_address = [&system](wire::ProcessAddress::Reader from, Address& address) {
    const auto number = system(from.getSystem());
    if (number) address = {*number, from.getPid()};
    return number.has_value();
  };
  if (!read_address(in.getFrom(), parcel.from)) return malformed("unknown system");
  parcel.ask = in.getAsk();
  parcel.code = in.getCode();
  parcel.hash = in.getHash();
  for (const std::uint64_t word : in.getScalars()) parcel.scalars.emplace_back().u = word;
  const auto image = in.getImage();
  parcel.image.resize(image.size());
  if (image.size() != 0) std::memcpy(parcel.image.data(), image.begin(), image.size());
  if (in.getReferences().size() > kMostReferences) return malformed("too many references");
  for (const auto reference : in.getReferences()) {
    if (!read_address(reference, parcel.references.emplace_back())) return malformed("unknown system");
  }
  parcel.text = text_of(in.getText());
  parcel.trace = text_of(in.getTrace());
  if (parcel.kind != ParcelKind::spawn) return parcel;
  if (!in.hasOrder() || in.getOrder().getGrants().size() > kMostGrants) return malformed("bad spawn order");
  parcel.order = read_order(in.getOrder());
  return parcel;
}

}  // namespace noodle::process
