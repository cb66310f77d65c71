#include "jobs/guarded_job.hpp"

#include "base/error.hpp"
#include "base/shown.hpp"

namespace pinnace::jobs {

namespace {

class GuardedEvents final : public base::EventSink {
 public:
  GuardedEvents(base::EventSink& outer, const config::KnownSecrets& secrets)
      : m_outer(outer), m_secrets(secrets) {}

  void on_event(const base::Event& event) noexcept override {
    if (event.kind == base::Event::Kind::progress) return m_outer.on_event(event);
    base::Event clean = event;
    clean.text = shown(m_secrets.mask(event.text));
    m_outer.on_event(clean);
  }

 private:
  base::EventSink& m_outer;
  const config::KnownSecrets& m_secrets;
};

class GuardedJob final : public Job {
 public:
  GuardedJob(std::unique_ptr<Job> job, std::shared_ptr<const config::KnownSecrets> secrets)
      : m_job(std::move(job)), m_secrets(std::move(secrets)) {}

  std::string run(const base::Context& context) override {
    GuardedEvents events(*context.events, *m_secrets);
    base::Context inner = context;
    inner.events = &events;
    try {
      return m_job->run(inner);
    } catch (const base::Error& error) {
      throw clean(error);
    }
  }

 private:
  base::Error clean(const base::Error& error) const {
    const auto text = [&](const std::string& part) { return shown(m_secrets->mask(part)); };
    base::Error result(error.code(), text(error.message()));
    const auto& trail = error.context();
    for (auto part = trail.rbegin(); part != trail.rend(); ++part) result.add_context(text(*part));
    return result;
  }

  std::unique_ptr<Job> m_job;
  std::shared_ptr<const config::KnownSecrets> m_secrets;
};

}  // namespace

std::string shown(const std::string& text) {
  return base::printable(base::message_without_user_info(text));
}

std::unique_ptr<Job> guard(std::unique_ptr<Job> job,
                           std::shared_ptr<const config::KnownSecrets> secrets) {
  return std::make_unique<GuardedJob>(std::move(job), std::move(secrets));
}

}  // namespace pinnace::jobs
