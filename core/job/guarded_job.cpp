#include "job/guarded_job.hpp"

#include "base/error.hpp"
#include "base/shown.hpp"
#include "run/run_failed.hpp"

namespace pinnace::job {

namespace {

class GuardedEvents final : public base::EventSink {
 public:
  using Kind = base::Event::Kind;
  GuardedEvents(base::EventSink& outer, const config::KnownSecrets& secrets)
      : m_outer(outer), m_secrets(secrets), m_output(secrets), m_errors(secrets) {}
  ~GuardedEvents() override {
    pass_on(Kind::output, m_output.finish());
    pass_on(Kind::error_output, m_errors.finish());
  }

  void on_event(const base::Event& event) noexcept override {
    switch (event.kind) {
      case Kind::progress:
      case Kind::ready:
        return m_outer.on_event(event);
      case Kind::log:
        // What a RUN says is whole.
        return pass_on(event.kind, shown(m_secrets.mask(event.text)));
      case Kind::warning:
        return pass_on(event.kind, shown_error(m_secrets.mask(event.text)));
      case Kind::output:
        return pass_on(event.kind, m_output.add(event.text));
      case Kind::error_output:
        return pass_on(event.kind, m_errors.add(event.text));
    }
  }

 private:
  void pass_on(Kind kind, std::string text) noexcept {
    const bool is_output = kind == Kind::output || kind == Kind::error_output;
    if (!is_output || !text.empty()) m_outer.on_event({kind, std::move(text), 0, 0});
  }

  base::EventSink& m_outer;
  const config::KnownSecrets& m_secrets;
  // A job has one container at a time, and one thread that reads what it writes.
  config::MaskedStream m_output;
  config::MaskedStream m_errors;
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
    } catch (const run::RunFailed& error) {
      std::vector<std::string> lines;
      for (const std::string& line : error.last_lines()) lines.push_back(clean(line));
      throw with_trail(run::RunFailed(error.exit_code(), std::move(lines)), error);
    } catch (const base::Error& error) {
      throw with_trail(base::Error(error.code(), clean(error.message())), error);
    }
  }

 private:
  std::string clean(const std::string& text) const { return shown_error(m_secrets->mask(text)); }

  /// `error`, which has been cleaned, with what can be shown of the trail of `original`.
  template <class SomeError>
  SomeError with_trail(SomeError error, const base::Error& original) const {
    const auto& trail = original.context();
    for (auto part = trail.rbegin(); part != trail.rend(); ++part) error.add_context(clean(*part));
    return error;
  }

  std::unique_ptr<Job> m_job;
  std::shared_ptr<const config::KnownSecrets> m_secrets;
};

}  // namespace

std::string shown(const std::string& text) {
  return base::printable(base::message_without_user_info(text));
}

std::string shown_error(const std::string& text) {
  constexpr std::size_t k_most = 4096;
  return base::shortened(shown(text), k_most);
}

std::unique_ptr<Job> guard(std::unique_ptr<Job> job,
                           std::shared_ptr<const config::KnownSecrets> secrets) {
  return std::make_unique<GuardedJob>(std::move(job), std::move(secrets));
}

}  // namespace pinnace::job
