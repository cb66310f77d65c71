#include "cli/output/terminal.hpp"

#include <unistd.h>

#include <cstdio>

#include "cli/output/text.hpp"
#include "job/guarded_job.hpp"
#include "job/ready.hpp"

namespace pinnace::cli {

namespace {

constexpr auto k_bar_interval = std::chrono::milliseconds(80);
constexpr auto k_line_interval = std::chrono::seconds(5);

std::string bar(std::uint64_t done, std::uint64_t total) {
  constexpr std::size_t k_width = 30;
  if (total == 0) return std::string(k_width, '.');
  const std::size_t full = std::min<std::uint64_t>(k_width, done * k_width / total);
  return std::string(full, '=') + std::string(k_width - full, ' ');
}

}  // namespace

Terminal::Mode Terminal::choose(bool quiet) {
  if (quiet) return Mode::quiet;
  return ::isatty(STDERR_FILENO) == 1 ? Mode::bar : Mode::lines;
}

void Terminal::on_event(const base::Event& event) noexcept {
  try {
    const std::lock_guard lock(m_mutex);
    switch (event.kind) {
      case base::Event::Kind::log:
        if (m_mode != Mode::quiet) line("", event.text);
        break;
      case base::Event::Kind::warning:
        line("warning: ", event.text);
        break;
      case base::Event::Kind::progress:
        if (m_mode != Mode::quiet) progress(event);
        break;
      case base::Event::Kind::output:
        m_output.add(event.text);
        break;
      case base::Event::Kind::error_output:
        m_errors.add(event.text);
        break;
      case base::Event::Kind::ready:
        if (m_mode != Mode::quiet) line("ready ", job::Ready::of(event.ports).text());
        break;
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): showing progress must never end a job
  }
}

Terminal::~Terminal() {
  finish();
  clear();
}

void Terminal::finish() {
  m_output.finish();
  m_errors.finish();
}

void Terminal::said(const char* prefix, std::string_view text) {
  if (m_mode != Mode::quiet) line(prefix, std::string(text));
}

void Terminal::error(const std::string& text) {
  const std::lock_guard lock(m_mutex);
  finish();
  line("error: ", text);
}

void Terminal::missed(const std::vector<std::string>& lines) {
  const std::lock_guard lock(m_mutex);
  if (m_mode != Mode::quiet) return;
  for (const std::string& one : lines) line("", one);
}

void Terminal::line(const char* prefix, const std::string& text) {
  clear();
  std::fprintf(stderr, "%s%s\n", prefix, job::shown(text).c_str());
}

void Terminal::progress(const base::Event& event) {
  Item& item = m_items[event.text];
  item = {event.done, event.total};
  const auto now = std::chrono::steady_clock::now();
  if (m_last_drawn == std::chrono::steady_clock::time_point{}) {
    m_last_drawn = now;  // short work shows nothing
    return;
  }
  const auto interval = m_mode == Mode::bar ? std::chrono::steady_clock::duration(k_bar_interval)
                                            : std::chrono::steady_clock::duration(k_line_interval);
  if (now - m_last_drawn < interval) return;
  m_last_drawn = now;
  draw();
}

void Terminal::draw() {
  Item sum;
  for (const auto& [name, item] : m_items) {
    sum.done += item.done;
    sum.total += std::max(item.total, item.done);
  }
  const std::string amount = human_size(sum.done) + " of " + human_size(sum.total);
  if (m_mode == Mode::lines) {
    std::fprintf(stderr, "%s\n", amount.c_str());
    return;
  }
  std::fprintf(stderr, "\r\033[K[%s] %s", bar(sum.done, sum.total).c_str(), amount.c_str());
  std::fflush(stderr);
  m_drawn = true;
}

void Terminal::clear() {
  if (!m_drawn) return;
  std::fputs("\r\033[K", stderr);
  m_drawn = false;
}

}  // namespace pinnace::cli
