#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "registry/repository.hpp"
#include "support/docker_registry.hpp"
#include "support/image_samples.hpp"
#include "support/memory_registry.hpp"

namespace pinnace::test_support {

/// Pauses that were asked for; none of them is slept.
class PlannedPauses {
 public:
  http::RetrySettings settings() {
    http::RetrySettings result;
    result.random = [] { return 0.5; };
    result.sleep = [this](const base::Context& context, http::Milliseconds pause) {
      context.check();
      const std::lock_guard lock(m_mutex);
      m_pauses.push_back(pause.count());
    };
    return result;
  }
  std::vector<std::int64_t> milliseconds() const {
    const std::lock_guard lock(m_mutex);
    return m_pauses;
  }

 private:
  mutable std::mutex m_mutex;
  std::vector<std::int64_t> m_pauses;
};

/// Keeps the events of a job.
class RecordedEvents final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override {
    const std::lock_guard lock(m_mutex);
    m_texts.push_back(event.text);
  }
  std::string all() const {
    const std::lock_guard lock(m_mutex);
    std::string result;
    for (const std::string& text : m_texts) result += text + "\n";
    return result;
  }

 private:
  mutable std::mutex m_mutex;
  std::vector<std::string> m_texts;
};

inline std::shared_ptr<api::Client> client_for(const std::string& host,
                                               api::ClientOptions options = {}) {
  return std::make_shared<api::Client>(api::make_endpoint(host, {}), std::move(options));
}

/// A memory registry and repositories of it, without real pauses.
class RegistryTest : public testing::Test {
 protected:
  RegistryTest() { m_context.events = &m_events; }

  void serve(RegistryBehaviour behaviour = {}) {
    m_server = std::make_unique<MemoryRegistry>(std::move(behaviour));
    connect();
  }
  void connect(api::FindCredentials credentials = {}) {
    api::ClientOptions options;
    options.retry = m_pauses.settings();
    options.find_credentials = std::move(credentials);
    options.http.stall = m_stall;
    m_client = client_for(m_server->host(), std::move(options));
  }
  api::FindCredentials ada() {
    return [this](const base::Context&, std::string_view) {
      ++m_lookups;
      return std::optional<config::Credentials>(config::Credentials("ada", "secret word"));
    };
  }
  registry::Repository repository(const std::string& name = "shop/web") { return {m_client, name}; }

  std::string read(registry::Repository& store, const oci::Descriptor& blob) {
    return store::read_blob(store, m_context, blob, std::size_t{64} << 20U);
  }
  /// The error that `action` throws; fails if it throws none.
  template <class Action>
  base::Error error_of(Action action) {
    try {
      action();
    } catch (const base::Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {base::ErrorCode::internal, "nothing was thrown"};
  }
  std::size_t count(const std::string& method, const std::string& part = "") const {
    std::size_t result = 0;
    for (const HttpRequest& request : m_server->requests()) {
      if (request.method == method && request.target.find(part) != std::string::npos) ++result;
    }
    return result;
  }

  std::unique_ptr<MemoryRegistry> m_server;
  std::shared_ptr<api::Client> m_client;
  PlannedPauses m_pauses;
  RecordedEvents m_events;
  base::Context m_context;
  http::Milliseconds m_stall{60'000};
  std::atomic<int> m_lookups = 0;
};

}  // namespace pinnace::test_support
