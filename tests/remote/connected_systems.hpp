// Process systems that bring each other parcels within one process, as nodes do over links.
#pragma once

#include <condition_variable>
#include <deque>
#include <thread>

#include "runtime/remote/remotes.hpp"
#include "tests/process/program_fixture.hpp"

namespace noodle::test {

/// Systems n1, n2 ... of which the first is where programs start. What one sends to another is read in order by one
/// thread for all.
class ConnectedSystems {
 public:
  explicit ConnectedSystems(std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
      ends_.push_back(std::make_unique<End>(*this, k));
      process::SystemOptions options;
      options.workers = 1;
      options.carrier = ends_.back().get();
      systems_.push_back(std::make_unique<process::System>(options));
      drives_.push_back(process::drive_with_threads(*systems_.back()));
    }
    postman_ = std::thread([this] { carry(); });
  }
  ~ConnectedSystems() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    postman_.join();
    drives_.clear();
    systems_.clear();
  }

  /// Runs main until its run has ended, on n1 unless `home` says another; what was printed there.
  /// `on_output` is called at the first line.
  std::string run(const std::string& source, std::vector<std::string> grants = {"mesh.spawn", "cluster.read"},
                  std::function<void(ConnectedSystems&)> on_output = nullptr, std::size_t home = 0) {
    WatchedOutput output([this, &on_output] {
      if (on_output) std::exchange(on_output, nullptr)(*this);
    });
    std::mutex mutex;
    std::condition_variable ended;
    bool over = false;
    process::RunOptions wanted;
    wanted.grants = std::move(grants);
    auto settings = process::run_settings(wanted);
    REQUIRE(settings.ok());
    settings->program = process::System::load(program_of(source));
    settings->function = settings->program->program->module.main;
    settings->output = &output;
    settings->on_uncaught = [&output](const process::Exit& exit) {
      output.write("uncaught " + std::to_string(exit.code) + " " + exit.message + "\n");
    };
    settings->on_end = [&](const process::RunEnd& end) {
      const std::lock_guard lock(mutex);
      if (end.main.code != 1800) output.write("main: " + std::to_string(end.main.code) + " " + end.main.message + "\n");
      over = true;
      ended.notify_all();
    };
    auto run = systems_[home]->start(std::move(*settings));
    REQUIRE(run.ok());
    std::unique_lock lock(mutex);
    ended.wait(lock, [&over] { return over; });
    return output.text();
  }
  process::System& system(std::size_t index) { return *systems_[index]; }
  /// All processes of a system have ended.
  bool becomes_empty(std::size_t index) const {
    for (int k = 0; k < 200'000; ++k) {
      if (systems_[index]->list(1).empty()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  /// From now on nothing gets to or from a system: the others hold it for lost.
  void cut(std::size_t index) {
    const std::lock_guard lock(mutex_);
    cut_ = index;
    parcels_.push_back({index, index, {}, true});
    changed_.notify_all();
  }

 private:
  class WatchedOutput final : public process::Output {
   public:
    explicit WatchedOutput(std::function<void()> first) : first_(std::move(first)) {}
    void write(std::string_view text) override {
      all_.write(text);
      if (first_) std::exchange(first_, nullptr)();
    }
    std::string text() const { return all_.text(); }

   private:
    process::StringOutput all_;
    std::function<void()> first_;
  };
  class End final : public process::Carrier {
   public:
    End(ConnectedSystems& all, std::size_t self) : all_(all), self_(self) {}
    Result<process::SystemNumber> system_of(std::string_view node) override {
      const std::size_t index = node.size() == 2 ? static_cast<std::size_t>(node[1] - '1') : SIZE_MAX;
      if (index >= all_.ends_.size()) return Error{Code::node_unknown, "no node " + std::string(node), {}};
      return index == self_ ? process::kThisSystem : index + 1;
    }
    std::vector<process::NodeFacts> nodes() override {
      std::vector<process::NodeFacts> nodes;
      for (std::size_t k = 0; k < all_.ends_.size(); ++k) {
        nodes.push_back({"n" + std::to_string(k + 1),
                         "host:" + std::to_string(k),
                         "alive",
                         {"zone=a", "place=" + std::to_string(k)}});
      }
      return nodes;
    }
    std::string name_of(process::SystemNumber system) override {
      return "n" + std::to_string(system == process::kThisSystem ? self_ + 1 : system);
    }
    std::size_t waiting_bytes(process::SystemNumber) override { return 0; }
    void send(process::SystemNumber system, process::Parcel parcel) override {
      const auto absolute = [this](process::SystemNumber& number) {
        if (number == process::kThisSystem) number = self_ + 1;
      };
      absolute(parcel.run.home);
      absolute(parcel.from.system);
      for (process::Address& one : parcel.references) absolute(one.system);
      const std::lock_guard lock(all_.mutex_);
      all_.parcels_.push_back({self_, static_cast<std::size_t>(system - 1), std::move(parcel), false});
      all_.changed_.notify_all();
    }
    Result<void> add_name(const std::string& name, bool unique, process::Pid pid,
                          const process::RunName& run) override {
      const std::lock_guard lock(all_.mutex_);
      if (unique && all_.names_.contains(name)) return Error{Code::name_held, "name `" + name + "` is held", {}};
      const std::size_t home = run.home == process::kThisSystem ? self_ + 1 : run.home;
      all_.names_[name] = {{self_ + 1, pid}, {home, run.number}};
      return {};
    }
    bool remove_name(const std::string& name) override {
      const std::lock_guard lock(all_.mutex_);
      return all_.names_.erase(name) != 0;
    }
    Result<std::optional<process::NamedProcess>> find_name(const std::string& name) override {
      const std::lock_guard lock(all_.mutex_);
      const auto found = all_.names_.find(name);
      if (found == all_.names_.end()) return std::optional<process::NamedProcess>();
      process::NamedProcess process = found->second;
      for (auto* system : {&process.address.system, &process.run.home}) {
        if (*system == self_ + 1) *system = process::kThisSystem;
      }
      return std::optional(process);
    }
    std::vector<process::NameFacts> names(const std::string& prefix, std::size_t) override {
      const std::lock_guard lock(all_.mutex_);
      std::vector<process::NameFacts> names;
      for (const auto& [name, process] : all_.names_) {
        if (name.starts_with(prefix)) names.push_back({name, "n" + std::to_string(process.address.system)});
      }
      return names;
    }
    Result<std::optional<std::uint64_t>> lease(const std::string& name, process::Pid pid) override {
      const std::lock_guard lock(all_.mutex_);
      const process::Address holder{self_ + 1, pid};
      if (!all_.leases_.contains(name)) all_.leases_[name] = {holder, ++all_.last_token_};
      const auto& [held_by, token] = all_.leases_[name];
      return held_by == holder ? std::optional(token) : std::nullopt;
    }
    bool release(const std::string& name, process::Pid pid) override {
      const std::lock_guard lock(all_.mutex_);
      const auto found = all_.leases_.find(name);
      if (found == all_.leases_.end() || found->second.first != process::Address{self_ + 1, pid}) return false;
      all_.leases_.erase(found);
      return true;
    }
    void process_ended(process::Pid pid) override {
      const std::lock_guard lock(all_.mutex_);
      std::erase_if(all_.names_, [&](const auto& one) {
        return one.second.address == process::Address{self_ + 1, pid};
      });
      std::erase_if(all_.leases_, [&](const auto& one) {
        return one.second.first == process::Address{self_ + 1, pid};
      });
    }

   private:
    ConnectedSystems& all_;
    const std::size_t self_;
  };
  struct Posted {
    std::size_t from, to;
    process::Parcel parcel;
    bool cuts = false;
  };

  void carry() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopped_ || !parcels_.empty(); });
      if (stopped_) return;
      Posted one = std::move(parcels_.front());
      parcels_.pop_front();
      const std::size_t cut = cut_;
      lock.unlock();
      if (one.cuts) {
        const Error why{Code::node_lost, "the node is lost", {}};
        for (std::size_t k = 0; k < systems_.size(); ++k) {
          if (k == one.to) continue;
          systems_[k]->remotes()->lost(one.to + 1, why);
          systems_[one.to]->remotes()->lost(k + 1, why);
        }
      } else if (one.from != cut && one.to != cut) {
        bring(one);
      }
      lock.lock();
    }
  }
  void bring(Posted& one) {
    const auto relative = [&one](process::SystemNumber& number) {
      if (number == one.to + 1) number = process::kThisSystem;
    };
    relative(one.parcel.run.home);
    relative(one.parcel.from.system);
    for (process::Address& address : one.parcel.references) relative(address.system);
    process::Remotes& remotes = *systems_[one.to]->remotes();
    if (one.parcel.order && !remotes.knows_program(one.parcel.order->program)) {
      const auto nbc = systems_[one.from]->remotes()->program_nbc(one.parcel.order->program);
      REQUIRE(nbc.ok());
      const auto added = remotes.add_program(one.parcel.order->program, *nbc);
      REQUIRE_MESSAGE(added.ok(), added.error().to_string());
    }
    remotes.receive(one.from + 1, std::move(one.parcel));
  }

  std::vector<std::unique_ptr<End>> ends_;
  std::vector<std::unique_ptr<process::System>> systems_;
  std::vector<std::unique_ptr<process::WorkerDrive>> drives_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Posted> parcels_;
  std::map<std::string, process::NamedProcess> names_;  // with systems counted from 1
  std::map<std::string, std::pair<process::Address, std::uint64_t>> leases_;
  std::uint64_t last_token_ = 0;
  std::size_t cut_ = SIZE_MAX;
  bool stopped_ = false;
  std::thread postman_;
};

}  // namespace noodle::test
